//! Hager & Zhang's line search for the approximate Wolfe conditions.

use super::checks::{check_trials, check_wolfe};
use super::ray::{Ray, Sample, Search};
use crate::error::{Result, check_hyperparameter};

/// The search of CG_DESCENT (Hager & Zhang 2005, section 4; 2006, section 3). It shrinks an interval whose
/// ends have slopes of different signs, by two secants of φ′ at a time. A trial is accepted if it satisfies
/// the Wolfe conditions or the approximate ones. These compare slopes, so the search still works where
/// differences of values are lost in rounding.
///
/// ```
/// use gradus::line_search::{HagerZhang, LineSearch, Ray, Search};
/// let phi = |alpha: f64| ((alpha - 0.3).powi(2), 2.0 * (alpha - 0.3));
/// let search = LineSearch::from(HagerZhang::default());
/// let found = search.search(Ray { value: 0.09, slope: -0.6 }, 1.0, phi);
/// let Search::Found { value, .. } = found else { panic!() };
/// assert!(value < 0.09);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HagerZhang {
    /// δ = c₁ of sufficient decrease, 0 < δ < ½, default .1.
    pub decrease: f64,
    /// σ = c₂ of the curvature condition, δ < σ < 1, default .9.
    pub curvature: f64,
    /// ε: the approximate conditions accept values up to φ(0) + ε·|φ(0)|, 0 ≤ ε < 1, default 1e-6.
    pub rounding: f64,
    /// θ: the place, as a share of its length, at which an interval is split that the secants cannot shrink,
    /// 0 < θ < 1, default ½.
    pub split: f64,
    /// γ: an interval that the secants have not shrunk to this share is halved, 0 < γ < 1, default .66.
    pub shrink: f64,
    /// ρ: the factor by which trials grow until an interval is found, finite and > 1, default 5.
    pub expand: f64,
    /// The largest number of evaluations, ≥ 1, default 60.
    pub max_trials: usize,
}

impl Default for HagerZhang {
    fn default() -> Self {
        HagerZhang {
            decrease: 0.1,
            curvature: 0.9,
            rounding: 1e-6,
            split: 0.5,
            shrink: 0.66,
            expand: 5.0,
            max_trials: 60,
        }
    }
}

impl HagerZhang {
    /// Checks that every parameter is in its range.
    pub(super) fn validate(&self) -> Result<()> {
        let share = |v: f64| v > 0.0 && v < 1.0;
        check_wolfe(self.decrease, self.curvature)?;
        check_hyperparameter("rounding", self.rounding, "at least 0 and below 1", |r| {
            (0.0..1.0).contains(&r)
        })?;
        check_hyperparameter("split", self.split, "above 0 and below 1", share)?;
        check_hyperparameter("shrink", self.shrink, "above 0 and below 1", share)?;
        check_hyperparameter("expand", self.expand, "finite and above 1", |e| e > 1.0 && e.is_finite())?;
        check_trials(self.max_trials)
    }

    #[inline]
    pub(super) fn search_from(
        &self,
        ray: Ray<f64>,
        first: f64,
        phi: impl FnMut(f64) -> Sample,
    ) -> Search<f64> {
        let highest = ray.value + self.rounding * ray.value.abs();
        let mut bracketing =
            Bracketing { search: *self, ray, highest, phi, trials: 0, last: 0.0, falling: None };
        match (bracketing.search(first), bracketing.falling) {
            (Err(End::Accepted(at)), _) => Search::Found { alpha: at.alpha, value: at.value },
            (Err(End::OutOfTrials), Some(at)) => Search::Unbounded { alpha: at.alpha, value: at.value },
            _ => Search::Failed { alpha: bracketing.last, trials: bracketing.trials },
        }
    }
}

/// Why the search ends. It travels as an error, so that `?` leaves the search at once.
enum End {
    Accepted(Sample),
    OutOfTrials,
}

/// A search in progress.
struct Bracketing<P> {
    search: HagerZhang,
    ray: Ray<f64>,
    /// The highest value that the approximate conditions accept.
    highest: f64,
    phi: P,
    trials: usize,
    /// The last step length that was tried.
    last: f64,
    /// The last trial, as long as each trial is longer and lower than the one before it.
    falling: Option<Sample>,
}

/// An interval [a, b] with φ(a) ≤ `highest` and φ′(a) < 0 ≤ φ′(b).
type Interval = (Sample, Sample);

impl<P: FnMut(f64) -> Sample> Bracketing<P> {
    /// Evaluates φ at `alpha`. Ends the search if the trial is accepted, or if no trials are left.
    fn at(&mut self, alpha: f64) -> Result<Sample, End> {
        if self.trials == self.search.max_trials {
            return Err(End::OutOfTrials);
        }
        self.trials += 1;
        self.last = alpha;
        let mut at = (self.phi)(alpha);
        if !at.is_finite() {
            // Too far. An infinite value with a negative slope is never taken for a good end.
            (at.value, at.slope) = (f64::INFINITY, -1.0);
            return Ok(at);
        }
        if self.accepts(at) { Err(End::Accepted(at)) } else { Ok(at) }
    }

    fn accepts(&self, at: Sample) -> bool {
        let (c1, slope) = (self.search.decrease, self.ray.slope);
        let flat_enough = at.slope >= self.search.curvature * slope;
        let wolfe = at.value - self.ray.value <= c1 * at.alpha * slope;
        let approximate = (2.0 * c1 - 1.0) * slope >= at.slope && at.value <= self.highest;
        flat_enough && (wolfe || approximate)
    }

    fn search(&mut self, first: f64) -> Result<(), End> {
        let mut interval = self.bracket(first)?;
        loop {
            let width = interval.1.alpha - interval.0.alpha;
            let mut next = self.two_secants(interval)?;
            if next.1.alpha - next.0.alpha > self.search.shrink * width {
                let middle = self.at(0.5 * (next.0.alpha + next.1.alpha))?;
                next = self.update(next, middle)?;
            }
            if next.1.alpha - next.0.alpha <= f64::EPSILON * next.1.alpha {
                return Ok(());
            }
            interval = next;
        }
    }

    /// Increases the trial until the slope changes sign or the value is too high (steps B0 to B3).
    fn bracket(&mut self, first: f64) -> Result<Interval, End> {
        let mut low = Sample { alpha: 0.0, value: self.ray.value, slope: self.ray.slope };
        let start = low;
        let mut alpha = first;
        loop {
            let at = self.at(alpha)?;
            if at.slope >= 0.0 {
                self.falling = None;
                return Ok((low, at));
            }
            if at.value > self.highest {
                self.falling = None;
                // An infinite value says nothing about what lies before it, so the last good end is kept.
                let from = if at.value == f64::INFINITY { low } else { start };
                return self.split(from, at);
            }
            self.falling = (at.value < low.value).then_some(at);
            low = at;
            alpha *= self.search.expand;
        }
    }

    /// Splits the interval between `low`, which is a good end, and `high`, whose value is too high although
    /// its slope is negative, until the minimum between them is bracketed (step U3).
    fn split(&mut self, mut low: Sample, mut high: Sample) -> Result<Interval, End> {
        loop {
            let middle = self.at((1.0 - self.search.split) * low.alpha + self.search.split * high.alpha)?;
            if middle.slope >= 0.0 {
                return Ok((low, middle));
            }
            if middle.value <= self.highest { low = middle } else { high = middle }
        }
    }

    /// Shrinks the interval by the trial `at`, if it lies inside (steps U0 to U3).
    fn update(&mut self, (low, high): Interval, at: Sample) -> Result<Interval, End> {
        if !(at.alpha > low.alpha && at.alpha < high.alpha) {
            return Ok((low, high));
        }
        if at.slope >= 0.0 {
            Ok((low, at))
        } else if at.value <= self.highest {
            Ok((at, high))
        } else {
            self.split(low, at)
        }
    }

    /// Evaluates φ at `alpha` and shrinks the interval. Returns the interval unchanged if `alpha` is NaN or
    /// not inside.
    fn update_at(&mut self, interval: Interval, alpha: f64) -> Result<Interval, End> {
        if !(alpha > interval.0.alpha && alpha < interval.1.alpha) {
            return Ok(interval);
        }
        let at = self.at(alpha)?;
        self.update(interval, at)
    }

    /// Shrinks the interval by two secants (steps S1 to S4).
    fn two_secants(&mut self, (low, high): Interval) -> Result<Interval, End> {
        let first = secant(low, high);
        let (a, b) = self.update_at((low, high), first)?;
        let second = if first == b.alpha {
            secant(high, b)
        } else if first == a.alpha {
            secant(low, a)
        } else {
            return Ok((a, b));
        };
        self.update_at((a, b), second)
    }
}

/// Returns the zero of the straight line through the slopes at `a` and `b`.
fn secant(a: Sample, b: Sample) -> f64 {
    (a.alpha * b.slope - b.alpha * a.slope) / (b.slope - a.slope)
}
