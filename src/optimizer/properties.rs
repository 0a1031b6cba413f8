//! The flags of the lecture's comparison table.

/// The flags of an update rule in the lecture's comparison table, which is generated from them.
///
/// ```
/// use gradus::optimizer::first_order::RuleInfo;
/// use gradus::prelude::*;
/// let adam = Adam::default().properties();
/// assert!(adam.first_moment && adam.second_moment && adam.leaky && adam.bias_correction);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Properties {
    /// Tracks first moments (momentum).
    pub first_moment: bool,
    /// Tracks second moments (adaptive learning rates).
    pub second_moment: bool,
    /// Forgets old second moments.
    pub leaky: bool,
    /// Corrects the bias of moments that start at zero.
    pub bias_correction: bool,
}
