//! The stages, and their sizes together.

use super::stage::Stage;
use crate::model::activation::Activation;
use crate::real::Real;

/// The stages of a [`ConvNet`](super::ConvNet).
#[derive(Debug, Clone, PartialEq)]
pub struct Convolutions {
    pub(super) stages: Vec<Stage>,
    pub(super) activation: Activation,
}

impl Convolutions {
    pub(super) fn first(&self) -> &Stage {
        &self.stages[0]
    }

    /// Returns the number of multiplications of a forward pass over an example, by which threads share it.
    pub(super) fn work(&self) -> usize {
        self.stages.iter().map(|stage| stage.weights.len() * stage.side * stage.side).sum()
    }

    /// Returns the number of outputs of the last stage.
    pub(super) fn units(&self) -> usize {
        self.stages.last().map_or(0, Stage::units)
    }

    /// Writes the weights of every stage but the first in reverse, one after another.
    pub(super) fn reverse<F: Real>(&self, params: &[F], reversed: &mut [F]) {
        let mut rest = reversed;
        for stage in &self.stages[1..] {
            let (own, others) = rest.split_at_mut(stage.weights.len());
            stage.reverse(&params[stage.weights.clone()], own);
            rest = others;
        }
    }
}
