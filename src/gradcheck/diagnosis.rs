//! Why an entry does not agree: a kink, a step that does not suit the function, or an error.
//!
//! The idea: let h shrink. What a kink between the points of the difference did to the quotient is gone once
//! h is smaller than the distance of the kink; truncation is gone, too; a wrong gradient stays wrong. A kink
//! exactly at the point is the one thing besides an error that stays: there the slopes on both sides differ
//! however small h is, and any value between them is a subgradient. A smooth function has slopes that differ
//! by h·f″, which shrinks with h.

use super::report::Finding;
use super::tolerance::Tolerance;

/// Each finer step is the one before divided by this.
const FINER: f64 = 4.0;
/// Finer steps that are tried.
const FINER_STEPS: i32 = 6;
/// Coarser steps that are tried, each ten times the one before.
const COARSER_STEPS: i32 = 9;
/// Halvings on the way to a kink.
const HALVINGS: i32 = 6;
/// The rounding error of a function's value, in units in the last place of its size. A sum over thousands of
/// terms stays below.
const ROUNDING: f64 = 20.0;

/// What is smooth where nothing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Smooth {
    /// The line is the function's values: at a kink its slope jumps.
    Function,
    /// The line is an entry of the gradient: at a kink of the function it jumps itself.
    Gradient,
}

/// The function along a line through the point, and how its derivative at 0 was checked.
pub(super) struct Diagnosis<'a> {
    /// The function of the distance from the point.
    pub line: &'a mut dyn FnMut(f64) -> f64,
    /// What the line shows.
    pub smooth: Smooth,
    /// The size of the numbers whose rounding counts.
    pub scale: f64,
    /// The step of the check.
    pub h: f64,
    /// What counts as equal.
    pub tolerance: Tolerance,
}

impl Diagnosis<'_> {
    /// What is the matter with an entry that does not agree.
    pub fn of(&mut self, analytic: f64, numeric: f64) -> Finding {
        let noise = self.noise(self.h);
        let may_be_rounding = (analytic - numeric).abs() <= noise;
        if may_be_rounding && let Some(h) = self.agrees_with_a_coarser_step(analytic) {
            return Finding::TooFine { h };
        }
        if let Some(h) = self.agrees_with_a_finer_step(analytic) {
            return self.locate_kink().unwrap_or(Finding::TooCoarse { h });
        }
        let unclear = may_be_rounding && self.clear_coarser_steps(analytic).is_empty();
        let otherwise = if unclear { Finding::Unclear { noise } } else { Finding::Wrong };
        self.kink_at_the_point(analytic).unwrap_or(otherwise)
    }

    fn slope(&mut self, h: f64) -> f64 {
        ((self.line)(h) - (self.line)(-h)) / (2.0 * h)
    }

    /// How much of a slope may be rounding.
    fn noise(&self, h: f64) -> f64 {
        ROUNDING * f64::EPSILON * self.scale / h
    }

    /// By Richardson's extrapolation, since a step that rises above rounding may be a long one.
    fn agrees_with_a_coarser_step(&mut self, analytic: f64) -> Option<f64> {
        let tolerance = self.tolerance;
        self.clear_coarser_steps(analytic).into_iter().find(|&h| {
            let slope = (4.0 * self.slope(h / 2.0) - self.slope(h)) / 3.0;
            tolerance.agree(analytic, slope)
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

    /// Whether a step is large enough for rounding not to decide.
    fn clear(&self, h: f64, analytic: f64) -> bool {
        self.noise(h) <= 0.5 * self.tolerance.at(analytic)
    }

    fn confirms(&mut self, h: f64, analytic: f64) -> bool {
        let slope = self.slope(h);
        self.tolerance.agree(analytic, slope)
    }

    /// How far the line is from smooth within `h` of `centre`: of slopes, their difference on both sides; of
    /// a gradient, its own. Where all is smooth it shrinks in proportion to h, across a kink it does not.
    fn jump(&mut self, centre: f64, h: f64) -> f64 {
        let (below, above) = ((self.line)(centre - h), (self.line)(centre + h));
        match self.smooth {
            Smooth::Function => (above - 2.0 * (self.line)(centre) + below) / h,
            Smooth::Gradient => above - below,
        }
    }

    /// How much of a jump may be rounding.
    fn jump_noise(&self, h: f64) -> f64 {
        match self.smooth {
            Smooth::Function => 4.0 * self.noise(h),
            Smooth::Gradient => 2.0 * ROUNDING * f64::EPSILON * self.scale,
        }
    }

    /// The place within h of the point where a jump remains however close one looks, found by halving.
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
        // Smooth, it would have shrunk to h / self.h of the first; several kinks share the first among them.
        let remains = last > 4.0 * first * h / self.h && last > 10.0 * self.jump_noise(h);
        remains.then(|| self.kink(centre, h))
    }

    /// A kink at the point itself, with the analytic value between the slopes on its two sides.
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
            // Where the gradient jumps there is no second derivative that could be right or wrong.
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

    /// The finding, with the slopes beside the kink.
    fn kink(&mut self, at: f64, h: f64) -> Finding {
        let mut slope = |from: f64, to: f64| ((self.line)(to) - (self.line)(from)) / (to - from);
        // A kink found by halving is only known to lie within h of `at`.
        let inner = if at == 0.0 { 0.0 } else { h };
        let below = slope(at - inner - h, at - inner);
        Finding::Kink { at, below, above: slope(at + inner, at + inner + h) }
    }
}
