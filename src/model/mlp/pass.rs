//! The scratch memory of the passes through the network, split into its parts.

/// The scratch memory of a forward and backward pass, split into its parts.
pub(super) struct Pass<'a, F> {
    /// aₗ of the hidden layers.
    pub activations: &'a mut [F],
    /// The derivatives with respect to zₗ of the hidden layers.
    pub deltas: &'a mut [F],
    /// Memory for a transposed matrix of errors.
    pub transposed: &'a mut [F],
}

/// The scratch memory of a pass of directional derivatives, split into its parts.
pub(super) struct TangentPass<'a, F> {
    pub activations: &'a mut [F],
    pub deltas: &'a mut [F],
    /// One of two products that are added.
    pub term: &'a mut [F],
    /// A bias of zero.
    pub zeros: &'a mut [F],
}

impl<'a, F> Pass<'a, F> {
    /// Splits the memory, with `hidden` numbers for the hidden units of all rows.
    pub fn cut(hidden: usize, scratch: &'a mut [F]) -> Self {
        let (activations, rest) = scratch.split_at_mut(hidden);
        let (deltas, transposed) = rest.split_at_mut(hidden);
        Pass { activations, deltas, transposed }
    }
}

impl<'a, F> TangentPass<'a, F> {
    /// Splits the memory, with `hidden` numbers for the hidden units of all rows, and `widest` for the
    /// outputs of the widest layer.
    pub fn cut(hidden: usize, widest: usize, scratch: &'a mut [F]) -> Self {
        let (activations, rest) = scratch.split_at_mut(hidden);
        let (deltas, rest) = rest.split_at_mut(hidden);
        let (term, zeros) = rest.split_at_mut(widest);
        TangentPass { activations, deltas, term, zeros }
    }
}
