//! One layer of the network.

use crate::linalg::Rows;
use crate::real::Real;
use std::ops::Range;

/// One layer: its sizes, the ranges of its parameters in the flat vector, and the range of its units among
/// those of all hidden layers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layer {
    pub inputs: usize,
    pub outputs: usize,
    pub weights: Range<usize>,
    pub bias: Range<usize>,
    pub units: Range<usize>,
}

impl Layer {
    /// Returns the range of the layer's entries among those of all hidden layers, for a block of `rows`.
    pub fn block(&self, rows: usize) -> Range<usize> {
        rows * self.units.start..rows * self.units.end
    }

    /// Adds δᵀ a to the gradient of the weights, and the column sums of δ to that of the bias.
    pub fn accumulate<F: Real>(&self, below: Rows<F>, delta: &[F], grad: &mut [F]) {
        F::accumulate(below, delta, &mut grad[self.weights.clone()]);
        let bias = &mut grad[self.bias.clone()];
        delta.chunks_exact(self.outputs).for_each(|row| bias.iter_mut().zip(row).for_each(|(b, &e)| *b += e));
    }

    /// Adds δ W to `out`, with the weights in `params`.
    pub fn propagate<F: Real>(&self, params: &[F], delta: &[F], transposed: &mut [F], out: &mut [F]) {
        let weights = Rows::all(&params[self.weights.clone()], self.inputs);
        F::propagate(delta, weights, &mut transposed[..delta.len()], out);
    }
}

/// Returns the input of layer `depth`: the block of examples, or the output of the layer below.
pub(super) fn below<'a, F>(
    layers: &[Layer],
    depth: usize,
    rows: Rows<'a, F>,
    hidden: &'a [F],
) -> Rows<'a, F> {
    match depth {
        0 => rows,
        _ => Rows::all(&hidden[layers[depth - 1].block(rows.len())], layers[depth].inputs),
    }
}
