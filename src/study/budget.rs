//! How much work a study may do.

/// How much work a study may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Budget {
    /// All seeds and epochs: the numbers in `results/`.
    #[default]
    Full,
    /// Fewer seeds and epochs, at most a minute: for tests and a first look.
    Quick,
}
