//! Test functions as objectives that say at run time what they offer.

use super::Problem;
use crate::objective::{DynamicObjective, HessVec, Residuals, TwiceDifferentiable};

impl DynamicObjective for &mut (dyn Problem + '_) {
    fn as_products(&mut self) -> Option<&mut dyn HessVec> {
        Some(&mut **self)
    }

    fn as_hessian(&mut self) -> Option<&mut dyn TwiceDifferentiable> {
        Some(&mut **self)
    }

    fn as_residuals(&mut self) -> Option<&mut dyn Residuals> {
        (**self).as_residuals()
    }
}

impl DynamicObjective for Box<dyn Problem> {
    fn as_products(&mut self) -> Option<&mut dyn HessVec> {
        Some(&mut **self)
    }

    fn as_hessian(&mut self) -> Option<&mut dyn TwiceDifferentiable> {
        Some(&mut **self)
    }

    fn as_residuals(&mut self) -> Option<&mut dyn Residuals> {
        (**self).as_residuals()
    }
}
