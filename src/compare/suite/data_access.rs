//! How an optimizer accesses data.

/// How an optimizer accesses a sum over data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataAccess {
    /// Each gradient is that of one minibatch.
    Batches,
    /// Each gradient is that of all examples.
    Whole,
}
