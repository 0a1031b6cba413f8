//! Armijo's backtracking.

use super::checks::check_trials;
use super::ray::{Ray, Sample, Search};
use crate::error::{Result, check_hyperparameter};
use crate::real::Real;

/// Backtracking: tries α = 1, and multiplies α by `shrink` until f(x + αd) ≤ f(x) + c·α·∇f·d (Armijo 1966;
/// Nocedal & Wright 2006, algorithm 3.1). A value that is not finite counts as too high.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backtracking {
    /// c of Armijo's condition, 0 < c < ½, default 1e-4.
    pub decrease: f64,
    /// The factor between two trials, 0 < shrink < 1, default ½.
    pub shrink: f64,
    /// The largest number of trials, ≥ 1, default 50.
    pub max_trials: usize,
}

impl Default for Backtracking {
    fn default() -> Self {
        Backtracking { decrease: 1e-4, shrink: 0.5, max_trials: 50 }
    }
}

impl Backtracking {
    /// Searches for a step length, from 1 on. `phi` returns the value of f at a step length, and `ray` its
    /// value and slope at 0.
    ///
    /// ```
    /// use gradus::line_search::{Backtracking, Ray, Search};
    /// let parabola = |alpha: f64| (alpha - 0.3).powi(2);
    /// let found = Backtracking::default().search(Ray { value: 0.09, slope: -0.6 }, parabola);
    /// assert_eq!(found, Search::Found { alpha: 0.5, value: parabola(0.5) });
    /// ```
    pub fn search<F: Real>(&self, ray: Ray<F>, mut phi: impl FnMut(F) -> F) -> Search<F> {
        let (decrease, mut alpha) = (F::of(self.decrease), F::one());
        // If the largest possible decrease of f is smaller than its rounding, a shorter step proves nothing,
        // since noise alone would satisfy the condition.
        let measurable = |alpha: F| alpha * ray.slope.abs() > F::epsilon() * ray.value.abs();
        for trials in 0..self.max_trials {
            if trials > 0 && !measurable(alpha) {
                return Search::Failed { alpha, trials };
            }
            let value = phi(alpha);
            if value.is_finite() && ray.sufficient_decrease(alpha, value, decrease) {
                return Search::Found { alpha, value };
            }
            alpha *= F::of(self.shrink);
        }
        Search::Failed { alpha, trials: self.max_trials }
    }

    /// Checks that every parameter is in its range.
    pub(super) fn validate(&self) -> Result<()> {
        check_hyperparameter("decrease", self.decrease, "above 0 and below ½", |c| c > 0.0 && c < 0.5)?;
        check_hyperparameter("shrink", self.shrink, "above 0 and below 1", |s| s > 0.0 && s < 1.0)?;
        check_trials(self.max_trials)
    }

    /// Searches from `first` on. The next trial is the minimum of the parabola through φ(0), φ′(0) and φ(α),
    /// at most `shrink`·α and at least α/10 (Nocedal & Wright 2006, equation 3.58).
    #[inline]
    pub(super) fn search_from(
        &self,
        ray: Ray<f64>,
        first: f64,
        mut phi: impl FnMut(f64) -> Sample,
    ) -> Search<f64> {
        let mut alpha = first;
        for trials in 0..self.max_trials {
            if trials > 0 && alpha * ray.slope.abs() <= f64::EPSILON * ray.value.abs() {
                return Search::Failed { alpha, trials };
            }
            let at = phi(alpha);
            // A shorter step must lower f: every step length whose effect is below rounding satisfies
            // Armijo's condition.
            // The first step may leave f as it is, if it makes the slope flatter: near a minimum, slopes show
            // more than values. Otherwise a run would go on for ever in the rounding of f.
            let lower = at.value < ray.value || alpha == first && at.slope.abs() < ray.slope.abs();
            if at.is_finite() && lower && ray.sufficient_decrease(alpha, at.value, self.decrease) {
                return Search::Found { alpha, value: at.value };
            }
            let parabola = -ray.slope * alpha * alpha / (2.0 * (at.value - ray.value - ray.slope * alpha));
            let shorter = if parabola.is_finite() { parabola.max(0.1 * alpha) } else { alpha };
            alpha = shorter.min(self.shrink * alpha);
        }
        Search::Failed { alpha, trials: self.max_trials }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pole_beyond_which_f_is_not_a_number_is_backed_off_from() {
        // −ln(1 − α) − 2α has its minimum at ½ and no value beyond 1.
        let f = |alpha: f64| -(1.0 - alpha).ln() - 2.0 * alpha;
        let Search::Found { alpha, value } =
            Backtracking::default().search(Ray { value: 0.0, slope: -1.0 }, f)
        else {
            panic!()
        };
        assert!(alpha < 1.0 && value < 0.0);
    }

    #[test]
    fn uphill_there_is_nothing_to_find() {
        let found = Backtracking::default().search(Ray { value: 0.0, slope: -1.0 }, |alpha: f64| alpha);
        assert!(matches!(found, Search::Failed { trials: 50, .. }));
    }
}
