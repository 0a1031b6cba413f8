//! Gradient checking: derivatives as they were written, against differences of the function (slide "gradient
//! check").
//!
//! An analytic gradient is exact and fast, and easily written wrong; a numeric one is slow and approximate,
//! and hard to get wrong. So use the first, and hold it against the second. In one line, for a function of
//! your own:
//!
//! ```
//! use gradus::prelude::*;
//! let report = check_function(&array![1.0, 2.0], |x, grad| {
//!     grad[0] = 2.0 * x[0];
//!     grad[1] = 3.0 * x[1]; // should be 6.0
//!     x[0] * x[0] + 3.0 * x[1] * x[1]
//! })?;
//! assert!(!report.passes());
//! assert_eq!(report.worst(1)[0].index, 1);
//! println!("{report}");
//! # Ok::<(), gradus::error::Error>(())
//! ```
//!
//! Three things are called wrong by a naive check that are not: a *kink* between the points of a difference
//! (hinge, ReLU,
//! |w|), a step *too coarse* for the function's curvature, and one *too fine* for its rounding. Each entry that fails is
//! therefore looked at with other steps (see [`Finding`]), and what is left is an error.

mod diagnosis;
mod entries;
mod report;
mod second_order;
mod sweep;
mod tolerance;

pub use entries::Entries;
pub use report::{Entry, Finding, Report, Subject};
pub use sweep::Sweep;
pub use tolerance::{Band, Tolerance};

use crate::error::{Error, Result, check_hyperparameter};
use crate::linalg::norm;
use crate::objective::{
    Counted, Difference, Differentiable, FunctionWithGradient, HessVec, Objective, TwiceDifferentiable,
};
use crate::rng;
use diagnosis::{Diagnosis, Smooth};
use ndarray::{Array1, ArrayRef1};

/// After so many entries that are certainly wrong, further failing ones are not looked into: the check has
/// failed.
const CERTAIN: usize = 50;

/// How a check is made. The default is that of `torch.autograd.gradcheck`: all entries, central differences,
/// h = 1e-6, |a − n| ≤ 1e-5 + 1e-3·|n|.
///
/// ```
/// use gradus::prelude::*;
/// let strict = GradCheck::default().h(1e-4).difference(Difference::Richardson).tolerance(1e-9, 1e-9);
/// assert!(strict.gradient(&mut problems::Rosenbrock::new(10), &Array1::zeros(10))?.passes());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GradCheck {
    /// The step of the differences (> 0), the same along every coordinate. Torch calls it eps.
    pub h: f64,
    /// The quotient.
    pub difference: Difference,
    /// What counts as equal.
    pub tolerance: Tolerance,
    /// All entries, or some at random.
    pub entries: Entries,
}

impl Default for GradCheck {
    fn default() -> Self {
        GradCheck {
            h: 1e-6,
            difference: Difference::Central,
            tolerance: Tolerance::default(),
            entries: Entries::All,
        }
    }
}

impl GradCheck {
    /// The sparse check of the lecture: `num_checks` entries at random, with h = 1e-5 as in the course's
    /// code.
    pub fn sparse(num_checks: usize, seed: u64) -> Self {
        GradCheck { h: 1e-5, entries: Entries::Sample { count: num_checks, seed }, ..GradCheck::default() }
    }

    /// With another step.
    #[must_use]
    pub fn h(self, h: f64) -> Self {
        GradCheck { h, ..self }
    }

    /// With another quotient.
    #[must_use]
    pub fn difference(self, difference: Difference) -> Self {
        GradCheck { difference, ..self }
    }

    /// With other tolerances.
    #[must_use]
    pub fn tolerance(self, atol: f64, rtol: f64) -> Self {
        GradCheck { tolerance: Tolerance { atol, rtol }, ..self }
    }

    /// With all entries, or a sample of them.
    #[must_use]
    pub fn entries(self, entries: Entries) -> Self {
        GradCheck { entries, ..self }
    }

    /// Checks the gradient of `f` at `x`.
    ///
    /// # Errors
    /// If `x` has another length than the objective, or a setting is out of range. A gradient that is wrong
    /// is no error here but a [`Report`] that does not pass; [`Report::require`] makes one of it.
    pub fn gradient<O: Differentiable + ?Sized>(&self, f: &mut O, x: &ArrayRef1<f64>) -> Result<Report> {
        self.accepts(f.dim(), x)?;
        let mut f = Counted::new(f);
        let (mut analytic, mut again) = (Array1::zeros(x.len()), Array1::zeros(x.len()));
        let value = f.value_grad(x, &mut analytic);
        let value_again = f.value_grad(x, &mut again);
        let alone = f.value(x);
        let repeats = value.to_bits() == value_again.to_bits()
            && analytic.iter().zip(&again).all(|(a, b)| a.to_bits() == b.to_bits());

        let before = f.evaluations().value;
        let at_x = if self.difference == Difference::Forward { f.value(x) } else { f64::NAN };
        let mut point = x.to_owned();
        let compare = |i: usize| Entry {
            index: i,
            column: None,
            analytic: analytic[i],
            numeric: self.difference.partial(&mut f, &mut point, i, self.h, at_x),
            finding: Finding::Agrees,
        };
        let mut entries: Vec<Entry> = self.entries.of(x.len()).into_iter().map(compare).collect();
        let values = f.evaluations().value - before;

        self.judge(&mut entries, Smooth::Function, alone.abs(), |entry, t| {
            let i = entry.index;
            point[i] = x[i] + t;
            let value = f.value(&point);
            point[i] = x[i];
            value
        });
        let mut report = Report::new(Subject::Gradient, *self, x.len(), entries);
        report.repeats = repeats;
        report.value = value;
        report.value_alone = alone;
        report.values = values;
        report.further_values = f.evaluations().value - values;
        Ok(report)
    }

    /// Checks the Hessian of `f` at `x` against differences of its gradient, and its symmetry.
    ///
    /// A sampled check looks at whole columns. The gradient is taken as right: check it first.
    ///
    /// # Errors
    /// As [`GradCheck::gradient`].
    pub fn hessian<O: TwiceDifferentiable + ?Sized>(&self, f: &mut O, x: &ArrayRef1<f64>) -> Result<Report> {
        self.accepts(f.dim(), x)?;
        Ok(second_order::hessian(self, f, x))
    }

    /// Checks Hessian-vector products of `f` at `x`, with `direction`, against the difference of its gradient
    /// along it.
    ///
    /// # Errors
    /// As [`GradCheck::gradient`]; also if `direction` has another length.
    pub fn hess_vec<O: HessVec + ?Sized>(
        &self,
        f: &mut O,
        x: &ArrayRef1<f64>,
        direction: &ArrayRef1<f64>,
    ) -> Result<Report> {
        self.accepts(f.dim(), x)?;
        if direction.len() != x.len() {
            return Err(Error::Shape {
                what: "the direction",
                expected: vec![x.len()],
                got: vec![direction.len()],
            });
        }
        Ok(second_order::hess_vec(self, f, x, direction))
    }

    /// The error of all three quotients for h = 1e-1, 1e-2, …, 1e-13, with the analytic gradient of `f` taken
    /// as right: a U in logarithmic axes. Uses the entries of this check, not its h.
    ///
    /// # Errors
    /// As [`GradCheck::gradient`].
    pub fn sweep<O: Differentiable + ?Sized>(&self, f: &mut O, x: &ArrayRef1<f64>) -> Result<Sweep> {
        self.accepts(f.dim(), x)?;
        let steps: Vec<f64> = (1..=13).map(|k| 10f64.powi(-k)).collect();
        Ok(sweep::sweep(f, x, &self.entries.of(x.len()), &steps))
    }

    /// Sets each entry's finding. `along` is the function along an entry's coordinate, `scale` the size of
    /// what it computes.
    fn judge(
        &self,
        entries: &mut [Entry],
        smooth: Smooth,
        scale: f64,
        mut along: impl FnMut(&Entry, f64) -> f64,
    ) {
        let mut certain = 0;
        for entry in entries.iter_mut() {
            if !(entry.analytic.is_finite() && entry.numeric.is_finite()) {
                entry.finding = Finding::NotFinite;
            } else if !self.tolerance.agree(entry.analytic, entry.numeric) {
                entry.finding = if certain < CERTAIN {
                    let mut line = |t: f64| along(entry, t);
                    Diagnosis { line: &mut line, smooth, scale, h: self.h, tolerance: self.tolerance }
                        .of(entry.analytic, entry.numeric)
                } else {
                    Finding::Wrong
                };
                certain += usize::from(entry.finding == Finding::Wrong);
            }
        }
    }

    fn accepts(&self, dim: usize, x: &ArrayRef1<f64>) -> Result<()> {
        if x.len() != dim {
            return Err(Error::Shape { what: "the point x", expected: vec![dim], got: vec![x.len()] });
        }
        self.validate()
    }

    /// Checks the settings themselves.
    ///
    /// # Errors
    /// If h is not finite and > 0, a tolerance is not finite and ≥ 0, or no entry would be checked.
    pub fn validate(&self) -> Result<()> {
        check_hyperparameter("h", self.h, "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        self.tolerance.validate()?;
        self.entries.validate()
    }
}

/// Checks all entries of the gradient of `f` at `x`, as `torch.autograd.gradcheck` does: central differences
/// with h = 1e-6, |a − n| ≤ 1e-5 + 1e-3·|n|. Other settings: [`GradCheck`].
///
/// ```
/// use gradus::prelude::*;
/// let report = check_gradient(&mut problems::Rosenbrock::new(4), &array![-1.2, 1.0, 0.5, 2.0])?;
/// assert!(report.passes(), "{report}");
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// If `x` has another length than the objective. A wrong gradient is a [`Report`] that does not pass.
pub fn check_gradient<O: Differentiable + ?Sized>(f: &mut O, x: &ArrayRef1<f64>) -> Result<Report> {
    GradCheck::default().gradient(f, x)
}

/// Checks `num_checks` entries of the gradient at random, with step `h` (the lecture's sparse check; the
/// course's code has 10 entries and h = 1e-5). The same seed chooses the same entries.
///
/// # Errors
/// If `x` has another length than the objective, `num_checks` is 0, or `h` is not finite and > 0.
pub fn check_gradient_sparse<O: Differentiable + ?Sized>(
    f: &mut O,
    x: &ArrayRef1<f64>,
    num_checks: usize,
    h: f64,
    seed: u64,
) -> Result<Report> {
    GradCheck::sparse(num_checks, seed).h(h).gradient(f, x)
}

/// Checks a closure that writes the gradient and returns the value, as [`check_gradient`] does.
///
/// ```
/// use gradus::prelude::*;
/// let report = check_function(&array![0.5, 2.0], |x, grad| {
///     grad[0] = x[1] * x[0].cos();
///     grad[1] = x[0].sin();
///     x[1] * x[0].sin()
/// })?;
/// assert!(report.passes(), "{report}");
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// None but those of [`check_gradient`], whose conditions always hold here.
pub fn check_function(
    x: &ArrayRef1<f64>,
    value_grad: impl FnMut(&ArrayRef1<f64>, &mut ArrayRef1<f64>) -> f64,
) -> Result<Report> {
    check_gradient(&mut FunctionWithGradient::new(x.len(), value_grad), x)
}

/// Checks the Hessian of `f` at `x`, every entry, against differences of its gradient, and its symmetry: the
/// check of second derivatives that torch calls gradgradcheck. For an objective that only multiplies by its
/// Hessian: [`check_hess_vec`].
///
/// ```
/// use gradus::prelude::*;
/// let report = check_second_derivatives(&mut problems::Rosenbrock::new(4), &array![-1.2, 1.0, 0.5, 2.0])?;
/// assert!(report.passes(), "{report}");
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// If `x` has another length than the objective.
pub fn check_second_derivatives<O: TwiceDifferentiable + ?Sized>(
    f: &mut O,
    x: &ArrayRef1<f64>,
) -> Result<Report> {
    GradCheck::default().hessian(f, x)
}

/// Checks Hessian-vector products of `f` at `x` along a random normal direction of length one.
///
/// # Errors
/// If `x` has another length than the objective.
pub fn check_hess_vec<O: HessVec + ?Sized>(f: &mut O, x: &ArrayRef1<f64>, seed: u64) -> Result<Report> {
    let direction =
        rng::normal::<f64>(&mut rng::stream(seed, "direction of a Hessian-vector check", 0), x.len(), 1.0);
    let length = norm(&direction).max(f64::MIN_POSITIVE);
    GradCheck::default().hess_vec(f, x, &(direction / length))
}

#[cfg(test)]
mod tests;
