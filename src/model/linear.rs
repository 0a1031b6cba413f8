//! The linear classifier.

use super::initialization::Initialization;
use super::traits::Model;
use crate::linalg::Rows;
use crate::objective::ParamLayout;
use crate::real::Real;
use crate::rng::Stream;
use ndarray::Array1;

/// The linear classifier s = W x + b (slide "Linear Classifiers"). Each row of W is the template of a class.
///
/// The parameters are W (C × D, regularized) and b (C). They start at zero by default; for a convex loss
/// every start leads to the same minimum.
///
/// ```
/// use gradus::model::{Linear, Model};
/// use gradus::prelude::*;
/// let model = Linear::new(784, 10).initial_deviation(0.01);
/// let layout = Model::<f64>::layout(&model);
/// assert_eq!((layout.len(), layout.parts()[0].shape), (7850, (10, 784)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linear {
    features: usize,
    classes: usize,
    initialization: Initialization,
}

impl Linear {
    /// Returns a linear classifier with `features` inputs and `classes` outputs that starts at zero.
    pub fn new(features: usize, classes: usize) -> Self {
        Linear { features, classes, initialization: Initialization::Zero }
    }

    /// Sets the distribution of the initial weights (default zero).
    #[must_use]
    pub fn initialization(self, initialization: Initialization) -> Self {
        Linear { initialization, ..self }
    }

    /// Draws the initial weights from a normal distribution with this standard deviation (finite and ≥ 0).
    #[must_use]
    pub fn initial_deviation(self, deviation: f64) -> Self {
        self.initialization(Initialization::Normal(deviation))
    }

    fn weights(&self) -> usize {
        self.classes * self.features
    }
}

impl<F: Real> Model<F> for Linear {
    fn name(&self) -> String {
        "linear".into()
    }

    fn layout(&self) -> ParamLayout {
        ParamLayout::new([("W", (self.classes, self.features), true), ("b", (1, self.classes), false)])
    }

    fn features(&self) -> usize {
        self.features
    }

    fn classes(&self) -> usize {
        self.classes
    }

    fn reads_rows(&self) -> bool {
        false
    }

    fn scratch_len(&self, _rows: usize) -> usize {
        0
    }

    fn scores(&self, params: &[F], rows: Rows<F>, _scratch: &mut [F], scores: &mut [F]) {
        let (weights, bias) = params.split_at(self.weights());
        F::scores(rows, weights, bias, scores);
    }

    fn backward(&self, _params: &[F], rows: Rows<F>, _scratch: &mut [F], errors: &[F], grad: &mut [F]) {
        let (weights, bias) = grad.split_at_mut(self.weights());
        F::accumulate(rows, errors, weights);
        for row in errors.chunks_exact(self.classes) {
            bias.iter_mut().zip(row).for_each(|(b, &e)| *b += e);
        }
    }

    fn tangent_len(&self, _rows: usize) -> usize {
        0
    }

    fn scores_tangent(
        &self,
        _params: &[F],
        direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        _tangent: &mut [F],
        scores_tangent: &mut [F],
    ) {
        // The scores are linear in the parameters, so their derivative along a direction is the model at that
        // direction.
        self.scores(direction, rows, scratch, scores_tangent);
    }

    fn backward_tangent(
        &self,
        params: &[F],
        _direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        _tangent: &mut [F],
        _errors: &[F],
        errors_tangent: &[F],
        product: &mut [F],
    ) {
        self.backward(params, rows, scratch, errors_tangent, product);
    }

    fn is_linear(&self) -> bool {
        true
    }

    fn initial(&self, stream: &mut Stream) -> Array1<F> {
        let mut params = vec![F::zero(); self.weights() + self.classes];
        self.initialization.draw(stream, self.features, self.classes, &mut params[..self.weights()]);
        params.into()
    }
}
