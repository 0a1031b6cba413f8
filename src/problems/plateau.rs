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
        if square.is_infinite() { 1.0 } else { square / (1.0 + square) }
    }
}

impl Differentiable for Plateau {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad[0] = 2.0 * (x[0] / (1.0 + x[0] * x[0]).powi(2));
        self.value(x)
    }
}

impl TwiceDifferentiable for Plateau {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian[[0, 0]] = curvature(x[0]);
    }
}

impl HessVec for Plateau {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        product[0] = curvature(x[0]) * v[0];
    }
}

/// Returns f″. It is 0 where its denominator is beyond the largest number.
fn curvature(x: f64) -> f64 {
    let square = x * x;
    let denominator = (1.0 + square).powi(3);
    if denominator.is_infinite() { 0.0 } else { (2.0 - 6.0 * square) / denominator }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_out_it_is_flat() {
        for x in [1e120, -1e160, 1e200, f64::MAX] {
            let (mut grad, mut hessian, mut product) = (array![1.0], array![[1.0]], array![1.0]);
            let at = array![x];
            assert_eq!(Plateau.value_grad(&at, &mut grad), 1.0);
            Plateau.hessian(&at, &mut hessian);
            Plateau.hess_vec(&at, &array![1.0], &mut product);
            assert!(grad[0].abs() < 1e-300 && hessian[[0, 0]] == 0.0 && product[0] == 0.0, "{x}: {grad}");
        }
    }
}
