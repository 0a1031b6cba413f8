//! Functions that both studies of second-order optimizers use.

use crate::data::LeastSquares;
use crate::error::Result;
use crate::objective::{Differentiable, Objective, TwiceDifferentiable};
use ndarray::{Array1, Array2, ArrayRef1, ArrayRef2, array};

/// f(x) = ½(x − c)ᵀA(x − c) with random eigenvectors, and eigenvalues evenly spaced in the logarithm from 1
/// down to 1/κ.
#[derive(Clone)]
pub(super) struct Bowl {
    pub hessian: Array2<f64>,
    pub minimum: Array1<f64>,
}

impl Bowl {
    pub fn new(dim: usize, condition: f64, seed: u64) -> Result<Self> {
        let system = LeastSquares { examples: dim, features: dim, condition, noise: 0.0 }.generate(seed)?;
        Ok(Bowl { hessian: system.a.t().dot(&system.a) / dim as f64, minimum: system.solution })
    }
}

impl Objective for Bowl {
    fn dim(&self) -> usize {
        self.minimum.len()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        let away = x.to_owned() - &self.minimum;
        0.5 * away.dot(&self.hessian.dot(&away))
    }
}

impl Differentiable for Bowl {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let away = x.to_owned() - &self.minimum;
        grad.assign(&self.hessian.dot(&away));
        0.5 * away.dot(grad)
    }
}

impl TwiceDifferentiable for Bowl {
    fn hessian(&mut self, _: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian.assign(&self.hessian);
    }
}

/// f(x, y) = e^(x + 3y − .1) + e^(x − 3y − .1) + e^(−x − .1): strictly convex but not quadratic (Boyd &
/// Vandenberghe 2004, equation 9.20).
#[derive(Clone, Copy)]
pub(super) struct Exponentials;

/// The linear forms in the three exponents.
const FORMS: [[f64; 2]; 3] = [[1.0, 3.0], [1.0, -3.0], [-1.0, 0.0]];

impl Exponentials {
    /// The point where the gradient vanishes: (−½ ln 2, 0).
    pub const MINIMUM: [f64; 2] = [-0.5 * std::f64::consts::LN_2, 0.0];

    fn terms(x: &ArrayRef1<f64>) -> [f64; 3] {
        FORMS.map(|[a, b]| (a * x[0] + b * x[1] - 0.1).exp())
    }

    pub fn at(x: f64, y: f64) -> f64 {
        Self::terms(&array![x, y]).iter().sum()
    }

    /// Returns the gradient and the Hessian at `x`.
    pub fn derivatives(x: &ArrayRef1<f64>) -> ([f64; 2], [[f64; 2]; 2]) {
        let (mut grad, mut hessian) = ([0.0; 2], [[0.0; 2]; 2]);
        for (form, term) in FORMS.iter().zip(Self::terms(x)) {
            for i in 0..2 {
                grad[i] += form[i] * term;
                for j in 0..2 {
                    hessian[i][j] += form[i] * form[j] * term;
                }
            }
        }
        (grad, hessian)
    }
}

impl Objective for Exponentials {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        Self::terms(x).iter().sum()
    }
}

impl Differentiable for Exponentials {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let (found, _) = Self::derivatives(x);
        grad.iter_mut().zip(found).for_each(|(g, found)| *g = found);
        self.value(x)
    }
}

impl TwiceDifferentiable for Exponentials {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian.assign(&Array2::from(Self::derivatives(x).1.to_vec()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{check_gradient, check_second_derivatives};

    #[test]
    fn their_derivatives_pass() {
        let mut bowl = Bowl::new(5, 10.0, 0).unwrap();
        let x = Array1::ones(5);
        assert!(check_gradient(&mut bowl, &x).unwrap().passes());
        let x = array![-0.7, 0.4];
        assert!(check_gradient(&mut Exponentials, &x).unwrap().passes());
        assert!(check_second_derivatives(&mut Exponentials, &x).unwrap().passes());
        let (at_minimum, _) = Exponentials::derivatives(&Array1::from(Exponentials::MINIMUM.to_vec()));
        assert!(at_minimum.iter().all(|g| g.abs() < 1e-15));
    }
}
