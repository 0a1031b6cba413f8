//! Models: how parameters and features become class scores. Parameters are one flat vector.

mod activation;
mod initialization;
mod kind;
mod linear;
mod mlp;

pub use activation::Activation;
pub use initialization::Initialization;
pub use kind::ModelKind;
pub use linear::Linear;
pub use mlp::Mlp;

use crate::linalg::Rows;
use crate::real::Real;
use crate::rng::Stream;
use ndarray::{Array1, ArrayRef1, ArrayView2};
use std::borrow::Cow;
use std::ops::Range;

/// One named part of the parameter vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Name, such as "W" or "b1".
    pub name: Cow<'static, str>,
    /// Rows and columns; a vector has one row.
    pub shape: (usize, usize),
    /// Where it lies in the flat vector.
    pub range: Range<usize>,
    /// Whether the regularizer sees it: weights yes, biases no.
    pub regularized: bool,
}

/// The names and shapes of a flat parameter vector.
///
/// ```
/// use gradus::prelude::*;
/// let layout = ParamLayout::new([("W", (3, 2), true), ("b", (1, 3), false)]);
/// assert_eq!(layout.len(), 9);
/// assert_eq!(layout.name_of(5), "W[2, 1]");
/// let params = Array1::from_iter((0..9).map(f64::from));
/// assert_eq!(layout.view(&params, "b")[[0, 2]], 8.0);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamLayout {
    parts: Vec<Part>,
}

impl ParamLayout {
    /// Parts laid one behind the other: name, (rows, columns), regularized or not.
    pub fn new(
        parts: impl IntoIterator<Item = (impl Into<Cow<'static, str>>, (usize, usize), bool)>,
    ) -> Self {
        let mut start = 0;
        let laid = parts.into_iter().map(|(name, shape, regularized)| {
            let range = start..start + shape.0 * shape.1;
            start = range.end;
            Part { name: name.into(), shape, range, regularized }
        });
        ParamLayout { parts: laid.collect() }
    }

    /// All parts in their order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The number of parameters.
    pub fn len(&self) -> usize {
        self.parts.last().map_or(0, |p| p.range.end)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A part as a matrix. Panics if there is no part of that name or `params` has another length.
    pub fn view<'a, F>(&self, params: &'a ArrayRef1<F>, name: &str) -> ArrayView2<'a, F> {
        let part =
            self.parts.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("no part named {name}"));
        assert_eq!(params.len(), self.len(), "the parameter vector has another length than its layout");
        let slice = &params.as_slice().expect("parameters lie without gaps")[part.range.clone()];
        ArrayView2::from_shape(part.shape, slice).expect("the range has the shape's size")
    }

    /// The name of one parameter, such as "W[2, 1]".
    pub fn name_of(&self, index: usize) -> String {
        let Some(part) = self.parts.iter().find(|p| p.range.contains(&index)) else {
            return format!("#{index}");
        };
        let within = index - part.range.start;
        match part.shape {
            (1, _) => format!("{}[{within}]", part.name),
            (_, columns) => format!("{}[{}, {}]", part.name, within / columns, within % columns),
        }
    }
}

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
