//! Rosenbrock's curved valley.

use super::traits::{Facts, Problem};
use crate::objective::{Differentiable, HessVec, Objective, Residuals, TwiceDifferentiable};
use ndarray::{Array1, ArrayRef1, ArrayRef2};

/// f(x) = Σᵢ 100(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)², chained over *n* coordinates (Rosenbrock 1960; chained as in
/// scipy.optimize.rosen). Each coordinate except the first and last belongs to two valleys, so that the
/// problem becomes harder with *n*. The [extended](super::more_garbow_hillstrom::ExtendedRosenbrock) function
/// of the literature consists of *n*/2 separate valleys instead. For *n* = 2 both are Rosenbrock's original
/// function. Minimum 0 at (1, …, 1); start (−1.2, 1, −1.2, 1, …).
#[derive(Debug, Clone, PartialEq)]
pub struct Rosenbrock {
    dim: usize,
}

impl Rosenbrock {
    /// Returns the function in `dim` ≥ 2 dimensions.
    pub fn new(dim: usize) -> Self {
        assert!(dim >= 2, "Rosenbrock's function has at least 2 dimensions");
        Rosenbrock { dim }
    }
}

impl Objective for Rosenbrock {
    fn dim(&self) -> usize {
        self.dim
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        (1..self.dim).map(|i| 100.0 * (x[i] - x[i - 1] * x[i - 1]).powi(2) + (1.0 - x[i - 1]).powi(2)).sum()
    }
}

impl Differentiable for Rosenbrock {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad.fill(0.0);
        let mut value = 0.0;
        for i in 1..self.dim {
            let (lag, rest) = (x[i] - x[i - 1] * x[i - 1], 1.0 - x[i - 1]);
            value += 100.0 * lag.powi(2) + rest.powi(2);
            grad[i] += 200.0 * lag;
            grad[i - 1] -= 400.0 * lag * x[i - 1] + 2.0 * rest;
        }
        value
    }
}

impl TwiceDifferentiable for Rosenbrock {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian.fill(0.0);
        for i in 1..self.dim {
            hessian[[i, i]] += 200.0;
            hessian[[i - 1, i - 1]] += 1200.0 * x[i - 1] * x[i - 1] - 400.0 * x[i] + 2.0;
            hessian[[i, i - 1]] = -400.0 * x[i - 1];
            hessian[[i - 1, i]] = -400.0 * x[i - 1];
        }
    }
}

impl HessVec for Rosenbrock {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        product.fill(0.0);
        for i in 1..self.dim {
            let mixed = -400.0 * x[i - 1];
            product[i] += 200.0 * v[i] + mixed * v[i - 1];
            product[i - 1] += (1200.0 * x[i - 1] * x[i - 1] - 400.0 * x[i] + 2.0) * v[i - 1] + mixed * v[i];
        }
    }
}

/// The residuals are 10(xᵢ₊₁ − xᵢ²) and 1 − xᵢ.
impl Residuals for Rosenbrock {
    fn residual_count(&self) -> usize {
        2 * (self.dim - 1)
    }

    fn scale(&self) -> f64 {
        1.0
    }

    fn residuals(&mut self, x: &ArrayRef1<f64>, residuals: &mut ArrayRef1<f64>) {
        for i in 1..self.dim {
            residuals[2 * i - 2] = 10.0 * (x[i] - x[i - 1] * x[i - 1]);
            residuals[2 * i - 1] = 1.0 - x[i - 1];
        }
    }

    fn jacobian(&mut self, x: &ArrayRef1<f64>, jacobian: &mut ArrayRef2<f64>) {
        jacobian.fill(0.0);
        for i in 1..self.dim {
            jacobian[[2 * i - 2, i]] = 10.0;
            jacobian[[2 * i - 2, i - 1]] = -20.0 * x[i - 1];
            jacobian[[2 * i - 1, i - 1]] = -1.0;
        }
    }
}

impl Problem for Rosenbrock {
    fn facts(&self) -> Facts {
        Facts {
            name: if self.dim == 2 { "rosenbrock".into() } else { format!("rosenbrock:{}", self.dim) },
            formula: "Σ 100(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²",
            source: "Rosenbrock 1960; Moré, Garbow & Hillstrom 1981, no. 1",
            start: (0..self.dim).map(|i| if i % 2 == 0 { -1.2 } else { 1.0 }).collect(),
            minima: vec![(Array1::ones(self.dim), 0.0)],
        }
    }

    fn as_residuals(&mut self) -> Option<&mut dyn Residuals> {
        Some(self)
    }
}
