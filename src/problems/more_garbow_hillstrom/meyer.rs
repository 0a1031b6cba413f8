//! Meyer's function.

use crate::problems::sum_of_squares::Terms;
use crate::problems::traits::Facts;
use ndarray::array;

/// rᵢ = x₁ exp(x₂/(tᵢ + x₃)) − yᵢ, tᵢ = 45 + 5i, the resistance of a thermistor (Meyer 1970). Minimum 87.9458
/// near (0.0056, 6181, 345). Its Hessian has a condition number of 10¹⁵ there, and 1.7·10⁹ is f at the start
/// (0.02, 4000, 250).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meyer;

const Y: [f64; 16] = [
    34780.0, 28610.0, 23650.0, 19630.0, 16370.0, 13720.0, 11540.0, 9744.0, 8261.0, 7030.0, 6005.0, 5147.0,
    4427.0, 3820.0, 3307.0, 2872.0,
];

/// tᵢ + x₃ and the exponential, for residual `i` counted from 0.
fn parts(x: &[f64], i: usize) -> (f64, f64) {
    let q = 45.0 + 5.0 * (i + 1) as f64 + x[2];
    (q, (x[1] / q).exp())
}

impl Terms for Meyer {
    fn dim(&self) -> usize {
        3
    }

    fn count(&self) -> usize {
        16
    }

    fn residuals(&mut self, x: &[f64], r: &mut [f64]) {
        for i in 0..16 {
            r[i] = x[0] * parts(x, i).1 - Y[i];
        }
    }

    fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for i in 0..16 {
            let (q, e) = parts(x, i);
            entry(i, 0, e);
            entry(i, 1, x[0] * e / q);
            entry(i, 2, -x[0] * x[1] * e / (q * q));
        }
    }

    fn curvature(&mut self, x: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
        for (i, r) in r.iter().enumerate() {
            let (q, e) = parts(x, i);
            let (square, ratio, weighted) = (q * q, x[1] / q, r * e);
            entry(1, 0, weighted / q);
            entry(2, 0, -weighted * ratio / q);
            entry(1, 1, weighted * x[0] / square);
            entry(2, 1, -weighted * x[0] * (ratio + 1.0) / square);
            entry(2, 2, weighted * x[0] * ratio * (ratio + 2.0) / square);
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            name: "meyer".into(),
            formula: "Σ (x₁ exp(x₂/(tᵢ + x₃)) − yᵢ)²",
            source: "Meyer 1970; Moré, Garbow & Hillstrom 1981, no. 10",
            start: array![0.02, 4000.0, 250.0],
            minima: vec![(
                array![0.005609636498269675, 6181.3463422376535, 345.2236344878438],
                87.94585517051758,
            )],
        }
    }
}
