//! Line searches: how far to go along a direction.
//!
//! With φ(α) = f(x + α·d) for a direction d downhill from x, a search looks for a step length α that
//! satisfies some or all of
//!
//! - sufficient decrease (Armijo): φ(α) ≤ φ(0) + c₁·α·φ′(0);
//! - curvature, strong form: |φ′(α)| ≤ c₂·|φ′(0)|; with the first these are the strong Wolfe conditions;
//! - approximate Wolfe (Hager & Zhang 2005): (2c₁ − 1)·φ′(0) ≥ φ′(α) ≥ c₂·φ′(0) and φ(α) ≤ φ(0) + ε·|φ(0)|,
//!   which slopes alone decide near a minimum, where differences of values drown in rounding.
//!
//! A value or slope that is not finite always means "too far: back off".

mod backtracking;
mod exact;
mod hager_zhang;
mod more_thuente;

pub use backtracking::Backtracking;
pub use exact::Exact;
pub use hager_zhang::HagerZhang;
pub use more_thuente::MoreThuente;

use crate::error::{Error, Result, check_hyperparameter};
use crate::real::Real;

/// What a line search found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Search<F> {
    /// A step length that satisfies the condition, with the value there.
    Found {
        /// The step length.
        alpha: F,
        /// f(x + alpha·d).
        value: F,
    },
    /// None of the lengths tried satisfied it.
    Failed {
        /// The last length tried.
        alpha: F,
        /// How many were tried.
        trials: usize,
    },
}

/// φ(alpha) = f(x + alpha·d) seen from x: its value and slope at 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ray<F> {
    /// f(x).
    pub value: F,
    /// ∇f(x)·d, negative for a descent direction.
    pub slope: F,
}

impl<F: Real> Ray<F> {
    /// Whether the value at `alpha` lies low enough under the tangent (Armijo's condition with constant `c`).
    pub fn sufficient_decrease(&self, alpha: F, value: F, c: F) -> bool {
        value <= self.value + c * alpha * self.slope
    }

    /// The same in double precision, in which the searches compute.
    fn wide(self) -> Ray<f64> {
        Ray { value: self.value.wide(), slope: self.slope.wide() }
    }
}

/// φ at one step length.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sample {
    alpha: f64,
    value: f64,
    slope: f64,
}

impl Sample {
    fn is_finite(&self) -> bool {
        self.value.is_finite() && self.slope.is_finite()
    }
}

/// Any of the line searches, so that an optimizer can take the one it is given.
///
/// ```
/// use gradus::line_search::{LineSearch, MoreThuente, Ray, Search};
/// let phi = |alpha: f64| ((alpha - 0.3).powi(2), 2.0 * (alpha - 0.3));
/// let search = LineSearch::from(MoreThuente { curvature: 0.1, ..MoreThuente::default() });
/// let Search::Found { alpha, .. } = search.search(Ray { value: 0.09, slope: -0.6 }, 1.0, phi) else { panic!() };
/// assert!((alpha - 0.3).abs() < 0.03);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LineSearch {
    /// Armijo's condition alone.
    Backtracking(Backtracking),
    /// The strong Wolfe conditions, by cubic and quadratic interpolation.
    MoreThuente(MoreThuente),
    /// The Wolfe or the approximate Wolfe conditions, by secants of slopes.
    HagerZhang(HagerZhang),
    /// The minimum along the ray.
    Exact(Exact),
}

impl Default for LineSearch {
    /// [`MoreThuente`] with its defaults.
    fn default() -> Self {
        LineSearch::MoreThuente(MoreThuente::default())
    }
}

impl LineSearch {
    /// Names on the command line.
    pub const NAMES: &[&str] = &["more-thuente", "hager-zhang", "backtracking", "exact"];

    /// The search of that name, with its defaults.
    pub fn by_name(name: &str) -> Result<Self> {
        match name {
            "more-thuente" => Ok(MoreThuente::default().into()),
            "hager-zhang" => Ok(HagerZhang::default().into()),
            "backtracking" => Ok(Backtracking::default().into()),
            "exact" => Ok(Exact::default().into()),
            _ => Err(Error::unknown("line search", name, Self::NAMES)),
        }
    }

    /// The name on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            LineSearch::MoreThuente(_) => "more-thuente",
            LineSearch::HagerZhang(_) => "hager-zhang",
            LineSearch::Backtracking(_) => "backtracking",
            LineSearch::Exact(_) => "exact",
        }
    }

    /// Checks that every parameter is in its range.
    ///
    /// # Errors
    /// If one is not, with its name and range.
    pub fn validate(&self) -> Result<()> {
        match self {
            LineSearch::MoreThuente(search) => search.validate(),
            LineSearch::HagerZhang(search) => search.validate(),
            LineSearch::Backtracking(search) => search.validate(),
            LineSearch::Exact(search) => search.validate(),
        }
    }

    /// Searches along `phi`, the value and slope of f at each step length, from the trial `first` (> 0) on.
    ///
    /// If a length is found, it is that of the last call of `phi`, so that what `phi` left behind (the point,
    /// its gradient) belongs to it. A direction that does not descend fails without a trial.
    #[inline]
    pub fn search<F: Real>(&self, ray: Ray<F>, first: F, mut phi: impl FnMut(F) -> (F, F)) -> Search<F> {
        if ray.slope.is_nan() || ray.slope >= F::zero() || !ray.value.is_finite() {
            return Search::Failed { alpha: F::zero(), trials: 0 };
        }
        let sample = |alpha: f64| {
            let (value, slope) = phi(F::of(alpha));
            Sample { alpha, value: value.wide(), slope: slope.wide() }
        };
        let (ray, first) = (ray.wide(), first.wide());
        let found = match self {
            LineSearch::MoreThuente(search) => search.search_from(ray, first, sample),
            LineSearch::HagerZhang(search) => search.search_from(ray, first, sample),
            LineSearch::Backtracking(search) => search.search_from(ray, first, sample),
            LineSearch::Exact(search) => search.search_from(ray, first, sample),
        };
        match found {
            Search::Found { alpha, value } => Search::Found { alpha: F::of(alpha), value: F::of(value) },
            Search::Failed { alpha, trials } => Search::Failed { alpha: F::of(alpha), trials },
        }
    }
}

impl From<Backtracking> for LineSearch {
    fn from(search: Backtracking) -> Self {
        LineSearch::Backtracking(search)
    }
}

impl From<MoreThuente> for LineSearch {
    fn from(search: MoreThuente) -> Self {
        LineSearch::MoreThuente(search)
    }
}

impl From<HagerZhang> for LineSearch {
    fn from(search: HagerZhang) -> Self {
        LineSearch::HagerZhang(search)
    }
}

impl From<Exact> for LineSearch {
    fn from(search: Exact) -> Self {
        LineSearch::Exact(search)
    }
}

/// Checks the two constants of the Wolfe conditions.
fn check_wolfe(decrease: f64, curvature: f64) -> Result<()> {
    check_hyperparameter("decrease", decrease, "above 0 and below ½", |c| c > 0.0 && c < 0.5)?;
    check_hyperparameter("curvature", curvature, "above decrease and below 1", |c| c > decrease && c < 1.0)?;
    Ok(())
}

fn check_trials(max_trials: usize) -> Result<()> {
    check_hyperparameter("max_trials", max_trials as f64, "at least 1", |n| n >= 1.0).map(|_| ())
}

#[cfg(test)]
mod tests;
