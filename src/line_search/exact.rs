//! The minimum along a ray, by secants of the slope.

use super::checks::check_trials;
use super::ray::{Ray, Sample, Search};
use crate::error::{Result, check_hyperparameter};

/// Exact search: finds the zero of φ′. If f is quadratic, φ′ is a straight line, two of its points give the
/// zero α* = −φ′(0)·α/(φ′(α) − φ′(0)), and the search takes two evaluations without a Hessian. Otherwise the
/// search repeats secant steps between two bounds where the slope has different signs, until
/// |φ′(α)| ≤ tolerance·|φ′(0)|.
///
/// This search is made for experiments with the theory (conjugate directions, termination after *n* steps).
/// In practice, an optimizer needs fewer evaluations with an inexact search.
///
/// ```
/// use gradus::line_search::{Exact, LineSearch, Ray, Search};
/// let phi = |alpha: f64| ((alpha - 0.3).powi(2), 2.0 * (alpha - 0.3));
/// let search = LineSearch::from(Exact::default());
/// let found = search.search(Ray { value: 0.09, slope: -0.6 }, 1.0, phi);
/// let Search::Found { value, .. } = found else { panic!() };
/// assert!(value < 0.09);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exact {
    /// The largest |φ′(α)| / |φ′(0)| that counts as zero, 0 < tolerance < 1, default 1e-10.
    pub tolerance: f64,
    /// The largest number of evaluations, ≥ 1, default 60.
    pub max_trials: usize,
}

impl Default for Exact {
    fn default() -> Self {
        Exact { tolerance: 1e-10, max_trials: 60 }
    }
}

impl Exact {
    /// Checks that every parameter is in its range.
    pub(super) fn validate(&self) -> Result<()> {
        check_hyperparameter("tolerance", self.tolerance, "above 0 and below 1", |t| t > 0.0 && t < 1.0)?;
        check_trials(self.max_trials)
    }

    #[inline]
    pub(super) fn search_from(
        &self,
        ray: Ray<f64>,
        first: f64,
        mut phi: impl FnMut(f64) -> Sample,
    ) -> Search<f64> {
        let mut low = Sample { alpha: 0.0, value: ray.value, slope: ray.slope };
        let mut high: Option<Sample> = None;
        let (mut alpha, mut width) = (first, f64::INFINITY);
        let mut rises = false;
        for trials in 1..=self.max_trials {
            let at = phi(alpha);
            // Rounding can keep the slope above the tolerance. The bounds then meet, which ends the search.
            let met = high.is_some_and(|high| high.alpha - low.alpha <= 4.0 * f64::EPSILON * high.alpha);
            if at.is_finite() && (at.slope.abs() <= self.tolerance * -ray.slope || met) {
                // Up to rounding, the minimum along a descending ray is lower than its start.
                let lower = at.value <= ray.value + 1e-4 * ray.value.abs();
                return if lower {
                    Search::Found { alpha, value: at.value }
                } else {
                    Search::Failed { alpha, trials }
                };
            }
            let secant = at.alpha - at.slope * (at.alpha - low.alpha) / (at.slope - low.slope);
            match at.is_finite() && at.slope < 0.0 {
                true => low = at,
                false => high = Some(at),
            }
            rises |= at.is_finite() && at.slope >= 0.0;
            alpha = match high {
                Some(high) => {
                    let slow = high.alpha - low.alpha > 0.5 * width;
                    width = high.alpha - low.alpha;
                    let inside = secant > low.alpha && secant < high.alpha;
                    if inside && !slow { secant } else { low.alpha + 0.5 * width }
                }
                None if secant > low.alpha && secant.is_finite() => secant,
                None => 4.0 * at.alpha,
            };
        }
        if !rises && low.alpha > 0.0 && low.value < ray.value {
            // The last trial may have been beyond what is finite, and the buffers of the caller hold it.
            let at = phi(low.alpha);
            return Search::Unbounded { alpha: low.alpha, value: at.value };
        }
        Search::Failed { alpha, trials: self.max_trials }
    }
}
