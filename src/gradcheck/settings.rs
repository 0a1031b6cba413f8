//! How a check is made.

use super::entries::Entries;
use super::tolerance::Tolerance;
use crate::error::{Error, Result, check_hyperparameter};
use crate::objective::Difference;
use ndarray::ArrayRef1;

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

    pub(super) fn accepts(&self, dim: usize, x: &ArrayRef1<f64>) -> Result<()> {
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
