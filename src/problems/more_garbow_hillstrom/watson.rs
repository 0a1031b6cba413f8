//! Watson's function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::{Facts, named};
use ndarray::{Array1, array};

/// rᵢ = Σⱼ (j − 1)xⱼtᵢ^(j−2) − (Σⱼ xⱼtᵢ^(j−1))² − 1, tᵢ = i/29, i = 1 … 29, with r₃₀ = x₁, r₃₁ = x₂ − x₁² −
/// 1: a polynomial that shall solve y′ = y² + 1 (Kowalik & Osborne 1968). The minimum falls with *n*,
/// 2.28767·10⁻³ for 6, 1.39976·10⁻⁶ for 9, 4.72238·10⁻¹⁰ for 12, while the condition number grows; start 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Watson {
    dim: usize,
}

impl Watson {
    /// Returns the function in `dim` dimensions, 2 to 31.
    pub fn new(dim: usize) -> Self {
        assert!((2..=31).contains(&dim), "Watson's function has 2 to 31 dimensions");
        Watson { dim }
    }
}

/// tᵢ of residual `i`, counted from 0.
fn time(i: usize) -> f64 {
    (i + 1) as f64 / 29.0
}

impl Terms for Watson {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        31
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        for (i, r) in r[..29].iter_mut().enumerate() {
            let t = time(i);
            let (mut slope, mut sum, mut power) = (0.0, x[0], 1.0);
            for (j, x) in x.iter().enumerate().skip(1) {
                slope += j as f64 * x * power;
                power *= t;
                sum += x * power;
            }
            *r = slope - sum * sum - 1.0;
        }
        r[29] = x[0];
        r[30] = x[1] - x[0] * x[0] - 1.0;
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for i in 0..29 {
            let t = time(i);
            let sum = x.iter().rev().fold(0.0, |sum, x| sum * t + x);
            entry(i, 0, -2.0 * sum);
            let mut power = 1.0;
            for j in 1..x.len() {
                entry(i, j, power * (j as f64 - 2.0 * sum * t));
                power *= t;
            }
        }
        entry(29, 0, 1.0);
        entry(30, 0, -2.0 * x[0]);
        entry(30, 1, 1.0);
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for (i, r) in r[..29].iter().enumerate() {
            let (t, mut outer) = (time(i), -2.0 * r);
            for j in 0..x.len() {
                let mut power = outer;
                for k in 0..=j {
                    entry(j, k, power);
                    power *= t;
                }
                outer *= t;
            }
        }
        entry(0, 0, -2.0 * r[30]);
    }

    fn facts(&self) -> Facts {
        Facts {
            name: named("watson", self.dim, 9),
            formula: "Σ (Σ (j − 1)xⱼtᵢ^(j−2) − (Σ xⱼtᵢ^(j−1))² − 1)² + x₁² + (x₂ − x₁² − 1)², tᵢ = i/29 ≤ 1",
            source: "Kowalik & Osborne 1968; Moré, Garbow & Hillstrom 1981, no. 20",
            start: Array1::zeros(self.dim),
            minima: if self.dim == 9 {
                vec![(
                    array![
                        -1.530703652133713e-5,
                        0.9997897039319481,
                        0.014763963693564603,
                        0.14634232829932367,
                        1.0008211030047378,
                        -2.617731140518806,
                        4.104403164478311,
                        -3.1436122785559446,
                        1.0526264080100076
                    ],
                    1.3997601380952372e-6,
                )]
            } else {
                Vec::new()
            },
        }
    }
}
