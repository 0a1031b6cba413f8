//! Where the claims are shown, and where they come from.

/// The notebook that presents the study.
pub(super) const NOTEBOOK: &str = "13";
/// The paper that collects the test problems.
pub(super) const PAPER: &str = "Moré, Garbow & Hillstrom 1981";
