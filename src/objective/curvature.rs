//! Blocks and factors of second derivatives, from which preconditioners and K-FAC are built.

use super::traits::FiniteSum;
use crate::rng::Stream;
use ndarray::{Array2, ArrayRef1};
use std::ops::Range;

/// A mean over *N* terms whose Hessian has blocks on its diagonal that are cheap to form for a sample of the
/// terms: what a preconditioner is made of.
pub trait BlockCurvature: FiniteSum<f64> {
    /// The parameters of each block, as ranges in their order; no parameter is in two.
    fn curvature_blocks(&self) -> Vec<Vec<Range<usize>>>;

    /// Writes the lower triangle of each block of the Hessian at `x` of the mean over the terms named by
    /// `batch` (with whatever regularization the whole has).
    fn write_curvature_blocks(&mut self, x: &ArrayRef1<f64>, batch: &[u32], blocks: &mut [Array2<f64>]);
}

/// One diagonal block of a Fisher information matrix that K-FAC takes for a Kronecker product: the parameters
/// of a layer, W (outputs × inputs) and its bias b.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KroneckerBlock {
    /// Where W lies in the parameters, row by row.
    pub weights: Range<usize>,
    /// Where b lies.
    pub bias: Range<usize>,
    /// Inputs of the layer, without the 1 that the bias multiplies.
    pub inputs: usize,
    /// Outputs of the layer.
    pub outputs: usize,
}

/// The two factors of a [`KroneckerBlock`]: its Fisher information is about A ⊗ G.
#[derive(Debug, Clone, PartialEq)]
pub struct KroneckerFactors {
    /// A = E[ā āᵀ] of the layer's inputs ā = (a, 1), (inputs + 1) × (inputs + 1).
    pub a: Array2<f64>,
    /// G = E[g gᵀ] of the derivatives g of the loss with respect to the layer's outputs, outputs × outputs.
    pub g: Array2<f64>,
}

impl KroneckerFactors {
    /// Factors of zeros for a block.
    pub fn zeros(block: &KroneckerBlock) -> Self {
        let square = |n: usize| Array2::zeros((n, n));
        KroneckerFactors { a: square(block.inputs + 1), g: square(block.outputs) }
    }
}

/// The risk of a layered model whose loss is the negative logarithm of a probability, as K-FAC sees it
/// (Martens & Grosse 2015).
pub trait KroneckerFactored: FiniteSum<f64> {
    /// The layers, in their order.
    fn kronecker_blocks(&self) -> Vec<KroneckerBlock>;

    /// Writes the factors of every layer at `x`, as means over `batch`. The labels in G are the model's own:
    /// their exact expectation over all classes, at the cost of a backward pass for each class, or one drawn
    /// for each example from `stream`.
    fn write_factors(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        stream: Option<&mut Stream>,
        factors: &mut [KroneckerFactors],
    );

    /// uᵀFu, uᵀFv and vᵀFv with the exact Fisher information F of the mean over `batch`, by two forward
    /// passes.
    fn fisher_forms(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        u: &ArrayRef1<f64>,
        v: &ArrayRef1<f64>,
    ) -> [f64; 3];

    /// The second derivative of the regularization in every weight; biases have none.
    fn regularization_curvature(&self) -> f64;
}
