//! What a check found, and how it is told.

use super::settings::GradCheck;
use super::tolerance::Band;
use crate::error::{Error, Result};
use std::cmp::Ordering;
use std::fmt;

/// Rows of the printed table.
const SHOWN: usize = 8;
/// value and value_grad may round differently, by so much of the value.
const SAME_VALUE: f64 = 1e-9;

/// Which derivative was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The gradient, against differences of values.
    Gradient,
    /// The Hessian, against differences of the gradient.
    Hessian,
    /// A product of Hessian and vector, against a difference of the gradient.
    HessianVector,
}

impl Subject {
    /// What it is called in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Gradient => "gradient",
            Subject::Hessian => "Hessian",
            Subject::HessianVector => "Hessian-vector product",
        }
    }
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding {
    /// Analytic and numeric agree.
    Agrees,
    /// They do not, but the function has a kink between the points of the difference, and the analytic value
    /// is right beside it, or a subgradient on it. Not an error.
    Kink {
        /// Where, as a distance from the point.
        at: f64,
        /// The slope below it.
        below: f64,
        /// The slope above it.
        above: f64,
    },
    /// They do not, but agree at a smaller step: h is too large for the function's curvature. Not an error.
    TooCoarse {
        /// The step at which they agree.
        h: f64,
    },
    /// They do not, but no more than rounding explains, and agree at a larger step: h is too small for the
    /// size of the function. Not an error.
    TooFine {
        /// The step at which they agree.
        h: f64,
    },
    /// They do not, but rounding alone may be the reason at every step that was tried: not an error for all
    /// one knows, but not right for all one knows either, so the check fails.
    Unclear {
        /// How much of a slope may be rounding at the step of the check.
        noise: f64,
    },
    /// A Hessian's entry agrees with the difference, but not with its mirror image.
    Asymmetric {
        /// The entry across the diagonal.
        transposed: f64,
    },
    /// They do not agree at any step: an error.
    Wrong,
    /// One of them is infinite or not a number.
    NotFinite,
}

impl Finding {
    /// Whether it makes the check fail.
    pub fn fails(self) -> bool {
        matches!(
            self,
            Finding::Unclear { .. } | Finding::Asymmetric { .. } | Finding::Wrong | Finding::NotFinite
        )
    }

    /// Its name in tables: "agrees", "kink", "h too large", "h too small", "unclear", "not symmetric",
    /// "wrong", "not finite".
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

/// One compared entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// Its place in the parameters; of a Hessian, the row.
    pub index: usize,
    /// The column, of a Hessian.
    pub column: Option<usize>,
    /// As it was given.
    pub analytic: f64,
    /// By differences.
    pub numeric: f64,
    /// What became of it.
    pub finding: Finding,
}

impl Entry {
    /// |a − n|.
    pub fn absolute_error(&self) -> f64 {
        (self.analytic - self.numeric).abs()
    }

    /// |a − n| / (|a| + |n|), between 0 and 1; 0 if both are 0.
    pub fn relative_error(&self) -> f64 {
        let size = self.analytic.abs() + self.numeric.abs();
        if size == 0.0 { 0.0 } else { self.absolute_error() / size }
    }

    /// The band of its relative error.
    pub fn band(&self) -> Band {
        Band::of(self.relative_error())
    }
}

/// What a check found. Its `Display` is a table for people; a notebook shows it as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Which derivative was checked.
    pub subject: Subject,
    /// How.
    pub check: GradCheck,
    /// The number of parameters.
    pub dim: usize,
    /// Every entry that was looked at.
    pub entries: Vec<Entry>,
    /// f(x) as it came with the gradient; NaN in a check of second derivatives.
    pub value: f64,
    /// f(x) as it came alone; NaN in a check of second derivatives.
    pub value_alone: f64,
    /// Whether evaluating twice gave the same bits, as it must (torch's `nondet_tol` = 0).
    pub repeats: bool,
    /// Values that the numeric gradient took: n + 1, 2n or 4n for n entries.
    pub values: usize,
    /// Values beyond those: at the point itself, and to look into entries that do not agree.
    pub further_values: usize,
    /// Gradients that numeric second derivatives took.
    pub gradients: usize,
    /// Gradients beyond those.
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

    /// With names for the parameters, such as those of a model's layout: `report.named(|i|
    /// layout.name_of(i))`.
    #[must_use]
    pub fn named(mut self, name: impl Fn(usize) -> String) -> Self {
        self.names = (0..self.dim).map(name).collect();
        self
    }

    /// The name of an entry: `x[3]`, `W[2, 1]`; of a Hessian `W[2, 1] × b[0]`.
    pub fn name(&self, entry: &Entry) -> String {
        let of = |i: usize| self.names.get(i).cloned().unwrap_or_else(|| format!("x[{i}]"));
        match entry.column {
            None => of(entry.index),
            Some(column) => format!("{} × {}", of(entry.index), of(column)),
        }
    }

    /// Whether no entry is wrong and the function is one: it repeats itself, and `value` and `value_grad`
    /// agree on it.
    pub fn passes(&self) -> bool {
        self.failing() == 0 && self.repeats && self.values_agree()
    }

    /// This report, or an error that names the worst entry: torch's `raise_exception`.
    ///
    /// ```
    /// use gradus::prelude::*;
    /// let wrong = check_function(&array![3.0], |x, grad| {
    ///     grad[0] = x[0];
    ///     x[0] * x[0]
    /// })?;
    /// let sentence = wrong.require().unwrap_err().to_string();
    /// assert!(sentence.starts_with("the gradient is wrong at 1 of 1 entries checked; worst x[0]: analytic 3e0, numeric"));
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
        // Entries agree, but the function does not repeat itself: then its two values are the evidence.
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

    /// How many entries make the check fail.
    pub fn failing(&self) -> usize {
        self.entries.iter().filter(|entry| entry.finding.fails()).count()
    }

    /// How many entries have this kind of finding, whatever its numbers.
    pub fn count(&self, word: &str) -> usize {
        self.entries.iter().filter(|entry| entry.finding.word() == word).count()
    }

    /// How many entries have a relative error in this band.
    pub fn in_band(&self, band: Band) -> usize {
        self.entries.iter().filter(|entry| entry.band() == band).count()
    }

    /// The largest relative error among entries that are not tiny (|n| above the absolute tolerance); 0 if
    /// all are.
    pub fn largest_relative_error(&self) -> f64 {
        let large = self.entries.iter().filter(|entry| entry.numeric.abs() > self.check.tolerance.atol);
        large.map(Entry::relative_error).fold(0.0, f64::max)
    }

    /// The worst entries, worst first: by finding, then by error in units of what is tolerated.
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

    /// The verdict in a sentence.
    pub fn verdict(&self) -> String {
        let (name, checked) = (self.subject.name(), self.entries.len());
        let worst = || self.worst(1).first().map(|entry| self.name(entry)).unwrap_or_default();
        if !self.repeats {
            return format!(
                "the function does not repeat itself: two evaluations at one point differ, so the {name} \
                 cannot be checked"
            );
        }
        if !self.values_agree() {
            let (value, alone) = (self.value, self.value_alone);
            return format!("the function is not one: value gives {alone:e} at x, value_grad {value:e}");
        }
        let of = |count: usize| format!("{count} of {checked} entries checked");
        let counts = ["not finite", "wrong", "not symmetric", "unclear"].map(|word| self.count(word));
        match counts {
            [0, 0, 0, 0] => format!("the {name} is right: {}", self.excused()),
            [0, 0, 0, unclear] => format!(
                "the {name} cannot be told from a wrong one for rounding at {}, worst {}",
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

    /// Why no entry fails.
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

    /// How it was checked, in a line.
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

    /// How many entries have a relative error in each band, in a line.
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
