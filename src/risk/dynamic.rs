//! Risks as objectives that say at run time what they offer.

use super::EmpiricalRisk;
use crate::loss::{Likelihood, Loss};
use crate::model::{Linear, Mlp, Model};
use crate::objective::{
    BlockCurvature, DynamicObjective, FiniteSum, HessVec, KroneckerFactored, TwiceDifferentiable,
};

/// Any model: batches, and second derivatives by the loss.
impl<L: Loss<f64>> DynamicObjective for EmpiricalRisk<f64, Box<dyn Model<f64>>, L> {
    fn as_products(&mut self) -> Option<&mut dyn HessVec> {
        Some(self)
    }

    fn as_hessian(&mut self) -> Option<&mut dyn TwiceDifferentiable> {
        Some(self)
    }

    fn as_sum(&mut self) -> Option<&mut dyn FiniteSum> {
        Some(self)
    }
}

/// A linear model also has a block of curvature for each class.
impl<L: Loss<f64>> DynamicObjective for EmpiricalRisk<f64, Linear, L> {
    fn as_products(&mut self) -> Option<&mut dyn HessVec> {
        Some(self)
    }

    fn as_hessian(&mut self) -> Option<&mut dyn TwiceDifferentiable> {
        Some(self)
    }

    fn as_sum(&mut self) -> Option<&mut dyn FiniteSum> {
        Some(self)
    }

    fn as_blocks(&mut self) -> Option<&mut dyn BlockCurvature> {
        Some(self)
    }
}

/// A net under a loss that is a likelihood also has layers.
impl<L: Likelihood> DynamicObjective for EmpiricalRisk<f64, Mlp, L> {
    fn as_products(&mut self) -> Option<&mut dyn HessVec> {
        Some(self)
    }

    fn as_hessian(&mut self) -> Option<&mut dyn TwiceDifferentiable> {
        Some(self)
    }

    fn as_sum(&mut self) -> Option<&mut dyn FiniteSum> {
        Some(self)
    }

    fn as_layers(&mut self) -> Option<&mut dyn KroneckerFactored> {
        Some(self)
    }
}
