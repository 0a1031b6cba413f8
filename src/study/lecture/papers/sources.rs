//! Where the claims are shown, and where they come from.

/// The notebook that presents the study.
pub(super) const NOTEBOOK: &str = "18";
pub(super) const SUTSKEVER: &str = "Sutskever, Martens, Dahl & Hinton 2013";
pub(super) const LE: &str = "Le et al. 2011";
pub(super) const KINGMA: &str = "Kingma & Ba 2015";
pub(super) const DUCHI: &str = "Duchi, Hazan & Singer 2011";
pub(super) const KFAC: &str = "Martens & Grosse 2015; Ba, Grosse & Martens 2017";
