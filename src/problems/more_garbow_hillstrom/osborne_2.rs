//! Osborne's second function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::Facts;
use ndarray::array;

/// rᵢ = yᵢ − (x₁e^(−tᵢx₅) + x₂e^(−(tᵢ − x₉)²x₆) + x₃e^(−(tᵢ − x₁₀)²x₇) + x₄e^(−(tᵢ − x₁₁)²x₈)), tᵢ = (i −
/// 1)/10: a decay and three bells through 65 data (Osborne 1972). Minimum 4.01377·10⁻².
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Osborne2;

const Y: [f64; 65] = [
    1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608, 0.655, 0.616,
    0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661, 0.612, 0.558, 0.533, 0.495,
    0.500, 0.423, 0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428, 0.429, 0.523, 0.562, 0.607, 0.653, 0.672,
    0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559, 0.597, 0.625, 0.739, 0.710, 0.729, 0.720, 0.636, 0.581,
    0.428, 0.292, 0.162, 0.098, 0.054,
];

/// tᵢ of residual `i`, counted from 0.
fn time(i: usize) -> f64 {
    i as f64 / 10.0
}

/// Where the amplitude, width and centre of each of the bells stand in x.
const BELLS: [[usize; 3]; 3] = [[1, 5, 8], [2, 6, 9], [3, 7, 10]];

/// t − centre, and the bell's shape there.
fn bell(x: &[f64], [_, width, centre]: [usize; 3], t: f64) -> (f64, f64) {
    let d = t - x[centre];
    (d, (-d * d * x[width]).exp())
}

impl Terms for Osborne2 {
    fn dim(&self) -> usize {
        11
    }

    fn count(&self) -> usize {
        65
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        for (i, r) in r.iter_mut().enumerate() {
            let t = time(i);
            let bells: f64 = BELLS.iter().map(|&places| x[places[0]] * bell(x, places, t).1).sum();
            *r = Y[i] - (x[0] * (-t * x[4]).exp() + bells);
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for i in 0..65 {
            let t = time(i);
            let decay = (-t * x[4]).exp();
            entry(i, 0, -decay);
            entry(i, 4, t * x[0] * decay);
            for places in BELLS {
                let ([amplitude, width, centre], (d, shape)) = (places, bell(x, places, t));
                entry(i, amplitude, -shape);
                entry(i, width, x[amplitude] * d * d * shape);
                entry(i, centre, -2.0 * x[amplitude] * x[width] * d * shape);
            }
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for (i, r) in r.iter().enumerate() {
            let t = time(i);
            let decay = r * (-t * x[4]).exp();
            entry(4, 0, t * decay);
            entry(4, 4, -t * t * x[0] * decay);
            for places in BELLS {
                let ([amplitude, width, centre], (d, shape)) = (places, bell(x, places, t));
                let (a, w, square, shape) = (x[amplitude], x[width], d * d, r * shape);
                entry(width, amplitude, square * shape);
                entry(centre, amplitude, -2.0 * d * w * shape);
                entry(width, width, -a * square * square * shape);
                entry(centre, width, 2.0 * a * d * shape * (square * w - 1.0));
                entry(centre, centre, 2.0 * a * w * shape * (1.0 - 2.0 * square * w));
            }
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: "osborne-2".into(),
            formula: "Σ (yᵢ − x₁e^(−tᵢx₅) − Σₖ xₖ₊₁e^(−(tᵢ − xₖ₊₈)²xₖ₊₅))², k ≤ 3, tᵢ = (i − 1)/10",
            source: "Osborne 1972; Moré, Garbow & Hillstrom 1981, no. 19",
            start: array![1.3, 0.65, 0.65, 0.7, 0.6, 3.0, 5.0, 7.0, 2.0, 4.5, 5.5],
            minima: vec![(
                array![
                    1.3099771546273007,
                    0.43155379460298926,
                    0.6336616989607242,
                    0.5994305347859166,
                    0.754183226328012,
                    0.9042885798596315,
                    1.3658118352370296,
                    4.8236988172271555,
                    2.3986848661317546,
                    4.568874597667672,
                    5.6753414705806415
                ],
                0.04013773629354771,
            )],
        }
    }
}
