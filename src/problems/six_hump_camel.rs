//! The camel with six humps.

use super::traits::{Facts, Problem};
use crate::objective::{Differentiable, HessVec, Objective, TwiceDifferentiable};
use ndarray::{ArrayRef1, ArrayRef2, array};

/// f(x, y) = (4 − 2.1x² + x⁴/3)x² + xy + (4y² − 4)y² (Dixon & Szegő 1978). There are six minima in the plane,
/// of which two, of value −1.0316, are global. Gradient descent ends in the basin in which it starts. Start
/// (−1.5, 1), in the basin of a local minimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SixHumpCamel;

impl Objective for SixHumpCamel {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        let (a, b) = (x[0] * x[0], x[1] * x[1]);
        (4.0 - 2.1 * a + a * a / 3.0) * a + x[0] * x[1] + (4.0 * b - 4.0) * b
    }
}

impl Differentiable for SixHumpCamel {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let (a, b) = (x[0] * x[0], x[1] * x[1]);
        grad[0] = (8.0 - 8.4 * a + 2.0 * a * a) * x[0] + x[1];
        grad[1] = x[0] + (16.0 * b - 8.0) * x[1];
        self.value(x)
    }
}

impl TwiceDifferentiable for SixHumpCamel {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        let (a, b) = (x[0] * x[0], x[1] * x[1]);
        hessian[[0, 0]] = 8.0 - 25.2 * a + 10.0 * a * a;
        hessian[[1, 1]] = 48.0 * b - 8.0;
        hessian[[0, 1]] = 1.0;
        hessian[[1, 0]] = 1.0;
    }
}

impl HessVec for SixHumpCamel {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        let (a, b) = (x[0] * x[0], x[1] * x[1]);
        product[0] = (8.0 - 25.2 * a + 10.0 * a * a) * v[0] + v[1];
        product[1] = v[0] + (48.0 * b - 8.0) * v[1];
    }
}

impl Problem for SixHumpCamel {
    fn facts(&self) -> Facts {
        let minima =
            MINIMA.iter().flat_map(|&(x, y, value)| [(array![x, y], value), (array![-x, -y], value)]);
        Facts {
            name: "six-hump-camel".into(),
            formula: "(4 − 2.1x² + x⁴/3)x² + xy + (4y² − 4)y²",
            source: "Dixon & Szegő 1978",
            start: array![-1.5, 1.0],
            minima: minima.collect(),
        }
    }
}

/// One of each pair of minima as (x, y, value), computed by Newton's method to machine precision.
const MINIMA: [(f64, f64, f64); 3] = [
    (0.08984201310031806, -0.7126564030207396, -1.0316284534898774),
    (-1.703606714969981, 0.7960835686726251, -0.2154638243837184),
    (1.6071047529201972, 0.5686514548841314, 2.1042503103112575),
];
