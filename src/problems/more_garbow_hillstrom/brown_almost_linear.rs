//! Brown's almost linear function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::{Facts, named};
use ndarray::Array1;

/// rᵢ = xᵢ + Σⱼ xⱼ − (n + 1), i < n, and rₙ = Πⱼ xⱼ − 1 (Brown 1969). Minimum 0 at (a, …, a, a^(1−n)) with
/// naⁿ − (n + 1)aⁿ⁻¹ + 1 = 0, such as a = 1; a local one of 1 at (0, …, 0, n + 1); start (½, …, ½).
#[derive(Debug, Clone, PartialEq)]
pub struct BrownAlmostLinear {
    dim: usize,
    /// The product of all coordinates behind each.
    behind: Vec<f64>,
}

impl BrownAlmostLinear {
    /// Returns the function in `dim` ≥ 2 dimensions.
    pub fn new(dim: usize) -> Self {
        assert!(dim >= 2, "Brown's almost linear function has at least 2 dimensions");
        BrownAlmostLinear { dim, behind: vec![1.0; dim] }
    }
}

impl BrownAlmostLinear {
    fn multiply_behind(&mut self, x: &[f64]) {
        let mut product = 1.0;
        for (behind, x) in self.behind.iter_mut().zip(x).rev() {
            *behind = product;
            product *= x;
        }
    }
}

impl Terms for BrownAlmostLinear {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        self.dim
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        let n = x.len();
        let rest = x.iter().sum::<f64>() - (n + 1) as f64;
        r.iter_mut().zip(x).for_each(|(r, x)| *r = x + rest);
        r[n - 1] = x.iter().product::<f64>() - 1.0;
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let n = x.len();
        for i in 0..n - 1 {
            (0..n).for_each(|j| entry(i, j, if i == j { 2.0 } else { 1.0 }));
        }
        self.multiply_behind(x);
        let mut before = 1.0;
        for (j, (behind, x)) in self.behind.iter().zip(x).enumerate() {
            entry(n - 1, j, before * behind);
            before *= x;
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let last = r[x.len() - 1];
        self.multiply_behind(x);
        let mut before = 1.0;
        for k in 0..x.len() {
            let mut without = last * before;
            for (j, (behind, x)) in self.behind.iter().zip(x).enumerate().skip(k + 1) {
                entry(j, k, without * behind);
                without *= x;
            }
            before *= x[k];
        }
    }

    fn facts(&self) -> Facts {
        let mut minima = vec![(Array1::ones(self.dim), 0.0)];
        if self.dim > 2 {
            let mut last = Array1::zeros(self.dim);
            last[self.dim - 1] = (self.dim + 1) as f64;
            minima.push((last, 1.0));
        }
        Facts {
            name: named("brown-almost-linear", self.dim, 10),
            formula: "Σ (xᵢ + Σ xⱼ − (n + 1))² + (Π xⱼ − 1)², i < n",
            source: "Brown 1969; Moré, Garbow & Hillstrom 1981, no. 27",
            start: Array1::from_elem(self.dim, 0.5),
            minima,
        }
    }
}
