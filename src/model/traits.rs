//! What a model computes: class scores and their derivatives.

use crate::error::Result;
use crate::linalg::{DesignMatrix, Rows};
use crate::objective::ParamLayout;
use crate::real::Real;
use crate::rng::Stream;
use ndarray::Array1;

/// A model that computes class scores from features. Its methods work on blocks of B examples: scores and
/// errors are B × C matrices, row by row. The caller provides all memory, so that a training loop allocates
/// nothing: `scratch`, of [`Model::scratch_len`] entries, carries the results of the forward pass
/// [`Model::scores`] to the backward pass.
///
/// ```
/// use gradus::model::{Mlp, Model};
/// use gradus::prelude::*;
/// use gradus::rng;
/// let model = Mlp::new(4, &[5], 3)?;
/// assert_eq!(Model::<f64>::name(&model), "mlp:5");
/// // W1 is 5 × 4, b1 has 5 entries, W2 is 3 × 5, b2 has 3.
/// let params: Array1<f64> = model.initial(&mut rng::stream(0, "initial weights", 0));
/// assert_eq!(params.len(), 20 + 5 + 15 + 3);
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub trait Model<F: Real = f64>: Send + Sync {
    /// Returns the name on the command line.
    fn name(&self) -> String;

    /// Returns the names and shapes of the parameters.
    fn layout(&self) -> ParamLayout;

    /// Returns the number of features *D* of an example.
    fn features(&self) -> usize;

    /// Returns the number of classes *C*.
    fn classes(&self) -> usize;

    /// Checks that the model can take the features (N × D) of all examples, beyond their number D. By
    /// default it can.
    ///
    /// # Errors
    /// If it cannot, for example if an [`Ngram`](super::Ngram) meets a feature that is no code of a symbol.
    fn check_features(&self, _features: &DesignMatrix<F>) -> Result<()> {
        Ok(())
    }

    /// Returns whether the model reads rows of features itself, with [`Rows::row`]. By default it may. A
    /// model of one layer that only hands them to the products of [`Kernel`](crate::linalg::Kernel) says
    /// `false`. The two threads of a step may then have half of the columns each, and [`Rows::row`] panics.
    fn reads_rows(&self) -> bool {
        true
    }

    /// Returns the length of the scratch memory for a block of `rows` examples.
    fn scratch_len(&self, rows: usize) -> usize;

    /// Computes the forward pass: overwrites `scores` with the scores of a block (B × C), and fills
    /// `scratch`.
    fn scores(&self, params: &[F], rows: Rows<F>, scratch: &mut [F], scores: &mut [F]);

    /// Computes the backward pass: adds the gradient with respect to the parameters to `grad`. The `errors`
    /// are the derivatives with respect to the scores (B × C) of the block whose forward pass filled
    /// `scratch`.
    fn backward(&self, params: &[F], rows: Rows<F>, scratch: &mut [F], errors: &[F], grad: &mut [F]);

    /// Returns the length of the additional memory for directional derivatives of a block of `rows` examples.
    fn tangent_len(&self, rows: usize) -> usize;

    /// Overwrites `scores_tangent` with the derivative of the scores (B × C) along the `direction` of the
    /// parameters, for the block whose forward pass filled `scratch`. Fills `tangent`, of
    /// [`Model::tangent_len`] entries, for [`Model::backward_tangent`].
    fn scores_tangent(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        tangent: &mut [F],
        scores_tangent: &mut [F],
    );

    /// Adds to `product` the derivative along `direction` of the gradient that [`Model::backward`] computes.
    /// The caller gives the errors and their derivative `errors_tangent`. Together with
    /// [`Model::scores_tangent`] this is the R-operator (Pearlmutter 1994): it computes the product of the
    /// Hessian with a vector exactly, for about twice the work of a gradient.
    #[expect(clippy::too_many_arguments, reason = "each input of the gradient comes with its derivative")]
    fn backward_tangent(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        tangent: &mut [F],
        errors: &[F],
        errors_tangent: &[F],
        product: &mut [F],
    );

    /// Returns whether the scores are W x + b with the parameters W (C × D) and b (C), in this order. The
    /// Hessian of such a model is computed by class blocks.
    fn is_linear(&self) -> bool {
        false
    }

    /// Draws initial parameters.
    fn initial(&self, stream: &mut Stream) -> Array1<F>;
}

impl<F: Real, M: Model<F> + ?Sized> Model<F> for Box<M> {
    fn name(&self) -> String {
        (**self).name()
    }

    fn layout(&self) -> ParamLayout {
        (**self).layout()
    }

    fn features(&self) -> usize {
        (**self).features()
    }

    fn classes(&self) -> usize {
        (**self).classes()
    }

    fn check_features(&self, features: &DesignMatrix<F>) -> Result<()> {
        (**self).check_features(features)
    }

    fn reads_rows(&self) -> bool {
        (**self).reads_rows()
    }

    fn scratch_len(&self, rows: usize) -> usize {
        (**self).scratch_len(rows)
    }

    fn scores(&self, params: &[F], rows: Rows<F>, scratch: &mut [F], scores: &mut [F]) {
        (**self).scores(params, rows, scratch, scores);
    }

    fn backward(&self, params: &[F], rows: Rows<F>, scratch: &mut [F], errors: &[F], grad: &mut [F]) {
        (**self).backward(params, rows, scratch, errors, grad);
    }

    fn tangent_len(&self, rows: usize) -> usize {
        (**self).tangent_len(rows)
    }

    fn scores_tangent(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        tangent: &mut [F],
        scores_tangent: &mut [F],
    ) {
        (**self).scores_tangent(params, direction, rows, scratch, tangent, scores_tangent);
    }

    fn backward_tangent(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        tangent: &mut [F],
        errors: &[F],
        errors_tangent: &[F],
        product: &mut [F],
    ) {
        (**self).backward_tangent(params, direction, rows, scratch, tangent, errors, errors_tangent, product);
    }

    fn is_linear(&self) -> bool {
        (**self).is_linear()
    }

    fn initial(&self, stream: &mut Stream) -> Array1<F> {
        (**self).initial(stream)
    }
}
