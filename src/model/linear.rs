//! The linear classifier.

use super::{Model, ParamLayout};
use crate::linalg::Rows;
use crate::real::Real;
use crate::rng::{self, Stream};
use ndarray::Array1;

/// The linear classifier s = W x + b (slide "Linear Classifiers"): one template, a row of W, for each class.
///
/// Parameters: W (C × D, regularized), b (C). Initial weights are normal with a given standard deviation
/// (default 0: for a convex loss zero is as good a start as any), biases zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linear {
    features: usize,
    classes: usize,
    deviation: f64,
}

impl Linear {
    /// A linear classifier of `features` inputs and `classes` outputs, started at zero.
    pub fn new(features: usize, classes: usize) -> Self {
        Linear { features, classes, deviation: 0.0 }
    }

    /// Starts from normal weights with this standard deviation (≥ 0).
    #[must_use]
    pub fn initial_deviation(self, deviation: f64) -> Self {
        Linear { deviation, ..self }
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

    fn initial(&self, stream: &mut Stream) -> Array1<F> {
        let mut params = Array1::zeros(self.weights() + self.classes);
        params.slice_mut(ndarray::s![..self.weights()]).assign(&rng::normal(stream, self.weights(), self.deviation));
        params
    }
}
