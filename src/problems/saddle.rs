//! A saddle point between two minima.

use super::traits::{Facts, Problem};
use crate::objective::{Differentiable, HessVec, Objective, TwiceDifferentiable};
use ndarray::{ArrayRef1, ArrayRef2, array};

/// f(x, y) = ½x² − ½y² + ¼y⁴, with a saddle at the origin and minima of value −¼ at (0, ±1). The fourth power
/// bounds the function from below, so that a run that leaves the saddle reaches a minimum. Start (1, 10⁻³),
/// next to the ridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saddle;

impl Objective for Saddle {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        0.5 * x[0] * x[0] - 0.5 * x[1] * x[1] + 0.25 * x[1].powi(4)
    }
}

impl Differentiable for Saddle {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad[0] = x[0];
        grad[1] = x[1].powi(3) - x[1];
        self.value(x)
    }
}

impl TwiceDifferentiable for Saddle {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian.fill(0.0);
        hessian[[0, 0]] = 1.0;
        hessian[[1, 1]] = 3.0 * x[1] * x[1] - 1.0;
    }
}

impl HessVec for Saddle {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        product[0] = v[0];
        product[1] = (3.0 * x[1] * x[1] - 1.0) * v[1];
    }
}

impl Problem for Saddle {
    fn facts(&self) -> Facts {
        Facts {
            name: "saddle".into(),
            formula: "½x² − ½y² + ¼y⁴",
            source: "the slides' saddle, bounded",
            start: array![1.0, 1e-3],
            minima: vec![(array![0.0, 1.0], -0.25), (array![0.0, -1.0], -0.25)],
        }
    }
}
