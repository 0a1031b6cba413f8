//! The reference that the SIMD kernels are tested against: the definition, loop by loop.

use super::rows::Rows;
use crate::real::Real;

pub fn scores<F: Real>(rows: Rows<F>, weights: &[F], bias: &[F], scores: &mut [F]) {
    for i in 0..rows.len() {
        for (c, template) in weights.chunks_exact(rows.features()).enumerate() {
            let product: F = rows.row(i).iter().zip(template).map(|(&x, &w)| x * w).sum();
            scores[i * bias.len() + c] = product + bias[c];
        }
    }
}

pub fn accumulate<F: Real>(rows: Rows<F>, errors: &[F], grad: &mut [F]) {
    let classes = grad.len() / rows.features();
    for i in 0..rows.len() {
        for (c, template) in grad.chunks_exact_mut(rows.features()).enumerate() {
            template.iter_mut().zip(rows.row(i)).for_each(|(g, &x)| *g += errors[i * classes + c] * x);
        }
    }
}
