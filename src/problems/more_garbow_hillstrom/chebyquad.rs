//! Chebyquad.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::{Facts, named};
use ndarray::array;

/// rᵢ = (1/n)Σⱼ Tᵢ(xⱼ) − ∫₀¹ Tᵢ, i = 1 … n, with Chebyshev's polynomials shifted to [0, 1]: nodes of a
/// quadrature with equal weights (Fletcher 1965). Minimum 0 for *n* ≤ 7 and 9, 3.51687·10⁻³ for 8,
/// 6.50395·10⁻³ for 10; start xⱼ = j/(n + 1).
#[derive(Debug, Clone, PartialEq)]
pub struct Chebyquad {
    dim: usize,
    states: Vec<State>,
}

impl Chebyquad {
    /// Returns the function in `dim` ≥ 1 dimensions.
    pub fn new(dim: usize) -> Self {
        assert!(dim >= 1, "Chebyquad has at least 1 dimension");
        Chebyquad { dim, states: vec![State::default(); dim] }
    }
}

/// Tᵢ₋₁ and Tᵢ at one coordinate, each with its first and second derivative.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct State {
    before: [f64; 3],
    now: [f64; 3],
}

impl Chebyquad {
    /// T₀ and T₁.
    fn begin(&mut self, x: &[f64]) {
        for (state, x) in self.states.iter_mut().zip(x) {
            *state = State { before: [1.0, 0.0, 0.0], now: [2.0 * x - 1.0, 2.0, 0.0] };
        }
    }

    /// Tᵢ₊₁ = 2zTᵢ − Tᵢ₋₁, z = 2x − 1, differentiated twice.
    fn advance(&mut self, x: &[f64]) {
        for (State { before, now }, x) in self.states.iter_mut().zip(x) {
            let twice = 2.0 * (2.0 * x - 1.0);
            let value = twice * now[0] - before[0];
            let slope = 4.0 * now[0] + twice * now[1] - before[1];
            let bend = 8.0 * now[1] + twice * now[2] - before[2];
            (*before, *now) = (*now, [value, slope, bend]);
        }
    }
}

/// ∫₀¹ Tᵢ.
fn integral(i: usize) -> f64 {
    if i.is_multiple_of(2) { -((i * i - 1) as f64).recip() } else { 0.0 }
}

impl Terms for Chebyquad {
    fn dim(&self) -> usize {
        self.dim
    }

    fn count(&self) -> usize {
        self.dim
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        self.begin(x);
        for (i, r) in r.iter_mut().enumerate() {
            let sum: f64 = self.states.iter().map(|state| state.now[0]).sum();
            *r = sum / x.len() as f64 - integral(i + 1);
            self.advance(x);
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        self.begin(x);
        for i in 0..x.len() {
            self.states.iter().enumerate().for_each(|(j, state)| entry(i, j, state.now[1] / x.len() as f64));
            self.advance(x);
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        self.begin(x);
        for r in r {
            self.states
                .iter()
                .enumerate()
                .for_each(|(j, state)| entry(j, j, r * state.now[2] / x.len() as f64));
            self.advance(x);
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: named("chebyquad", self.dim, 8),
            formula: "Σ ((1/n)Σ Tᵢ(xⱼ) − ∫₀¹ Tᵢ)², i ≤ n",
            source: "Fletcher 1965; Moré, Garbow & Hillstrom 1981, no. 35",
            start: (1..=self.dim).map(|j| j as f64 / (self.dim + 1) as f64).collect(),
            minima: if self.dim == 8 {
                vec![(
                    array![
                        0.043152760151016656,
                        0.19309084038418617,
                        0.5,
                        0.26632870689027294,
                        0.5,
                        0.8069091596158139,
                        0.9568472398489833,
                        0.7336712931097271
                    ],
                    0.003516873725677926,
                )]
            } else {
                Vec::new()
            },
        }
    }
}
