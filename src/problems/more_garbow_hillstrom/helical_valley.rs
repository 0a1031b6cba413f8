//! The helical valley.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::Facts;
use ndarray::array;
use std::f64::consts::TAU;

/// r = (10(x₃ − 10θ), 10(ρ − 1), x₃) with ρ, θ the polar coordinates of (x₁, x₂), θ in turns from −¼ to ¾
/// (Fletcher & Powell 1963). Minimum 0 at (1, 0, 0); start (−1, 0, 0), half a turn away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HelicalValley;

/// The angle of (x₁, x₂) in turns; it jumps where x₁ = 0 > x₂.
fn turns(x: &[f64]) -> f64 {
    match x[0] {
        0.0 => 0.25f64.copysign(x[1]),
        first if first < 0.0 => (x[1] / first).atan() / TAU + 0.5,
        first => (x[1] / first).atan() / TAU,
    }
}

impl Terms for HelicalValley {
    fn dim(&self) -> usize {
        3
    }

    fn count(&self) -> usize {
        3
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        r[0] = 10.0 * (x[2] - 10.0 * turns(x));
        r[1] = 10.0 * (x[0].hypot(x[1]) - 1.0);
        r[2] = x[2];
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let square = x[0] * x[0] + x[1] * x[1];
        let radius = square.sqrt();
        entry(0, 0, 100.0 * x[1] / (TAU * square));
        entry(0, 1, -100.0 * x[0] / (TAU * square));
        entry(0, 2, 10.0);
        entry(1, 0, 10.0 * x[0] / radius);
        entry(1, 1, 10.0 * x[1] / radius);
        entry(2, 2, 1.0);
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        let square = x[0] * x[0] + x[1] * x[1];
        let (angle, radius) =
            (-100.0 * r[0] / (TAU * square * square), 10.0 * r[1] / (square * square.sqrt()));
        entry(0, 0, 2.0 * angle * x[0] * x[1] + radius * x[1] * x[1]);
        entry(1, 1, -2.0 * angle * x[0] * x[1] + radius * x[0] * x[0]);
        entry(1, 0, angle * (x[1] * x[1] - x[0] * x[0]) - radius * x[0] * x[1]);
    }

    fn facts(&self) -> Facts {
        Facts {
            name: "helical-valley".into(),
            formula: "100(x₃ − 10θ)² + 100(ρ − 1)² + x₃², (ρ, θ) polar of (x₁, x₂), θ in turns",
            source: "Fletcher & Powell 1963; Moré, Garbow & Hillstrom 1981, no. 7",
            start: array![-1.0, 0.0, 0.0],
            minima: vec![(array![1.0, 0.0, 0.0], 0.0)],
        }
    }
}
