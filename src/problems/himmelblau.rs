//! Himmelblau's function with four minima.

use super::traits::{Facts, Problem};
use crate::objective::{Differentiable, HessVec, Objective, TwiceDifferentiable};
use ndarray::{ArrayRef1, ArrayRef2, array};

/// f(x, y) = (x² + y − 11)² + (x + y² − 7)² (Himmelblau 1972). Four minima of value 0; start (0, 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Himmelblau;

impl Objective for Himmelblau {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        (x[0] * x[0] + x[1] - 11.0).powi(2) + (x[0] + x[1] * x[1] - 7.0).powi(2)
    }
}

impl Differentiable for Himmelblau {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let (first, second) = (x[0] * x[0] + x[1] - 11.0, x[0] + x[1] * x[1] - 7.0);
        grad[0] = 4.0 * x[0] * first + 2.0 * second;
        grad[1] = 2.0 * first + 4.0 * x[1] * second;
        self.value(x)
    }
}

impl TwiceDifferentiable for Himmelblau {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian[[0, 0]] = 12.0 * x[0] * x[0] + 4.0 * x[1] - 42.0;
        hessian[[1, 1]] = 12.0 * x[1] * x[1] + 4.0 * x[0] - 26.0;
        hessian[[0, 1]] = 4.0 * (x[0] + x[1]);
        hessian[[1, 0]] = hessian[[0, 1]];
    }
}

impl HessVec for Himmelblau {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        let mixed = 4.0 * (x[0] + x[1]);
        product[0] = (12.0 * x[0] * x[0] + 4.0 * x[1] - 42.0) * v[0] + mixed * v[1];
        product[1] = mixed * v[0] + (12.0 * x[1] * x[1] + 4.0 * x[0] - 26.0) * v[1];
    }
}

impl Problem for Himmelblau {
    fn facts(&self) -> Facts {
        let minima = [
            array![3.0, 2.0],
            array![-2.805118086952745, 3.131312518250573],
            array![-3.779310253377747, -3.28318599128617],
            array![3.584428340330492, -1.848126526964404],
        ];
        Facts {
            name: "himmelblau".into(),
            formula: "(x² + y − 11)² + (x + y² − 7)²",
            source: "Himmelblau 1972",
            start: array![0.0, 0.0],
            minima: minima.into_iter().map(|x| (x, 0.0)).collect(),
        }
    }
}
