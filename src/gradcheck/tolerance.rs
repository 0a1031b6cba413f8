//! What counts as equal, and how far apart is how bad.

use crate::error::{Result, check_hyperparameter};
use std::fmt;

/// Analytic a and numeric n agree if |a − n| ≤ atol + rtol·|n|: the rule of `allclose`, with
/// torch.autograd.gradcheck's numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// Absolute part (≥ 0, default 1e-5).
    pub atol: f64,
    /// Relative part (≥ 0, default 1e-3).
    pub rtol: f64,
}

impl Default for Tolerance {
    fn default() -> Self {
        Tolerance { atol: 1e-5, rtol: 1e-3 }
    }
}

impl Tolerance {
    /// Whether the two agree; never if one is not finite.
    pub fn agree(&self, analytic: f64, numeric: f64) -> bool {
        (analytic - numeric).abs() <= self.at(numeric)
    }

    /// How far from `numeric` still agrees.
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
    /// At most 1e-7: be happy.
    Good,
    /// At most 1e-4: fine where there are kinks; high for a smooth function, if its entries are not tiny.
    Fair,
    /// At most 1e-2: suspicious.
    Suspicious,
    /// Above: probably wrong, if the entry is not tiny.
    Bad,
}

impl Band {
    /// All bands, from good to bad.
    pub const ALL: [Band; 4] = [Band::Good, Band::Fair, Band::Suspicious, Band::Bad];

    /// The band of a relative error.
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
