//! A sentence bound to a measurement.

use std::fmt;

/// How a claim is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A closed form, or an equality to rounding.
    Exact,
    /// Many seeds, an interval.
    Statistical,
    /// A ratio of times within one run.
    Timing,
}

/// What the measurement must satisfy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// `|measured − value| ≤ tolerance`.
    Equals {
        /// The value claimed.
        value: f64,
        /// How far off is still equal.
        tolerance: f64,
    },
    /// `measured ≤ bound`.
    AtMost(f64),
    /// `measured ≥ bound`.
    AtLeast(f64),
}

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The measurement, with its whole interval, satisfies the bound.
    Holds,
    /// The measurement, with its whole interval, violates the bound.
    Refuted,
    /// The bound lies inside the interval, or nothing could be measured.
    Undecided,
}

/// A sentence of the lecture (or of its sources), its measurement and its verdict.
///
/// ```
/// use gradus::claim::{Bound, Claim, Verdict};
/// let claim = Claim::exact("loss-at-zero", "01", "At zero weights the softmax loss is ln 10", "lecture 3")
///     .measured(2.302585, Bound::Equals { value: 10f64.ln(), tolerance: 1e-6 });
/// assert_eq!(claim.verdict(), Verdict::Holds);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Short name, unique over all notebooks.
    pub id: String,
    /// The notebook that shows it, such as "07".
    pub notebook: String,
    /// What is claimed, in a sentence.
    pub sentence: String,
    /// Whose claim it is: slide, paper, or this project's own.
    pub source: String,
    /// How it is measured.
    pub kind: Kind,
    /// The measured value; NaN where nothing could be measured.
    pub measured: f64,
    /// Interval of the measured value (equal ends for exact claims).
    pub interval: (f64, f64),
    /// What the measurement must satisfy.
    pub bound: Bound,
    /// Why it came out as it did, where that needs a word (always for a refuted claim).
    pub note: String,
}

/// Claims that are shown together.
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
            kind,
            measured: f64::NAN,
            interval: (f64::NAN, f64::NAN),
            bound: Bound::AtMost(f64::NAN),
            note: String::new(),
        }
    }

    /// A claim about a closed form or an equality.
    pub fn exact(id: &str, notebook: &str, sentence: &str, source: &str) -> Self {
        Claim::new(Kind::Exact, id, notebook, sentence, source)
    }

    /// A claim about a distribution over seeds.
    pub fn statistical(id: &str, notebook: &str, sentence: &str, source: &str) -> Self {
        Claim::new(Kind::Statistical, id, notebook, sentence, source)
    }

    /// A claim about a ratio of times.
    pub fn timing(id: &str, notebook: &str, sentence: &str, source: &str) -> Self {
        Claim::new(Kind::Timing, id, notebook, sentence, source)
    }

    /// Binds the claim to a measurement without spread.
    #[must_use]
    pub fn measured(self, value: f64, bound: Bound) -> Self {
        self.measured_within(value, (value, value), bound)
    }

    /// Binds the claim to a measurement with its interval.
    #[must_use]
    pub fn measured_within(mut self, value: f64, interval: (f64, f64), bound: Bound) -> Self {
        (self.measured, self.interval, self.bound) = (value, interval, bound);
        self
    }

    /// Says why it came out as it did.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Holds if the whole interval satisfies the bound, refuted if none of it does, else undecided.
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
    fn a_claim_without_a_measurement_is_undecided() {
        assert_eq!(Claim::exact("a", "01", "", "").verdict(), Verdict::Undecided);
    }
}
