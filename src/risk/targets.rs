//! What the scores of examples are compared with: their labels, or the examples themselves.

use crate::linalg::Rows;
use crate::loss::{Loss, TargetLoss};
use crate::real::Real;
use std::sync::Arc;

/// What the scores of all examples are compared with.
pub(super) enum Targets {
    /// Classes, one for each example.
    Labels(Arc<[u8]>),
    /// The features, which an autoencoder reconstructs.
    Features,
}

impl Targets {
    /// Returns the labels, if there are any.
    pub(super) fn labels(&self) -> Option<&[u8]> {
        match self {
            Targets::Labels(labels) => Some(labels),
            Targets::Features => None,
        }
    }
}

/// What the scores of a block are compared with, and the loss. Its methods are called once for a block, so
/// that no branch is taken for an example.
pub(super) enum BlockTargets<'a, F, L> {
    Labels(&'a L, &'a [u8]),
    Rows(&'a dyn TargetLoss<F>, Rows<'a, F>),
}

impl<F: Copy, L> Clone for BlockTargets<'_, F, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F: Copy, L> Copy for BlockTargets<'_, F, L> {}

impl<'a, F: Real, L: Loss<F>> BlockTargets<'a, F, L> {
    /// Returns rows as the targets of a loss that takes real-valued ones.
    pub(super) fn rows(loss: &'a L, rows: Rows<'a, F>) -> Self {
        BlockTargets::Rows(loss.of_targets().expect("a risk of reconstructions has such a loss"), rows)
    }

    pub(super) fn len(&self) -> usize {
        match self {
            BlockTargets::Labels(_, labels) => labels.len(),
            BlockTargets::Rows(_, rows) => rows.len(),
        }
    }

    pub(super) fn split_at(self, middle: usize) -> (Self, Self) {
        match self {
            BlockTargets::Labels(loss, labels) => {
                let (upper, lower) = labels.split_at(middle);
                (BlockTargets::Labels(loss, upper), BlockTargets::Labels(loss, lower))
            }
            BlockTargets::Rows(loss, rows) => {
                let of = |from, to| BlockTargets::Rows(loss, rows.slice(from, to));
                (of(0, middle), of(middle, rows.len()))
            }
        }
    }

    /// Returns the sum of the losses. May overwrite `scores`.
    pub(super) fn value(self, scores: &mut [F]) -> f64 {
        match self {
            BlockTargets::Labels(loss, labels) => loss.value(scores, labels).wide(),
            BlockTargets::Rows(..) => self.value_errors(scores),
        }
    }

    /// Returns the sum of the losses, and replaces the scores by the errors.
    pub(super) fn value_errors(self, scores: &mut [F]) -> f64 {
        match self {
            BlockTargets::Labels(loss, labels) => loss.value_errors(scores, labels).wide(),
            BlockTargets::Rows(loss, rows) => {
                let of_rows = scores.chunks_exact_mut(rows.features()).enumerate();
                of_rows.map(|(i, outputs)| loss.target_errors(outputs, rows.row(i)).wide()).sum()
            }
        }
    }

    /// Multiplies each row of `tangent` by the Hessian of the loss. May overwrite `scores`.
    pub(super) fn hess_vec(self, scores: &mut [F], tangent: &mut [F]) {
        match self {
            BlockTargets::Labels(loss, labels) => loss.hess_vec(scores, labels, tangent),
            BlockTargets::Rows(loss, rows) => {
                let columns = rows.features();
                let of_rows = scores.chunks_exact_mut(columns).zip(tangent.chunks_exact_mut(columns));
                for (i, (outputs, tangent)) in of_rows.enumerate() {
                    loss.target_hess_vec(outputs, rows.row(i), tangent);
                }
            }
        }
    }
}
