//! The result of a check, and its text.

use super::settings::GradCheck;
use super::tolerance::Band;
use crate::error::{Error, Result};
use std::cmp::Ordering;
use std::fmt;

/// The number of rows of the printed table.
const SHOWN: usize = 8;
/// The relative difference between the results of `value` and `value_grad` that rounding may cause.
const SAME_VALUE: f64 = 1e-9;

/// The derivative that is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The gradient, compared with differences of values.
    Gradient,
    /// The Hessian, compared with differences of the gradient.
    Hessian,
    /// A Hessian-vector product, compared with a difference of the gradient.
    HessianVector,
}

impl Subject {
    /// Returns its name in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Gradient => "gradient",
            Subject::Hessian => "Hessian",
            Subject::HessianVector => "Hessian-vector product",
        }
    }
}

/// The result for one entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding {
    /// The analytic and the numeric value agree.
    Agrees,
    /// The values disagree because the function has a kink between the points of the difference. The analytic
    /// value is correct on its side of the kink, or is a subgradient at the kink. Not an error.
    Kink {
        /// The place of the kink, as a distance from the point.
        at: f64,
        /// The slope below the kink.
        below: f64,
        /// The slope above the kink.
        above: f64,
    },
    /// The values disagree, but agree at a smaller step: h is too large for the curvature of the function.
    /// Not an error.
    TooCoarse {
        /// The step at which the values agree.
        h: f64,
    },
    /// The values disagree by no more than rounding explains, and agree at a larger step: h is too small for
    /// the magnitude of the function. Not an error.
    TooFine {
        /// The step at which the values agree.
        h: f64,
    },
    /// The values disagree, but at every step that was tried rounding alone may be the reason. The entry is
    /// neither confirmed nor refuted, and the check fails.
    Unclear {
        /// The largest part of a slope that may be rounding, at the step of the check.
        noise: f64,
    },
    /// An entry of a Hessian agrees with the difference, but not with the entry across the diagonal.
    Asymmetric {
        /// The entry across the diagonal.
        transposed: f64,
    },
    /// The values disagree at every step: an error.
    Wrong,
    /// One of the values is infinite or not a number.
    NotFinite,
}

impl Finding {
    /// Returns whether it makes the check fail.
    pub fn fails(self) -> bool {
        matches!(
            self,
            Finding::Unclear { .. } | Finding::Asymmetric { .. } | Finding::Wrong | Finding::NotFinite
        )
    }

    /// Returns its name in tables: "agrees", "kink", "h too large", "h too small", "unclear", "not
    /// symmetric", "wrong", "not finite".
    pub fn word(self) -> &'static str {
        match self {
            Finding::Agrees => "agrees",
            Finding::Kink { .. } => "kink",
            Finding::TooCoarse { .. } => "h too large",
            Finding::TooFine { .. } => "h too small",
            Finding::Unclear { .. } => "unclear",
            Finding::Asymmetric { .. } => "not symmetric",
            Finding::Wrong => "wrong",
            Finding::NotFinite => "not finite",
        }
    }

    fn severity(self) -> u8 {
        match self {
            Finding::Agrees => 0,
            Finding::TooCoarse { .. } | Finding::TooFine { .. } => 1,
            Finding::Kink { .. } => 2,
            Finding::Unclear { .. } => 3,
            Finding::Asymmetric { .. } => 4,
            Finding::Wrong => 5,
            Finding::NotFinite => 6,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.word())?;
        match self {
            Finding::Kink { at, below, above } => {
                write!(f, " at {at:+.1e}, slopes {below:.4} and {above:.4}")
            }
            Finding::TooCoarse { h } | Finding::TooFine { h } => write!(f, ", agrees at {h:.0e}"),
            Finding::Unclear { noise } => write!(f, ", rounding is up to {noise:.0e}"),
            Finding::Asymmetric { transposed } => write!(f, ", {transposed:.8} across the diagonal"),
            _ => Ok(()),
        }
    }
}

/// One checked entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// The index of the parameter; for a Hessian, the row.
    pub index: usize,
    /// The column, for a Hessian.
    pub column: Option<usize>,
    /// The analytic value a.
    pub analytic: f64,
    /// The numeric value n, by differences.
    pub numeric: f64,
    /// The result.
    pub finding: Finding,
}

impl Entry {
    /// Returns |a − n|.
    pub fn absolute_error(&self) -> f64 {
        (self.analytic - self.numeric).abs()
    }

    /// Returns |a − n| / (|a| + |n|), between 0 and 1, and 0 if both values are 0.
    pub fn relative_error(&self) -> f64 {
        let size = self.analytic.abs() + self.numeric.abs();
        if size == 0.0 { 0.0 } else { self.absolute_error() / size }
    }

    /// Returns the band of the relative error.
    pub fn band(&self) -> Band {
        Band::of(self.relative_error())
    }
}

/// The result of a check. Its `Display` is a text with a table of the worst entries; a notebook shows it as a
/// table.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The derivative that was checked.
    pub subject: Subject,
    /// The settings of the check.
    pub check: GradCheck,
    /// The number of parameters.
    pub dim: usize,
    /// The checked entries.
    pub entries: Vec<Entry>,
    /// f(x) as returned by `value_grad`; NaN in a check of second derivatives.
    pub value: f64,
    /// f(x) as returned by `value`; NaN in a check of second derivatives.
    pub value_alone: f64,
    /// Whether two evaluations at the point returned the same bits, as they must (torch's `nondet_tol` = 0).
    pub repeats: bool,
    /// The number of values for the numeric gradient: n + 1, 2n or 4n for n entries.
    pub values: usize,
    /// The number of further values, at the point itself and for the diagnosis of entries that disagree.
    pub further_values: usize,
    /// The number of gradients for the numeric second derivatives.
    pub gradients: usize,
    /// The number of further gradients.
    pub further_gradients: usize,
    names: Vec<String>,
}

impl Report {
    pub(super) fn new(subject: Subject, check: GradCheck, dim: usize, entries: Vec<Entry>) -> Self {
        Report {
            subject,
            check,
            dim,
            entries,
            value: f64::NAN,
            value_alone: f64::NAN,
            repeats: true,
            values: 0,
            further_values: 0,
            gradients: 0,
            further_gradients: 0,
            names: Vec::new(),
        }
    }

    /// Names the parameters, for example as a model's layout does: `report.named(|i| layout.name_of(i))`.
    #[must_use]
    pub fn named(mut self, name: impl Fn(usize) -> String) -> Self {
        self.names = (0..self.dim).map(name).collect();
        self
    }

    /// Returns the name of an entry: `x[3]` or `W[2, 1]`, and `W[2, 1] × b[0]` for a Hessian.
    pub fn name(&self, entry: &Entry) -> String {
        let of = |i: usize| self.names.get(i).cloned().unwrap_or_else(|| format!("x[{i}]"));
        match entry.column {
            None => of(entry.index),
            Some(column) => format!("{} × {}", of(entry.index), of(column)),
        }
    }

    /// Returns whether the check passes: no entry fails, the function is deterministic, and `value` and
    /// `value_grad` agree on its value.
    pub fn passes(&self) -> bool {
        self.failing() == 0 && self.repeats && self.values_agree()
    }

    /// Returns the report if the check passes, and otherwise an error that names the worst entry. Torch calls
    /// this `raise_exception`.
    ///
    /// ```
    /// use gradus::gradcheck::check_function;
    /// use gradus::prelude::*;
    /// let wrong = check_function(&array![3.0], |x, grad| {
    ///     grad[0] = x[0];
    ///     x[0] * x[0]
    /// })?;
    /// let sentence = wrong.require().unwrap_err().to_string();
    /// assert!(sentence.starts_with(
    ///     "the gradient is wrong at 1 of 1 entries checked; worst x[0]: analytic 3e0, numeric"
    /// ));
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Derivative`] if the check does not pass.
    pub fn require(self) -> Result<Self> {
        if self.passes() {
            return Ok(self);
        }
        let worst = self.worst(1).first().map(|entry| (self.name(entry), entry.analytic, entry.numeric));
        // If all entries agree, the two values of the function are the evidence.
        let values = ("the value itself".into(), self.value, self.value_alone);
        let (worst, analytic, numeric) = worst.filter(|_| self.failing() > 0).unwrap_or(values);
        Err(Error::Derivative {
            what: self.subject.name(),
            wrong: self.failing(),
            checked: self.entries.len(),
            worst,
            analytic,
            numeric,
        })
    }

    /// Returns the number of entries that make the check fail.
    pub fn failing(&self) -> usize {
        self.entries.iter().filter(|entry| entry.finding.fails()).count()
    }

    /// Returns the number of entries whose finding has this [`Finding::word`].
    pub fn count(&self, word: &str) -> usize {
        self.entries.iter().filter(|entry| entry.finding.word() == word).count()
    }

    /// Returns the number of entries with a relative error in this band.
    pub fn in_band(&self, band: Band) -> usize {
        self.entries.iter().filter(|entry| entry.band() == band).count()
    }

    /// Returns the largest relative error among the entries with |n| above the absolute tolerance, and 0 if
    /// there are none.
    pub fn largest_relative_error(&self) -> f64 {
        let large = self.entries.iter().filter(|entry| entry.numeric.abs() > self.check.tolerance.atol);
        large.map(Entry::relative_error).fold(0.0, f64::max)
    }

    /// Returns the `count` worst entries, the worst first. Entries are ordered by finding, then by the ratio
    /// of their error to the tolerated one.
    pub fn worst(&self, count: usize) -> Vec<&Entry> {
        let excess = |entry: &Entry| entry.absolute_error() / self.check.tolerance.at(entry.numeric);
        let order = |a: &&Entry, b: &&Entry| {
            let severity = b.finding.severity().cmp(&a.finding.severity());
            severity.then(excess(b).partial_cmp(&excess(a)).unwrap_or(Ordering::Equal))
        };
        let mut sorted: Vec<&Entry> = self.entries.iter().collect();
        sorted.sort_by(order);
        sorted.truncate(count);
        sorted
    }

    /// Returns the result as a sentence.
    pub fn verdict(&self) -> String {
        let (name, checked) = (self.subject.name(), self.entries.len());
        let worst = || self.worst(1).first().map(|entry| self.name(entry)).unwrap_or_default();
        if !self.repeats {
            return format!(
                "the function is not deterministic: two evaluations at the same point differ, so the {name} \
                 cannot be checked"
            );
        }
        if !self.values_agree() {
            let (with_grad, alone) = (self.value, self.value_alone);
            return format!("value and value_grad disagree: {alone:e} and {with_grad:e} at the same point");
        }
        let of = |count: usize| format!("{count} of {checked} entries checked");
        let counts = ["not finite", "wrong", "not symmetric", "unclear"].map(|word| self.count(word));
        match counts {
            [0, 0, 0, 0] => format!("the {name} is right: {}", self.excused()),
            [0, 0, 0, unclear] => format!(
                "the {name} cannot be verified because of rounding at {}, worst {}",
                of(unclear),
                worst()
            ),
            [0, 0, asymmetric, _] => {
                format!("the {name} is not symmetric at {}, worst {}", of(asymmetric), worst())
            }
            [0, wrong, ..] => format!("the {name} is WRONG at {}, worst {}", of(wrong), worst()),
            [infinite, ..] => {
                format!("the {name} cannot be checked: not finite at {}, first {}", of(infinite), worst())
            }
        }
    }

    /// Returns why no entry fails.
    fn excused(&self) -> String {
        let checked = self.entries.len();
        let (kinks, coarse, fine) =
            (self.count("kink"), self.count("h too large"), self.count("h too small"));
        let reasons = [
            (kinks, "at a kink of the function"),
            (coarse, "only at a smaller h"),
            (fine, "only at a larger h"),
        ];
        let others: Vec<String> =
            reasons.iter().filter(|r| r.0 > 0).map(|(count, reason)| format!("{count} {reason}")).collect();
        match (others.is_empty(), checked) {
            (true, 1) => "the one entry checked agrees".into(),
            (true, _) => format!("all {checked} entries checked agree"),
            (false, _) => {
                format!("{} of {checked} entries checked agree; {}", self.count("agrees"), others.join(", "))
            }
        }
    }

    fn values_agree(&self) -> bool {
        let (a, b) = (self.value, self.value_alone);
        a.is_nan() || b.is_nan() || a == b || (a - b).abs() <= SAME_VALUE * a.abs().max(b.abs())
    }

    /// Returns the settings and the cost of the check, in a line.
    pub fn method(&self) -> String {
        let GradCheck { h, difference, tolerance, .. } = self.check;
        let cost = match self.subject {
            Subject::Gradient => format!("{} values", self.values),
            _ => format!("{} gradients", self.gradients),
        };
        let further = match self.further_values + self.further_gradients {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!(
            "{difference} differences, h = {h:e}, |a − n| ≤ {:e} + {:e}·|n|; {cost}{further}",
            tolerance.atol, tolerance.rtol
        )
    }

    /// Returns the number of entries with a relative error in each band, in a line.
    pub fn bands(&self) -> String {
        let counts: Vec<String> =
            Band::ALL.iter().map(|&band| format!("{} {band}", self.in_band(band))).collect();
        format!("relative errors: {}", counts.join(", "))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let number = |value: f64| {
            if value == 0.0 || (1e-4..1e7).contains(&value.abs()) {
                format!("{value:.8}")
            } else {
                format!("{value:.6e}")
            }
        };
        writeln!(f, "{}\n  {}\n  {}\n", self.verdict(), self.method(), self.bands())?;
        let heading =
            ["entry", "analytic a", "numeric n", "|a − n|", "relative", "finding"].map(String::from);
        let row = |entry: &&Entry| {
            let (absolute, relative) = (entry.absolute_error(), entry.relative_error());
            let numbers = [
                number(entry.analytic),
                number(entry.numeric),
                format!("{absolute:.1e}"),
                format!("{relative:.1e}"),
            ];
            let [a, n, absolute, relative] = numbers;
            [self.name(entry), a, n, absolute, relative, entry.finding.to_string()]
        };
        let rows: Vec<[String; 6]> =
            std::iter::once(heading).chain(self.worst(SHOWN).iter().map(row)).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: [usize; 6] = std::array::from_fn(width);
        for (i, [name, a, n, absolute, relative, finding]) in rows.iter().enumerate() {
            let end = if i + 1 < rows.len() || self.entries.len() > SHOWN { "\n" } else { "" };
            let [w0, w1, w2, w3, w4, _] = widths;
            write!(f, "  {name:<w0$}  {a:>w1$}  {n:>w2$}  {absolute:>w3$}  {relative:>w4$}  {finding}{end}")?;
        }
        match self.entries.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            rest => write!(f, "  … and {rest} better ones"),
        }
    }
}
