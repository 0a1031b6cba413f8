//! Moré & Thuente's line search for the strong Wolfe conditions.

use super::checks::{check_trials, check_wolfe};
use super::ray::{Ray, Sample, Search};
use crate::error::{Result, check_hyperparameter};

/// A search for the strong Wolfe conditions by safeguarded cubic and quadratic interpolation (Moré & Thuente
/// 1994; the routines `dcsrch` and `dcstep` of MINPACK-2, which SciPy's BFGS and L-BFGS-B also use).
///
/// The search keeps an interval that contains an acceptable step, and chooses the next trial by one of four
/// interpolations of the values and slopes at its ends. It works on ψ(α) = φ(α) − φ(0) − c₁·α·φ′(0) until a
/// trial satisfies Armijo's condition and has a slope φ′ ≥ 0.
///
/// With `rounding` = 0 the search makes the same trials as MINPACK-2. A positive `rounding` helps near a
/// minimum: if two values differ by less than `rounding`·|φ|, their difference is replaced by the trapezoid
/// of their slopes. The trapezoid is exact for a parabola, and is not lost in rounding.
///
/// If φ is still steep at the longest step, and that is the default or longer, steps up to 10³⁰ times as long
/// are tried; if φ falls all the way, the search reports that it has no lower bound.
///
/// ```
/// use gradus::line_search::{LineSearch, MoreThuente, Ray, Search};
/// let phi = |alpha: f64| ((alpha - 0.3).powi(2), 2.0 * (alpha - 0.3));
/// let search = LineSearch::from(MoreThuente::default());
/// let found = search.search(Ray { value: 0.09, slope: -0.6 }, 1.0, phi);
/// let Search::Found { value, .. } = found else { panic!() };
/// assert!(value < 0.09);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MoreThuente {
    /// c₁ of sufficient decrease, 0 < c₁ < ½, default 1e-4 (SciPy's BFGS; L-BFGS-B has 1e-3).
    pub decrease: f64,
    /// c₂ of the curvature condition, c₁ < c₂ < 1, default .9. For nonlinear conjugate gradients use .1.
    pub curvature: f64,
    /// The search ends when its interval is shorter than `width` times its far end, 0 ≤ width < 1, default
    /// 1e-14 (SciPy's BFGS; L-BFGS-B has .1).
    pub width: f64,
    /// The relative difference of two values that counts as rounding, 0 ≤ rounding < 1e-4, default 1e-13.
    pub rounding: f64,
    /// The longest step, > 0, default 1e10.
    pub max_step: f64,
    /// The largest number of evaluations, ≥ 1, default 100.
    pub max_trials: usize,
}

impl Default for MoreThuente {
    fn default() -> Self {
        MoreThuente {
            decrease: 1e-4,
            curvature: 0.9,
            width: 1e-14,
            rounding: 1e-13,
            max_step: LONGEST,
            max_trials: 100,
        }
    }
}

/// How far a trial may go beyond the best point before the minimum is bracketed: at least and at most these
/// multiples of the last step.
const EXTRAPOLATE: (f64, f64) = (1.1, 4.0);
/// An interval that two trials have not shrunk to this share is halved.
const SHRINK: f64 = 0.66;
/// If a value is so many times higher than the first slope explains, the cubic through it loses that slope in
/// rounding, and the parabola must do.
const LOST: f64 = 1e14;

/// The default of the longest step. A user who sets a shorter one wants no longer trial.
const LONGEST: f64 = 1e10;
/// The share of the first slope that φ must keep at the longest step to be tried beyond it.
const STEEP: f64 = 0.5;
/// How many steps are tried beyond the longest one, and how many times longer each is.
const PROBES: usize = 3;
const FARTHER: f64 = 1e10;

impl MoreThuente {
    /// Checks that every parameter is in its range.
    pub(super) fn validate(&self) -> Result<()> {
        check_wolfe(self.decrease, self.curvature)?;
        check_hyperparameter("width", self.width, "at least 0 and below 1", |w| (0.0..1.0).contains(&w))?;
        check_hyperparameter("rounding", self.rounding, "at least 0 and below 1e-4", |r| {
            (0.0..1e-4).contains(&r)
        })?;
        check_hyperparameter("max_step", self.max_step, "above 0", |m| m > 0.0)?;
        check_trials(self.max_trials)
    }

    #[inline]
    pub(super) fn search_from(
        &self,
        ray: Ray<f64>,
        first: f64,
        mut phi: impl FnMut(f64) -> Sample,
    ) -> Search<f64> {
        let tilt = self.decrease * ray.slope;
        let mut bounds = Interval::new(ray, first.min(self.max_step));
        let mut longest = self.max_step;
        let mut alpha = first.min(self.max_step);
        let mut on_psi = true;
        for trials in 1..=self.max_trials {
            let mut at = phi(alpha);
            if !at.is_finite() {
                // There is nothing to interpolate. Go back halfway, and stay below 90 % of this distance.
                longest = bounds.best.alpha + 0.9 * (alpha - bounds.best.alpha);
                alpha = bounds.best.alpha + 0.5 * (alpha - bounds.best.alpha);
                (bounds.high, bounds.low) = (bounds.high.min(longest), bounds.low.min(alpha));
                if alpha <= bounds.best.alpha * (1.0 + f64::EPSILON) || alpha < f64::MIN_POSITIVE {
                    return self.settle(&bounds, ray, alpha, trials, phi);
                }
                continue;
            }
            let value = at.value;
            at.value = self.without_rounding(&bounds.best, at);
            let armijo = ray.value + alpha * tilt;
            if at.value <= armijo && at.slope.abs() <= -self.curvature * ray.slope {
                return Search::Found { alpha, value };
            }
            let stuck = bounds.bracketed && (alpha <= bounds.low || alpha >= bounds.high);
            let narrow = bounds.bracketed && bounds.high - bounds.low <= self.width * bounds.high;
            let at_end = alpha == self.max_step && at.value <= armijo && at.slope <= tilt;
            if at_end {
                return match self.max_step < LONGEST {
                    true => Search::Found { alpha, value },
                    false => beyond(ray, Sample { value, ..at }, tilt, phi),
                };
            }
            if stuck || narrow {
                bounds.take_if_better(at);
                return self.settle(&bounds, ray, alpha, trials, phi);
            }
            on_psi &= !(at.value <= armijo && at.slope >= 0.0);
            alpha = if on_psi && at.value <= bounds.best.value && at.value > armijo {
                bounds.tilted(-tilt);
                let next = bounds.step(tilted(at, -tilt), longest);
                bounds.tilted(tilt);
                next
            } else {
                bounds.step(at, longest)
            };
            alpha = bounds.shrink(alpha, self.width).min(longest);
        }
        self.settle(&bounds, ray, alpha, self.max_trials, phi)
    }

    /// Returns the value at `at`. If it differs from the best value by no more than rounding, the difference
    /// is replaced by the trapezoid of the slopes.
    #[inline(always)]
    fn without_rounding(&self, best: &Sample, at: Sample) -> f64 {
        if (at.value - best.value).abs() > self.rounding * best.value.abs() {
            return at.value;
        }
        if self.rounding == 0.0 {
            at.value
        } else {
            best.value + 0.5 * (at.alpha - best.alpha) * (best.slope + at.slope)
        }
    }

    /// Ends a search whose interval has shrunk to nothing. The best point is accepted if it satisfies
    /// Armijo's condition, although its slope is too steep.
    #[cold]
    fn settle(
        &self,
        bounds: &Interval,
        ray: Ray<f64>,
        last: f64,
        trials: usize,
        mut phi: impl FnMut(f64) -> Sample,
    ) -> Search<f64> {
        let best = bounds.best;
        if best.alpha > 0.0 && ray.sufficient_decrease(best.alpha, best.value, self.decrease) {
            // The buffers of the caller must hold this point, so evaluate it again. Its value may have been
            // computed from slopes, so f itself must be lower.
            let value = phi(best.alpha).value;
            if value < ray.value {
                return Search::Found { alpha: best.alpha, value };
            }
        }
        Search::Failed { alpha: last, trials }
    }
}

/// Decides what lies beyond the longest step, where φ still falls. If it is still steep, φ is tried at far
/// longer steps, until one cannot be represented. If each of them is lower in proportion to its length, φ has
/// no lower bound. Otherwise the longest step is the outcome, as in MINPACK-2.
#[cold]
fn beyond(ray: Ray<f64>, longest: Sample, tilt: f64, mut phi: impl FnMut(f64) -> Sample) -> Search<f64> {
    let steep = |at: &Sample| at.slope <= STEEP * ray.slope;
    if !steep(&longest) {
        return Search::Found { alpha: longest.alpha, value: longest.value };
    }
    let mut lowest = longest;
    for _ in 0..PROBES {
        let at = phi(FARTHER * lowest.alpha);
        if at.value.is_nan() || at.value == f64::NEG_INFINITY {
            break;
        }
        if !(steep(&at) && at.value <= ray.value + at.alpha * tilt) {
            lowest = longest;
            break;
        }
        lowest = at;
    }
    if lowest.alpha > longest.alpha {
        // The last trial may have been beyond what is finite, and the buffers of the caller hold it.
        return Search::Unbounded { alpha: lowest.alpha, value: phi(lowest.alpha).value };
    }
    Search::Found { alpha: longest.alpha, value: phi(longest.alpha).value }
}

/// The interval of uncertainty of the paper: its best end, its other end, and the range of the next trial.
struct Interval {
    best: Sample,
    other: Sample,
    bracketed: bool,
    low: f64,
    high: f64,
    width: f64,
    width_before: f64,
}

/// Adds the line `by`·α to a sample.
fn tilted(sample: Sample, by: f64) -> Sample {
    Sample { value: sample.value + by * sample.alpha, slope: sample.slope + by, ..sample }
}

impl Interval {
    fn new(ray: Ray<f64>, first: f64) -> Self {
        let start = Sample { alpha: 0.0, value: ray.value, slope: ray.slope };
        let high = first + EXTRAPOLATE.1 * first;
        // MINPACK-2 starts from the width of all allowed steps, which is infinite in effect.
        Interval {
            best: start,
            other: start,
            bracketed: false,
            low: 0.0,
            high,
            width: f64::MAX,
            width_before: f64::MAX,
        }
    }

    /// Adds the line `by`·α to both ends, which changes φ into ψ and back.
    fn tilted(&mut self, by: f64) {
        (self.best, self.other) = (tilted(self.best, by), tilted(self.other, by));
    }

    fn take_if_better(&mut self, at: Sample) {
        if at.value < self.best.value {
            self.best = at;
        }
    }

    /// Updates the ends by the trial `at`, and returns the next trial, by the four cases of section 4 of the
    /// paper.
    fn step(&mut self, at: Sample, longest: f64) -> f64 {
        let Interval { best, other, .. } = *self;
        let opposite = at.slope * best.slope.signum() < 0.0;
        let high = self.high.min(longest);
        let next = if at.value > best.value {
            // Case 1: a higher value, so the minimum is bracketed. Take the cubic's minimum if it is nearer
            // to the best point than the parabola's, and otherwise the middle of the two.
            self.bracketed = true;
            let cubic = cubic(best, at, best.alpha, false);
            let parabola = best.alpha
                + ((best.slope / ((best.value - at.value) / (at.alpha - best.alpha) + best.slope)) / 2.0)
                    * (at.alpha - best.alpha);
            let near = (cubic - best.alpha).abs() < (parabola - best.alpha).abs();
            if cubic == best.alpha && at.value - best.value > LOST * (best.slope * at.alpha).abs() {
                parabola
            } else if near {
                cubic
            } else {
                cubic + (parabola - cubic) / 2.0
            }
        } else if opposite {
            // Case 2: a lower value, and the slope has changed its sign, so the minimum is bracketed. Take
            // the cubic's minimum or the secant's zero, whichever is farther away.
            self.bracketed = true;
            let (cubic, secant) = (cubic(at, best, at.alpha, false), secant(at, best));
            if (cubic - at.alpha).abs() > (secant - at.alpha).abs() { cubic } else { secant }
        } else if at.slope.abs() < best.slope.abs() {
            // Case 3: a lower value and a flatter slope of the same sign. The cubic may have no minimum
            // beyond this point; its place is then taken by the end of the range.
            let end = if at.alpha > best.alpha { high } else { self.low };
            let (cubic, secant) = (cubic(at, best, at.alpha, true), secant(at, best));
            let cubic = if (cubic - at.alpha) * (best.alpha - at.alpha) < 0.0 { cubic } else { end };
            let cubic_nearer = (cubic - at.alpha).abs() < (secant - at.alpha).abs();
            if self.bracketed {
                let next = if cubic_nearer { cubic } else { secant };
                let limit = at.alpha + SHRINK * (other.alpha - at.alpha);
                if at.alpha > best.alpha { next.min(limit) } else { next.max(limit) }
            } else {
                let next = if cubic_nearer { secant } else { cubic };
                next.min(high).max(self.low)
            }
        } else if self.bracketed {
            // Case 4: a lower value and a slope of the same sign that is no flatter. Go towards the other
            // end.
            cubic(at, other, at.alpha, false)
        } else if at.alpha > best.alpha {
            high
        } else {
            self.low
        };
        if at.value > best.value {
            self.other = at;
        } else {
            if opposite {
                self.other = best;
            }
            self.best = at;
        }
        next
    }

    /// Halves an interval that shrinks too slowly, and sets the range of the next trial.
    fn shrink(&mut self, mut next: f64, width: f64) -> f64 {
        let (best, other) = (self.best.alpha, self.other.alpha);
        if self.bracketed {
            if (other - best).abs() >= SHRINK * self.width_before {
                next = best + 0.5 * (other - best);
            }
            self.width_before = self.width;
            self.width = (other - best).abs();
            (self.low, self.high) = (best.min(other), best.max(other));
            // This covers NaN too, since the interpolation of noise can give anything.
            if !(next > self.low && next < self.high) || self.high - self.low <= width * self.high {
                next = best;
            }
            return next;
        }
        self.low = next + EXTRAPOLATE.0 * (next - best);
        self.high = next + EXTRAPOLATE.1 * (next - best);
        next
    }
}

/// Returns the minimum of the cubic through the values and slopes at `from` and `to`, computed relative to
/// `origin`, one of the two. In the third case of the paper (`third`) the cubic may have no minimum; the
/// result is then NaN.
#[inline(always)]
fn cubic(from: Sample, to: Sample, origin: f64, third: bool) -> f64 {
    let width = to.alpha - from.alpha;
    let theta = 3.0 * (from.value - to.value) / width + from.slope + to.slope;
    let scale = theta.abs().max(from.slope.abs()).max(to.slope.abs());
    let mut square = (theta / scale) * (theta / scale) - (from.slope / scale) * (to.slope / scale);
    if third && square <= 0.0 {
        square = f64::NAN;
    }
    let gamma = scale * square.sqrt() * width.signum();
    let p = (gamma - from.slope) + theta;
    let q = ((gamma - from.slope) + gamma) + to.slope;
    origin + (p / q) * width
}

/// Returns the zero of the straight line through the slopes at two points, computed relative to `from`.
#[inline(always)]
fn secant(from: Sample, to: Sample) -> f64 {
    from.alpha + (from.slope / (from.slope - to.slope)) * (to.alpha - from.alpha)
}
