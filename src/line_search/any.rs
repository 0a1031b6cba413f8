//! The line searches behind one type, for optimizers whose user chooses one.

use super::backtracking::Backtracking;
use super::exact::Exact;
use super::hager_zhang::HagerZhang;
use super::more_thuente::MoreThuente;
use super::ray::{Ray, Sample, Search};
use crate::error::{Error, Result};
use crate::real::Real;

/// One of the line searches, chosen at run time.
///
/// ```
/// use gradus::line_search::{LineSearch, MoreThuente, Ray, Search};
/// let phi = |alpha: f64| ((alpha - 0.3).powi(2), 2.0 * (alpha - 0.3));
/// let search = LineSearch::from(MoreThuente { curvature: 0.1, ..MoreThuente::default() });
/// let found = search.search(Ray { value: 0.09, slope: -0.6 }, 1.0, phi);
/// let Search::Found { alpha, .. } = found else { panic!() };
/// assert!((alpha - 0.3).abs() < 0.03);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LineSearch {
    /// Looks for Armijo's condition alone.
    Backtracking(Backtracking),
    /// Looks for the strong Wolfe conditions, by cubic and quadratic interpolation.
    MoreThuente(MoreThuente),
    /// Looks for the Wolfe conditions or the approximate ones, by secants of slopes.
    HagerZhang(HagerZhang),
    /// Looks for the minimum along the ray.
    Exact(Exact),
}

impl Default for LineSearch {
    /// [`MoreThuente`] with its defaults.
    fn default() -> Self {
        LineSearch::MoreThuente(MoreThuente::default())
    }
}

impl LineSearch {
    /// The names on the command line.
    pub const NAMES: &[&str] = &["more-thuente", "hager-zhang", "backtracking", "exact"];

    /// Returns the search of this name, with its defaults.
    ///
    /// # Errors
    /// If no line search has this name.
    pub fn by_name(name: &str) -> Result<Self> {
        match name {
            "more-thuente" => Ok(MoreThuente::default().into()),
            "hager-zhang" => Ok(HagerZhang::default().into()),
            "backtracking" => Ok(Backtracking::default().into()),
            "exact" => Ok(Exact::default().into()),
            _ => Err(Error::unknown("line search", name, Self::NAMES)),
        }
    }

    /// Returns the name on the command line.
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
    /// If a parameter is out of its range. The error names the parameter and the range.
    pub fn validate(&self) -> Result<()> {
        match self {
            LineSearch::MoreThuente(search) => search.validate(),
            LineSearch::HagerZhang(search) => search.validate(),
            LineSearch::Backtracking(search) => search.validate(),
            LineSearch::Exact(search) => search.validate(),
        }
    }

    /// Searches for a step length. `phi` returns the value and the slope of f at a step length, and `first`
    /// (> 0) is the first trial.
    ///
    /// A step length that is found, or at which the search gives up an unbounded function, is always the
    /// argument of the last call of `phi`, so the point and the gradient that `phi` has computed last belong
    /// to it. A direction that does not descend fails without a trial.
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
            Search::Unbounded { alpha, value } => {
                Search::Unbounded { alpha: F::of(alpha), value: F::of(value) }
            }
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
