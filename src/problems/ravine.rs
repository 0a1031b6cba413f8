//! A narrow ravine.

use super::traits::{Facts, Problem};
use crate::error::few_digits;
use crate::objective::{Differentiable, HessVec, Objective, TwiceDifferentiable};
use ndarray::{ArrayRef1, ArrayRef2, array};

/// f(x, y) = ½(x² + κy²), which is flat along x and steep along y, with the condition number κ (slide
/// "Problems with SGD": what if the loss changes quickly in one direction and slowly in another?). Minimum 0
/// at the origin; start (κ, 1). From this start, gradient descent with an exact line search alternates
/// between two directions, and converges at its slowest rate (κ − 1)/(κ + 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ravine {
    kappa: f64,
}

impl Ravine {
    /// Returns the ravine with the condition number `kappa`, finite and ≥ 1.
    ///
    /// # Panics
    /// If `kappa` is out of range.
    pub fn new(kappa: f64) -> Self {
        assert!(kappa.is_finite() && kappa >= 1.0, "a condition number is finite and at least 1");
        Ravine { kappa }
    }
}

impl Objective for Ravine {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        0.5 * (x[0] * x[0] + self.kappa * x[1] * x[1])
    }
}

impl Differentiable for Ravine {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad[0] = x[0];
        grad[1] = self.kappa * x[1];
        self.value(x)
    }
}

impl TwiceDifferentiable for Ravine {
    fn hessian(&mut self, _: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian.fill(0.0);
        hessian[[0, 0]] = 1.0;
        hessian[[1, 1]] = self.kappa;
    }
}

impl HessVec for Ravine {
    fn hess_vec(&mut self, _: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        product[0] = v[0];
        product[1] = self.kappa * v[1];
    }
}

impl Problem for Ravine {
    fn facts(&self) -> Facts {
        Facts {
            name: if self.kappa == 100.0 {
                "ravine".into()
            } else {
                format!("ravine:{}", few_digits(self.kappa))
            },
            formula: "½(x² + κy²)",
            source: "the slides' ravine",
            start: array![self.kappa, 1.0],
            minima: vec![(array![0.0, 0.0], 0.0)],
        }
    }
}
