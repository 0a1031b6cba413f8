//! What an optimizer needs of an objective.

use crate::objective::Capabilities;
use std::fmt;

/// What an optimizer needs of an objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Values only.
    Values,
    /// Gradients, exact or of minibatches.
    Gradients,
    /// Exact gradients: the same function in every step.
    ExactGradients,
    /// Exact gradients, and products of the Hessian with vectors.
    Products,
    /// Gradients, exact or of minibatches, and products with the Hessian of the same function.
    BatchProducts,
    /// Exact gradients, and the Hessian.
    Hessian,
    /// Residuals and their Jacobian.
    Residuals,
    /// Exact gradients, and the diagonal blocks of the Hessian of a linear classifier's risk.
    Blocks,
    /// The layers of a net under a loss with probabilities (softmax, squared, logistic), whole or by
    /// minibatches.
    Layers,
    /// Gradients, exact or of minibatches, and the places of the weight matrices of layers.
    Matrices,
}

impl Needs {
    /// Whether an objective offers what is needed.
    pub fn are_met_by(self, offered: Capabilities) -> bool {
        match self {
            Needs::Values | Needs::Gradients | Needs::ExactGradients => true,
            Needs::Products | Needs::BatchProducts => offered.products,
            Needs::Hessian => offered.hessian,
            Needs::Residuals => offered.residuals,
            Needs::Blocks => offered.blocks,
            Needs::Layers => offered.layers,
            Needs::Matrices => offered.matrices,
        }
    }

    /// Whether the optimizer can take a step on a batch of examples.
    pub fn takes_batches(self) -> bool {
        matches!(self, Needs::Gradients | Needs::BatchProducts | Needs::Matrices | Needs::Layers)
    }
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Needs::Values => "values",
            Needs::Gradients => "gradients",
            Needs::ExactGradients => "exact gradients",
            Needs::Products => "exact gradients, products with the Hessian",
            Needs::BatchProducts => "gradients, products with the Hessian",
            Needs::Hessian => "exact gradients, the Hessian",
            Needs::Residuals => "residuals and their Jacobian",
            Needs::Blocks => "exact gradients, diagonal blocks of the Hessian",
            Needs::Layers => "layers under a loss with probabilities",
            Needs::Matrices => "gradients, weight matrices of layers",
        })
    }
}
