//! Where the claims are shown, and where they come from.

/// The notebook that presents the study.
pub(super) const NOTEBOOK: &str = "19";
pub(super) const GOYAL: &str = "Goyal et al. 2017";
pub(super) const KFAC: &str = "Ba, Grosse & Martens 2017";
pub(super) const GOLDBERG: &str = "Goldberg 1991";
pub(super) const THAKUR: &str = "Thakur, Rabenseifner & Gropp 2005";
pub(super) const AMDAHL: &str = "Amdahl 1967";
pub(super) const OURS: &str = "this project";
