//! Blocks and factors of second derivatives, from which preconditioners and K-FAC are built.

use super::traits::FiniteSum;
use crate::rng::Stream;
use ndarray::{Array2, ArrayRef1};
use std::ops::Range;

/// A mean over *N* terms whose Hessian has diagonal blocks that are cheap to form for a sample of the terms.
/// A preconditioner is built from these blocks.
pub trait BlockCurvature: FiniteSum<f64> {
    /// Returns the parameters of each block, as ranges in increasing order. The blocks do not overlap.
    fn curvature_blocks(&self) -> Vec<Vec<Range<usize>>>;

    /// Writes the lower triangle of each block of the Hessian at `x`. The Hessian is that of the mean over
    /// the terms with the indices `batch`, with the regularization of the whole objective.
    fn write_curvature_blocks(&mut self, x: &ArrayRef1<f64>, batch: &[u32], blocks: &mut [Array2<f64>]);
}

/// One diagonal block of a Fisher information matrix, which K-FAC approximates by a Kronecker product. It
/// belongs to the parameters of one layer: W (outputs × inputs) and its bias b.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KroneckerBlock {
    /// The range of W in the parameter vector, row by row.
    pub weights: Range<usize>,
    /// The range of b in the parameter vector.
    pub bias: Range<usize>,
    /// The number of inputs of the layer, without the constant 1 that the bias multiplies.
    pub inputs: usize,
    /// The number of outputs of the layer.
    pub outputs: usize,
}

/// The two factors of a [`KroneckerBlock`], whose Fisher information is approximately A ⊗ G.
#[derive(Debug, Clone, PartialEq)]
pub struct KroneckerFactors {
    /// A = E[ā āᵀ] of the layer's inputs ā = (a, 1), (inputs + 1) × (inputs + 1).
    pub a: Array2<f64>,
    /// G = E[g gᵀ] of the derivatives g of the loss with respect to the layer's outputs, outputs × outputs.
    pub g: Array2<f64>,
}

impl KroneckerFactors {
    /// Returns factors of zeros for a block.
    pub fn zeros(block: &KroneckerBlock) -> Self {
        let square = |n: usize| Array2::zeros((n, n));
        KroneckerFactors { a: square(block.inputs + 1), g: square(block.outputs) }
    }
}

/// The mean loss of a layered model whose loss is the negative logarithm of a probability, in the form that
/// K-FAC needs (Martens & Grosse 2015).
pub trait KroneckerFactored: FiniteSum<f64> {
    /// Returns the layers, from the first to the last.
    fn kronecker_blocks(&self) -> Vec<KroneckerBlock>;

    /// Writes the factors of every layer at `x`, as means over `batch`. The labels, or targets, in G come
    /// from the model's own probabilities: without a `stream`, G is the exact expectation over them, which
    /// costs one backward pass for each output; with a `stream`, one label is drawn from it for each
    /// example.
    fn write_factors(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        stream: Option<&mut Stream>,
        factors: &mut [KroneckerFactors],
    );

    /// Returns uᵀFu, uᵀFv and vᵀFv, where F is the exact Fisher information of the mean over `batch`. The
    /// cost is two forward passes.
    fn fisher_forms(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        u: &ArrayRef1<f64>,
        v: &ArrayRef1<f64>,
    ) -> [f64; 3];

    /// Returns the second derivative of the regularization with respect to every weight. Biases are not
    /// regularized.
    fn regularization_curvature(&self) -> f64;
}
