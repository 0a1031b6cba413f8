//! Memory in which Hessians are computed.

use ndarray::Array1;

/// Memory of Hessians, allocated the first time one is asked for.
#[derive(Default)]
pub(super) struct HessianMemory<F> {
    /// Hessians of the loss in the scores, C × C for every example.
    pub score_hessians: Vec<F>,
    /// For each class a block of weighted rows.
    pub weighted: Vec<Vec<F>>,
    /// A block of the inputs of a layer, one behind the other.
    pub gathered: Vec<F>,
    pub unit: Array1<F>,
    pub column: Array1<F>,
}
