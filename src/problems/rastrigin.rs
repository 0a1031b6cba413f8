//! Rastrigin's egg box.

use super::traits::{Facts, Problem};
use crate::objective::{Differentiable, HessVec, Objective, TwiceDifferentiable};
use ndarray::{Array1, ArrayRef1, ArrayRef2};
use std::f64::consts::TAU;

/// f(x) = 10n + Σ xᵢ² − 10 cos 2πxᵢ (Rastrigin 1974). There is a local minimum near every point with integer
/// coordinates. The global minimum is 0 at the origin; start (2.3, 2.3, …).
#[derive(Debug, Clone, PartialEq)]
pub struct Rastrigin {
    dim: usize,
}

impl Rastrigin {
    /// Returns the function in `dim` ≥ 1 dimensions.
    pub fn new(dim: usize) -> Self {
        Rastrigin { dim }
    }
}

impl Objective for Rastrigin {
    fn dim(&self) -> usize {
        self.dim
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        x.iter().map(|x| 10.0 + x * x - 10.0 * (TAU * x).cos()).sum()
    }
}

impl Differentiable for Rastrigin {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad.iter_mut().zip(x).for_each(|(g, x)| *g = 2.0 * x + 10.0 * TAU * (TAU * x).sin());
        self.value(x)
    }
}

impl TwiceDifferentiable for Rastrigin {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian.fill(0.0);
        hessian.diag_mut().iter_mut().zip(x).for_each(|(h, x)| *h = 2.0 + 10.0 * TAU * TAU * (TAU * x).cos());
    }
}

impl HessVec for Rastrigin {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        product
            .iter_mut()
            .zip(x)
            .zip(v)
            .for_each(|((p, x), v)| *p = (2.0 + 10.0 * TAU * TAU * (TAU * x).cos()) * v);
    }
}

impl Problem for Rastrigin {
    fn facts(&self) -> Facts {
        Facts {
            name: if self.dim == 2 { "rastrigin".into() } else { format!("rastrigin:{}", self.dim) },
            formula: "10n + Σ xᵢ² − 10 cos 2πxᵢ",
            source: "Rastrigin 1974",
            start: Array1::from_elem(self.dim, 2.3),
            minima: vec![(Array1::zeros(self.dim), 0.0)],
        }
    }
}
