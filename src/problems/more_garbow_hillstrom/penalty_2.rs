//! The second penalty function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::{Facts, named};
use ndarray::{Array1, array};

/// r₁ = x₁ − 0.2; rᵢ = √a(e^(xᵢ/10) + e^(xᵢ₋₁/10) − e^(i/10) − e^((i−1)/10)), i = 2 … n; √a(e^(xᵢ/10) −
/// e^(−1/10)), i = 2 … n; r₂ₙ = Σ (n − j + 1)xⱼ² − 1; a = 10⁻⁵ (Gill, Murray & Pitfield 1972). Minimum
/// 9.37629·10⁻⁶ for *n* = 4, 2.93660·10⁻⁴ for 10; start (½, …, ½).
#[derive(Debug, Clone, PartialEq)]
pub struct Penalty2 {
    dim: usize,
}

impl Penalty2 {
    /// Returns the function in `dim` ≥ 2 dimensions.
    pub fn new(dim: usize) -> Self {
        assert!(dim >= 2, "the second penalty function has at least 2 dimensions");
        Penalty2 { dim }
    }
}

/// The weight of the exponentials.
const A: f64 = 1e-5;

impl Terms for Penalty2 {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        2 * self.dim
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        let n = x.len();
        r[0] = x[0] - 0.2;
        for i in 1..n {
            let (here, before) = ((x[i] / 10.0).exp(), (x[i - 1] / 10.0).exp());
            let y = ((i + 1) as f64 / 10.0).exp() + (i as f64 / 10.0).exp();
            r[i] = A.sqrt() * (here + before - y);
            r[n + i - 1] = A.sqrt() * (here - (-0.1f64).exp());
        }
        r[2 * n - 1] = x.iter().enumerate().map(|(j, x)| (n - j) as f64 * x * x).sum::<f64>() - 1.0;
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let (n, slope) = (x.len(), |x: f64| A.sqrt() * (x / 10.0).exp() / 10.0);
        entry(0, 0, 1.0);
        for i in 1..n {
            entry(i, i, slope(x[i]));
            entry(i, i - 1, slope(x[i - 1]));
        }
        (1..n).for_each(|i| entry(n + i - 1, i, slope(x[i])));
        x.iter().enumerate().for_each(|(j, x)| entry(2 * n - 1, j, 2.0 * (n - j) as f64 * x));
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let (n, bend) = (x.len(), |x: f64| A.sqrt() * (x / 10.0).exp() / 100.0);
        for i in 1..n {
            entry(i, i, (r[i] + r[n + i - 1]) * bend(x[i]));
            entry(i - 1, i - 1, r[i] * bend(x[i - 1]));
        }
        (0..n).for_each(|j| entry(j, j, 2.0 * (n - j) as f64 * r[2 * n - 1]));
    }

    fn facts(&self) -> Facts {
        Facts {
            name: named("penalty-2", self.dim, 10),
            formula: "(x₁ − 0.2)² + 10⁻⁵Σ (e^(xᵢ/10) + e^(xᵢ₋₁/10) − yᵢ)² + 10⁻⁵Σ (e^(xᵢ/10) − e^(−1/10))² + \
                      (Σ (n − j + 1)xⱼ² − 1)²",
            source: "Gill, Murray & Pitfield 1972; Moré, Garbow & Hillstrom 1981, no. 24",
            start: Array1::from_elem(self.dim, 0.5),
            minima: if self.dim == 10 {
                vec![(
                    array![
                        0.19998360519782363,
                        0.0103506484712923,
                        0.019604934480438402,
                        0.03208906722068565,
                        0.049932677399641294,
                        0.07651399515399361,
                        0.11862407286950416,
                        0.19214487233557664,
                        0.3473205869418436,
                        0.3691643741593507
                    ],
                    0.00029366053745674605,
                )]
            } else {
                Vec::new()
            },
        }
    }
}
