//! The names of the rules that are written outside the library.

/// The library's momentum, written once more.
pub(super) const HEAVY: &str = "heavy";
/// A rule of another kind.
pub(super) const SIGNED: &str = "signed";
/// A rule with a mistake.
pub(super) const BROKEN: &str = "broken";
