//! A mistake, and the tests that miss or find it.

/// A mistake, the simple test that most people would run, and the check of this project.
pub(super) struct Erratum {
    pub id: &'static str,
    /// The mistake, in a few words.
    pub mistake: &'static str,
    /// Where it was published: title, section and version; or that it was constructed for this study.
    pub seen_in: &'static str,
    /// The simple test, which only asks whether the run reaches its goal; none if there is nothing to run.
    pub plain: Option<PlainTest>,
    /// The deviation that the check measures.
    pub check: &'static str,
    /// The largest deviation that passes the check.
    pub allowed: f64,
    /// The deviation of the correct version, which is that of the library.
    pub right: f64,
    /// The deviation of the wrong version.
    pub wrong: f64,
}

/// A test that asks only whether the wrong version reaches its goal.
pub(super) struct PlainTest {
    pub asks: &'static str,
    pub passes: bool,
}

impl PlainTest {
    pub fn new(asks: &'static str, passes: bool) -> Option<Self> {
        Some(PlainTest { asks, passes })
    }
}
