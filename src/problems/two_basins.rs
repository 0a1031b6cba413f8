//! A shallow minimum before a deep one.

use super::traits::{Facts, Problem};
use crate::objective::{Differentiable, HessVec, Objective, TwiceDifferentiable};
use ndarray::{ArrayRef1, ArrayRef2, array};

/// f(x) = x²/8 + 0.9·cos 2x − ½x on the line. Downhill from the start x = −3 lies a shallow minimum near
/// −1.3, and beyond it a deep one near 1.6 (the slides' "local minimum").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TwoBasins;

impl Objective for TwoBasins {
    fn dim(&self) -> usize {
        1
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        x[0] * x[0] / 8.0 + 0.9 * (2.0 * x[0]).cos() - 0.5 * x[0]
    }
}

impl Differentiable for TwoBasins {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad[0] = x[0] / 4.0 - 1.8 * (2.0 * x[0]).sin() - 0.5;
        self.value(x)
    }
}

impl TwiceDifferentiable for TwoBasins {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian[[0, 0]] = 0.25 - 3.6 * (2.0 * x[0]).cos();
    }
}

impl HessVec for TwoBasins {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        product[0] = (0.25 - 3.6 * (2.0 * x[0]).cos()) * v[0];
    }
}

impl Problem for TwoBasins {
    fn facts(&self) -> Facts {
        Facts {
            name: "two-basins".into(),
            formula: "x²/8 + 0.9 cos 2x − x/2",
            source: "the slides' local minimum",
            start: array![-3.0],
            minima: vec![(array![DEEP.0], DEEP.1), (array![SHALLOW.0], SHALLOW.1)],
        }
    }
}

/// The minima, by Newton's method to machine precision.
const DEEP: (f64, f64) = (1.5986802079007099, -1.3784686462489817);
const SHALLOW: (f64, f64) = (-1.3303615893314684, 0.0884797655386318);
