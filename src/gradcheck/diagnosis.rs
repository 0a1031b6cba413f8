//! Finds out why an entry disagrees: a kink, a step that does not suit the function, or an error.
//!
//! The diagnosis shrinks h. The effect of a kink between the points of the difference vanishes when h is
//! smaller than the distance to the kink, and the truncation error vanishes as well, but a wrong gradient
//! stays wrong. A kink exactly at the point is the only other case in which the disagreement stays: the
//! slopes on the two sides differ for every h, and any value between them is a subgradient. The slopes of a
//! smooth function differ by h·f″, which shrinks with h.

use super::report::Finding;
use super::tolerance::Tolerance;

/// The ratio of a step to the next finer one.
const FINER: f64 = 4.0;
/// The number of finer steps that are tried.
const FINER_STEPS: i32 = 6;
/// The number of coarser steps that are tried, each ten times the previous one.
const COARSER_STEPS: i32 = 9;
/// The number of halvings that locate a kink.
const HALVINGS: i32 = 6;
/// The assumed rounding error of a value, in units in the last place of its magnitude. The error of a sum
/// over thousands of terms stays below it.
const ROUNDING: f64 = 20.0;

/// The quantity along the line. It determines how a kink of the function shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Smooth {
    /// The values of the function, whose slope jumps at a kink.
    Function,
    /// An entry of the gradient, which itself jumps at a kink of the function.
    Gradient,
}

/// A function along a line through the point, and the settings with which its derivative at 0 was checked.
pub(super) struct Diagnosis<'a> {
    /// The function, with the distance from the point as its argument.
    pub line: &'a mut dyn FnMut(f64) -> f64,
    /// The quantity along the line.
    pub smooth: Smooth,
    /// The magnitude of the values, which determines their rounding errors.
    pub scale: f64,
    /// The step of the check.
    pub h: f64,
    /// The tolerated deviation.
    pub tolerance: Tolerance,
}

impl Diagnosis<'_> {
    /// Returns the finding for an entry that disagrees.
    pub fn of(&mut self, analytic: f64, numeric: f64) -> Finding {
        let noise = self.noise(self.h);
        let may_be_rounding = (analytic - numeric).abs() <= noise;
        if may_be_rounding && let Some(h) = self.agrees_with_a_coarser_step(analytic) {
            return Finding::TooFine { h };
        }
        if let Some(h) = self.agrees_with_a_finer_step(analytic) {
            return self.locate_kink().unwrap_or(Finding::TooCoarse { h });
        }
        let unclear = may_be_rounding && !self.contradicted_by_coarser_steps(analytic);
        let otherwise = if unclear { Finding::Unclear { noise } } else { Finding::Wrong };
        self.kink_at_the_point(analytic).unwrap_or(otherwise)
    }

    fn slope(&mut self, h: f64) -> f64 {
        ((self.line)(h) - (self.line)(-h)) / (2.0 * h)
    }

    /// Returns the largest part of a slope that may be rounding.
    fn noise(&self, h: f64) -> f64 {
        ROUNDING * f64::EPSILON * self.scale / h
    }

    /// Returns a coarser step at which the analytic value agrees. Uses Richardson's extrapolation, because a
    /// step long enough to overcome rounding has a large truncation error.
    fn agrees_with_a_coarser_step(&mut self, analytic: f64) -> Option<f64> {
        let tolerance = self.tolerance;
        self.clear_coarser_steps(analytic).into_iter().find(|&h| {
            let slope = (4.0 * self.slope(h / 2.0) - self.slope(h)) / 3.0;
            tolerance.agree(analytic, slope)
        })
    }

    /// Returns whether a coarser step contradicts the analytic value. Its slope counts only if it is that of
    /// shorter steps too, up to rounding: otherwise the function bends within the step. (Two of them, neither
    /// a half of the other, because a wave can have the same slope over both.)
    fn contradicted_by_coarser_steps(&mut self, analytic: f64) -> bool {
        let tolerance = self.tolerance;
        self.clear_coarser_steps(analytic).into_iter().any(|h| {
            let coarse = self.slope(h);
            let noise = 4.0 * self.noise(0.3 * h) + tolerance.rtol * coarse.abs();
            let straight =
                [0.5, 0.31].into_iter().all(|share| (self.slope(share * h) - coarse).abs() <= noise);
            straight && !tolerance.agree(analytic, coarse)
        })
    }

    fn clear_coarser_steps(&self, analytic: f64) -> Vec<f64> {
        (1..=COARSER_STEPS).map(|k| self.h * 10f64.powi(k)).filter(|&h| self.clear(h, analytic)).collect()
    }

    fn agrees_with_a_finer_step(&mut self, analytic: f64) -> Option<f64> {
        let steps = (1..=FINER_STEPS).map(|k| self.h / FINER.powi(k)).collect::<Vec<_>>();
        steps
            .into_iter()
            .take_while(|&h| self.clear(h, analytic))
            .collect::<Vec<_>>()
            .into_iter()
            .find(|&h| self.confirms(h, analytic))
    }

    /// Returns whether a step is large enough for rounding to be insignificant.
    fn clear(&self, h: f64, analytic: f64) -> bool {
        self.noise(h) <= 0.5 * self.tolerance.at(analytic)
    }

    fn confirms(&mut self, h: f64, analytic: f64) -> bool {
        let slope = self.slope(h);
        self.tolerance.agree(analytic, slope)
    }

    /// Returns the change across `centre`, between the distances −h and h: of the slope for the values of a
    /// function, of the value for an entry of a gradient. It is proportional to h where the line is smooth,
    /// but not across a kink.
    fn jump(&mut self, centre: f64, h: f64) -> f64 {
        let (below, above) = ((self.line)(centre - h), (self.line)(centre + h));
        match self.smooth {
            Smooth::Function => (above - 2.0 * (self.line)(centre) + below) / h,
            Smooth::Gradient => above - below,
        }
    }

    /// Returns the largest part of a jump that may be rounding.
    fn jump_noise(&self, h: f64) -> f64 {
        match self.smooth {
            Smooth::Function => 4.0 * self.noise(h),
            Smooth::Gradient => 2.0 * ROUNDING * f64::EPSILON * self.scale,
        }
    }

    /// Locates a kink within h of the point by halving: the place at which a jump remains at all scales.
    fn locate_kink(&mut self) -> Option<Finding> {
        let (mut centre, mut h) = (0.0, self.h);
        let first = self.jump(centre, h).abs();
        let mut last = first;
        for _ in 0..HALVINGS {
            h /= 2.0;
            if last <= 10.0 * self.jump_noise(h) {
                break;
            }
            let windows = [centre - h, centre, centre + h];
            let jumps = windows.map(|c| self.jump(c, h).abs());
            let largest = (0..3).fold(0, |best, i| if jumps[i] > jumps[best] { i } else { best });
            (centre, last) = (windows[largest], jumps[largest]);
        }
        // If the line were smooth, the jump would have shrunk by the factor h / self.h. The bound leaves room
        // for several kinks that contribute to the first jump.
        let remains = last > 4.0 * first * h / self.h && last > 10.0 * self.jump_noise(h);
        remains.then(|| self.kink(centre, h))
    }

    /// Returns a kink at the point itself, if the analytic value lies between the slopes on its two sides.
    fn kink_at_the_point(&mut self, analytic: f64) -> Option<Finding> {
        let wide = self.jump(0.0, self.h).abs();
        // As close as rounding allows.
        let h = (1..=FINER_STEPS)
            .map(|k| self.h / FINER.powi(k))
            .take_while(|&h| wide > 20.0 * self.jump_noise(h))
            .last()?;
        let close = self.jump(0.0, h).abs();
        if close < 0.5 * wide {
            return None;
        }
        let kink = self.kink(0.0, h);
        match (self.smooth, &kink) {
            // Where the gradient jumps there is no second derivative to compare with.
            (Smooth::Gradient, _) => Some(kink),
            (Smooth::Function, Finding::Kink { below, above, .. }) => {
                let (low, high) = (below.min(*above), below.max(*above));
                let between =
                    analytic >= low - self.tolerance.at(low) && analytic <= high + self.tolerance.at(high);
                between.then_some(kink)
            }
            _ => None,
        }
    }

    /// Returns the finding of a kink, with the slopes on both sides.
    fn kink(&mut self, at: f64, h: f64) -> Finding {
        let mut slope = |from: f64, to: f64| ((self.line)(to) - (self.line)(from)) / (to - from);
        // A kink found by halving is only known to lie within h of `at`.
        let inner = if at == 0.0 { 0.0 } else { h };
        let below = slope(at - inner - h, at - inner);
        Finding::Kink { at, below, above: slope(at + inner, at + inner + h) }
    }
}
