//! Where the claims are shown, and where they come from.

/// The notebook that presents the study.
pub(super) const NOTEBOOK: &str = "17";
pub(super) const KFAC: &str = "Martens & Grosse 2015; Ba, Grosse & Martens 2017";
pub(super) const SHAMPOO: &str = "Gupta, Koren & Singer 2018";
pub(super) const SOAP: &str = "Vyas et al. 2024";
pub(super) const MUON: &str = "Jordan 2024";
pub(super) const SCHEDULE_FREE: &str = "Defazio et al. 2024";
pub(super) const PRODIGY: &str = "Mishchenko & Defazio 2023";
pub(super) const BERNSTEIN: &str = "Bernstein & Newhouse 2024";
pub(super) const BATCHES: &str = "Zhang et al. 2019";
