//! A quadratic whose axes are not those of the coordinates.

use crate::objective::{Differentiable, HessVec, Objective, TwiceDifferentiable};
use crate::problems::{Facts, Problem};
use crate::rng;
use ndarray::{Array1, Array2, ArrayRef1, ArrayRef2};

/// f(x) = ½ (x − c)ᵀA(x − c) with A = QΛQᵀ. The eigenvalues go from 1/κ to 1 in equal logarithmic steps, and
/// Q is a random rotation. Without the rotation, rules that scale each coordinate separately would have an
/// advantage; with c = 0, rules that decay the parameters or search near 0 would. At the start, every
/// eigenvector contributes ½ to f, so that an optimizer cannot neglect any of them.
#[derive(Debug, Clone)]
pub(super) struct Rotated {
    kappa: f64,
    matrix: Array2<f64>,
    centre: Array1<f64>,
    start: Array1<f64>,
    /// x − c, and A times it.
    moved: Array1<f64>,
    product: Array1<f64>,
}

/// The seed of rotation and centre. They belong to the problem and do not depend on the seed of the
/// comparison.
const ROTATION: u64 = 2019;

impl Rotated {
    pub fn new(dim: usize, kappa: f64) -> Self {
        let axes = orthonormal(dim);
        let value = |i: usize| kappa.powf(i as f64 / (dim - 1) as f64 - 1.0);
        let mut matrix = Array2::zeros((dim, dim));
        let centre = rng::normal::<f64>(&mut rng::stream(ROTATION, "centre", dim as u64), dim, 1.0);
        let mut start = centre.clone();
        for (i, axis) in axes.iter().enumerate() {
            for row in 0..dim {
                for column in 0..dim {
                    matrix[[row, column]] += value(i) * axis[row] * axis[column];
                }
            }
            start.scaled_add(value(i).sqrt().recip(), axis);
        }
        Rotated { kappa, matrix, centre, start, moved: Array1::zeros(dim), product: Array1::zeros(dim) }
    }
}

/// Returns random orthonormal vectors by the Gram–Schmidt process, applied twice to limit rounding errors.
fn orthonormal(dim: usize) -> Vec<Array1<f64>> {
    let mut stream = rng::stream(ROTATION, "rotation", dim as u64);
    let mut axes: Vec<Array1<f64>> = Vec::with_capacity(dim);
    while axes.len() < dim {
        let mut axis = rng::normal::<f64>(&mut stream, dim, 1.0);
        for _ in 0..2 {
            for known in &axes {
                let along = known.dot(&axis);
                axis.scaled_add(-along, known);
            }
        }
        let length = axis.dot(&axis).sqrt();
        axes.push(axis / length);
    }
    axes
}

impl Objective for Rotated {
    fn dim(&self) -> usize {
        self.start.len()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        let mut product = std::mem::take(&mut self.product);
        let value = self.value_grad(x, &mut product);
        self.product = product;
        value
    }
}

impl Differentiable for Rotated {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        self.moved.iter_mut().zip(x).zip(&self.centre).for_each(|((moved, x), c)| *moved = x - c);
        times(&self.matrix, &self.moved, grad);
        0.5 * self.moved.iter().zip(grad.iter()).map(|(x, g)| x * g).sum::<f64>()
    }
}

/// Writes Av.
fn times(matrix: &Array2<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
    for (out, row) in product.iter_mut().zip(matrix.rows()) {
        *out = row.iter().zip(v).map(|(a, v)| a * v).sum();
    }
}

impl TwiceDifferentiable for Rotated {
    fn hessian(&mut self, _: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian.assign(&self.matrix);
    }
}

impl HessVec for Rotated {
    fn hess_vec(&mut self, _: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        times(&self.matrix, v, product);
    }
}

impl Problem for Rotated {
    fn facts(&self) -> Facts {
        Facts {
            name: format!("quadratic:{}", self.kappa),
            formula: "½ (x − c)ᵀA(x − c)",
            source: "generated: eigenvalues in equal logarithmic steps, a random rotation",
            start: self.start.clone(),
            minima: vec![(self.centre.clone(), 0.0)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_eigenvector_contributes_a_half_and_the_spectrum_is_as_announced() {
        let mut bowl = Rotated::new(20, 1e6);
        let start = bowl.start.clone();
        assert_eq!(bowl.value(&bowl.centre.clone()), 0.0);
        assert!((bowl.value(&start) - 10.0).abs() < 1e-8, "{}", bowl.value(&start));
        let trace: f64 = bowl.matrix.diag().sum();
        let expected: f64 = (0..20).map(|i| 1e6f64.powf(f64::from(i) / 19.0 - 1.0)).sum();
        assert!((trace - expected).abs() < 1e-12);
        assert!(crate::gradcheck::check_gradient(&mut bowl, &start).unwrap().passes());
    }
}
