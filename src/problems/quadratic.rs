//! The quadratic bowl or ravine.

use super::traits::{Facts, Problem};
use crate::error::few_digits;
use crate::objective::{Differentiable, HessVec, Objective, TwiceDifferentiable};
use ndarray::{Array1, ArrayRef1, ArrayRef2};

/// f(x) = ½ Σ λᵢxᵢ², the quadratic with eigenvalues λ. Gradient descent is slower the larger the condition
/// number max λ / min λ. With a negative eigenvalue the function has a saddle and no minimum. Minimum 0 at
/// the origin; start (1, …, 1).
#[derive(Debug, Clone, PartialEq)]
pub struct Quadratic {
    eigenvalues: Array1<f64>,
}

impl Quadratic {
    /// Returns the quadratic with the given eigenvalues (finite).
    pub fn new(eigenvalues: &[f64]) -> Self {
        Quadratic { eigenvalues: Array1::from(eigenvalues.to_vec()) }
    }

    /// Returns the eigenvalues.
    pub fn eigenvalues(&self) -> &Array1<f64> {
        &self.eigenvalues
    }
}

impl Objective for Quadratic {
    fn dim(&self) -> usize {
        self.eigenvalues.len()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.eigenvalues.iter().zip(x).map(|(l, x)| 0.5 * l * x * x).sum()
    }
}

impl Differentiable for Quadratic {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad.iter_mut().zip(x).zip(&self.eigenvalues).for_each(|((g, x), l)| *g = l * x);
        self.value(x)
    }
}

impl TwiceDifferentiable for Quadratic {
    fn hessian(&mut self, _x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian.fill(0.0);
        hessian.diag_mut().assign(&self.eigenvalues);
    }
}

impl HessVec for Quadratic {
    fn hess_vec(&mut self, _: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        product.iter_mut().zip(v).zip(&self.eigenvalues).for_each(|((p, v), l)| *p = l * v);
    }
}

impl Problem for Quadratic {
    fn facts(&self) -> Facts {
        let names: Vec<String> = self.eigenvalues.iter().map(|&eigenvalue| few_digits(eigenvalue)).collect();
        let bounded = self.eigenvalues.iter().all(|&l| l >= 0.0);
        Facts {
            name: format!("quadratic:{}", names.join(",")),
            formula: "½ Σ λᵢxᵢ²",
            source: "the slides' ravine",
            start: Array1::ones(self.dim()),
            minima: if bounded { vec![(Array1::zeros(self.dim()), 0.0)] } else { Vec::new() },
        }
    }
}
