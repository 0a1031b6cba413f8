//! The block-tridiagonal form of the inverse Fisher information (Martens & Grosse 2015, section 4.3).

use super::layer::Layer;
use super::pair::Pair;
use super::products::Products;
use crate::linalg::bytes_of;
use crate::objective::{CrossFactors, KroneckerBlock};
use ndarray::Array1;

/// What the form keeps besides the layers: F̂⁻¹ = ΞᵀΛΞ, as [`KfacBlocks`](super::KfacBlocks) states it.
#[derive(Debug, Clone)]
pub(super) struct Tridiagonal {
    fresh: Vec<CrossFactors>,
    pairs: Vec<Pair>,
    products: Products,
}

impl Tridiagonal {
    /// Returns the bytes of what is kept besides the layers.
    pub(super) fn bytes(blocks: &[KroneckerBlock]) -> u128 {
        let of_pairs = blocks.windows(2).map(|pair| Pair::bytes(&pair[0], &pair[1]));
        of_pairs.fold(bytes_of::<f64>(&[entries(blocks) as u128]), u128::saturating_add)
    }

    pub(super) fn new(blocks: &[KroneckerBlock]) -> Self {
        let fresh = CrossFactors::zeros(blocks);
        let rows = blocks.iter().map(|block| block.outputs.max(block.inputs + 1)).max().unwrap_or(0);
        Tridiagonal {
            pairs: blocks.iter().zip(fresh.clone()).map(|(lower, zeros)| Pair::new(lower, zeros)).collect(),
            products: Products::new(rows, entries(blocks)),
            fresh,
        }
    }

    /// Returns the factors between neighbours, for the objective to write.
    pub(super) fn fresh(&mut self) -> &mut [CrossFactors] {
        &mut self.fresh
    }

    /// Returns all numbers that outlast an iteration: the averages, Ψ and Σ⁻¹.
    pub(super) fn numbers(&self) -> impl Iterator<Item = &f64> {
        self.pairs.iter().flat_map(Pair::numbers)
    }

    /// Returns the same numbers, to be put back.
    pub(super) fn numbers_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        self.pairs.iter_mut().flat_map(Pair::numbers_mut)
    }

    /// Updates the averages: mean ← old·mean + (1 − old)·fresh.
    pub(super) fn average(&mut self, old: f64) {
        self.pairs.iter_mut().zip(&self.fresh).for_each(|(pair, fresh)| pair.average(fresh, old));
    }

    /// Computes Ξ and Λ, after the layers have been inverted with the same γ. Returns `false` if something is
    /// not finite or not positive definite.
    pub(super) fn invert(&mut self, layers: &[Layer], gamma: f64) -> bool {
        let mut pairs = self.pairs.iter_mut().zip(layers.windows(2));
        pairs.all(|(pair, of)| pair.invert(&of[0], &of[1], gamma, &self.products))
    }

    /// Writes −F̂⁻¹∇f into `step`.
    pub(super) fn precondition(&mut self, layers: &mut [Layer], grad: &Array1<f64>, step: &mut Array1<f64>) {
        layers.iter_mut().for_each(|layer| layer.load(grad));
        let products = &mut self.products;
        // Each product with Ξ takes the next layer as it was, and each with Ξᵀ the layer before.
        for (i, pair) in self.pairs.iter_mut().enumerate() {
            let (lower, upper) = layers.split_at_mut(i + 1);
            pair.subtract_prediction(&mut lower[i], &mut upper[0], products);
        }
        self.pairs.iter().zip(layers.iter_mut()).for_each(|(pair, layer)| pair.solve(layer, products));
        layers.iter_mut().skip(self.pairs.len()).for_each(Layer::solve);
        for (i, pair) in self.pairs.iter_mut().enumerate().rev() {
            let (lower, upper) = layers.split_at_mut(i + 1);
            pair.subtract_transposed(&mut lower[i], &mut upper[0], products);
        }
        layers.iter().for_each(|layer| layer.store(step));
    }
}

/// Returns the most entries of a matrix that is the first factor of [`Products::times`].
fn entries(blocks: &[KroneckerBlock]) -> usize {
    let of_layer = |block: &KroneckerBlock| block.outputs.saturating_mul(block.outputs.max(block.inputs + 1));
    let of_pair = |pair: &[KroneckerBlock]| pair[0].outputs.saturating_mul(pair[1].outputs);
    blocks.iter().map(of_layer).chain(blocks.windows(2).map(of_pair)).max().unwrap_or(0)
}
