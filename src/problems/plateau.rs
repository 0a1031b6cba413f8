//! A plateau around a minimum.

use super::traits::{Facts, Problem};
use crate::objective::{Differentiable, HessVec, Objective, TwiceDifferentiable};
use ndarray::{ArrayRef1, ArrayRef2, array};

/// f(x) = x² / (1 + x²) on the line. Far from the origin the function is flat, and its gradient decreases
/// like 2/x³. Minimum 0 at the origin; start 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plateau;

impl Objective for Plateau {
    fn dim(&self) -> usize {
        1
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        let square = x[0] * x[0];
        square / (1.0 + square)
    }
}

impl Differentiable for Plateau {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad[0] = 2.0 * x[0] / (1.0 + x[0] * x[0]).powi(2);
        self.value(x)
    }
}

impl TwiceDifferentiable for Plateau {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        let square = x[0] * x[0];
        hessian[[0, 0]] = (2.0 - 6.0 * square) / (1.0 + square).powi(3);
    }
}

impl HessVec for Plateau {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        let square = x[0] * x[0];
        product[0] = (2.0 - 6.0 * square) / (1.0 + square).powi(3) * v[0];
    }
}

impl Problem for Plateau {
    fn facts(&self) -> Facts {
        Facts {
            name: "plateau".into(),
            formula: "x² / (1 + x²)",
            source: "the slides' flat region",
            start: array![8.0],
            minima: vec![(array![0.0], 0.0)],
        }
    }
}
