//! Claims: sentences bound to a measurement.

use std::fmt;

/// How a claim is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A closed form, or an equality up to rounding.
    Exact,
    /// Many seeds, summarized by an interval.
    Statistical,
    /// A ratio of times within one run.
    Timing,
}

/// Who makes a claim. A refuted reading of ours is no mistake of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The source itself, in these or equivalent words.
    Said,
    /// The source has the idea, and this project made it strict enough to be measured: how.
    Reading(String),
    /// This project. The source, if it is named, is what the claim is about.
    Ours,
}

/// The condition on the measurement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// `|measured − value| ≤ tolerance`.
    Equals {
        /// The claimed value.
        value: f64,
        /// The largest difference that still counts as equal.
        tolerance: f64,
    },
    /// `measured ≤ bound`.
    AtMost(f64),
    /// `measured ≥ bound`.
    AtLeast(f64),
}

/// The result of a claim.
///
/// ```
/// use gradus::claim::{Bound, Claim, Verdict};
/// let claim = Claim::statistical("faster", "07", "Momentum needs fewer steps (ratio)", "lecture 4");
/// let verdict = |low, high| {
///     claim.clone().measured_within(0.5 * (low + high), (low, high), Bound::AtMost(1.0)).verdict()
/// };
/// assert_eq!(verdict(0.4, 0.6), Verdict::Holds);
/// assert_eq!(verdict(1.2, 1.4), Verdict::Refuted);
/// assert_eq!(verdict(0.9, 1.1), Verdict::Undecided);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The measurement satisfies the bound with its whole interval.
    Holds,
    /// The measurement violates the bound with its whole interval.
    Refuted,
    /// The bound lies inside the interval, or there is no measurement.
    Undecided,
}

/// A sentence of the lecture or of its sources, with its measurement and its verdict.
///
/// ```
/// use gradus::claim::{Bound, Claim, Verdict};
/// let claim = Claim::exact("loss-at-zero", "01", "At zero weights the softmax loss is ln 10", "lecture 3")
///     .measured(2.302585, Bound::Equals { value: 10f64.ln(), tolerance: 1e-6 });
/// assert_eq!(claim.verdict(), Verdict::Holds);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// A short name, unique over all notebooks.
    pub id: String,
    /// The number of the notebook that presents the claim, such as "07".
    pub notebook: String,
    /// The claim, in one sentence.
    pub sentence: String,
    /// The source of the claim: a slide, a paper, or this project.
    pub source: String,
    /// Who makes the claim. Only claims outside of studies may leave it open.
    pub origin: Option<Origin>,
    /// How the claim is measured.
    pub kind: Kind,
    /// The measured value. NaN if there is no measurement.
    pub measured: f64,
    /// The interval of the measured value. Both ends are equal for exact claims.
    pub interval: (f64, f64),
    /// The condition on the measurement.
    pub bound: Bound,
    /// An explanation of the result, if it needs one. A refuted claim always has a note.
    pub note: String,
}

/// Several claims that are displayed together.
///
/// ```
/// use gradus::claim::{Claim, Claims};
/// let claims = Claims(vec![Claim::exact("a", "01", "", ""), Claim::exact("b", "01", "", "")]);
/// assert_eq!(claims.0.len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Claims(pub Vec<Claim>);

impl From<Vec<Claim>> for Claims {
    fn from(claims: Vec<Claim>) -> Self {
        Claims(claims)
    }
}

impl Claim {
    fn new(kind: Kind, id: &str, notebook: &str, sentence: &str, source: &str) -> Self {
        Claim {
            id: id.into(),
            notebook: notebook.into(),
            sentence: sentence.into(),
            source: source.into(),
            origin: None,
            kind,
            measured: f64::NAN,
            interval: (f64::NAN, f64::NAN),
            bound: Bound::AtMost(f64::NAN),
            note: String::new(),
        }
    }

    /// Returns a claim about a closed form or an equality, without a measurement.
    pub fn exact(id: &str, notebook: &str, sentence: &str, source: &str) -> Self {
        Claim::new(Kind::Exact, id, notebook, sentence, source)
    }

    /// Returns a claim about a distribution over seeds, without a measurement.
    pub fn statistical(id: &str, notebook: &str, sentence: &str, source: &str) -> Self {
        Claim::new(Kind::Statistical, id, notebook, sentence, source)
    }

    /// Returns a claim about a ratio of times, without a measurement.
    pub fn timing(id: &str, notebook: &str, sentence: &str, source: &str) -> Self {
        Claim::new(Kind::Timing, id, notebook, sentence, source)
    }

    /// States that the source itself makes the claim.
    ///
    /// ```
    /// use gradus::claim::{Claim, Origin};
    /// let claim = Claim::exact("forms", "07", "Both forms are equivalent", "slide \"SGD + Momentum\"").said();
    /// assert_eq!(claim.origin, Some(Origin::Said));
    /// assert_eq!(claim.whose(), "said by slide \"SGD + Momentum\"");
    /// ```
    #[must_use]
    pub fn said(self) -> Self {
        self.by(Origin::Said)
    }

    /// States that the claim is our strict reading of an idea of the source, and how we made it strict.
    #[must_use]
    pub fn reading(self, how: &str) -> Self {
        self.by(Origin::Reading(how.into()))
    }

    /// States that this project makes the claim.
    #[must_use]
    pub fn ours(self) -> Self {
        self.by(Origin::Ours)
    }

    fn by(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    /// Returns who makes the claim, in words: "said by …", "our reading of …: how", "ours".
    pub fn whose(&self) -> String {
        match &self.origin {
            Some(Origin::Said) => format!("said by {}", self.source),
            Some(Origin::Reading(how)) => format!("our reading of {}: {how}", self.source),
            Some(Origin::Ours) if ["", "gradus", "this project"].contains(&self.source.as_str()) => {
                "ours".into()
            }
            Some(Origin::Ours) => format!("ours; see {}", self.source),
            None => self.source.clone(),
        }
    }

    /// Sets a measurement without spread, and the bound.
    #[must_use]
    pub fn measured(self, value: f64, bound: Bound) -> Self {
        self.measured_within(value, (value, value), bound)
    }

    /// Sets a measurement with its interval, and the bound.
    #[must_use]
    pub fn measured_within(mut self, value: f64, interval: (f64, f64), bound: Bound) -> Self {
        (self.measured, self.interval, self.bound) = (value, interval, bound);
        self
    }

    /// Sets the explanation of the result.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Returns whether the claim holds (the whole interval satisfies the bound), is refuted (no part of it
    /// does), or is undecided.
    pub fn verdict(&self) -> Verdict {
        let (low, high) = self.interval;
        if !(self.measured.is_finite() && low.is_finite() && high.is_finite()) {
            return Verdict::Undecided;
        }
        let (all, none) = match self.bound {
            Bound::AtMost(b) => (high <= b, low > b),
            Bound::AtLeast(b) => (low >= b, high < b),
            Bound::Equals { value, tolerance } => {
                let (from, to) = (value - tolerance, value + tolerance);
                (low >= from && high <= to, high < from || low > to)
            }
        };
        match (all, none) {
            (true, _) => Verdict::Holds,
            (_, true) => Verdict::Refuted,
            _ => Verdict::Undecided,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Kind::Exact => "exact",
            Kind::Statistical => "statistical",
            Kind::Timing => "timing",
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Origin::Said => "said by the source",
            Origin::Reading(_) => "our reading",
            Origin::Ours => "ours",
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Verdict::Holds => "holds",
            Verdict::Refuted => "refuted",
            Verdict::Undecided => "undecided",
        })
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Bound::Equals { value, tolerance } => write!(f, "= {value} ± {tolerance:.1e}"),
            Bound::AtMost(bound) => write!(f, "≤ {bound}"),
            Bound::AtLeast(bound) => write!(f, "≥ {bound}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_across_the_bound_is_undecided() {
        let claim = |interval| {
            Claim::statistical("a", "01", "", "").measured_within(1.0, interval, Bound::AtMost(1.5)).verdict()
        };
        assert_eq!(claim((0.5, 1.4)), Verdict::Holds);
        assert_eq!(claim((0.5, 1.6)), Verdict::Undecided);
        assert_eq!(claim((1.6, 1.8)), Verdict::Refuted);
        assert_eq!(claim((f64::NAN, 1.0)), Verdict::Undecided);
    }

    #[test]
    fn a_claim_says_whose_it_is() {
        let claim = || Claim::exact("a", "01", "", "slide 3");
        assert_eq!(claim().whose(), "slide 3");
        assert_eq!(claim().said().whose(), "said by slide 3");
        assert_eq!(claim().reading("to six digits").whose(), "our reading of slide 3: to six digits");
        assert_eq!(claim().ours().whose(), "ours; see slide 3");
        assert_eq!(Claim::exact("a", "01", "", "gradus").ours().whose(), "ours");
    }

    #[test]
    fn a_claim_without_a_measurement_is_undecided() {
        assert_eq!(Claim::exact("a", "01", "", "").verdict(), Verdict::Undecided);
    }
}
