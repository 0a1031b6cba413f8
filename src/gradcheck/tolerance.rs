//! The tolerated deviation, and the bands of relative errors.

use crate::error::{Result, check_hyperparameter};
use std::fmt;

/// The tolerated deviation: an analytic value a and a numeric value n agree if |a − n| ≤ atol + rtol·|n|.
/// This is the rule of `allclose`, and the defaults are those of `torch.autograd.gradcheck`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// The absolute tolerance (finite and ≥ 0, default 1e-5).
    pub atol: f64,
    /// The relative tolerance (finite and ≥ 0, default 1e-3).
    pub rtol: f64,
}

impl Default for Tolerance {
    fn default() -> Self {
        Tolerance { atol: 1e-5, rtol: 1e-3 }
    }
}

impl Tolerance {
    /// Returns whether the two values agree. A value that is not finite agrees with none.
    pub fn agree(&self, analytic: f64, numeric: f64) -> bool {
        (analytic - numeric).abs() <= self.at(numeric)
    }

    /// Returns the largest deviation from `numeric` that is tolerated.
    pub fn at(&self, numeric: f64) -> f64 {
        self.atol + self.rtol * numeric.abs()
    }

    pub(super) fn validate(&self) -> Result<()> {
        for (name, value) in [("atol", self.atol), ("rtol", self.rtol)] {
            check_hyperparameter(name, value, "finite and ≥ 0", |v| v.is_finite() && v >= 0.0)?;
        }
        Ok(())
    }
}

/// The customary bands of the relative error |a − n| / (|a| + |n|) (course notes of CS231n, "Gradient
/// checks").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// At most 1e-7: correct.
    Good,
    /// At most 1e-4: acceptable for a function with kinks, but high for a smooth function whose entries are
    /// not tiny.
    Fair,
    /// At most 1e-2: suspicious.
    Suspicious,
    /// Above 1e-2: probably wrong, if the entry is not tiny.
    Bad,
}

impl Band {
    /// All bands, from the best to the worst.
    pub const ALL: [Band; 4] = [Band::Good, Band::Fair, Band::Suspicious, Band::Bad];

    /// Returns the band of a relative error.
    pub fn of(relative_error: f64) -> Self {
        match relative_error {
            e if e <= 1e-7 => Band::Good,
            e if e <= 1e-4 => Band::Fair,
            e if e <= 1e-2 => Band::Suspicious,
            _ => Band::Bad,
        }
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Band::Good => "≤ 1e-7",
            Band::Fair => "≤ 1e-4",
            Band::Suspicious => "≤ 1e-2",
            Band::Bad => "> 1e-2",
        })
    }
}
