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

/// The two factors of the block of the Fisher information between a layer and the next one, which is
/// approximately A ⊗ G (Martens & Grosse 2015, section 3). They are not square.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossFactors {
    /// A = E[ā ā₊ᵀ] of the inputs ā = (a, 1) of the layer and ā₊ of the next one, (inputs + 1) × (inputs₊ +
    /// 1).
    pub a: Array2<f64>,
    /// G = E[g g₊ᵀ] of the derivatives of the loss with respect to the outputs of the layer, g, and of the
    /// next one, g₊, outputs × outputs₊.
    pub g: Array2<f64>,
}

impl CrossFactors {
    /// Returns factors of zeros for each block and the next one: one pair fewer than there are blocks.
    pub fn zeros(blocks: &[KroneckerBlock]) -> Vec<Self> {
        let between = |pair: &[KroneckerBlock]| CrossFactors {
            a: Array2::zeros((pair[0].inputs + 1, pair[1].inputs + 1)),
            g: Array2::zeros((pair[0].outputs, pair[1].outputs)),
        };
        blocks.windows(2).map(between).collect()
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
    ) {
        self.write_factors_and_cross(x, batch, stream, factors, &mut []);
    }

    /// Writes the factors as [`write_factors`](KroneckerFactored::write_factors) does, and those between each
    /// layer and the next one, from the same labels. `cross` is as long as [`CrossFactors::zeros`] makes it,
    /// or empty to leave them out.
    fn write_factors_and_cross(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        stream: Option<&mut Stream>,
        factors: &mut [KroneckerFactors],
        cross: &mut [CrossFactors],
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
