//! One layer of K-FAC: the averaged factors, their damped inverses, and the product with the gradient.

use crate::linalg::{Kernel, Rows, bytes_of, invert_in_place, slice, slice_mut};
use crate::objective::{KroneckerBlock, KroneckerFactors};
use ndarray::{Array1, Array2};
use std::ops::Range;

/// The state of one layer.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    block: KroneckerBlock,
    mean: KroneckerFactors,
    inverse: KroneckerFactors,
    /// V: the gradient with respect to (W, b), outputs × (inputs + 1), and then its product with F̂⁻¹.
    grad: Vec<f64>,
    /// A product of the same shape.
    product: Vec<f64>,
    zeros: Vec<f64>,
}

impl Layer {
    /// Returns the bytes of a layer: its two factors as they are now, their means and their inverses, and
    /// matrices of the shape of its weights.
    pub(super) fn bytes(block: &KroneckerBlock) -> u128 {
        let (width, outputs) = (block.inputs as u128 + 1, block.outputs as u128);
        let factors = [[width, width], [outputs, outputs]].map(|size| bytes_of::<f64>(&size));
        let weights = bytes_of::<f64>(&[2, width, outputs]);
        factors.into_iter().fold(weights, |sum, bytes| sum.saturating_add(bytes.saturating_mul(3)))
    }

    /// A layer without averages.
    pub(super) fn new(block: KroneckerBlock) -> Self {
        let (width, outputs) = (block.inputs + 1, block.outputs);
        Layer {
            mean: KroneckerFactors::zeros(&block),
            inverse: KroneckerFactors::zeros(&block),
            grad: vec![0.0; outputs * width],
            product: vec![0.0; outputs * width],
            zeros: vec![0.0; width],
            block,
        }
    }

    /// Returns the averages of the factors.
    pub(super) fn mean(&self) -> &KroneckerFactors {
        &self.mean
    }

    /// Returns the inverses of the damped factors.
    pub(super) fn inverse(&self) -> &KroneckerFactors {
        &self.inverse
    }

    /// Returns the inverses, to be received from the process that computed them.
    pub(super) fn inverse_mut(&mut self) -> &mut KroneckerFactors {
        &mut self.inverse
    }

    /// Returns the cost of both inversions, in multiplications but for a factor.
    pub(super) fn cost(&self) -> f64 {
        (self.block.inputs as f64 + 1.0).powi(3) + (self.block.outputs as f64).powi(3)
    }

    /// Returns V, outputs × (inputs + 1), and a buffer of the same shape.
    pub(super) fn buffers(&mut self) -> (&mut [f64], &mut [f64]) {
        (&mut self.grad, &mut self.product)
    }

    /// Returns the range of the layer's weights within the parameters.
    pub(super) fn weights(&self) -> Range<usize> {
        self.block.weights.clone()
    }

    /// Returns all numbers that outlast an iteration: the averages and their inverses.
    pub(super) fn numbers(&self) -> impl Iterator<Item = &f64> {
        [&self.mean.a, &self.mean.g, &self.inverse.a, &self.inverse.g].into_iter().flatten()
    }

    /// Returns the same numbers, to be put back.
    pub(super) fn numbers_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        [&mut self.mean.a, &mut self.mean.g, &mut self.inverse.a, &mut self.inverse.g].into_iter().flatten()
    }

    /// Updates the averages: mean ← old·mean + (1 − old)·fresh.
    pub(super) fn average(&mut self, fresh: &KroneckerFactors, old: f64) {
        for (mean, fresh) in [(&mut self.mean.a, &fresh.a), (&mut self.mean.g, &fresh.g)] {
            mean.zip_mut_with(fresh, |m, &f| *m = old * *m + (1.0 - old) * f);
        }
    }

    /// Returns the dampings of A and G, π√γ and √γ/π.
    pub(super) fn dampings(&self, gamma: f64) -> [f64; 2] {
        let (split, root) = (split(&self.mean), gamma.sqrt());
        [split * root, root / split]
    }

    /// Inverts A + π√γ·I and G + √γ/π·I. Returns `false` if one is not finite or not positive definite.
    pub(super) fn invert(&mut self, gamma: f64) -> bool {
        let [of_a, of_g] = self.dampings(gamma);
        let damped = |mean: &Array2<f64>, inverse: &mut Array2<f64>, damping: f64| {
            inverse.assign(mean);
            inverse.diag_mut().iter_mut().for_each(|d| *d += damping);
            invert_in_place(inverse)
        };
        damped(&self.mean.a, &mut self.inverse.a, of_a) && damped(&self.mean.g, &mut self.inverse.g, of_g)
    }

    /// Writes the layer's part of −F̂⁻¹∇f into `step`, for an F̂ of diagonal blocks.
    pub(super) fn precondition(&mut self, grad: &Array1<f64>, step: &mut Array1<f64>) {
        self.load(grad);
        self.solve();
        self.store(step);
    }

    /// Copies the layer's part of the gradient into V = ∇(W, b).
    pub(super) fn load(&mut self, grad: &Array1<f64>) {
        let (inputs, width) = (self.block.inputs, self.block.inputs + 1);
        let grad = slice(grad);
        let (of_weights, of_bias) = (&grad[self.block.weights.clone()], &grad[self.block.bias.clone()]);
        for (o, row) in self.grad.chunks_exact_mut(width).enumerate() {
            row[..inputs].copy_from_slice(&of_weights[o * inputs..(o + 1) * inputs]);
            row[inputs] = of_bias[o];
        }
    }

    /// V ← (G + √γ/π·I)⁻¹ V (A + π√γ·I)⁻¹.
    pub(super) fn solve(&mut self) {
        let width = self.block.inputs + 1;
        let [a, g] = [&self.inverse.a, &self.inverse.g].map(|matrix| slice(matrix));
        // Both inverses are symmetric, so X A⁻¹ is a product of rows with rows, and G⁻¹ X of columns with
        // rows.
        f64::scores(Rows::all(&self.grad, width), a, &self.zeros, &mut self.product);
        self.grad.fill(0.0);
        f64::accumulate(Rows::all(&self.product, width), g, &mut self.grad);
    }

    /// Writes −V into the layer's part of `step`.
    pub(super) fn store(&self, step: &mut Array1<f64>) {
        let (inputs, width) = (self.block.inputs, self.block.inputs + 1);
        let step = slice_mut(step);
        for o in 0..self.block.outputs {
            let row = &self.grad[o * width..(o + 1) * width];
            let weights = &mut step[self.block.weights.clone()][o * inputs..(o + 1) * inputs];
            weights.iter_mut().zip(row).for_each(|(s, r)| *s = -r);
            step[self.block.bias.start + o] = -row[inputs];
        }
    }
}

/// Returns π of Martens & Grosse 2015, section 6.3, by the trace norm, or 1 if a factor is 0.
fn split(factors: &KroneckerFactors) -> f64 {
    let mean_eigenvalue = |m: &Array2<f64>| m.diag().sum() / m.nrows() as f64;
    let squared = mean_eigenvalue(&factors.a) / mean_eigenvalue(&factors.g);
    if squared.is_finite() && squared > 0.0 { squared.sqrt() } else { 1.0 }
}
