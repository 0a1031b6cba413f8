//! The memory in which Hessians are computed.

use ndarray::Array1;

/// The memory in which Hessians are computed, allocated when the first is requested.
#[derive(Default)]
pub(super) struct HessianMemory<F> {
    /// The Hessian of the loss with respect to the scores, C × C for every example.
    pub score_hessians: Vec<F>,
    /// A block of weighted rows for each class.
    pub weighted: Vec<Vec<F>>,
    /// A block of inputs of a layer, one after another.
    pub gathered: Vec<F>,
    pub unit: Array1<F>,
    pub column: Array1<F>,
}
