//! The trigonometric function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::{Facts, named};
use ndarray::{Array1, array};

/// rᵢ = n − Σⱼ cos xⱼ + i(1 − cos xᵢ) − sin xᵢ (Spedicato 1975). Minimum 0, at the origin and elsewhere; from
/// the start (1/n, …, 1/n) most methods end in a local one, 2.79506·10⁻⁵ for *n* = 10.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigonometric {
    dim: usize,
    sines: Vec<f64>,
}

impl Trigonometric {
    /// Returns the function in `dim` ≥ 1 dimensions.
    pub fn new(dim: usize) -> Self {
        assert!(dim >= 1, "the trigonometric function has at least 1 dimension");
        Trigonometric { dim, sines: vec![0.0; dim] }
    }
}

impl Terms for Trigonometric {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        self.dim
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        let n = x.len() as f64;
        let sum: f64 = x.iter().map(|x| x.cos()).sum();
        for (i, (r, x)) in r.iter_mut().zip(x).enumerate() {
            *r = n - sum + (i + 1) as f64 * (1.0 - x.cos()) - x.sin();
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        self.sines.iter_mut().zip(x).for_each(|(s, x)| *s = x.sin());
        for (i, x) in x.iter().enumerate() {
            let own = (i + 1) as f64 * x.sin() - x.cos();
            self.sines.iter().enumerate().for_each(|(j, s)| entry(i, j, if i == j { s + own } else { *s }));
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let sum: f64 = r.iter().sum();
        for (j, (r, x)) in r.iter().zip(x).enumerate() {
            entry(j, j, sum * x.cos() + r * ((j + 1) as f64 * x.cos() + x.sin()));
        }
    }

    fn facts(&self) -> Facts {
        let mut minima = vec![(Array1::zeros(self.dim), 0.0)];
        if self.dim == 10 {
            minima.push((
                array![
                    0.055150903980694964,
                    0.05684061679474243,
                    0.058764001762699226,
                    0.06099060865676568,
                    0.06362621369585986,
                    0.06684317945276524,
                    0.20816151856987755,
                    0.16436309588564033,
                    0.08500689568852522,
                    0.09143145071472857
                ],
                2.7950561218790206e-5,
            ));
        }
        Facts {
            name: named("trigonometric", self.dim, 10),
            formula: "Σ (n − Σ cos xⱼ + i(1 − cos xᵢ) − sin xᵢ)²",
            source: "Spedicato 1975; Moré, Garbow & Hillstrom 1981, no. 26",
            start: Array1::from_elem(self.dim, (self.dim as f64).recip()),
            minima,
        }
    }
}
