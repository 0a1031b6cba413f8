//! Beale's function.

use super::traits::{Facts, Problem};
use crate::objective::{Differentiable, HessVec, Objective, Residuals, TwiceDifferentiable};
use ndarray::{ArrayRef1, ArrayRef2, array};

/// f(x, y) = Σᵢ (cᵢ − x(1 − yⁱ))², c = 1.5, 2.25, 2.625 (Beale 1958). Minimum 0 at (3, ½); start (1, 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beale;

const TERMS: [(i32, f64); 3] = [(1, 1.5), (2, 2.25), (3, 2.625)];

impl Objective for Beale {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        TERMS.iter().map(|&(i, c)| (c - x[0] * (1.0 - x[1].powi(i))).powi(2)).sum()
    }
}

impl Differentiable for Beale {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad.fill(0.0);
        for (i, c) in TERMS {
            let residual = c - x[0] * (1.0 - x[1].powi(i));
            grad[0] -= 2.0 * residual * (1.0 - x[1].powi(i));
            grad[1] += 2.0 * residual * x[0] * f64::from(i) * x[1].powi(i - 1);
        }
        self.value(x)
    }
}

impl TwiceDifferentiable for Beale {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian.fill(0.0);
        for (i, c) in TERMS {
            let n = f64::from(i);
            let (rest, slope) = (1.0 - x[1].powi(i), n * x[1].powi(i - 1));
            let residual = c - x[0] * rest;
            let bend = if i > 1 { n * (n - 1.0) * x[1].powi(i - 2) } else { 0.0 };
            hessian[[0, 0]] += 2.0 * rest * rest;
            hessian[[0, 1]] += 2.0 * (residual * slope - rest * x[0] * slope);
            hessian[[1, 1]] += 2.0 * ((x[0] * slope).powi(2) + residual * x[0] * bend);
        }
        hessian[[1, 0]] = hessian[[0, 1]];
    }
}

impl HessVec for Beale {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        let mut hessian = [[0.0; 2]; 2];
        self.hessian(x, &mut ndarray::aview_mut2(&mut hessian));
        product[0] = hessian[0][0] * v[0] + hessian[0][1] * v[1];
        product[1] = hessian[1][0] * v[0] + hessian[1][1] * v[1];
    }
}

impl Residuals for Beale {
    fn residual_count(&self) -> usize {
        TERMS.len()
    }

    fn scale(&self) -> f64 {
        1.0
    }

    fn residuals(&mut self, x: &ArrayRef1<f64>, residuals: &mut ArrayRef1<f64>) {
        residuals.iter_mut().zip(TERMS).for_each(|(r, (i, c))| *r = c - x[0] * (1.0 - x[1].powi(i)));
    }

    fn jacobian(&mut self, x: &ArrayRef1<f64>, jacobian: &mut ArrayRef2<f64>) {
        for (mut row, (i, _)) in jacobian.rows_mut().into_iter().zip(TERMS) {
            row[0] = x[1].powi(i) - 1.0;
            row[1] = x[0] * f64::from(i) * x[1].powi(i - 1);
        }
    }
}

impl Problem for Beale {
    fn facts(&self) -> Facts {
        Facts {
            name: "beale".into(),
            formula: "Σ (cᵢ − x(1 − yⁱ))²",
            source: "Beale 1958; Moré, Garbow & Hillstrom 1981, no. 5",
            start: array![1.0, 1.0],
            minima: vec![(array![3.0, 0.5], 0.0)],
        }
    }

    fn as_residuals(&mut self) -> Option<&mut dyn Residuals> {
        Some(self)
    }
}
