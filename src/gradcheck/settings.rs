//! The settings of a check.

use super::entries::Entries;
use super::tolerance::Tolerance;
use crate::error::{Error, Result, check_hyperparameter};
use crate::objective::Difference;
use ndarray::ArrayRef1;

/// The settings of a gradient check, and the checks as methods. An entry passes if its analytic value a and
/// its numeric value n satisfy |a − n| ≤ atol + rtol·|n|.
///
/// The defaults are those of `torch.autograd.gradcheck`: all entries, central differences, h = 1e-6,
/// atol = 1e-5 and rtol = 1e-3.
///
/// ```
/// use gradus::gradcheck::GradCheck;
/// use gradus::objective::Difference;
/// use gradus::prelude::*;
/// let strict = GradCheck::default().h(1e-4).difference(Difference::Richardson).tolerance(1e-9, 1e-9);
/// assert!(strict.gradient(&mut problems::Rosenbrock::new(10), &Array1::zeros(10))?.passes());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GradCheck {
    /// The step of the differences, the same along every coordinate (finite and > 0, default 1e-6). Torch
    /// calls it `eps`.
    pub h: f64,
    /// The difference quotient (default central).
    pub difference: Difference,
    /// The tolerated deviation.
    pub tolerance: Tolerance,
    /// The entries that are checked (default all).
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
    /// Returns the sparse check of the lecture: `num_checks` random entries, with h = 1e-5 as in the course's
    /// code. The `seed` selects the entries.
    pub fn sparse(num_checks: usize, seed: u64) -> Self {
        GradCheck { h: 1e-5, entries: Entries::Sample { count: num_checks, seed }, ..GradCheck::default() }
    }

    /// Sets the step (finite and > 0).
    #[must_use]
    pub fn h(self, h: f64) -> Self {
        GradCheck { h, ..self }
    }

    /// Sets the difference quotient.
    #[must_use]
    pub fn difference(self, difference: Difference) -> Self {
        GradCheck { difference, ..self }
    }

    /// Sets the absolute and the relative tolerance (finite and ≥ 0).
    #[must_use]
    pub fn tolerance(self, atol: f64, rtol: f64) -> Self {
        GradCheck { tolerance: Tolerance { atol, rtol }, ..self }
    }

    /// Sets which entries are checked.
    #[must_use]
    pub fn entries(self, entries: Entries) -> Self {
        GradCheck { entries, ..self }
    }

    pub(super) fn accepts(&self, dim: usize, x: &ArrayRef1<f64>) -> Result<()> {
        if x.len() != dim {
            return Err(Error::Shape { what: "the point x", expected: vec![dim], got: vec![x.len()] });
        }
        self.validate()
    }

    /// Checks that the step changes every coordinate that is checked.
    pub(super) fn moves(&self, x: &ArrayRef1<f64>) -> Result<()> {
        let shortest = if self.difference == Difference::Richardson { 0.5 * self.h } else { self.h };
        let stays = |i: &usize| x[*i].is_finite() && (x[*i] + shortest == x[*i] || x[*i] - shortest == x[*i]);
        let still = self.entries.of(x.len()).iter().any(stays);
        check_hyperparameter("h", self.h, "large enough that x ± h is another number than x", |_| !still)?;
        Ok(())
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// If h is not finite and > 0, a tolerance is not finite and ≥ 0, or no entry would be checked.
    pub fn validate(&self) -> Result<()> {
        check_hyperparameter("h", self.h, "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        self.tolerance.validate()?;
        self.entries.validate()
    }
}
