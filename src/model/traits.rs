//! What a model computes: class scores and their derivatives.

use super::layout::ParamLayout;
use crate::linalg::Rows;
use crate::real::Real;
use crate::rng::Stream;
use ndarray::Array1;

/// A model of class scores. `scratch` is memory of [`Model::scratch_len`] that the forward pass fills for
/// the backward pass, so that a training loop allocates nothing.
pub trait Model<F: Real = f64>: Send + Sync {
    /// Name on the command line.
    fn name(&self) -> String;

    /// Names and shapes of the parameters.
    fn layout(&self) -> ParamLayout;

    /// Number of features *D* of an example.
    fn features(&self) -> usize;

    /// Number of classes *C*.
    fn classes(&self) -> usize;

    /// Numbers of scratch that a block of `rows` examples needs.
    fn scratch_len(&self, rows: usize) -> usize;

    /// Writes the scores of a block, B × C row-major.
    fn scores(&self, params: &[F], rows: Rows<F>, scratch: &mut [F], scores: &mut [F]);

    /// Adds the gradient with respect to the parameters to `grad`, given the errors (derivatives with
    /// respect to the scores, B × C) of the block whose forward pass filled `scratch`.
    fn backward(&self, params: &[F], rows: Rows<F>, scratch: &mut [F], errors: &[F], grad: &mut [F]);

    /// Numbers of scratch that directional derivatives of a block of `rows` examples need besides.
    fn tangent_len(&self, rows: usize) -> usize;

    /// Writes the derivative of the scores along the `direction` of the parameters, B × C, for the block
    /// whose forward pass filled `scratch`; fills `tangent`, which has [`Model::tangent_len`] entries, for
    /// [`Model::backward_tangent`].
    fn scores_tangent(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        tangent: &mut [F],
        scores_tangent: &mut [F],
    );

    /// Adds the derivative along `direction` of the gradient that [`Model::backward`] computes, given the
    /// errors and their own derivative: with [`Model::scores_tangent`] the R-operator (Pearlmutter 1994),
    /// which gives the product of the Hessian with a vector exactly, for about twice the work of a gradient.
    #[expect(clippy::too_many_arguments, reason = "each input of the gradient has its derivative beside it")]
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

    /// Whether the scores are W x + b with the parameters W (C × D) and b (C), in this order: then a Hessian
    /// can be written down by class blocks.
    fn is_linear(&self) -> bool {
        false
    }

    /// Initial parameters.
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
