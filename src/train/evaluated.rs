//! Accuracies and errors over examples, which processes can share.

use crate::linalg::FeatureRows;
use crate::loss::Loss;
use crate::model::Model;
use crate::ranks::{Ranks, add_in_order, collect};
use crate::real::Real;
use crate::risk::{EmpiricalRisk, example_errors, mean_of_examples, right_answers};
use ndarray::Array1;
use std::ops::Range;

/// Examples of which this process evaluates a part.
pub(super) struct Evaluated<'a, F> {
    /// The features and labels that this process holds.
    pub(super) features: FeatureRows<'a, F>,
    pub(super) labels: &'a [u8],
    /// The examples that it evaluates, among all.
    pub(super) own: Range<usize>,
    /// The place of the first one that it holds, among all.
    pub(super) held_from: usize,
    /// The number of all.
    pub(super) count: usize,
    pub(super) ranks: &'a dyn Ranks,
}

impl<F: Real> Evaluated<'_, F> {
    /// Returns the rows of the features that this process evaluates.
    fn rows(&self) -> Range<usize> {
        self.own.start - self.held_from..self.own.end - self.held_from
    }

    /// Returns the share of all examples that are classified correctly.
    pub(super) fn accuracy<M: Model<F>, L: Loss<F>>(
        &self,
        risk: &EmpiricalRisk<F, M, L>,
        params: &Array1<F>,
    ) -> f64 {
        let right = right_answers(risk.model(), params, self.features, self.labels, self.rows()) as f64;
        let mut all = [0.0];
        add_in_order(self.ranks, &mut all, |_, sum| sum[0] += right);
        all[0] / self.count as f64
    }

    /// Returns the mean error of all reconstructions.
    pub(super) fn error<M: Model<F>, L: Loss<F>>(
        &self,
        risk: &EmpiricalRisk<F, M, L>,
        params: &Array1<F>,
    ) -> f64 {
        let mut errors = vec![0.0; self.count];
        let own = example_errors(risk.model(), risk.loss(), params, self.features, self.rows());
        errors[self.own.clone()].copy_from_slice(&own);
        collect(self.ranks, &mut errors, self.own.clone());
        mean_of_examples(&errors)
    }
}
