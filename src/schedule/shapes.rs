//! The schedules and their factors at each step.

use crate::error::{Result, check_hyperparameter};
use std::f64::consts::PI;
use std::sync::Mutex;

/// A learning-rate schedule: the factor of the learning rate at each step *k* = 0, 1, 2, …
///
/// A schedule is a pure function, so the factor at *k* needs no history. Each variant documents its factor
/// after its end.
///
/// ```
/// use gradus::prelude::*;
/// let cosine = Schedule::Cosine { total: 100 };
/// assert_eq!((cosine.at(0), cosine.at(100)), (1.0, 0.0));
/// assert!((cosine.at(50) - 0.5).abs() < 1e-12);
/// assert_eq!(Schedule::InverseRoot { every: 1 }.at(3), 0.5);
/// assert_eq!(Schedule::Step { every: 30, factor: 0.1 }.at(65), 0.1f64.powi(2));
/// // Up from 0 in ten steps, then down along the cosine.
/// let warm = cosine.after_warmup(10, 0.0);
/// assert_eq!((warm.at(0), warm.at(5), warm.at(10), warm.at(110)), (0.0, 0.5, 1.0, 0.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Schedule {
    /// The factor is always 1. The schedule has no end.
    #[default]
    Constant,
    /// The factor `factor`^⌊k / `every`⌋ (torch's StepLR). The schedule has no end.
    Step {
        /// The number of steps between two cuts (≥ 1).
        every: usize,
        /// The factor of each cut (finite and > 0).
        factor: f64,
    },
    /// The factor `factor`^(k / `every`), which decreases at every step (torch's ExponentialLR with `every`
    /// 1). The schedule has no end.
    Exponential {
        /// The number of steps in which it changes by `factor` (≥ 1).
        every: usize,
        /// The factor over this number of steps (finite and > 0).
        factor: f64,
    },
    /// The factor 1 / (1 + k / `every`), which is ½ after `every` steps (the decay required by Robbins &
    /// Monro 1951). The schedule has no end.
    InverseTime {
        /// The number of steps until the factor is ½ (≥ 1).
        every: usize,
    },
    /// The factor 1 / √(1 + k / `every`): with `every` 1 it is 1/√t at the t-th step, as in the analysis of
    /// online convex optimization (Zinkevich 2003; Kingma & Ba 2015, section 4). The schedule has no end.
    InverseRoot {
        /// The number of steps until the factor is 1/√2 (≥ 1).
        every: usize,
    },
    /// Half a cosine from 1 to 0 without restarts, ½(1 + cos πk/`total`). From `total` on the factor is 0
    /// (Loshchilov & Hutter 2017; slide "Adam: Very Common in Practice!"; torch's CosineAnnealingLR up to
    /// `total`).
    Cosine {
        /// The number of steps of the whole run (≥ 1).
        total: usize,
    },
    /// Half a cosine from 1 towards 0 that starts again at 1 after `period` steps. Each further period is
    /// `growth` times as long as the one before (Loshchilov & Hutter 2017; torch's
    /// CosineAnnealingWarmRestarts). The schedule has no end.
    CosineRestarts {
        /// The number of steps of the first period (≥ 1).
        period: usize,
        /// The factor by which each period is longer than the one before (≥ 1).
        growth: usize,
    },
    /// Up along half a cosine from 1/25 to 1 at step `peak` − 1, then down along another to 1/250,000 at step
    /// `total` − 1. From there on the factor stays the same (Smith & Topin 2018; torch's OneCycleLR, which
    /// refuses steps beyond its end).
    OneCycle {
        /// The number of steps of the whole run (≥ 1).
        total: usize,
        /// The number of steps on the way up (≥ 1 and below `total`). The default of torch is .3 · `total`.
        peak: usize,
    },
    /// Linearly up from `from` at step 0 to 1 at step `steps`, where `then` begins with its own step 0 (Goyal
    /// et al. 2017; torch's LinearLR and another schedule in a SequentialLR). [`Schedule::after_warmup`]
    /// constructs it.
    Warmup {
        /// The number of steps on the way up.
        steps: usize,
        /// The factor at step 0 (from 0 to 1).
        from: f64,
        /// The schedule that follows. Its end is the end of the whole schedule.
        then: &'static Schedule,
    },
}

impl Schedule {
    /// The factor of `OneCycle` at step 0.
    const CYCLE_START: f64 = 1.0 / 25.0;
    /// The factor of `OneCycle` at its end.
    const CYCLE_END: f64 = 1.0 / 250_000.0;

    /// Returns this schedule after `steps` steps of linear warm-up from the factor `from`.
    #[must_use]
    pub fn after_warmup(self, steps: usize, from: f64) -> Self {
        Schedule::Warmup { steps, from, then: kept(self) }
    }

    /// Returns the factor at step `k`.
    pub fn at(&self, k: usize) -> f64 {
        let stretch = |every: usize| k as f64 / every.max(1) as f64;
        match *self {
            Schedule::Constant => 1.0,
            Schedule::Step { every, factor } => factor.powi((k / every.max(1)).min(i32::MAX as usize) as i32),
            Schedule::Exponential { every, factor } => factor.powf(stretch(every)),
            Schedule::InverseTime { every } => 1.0 / (1.0 + stretch(every)),
            Schedule::InverseRoot { every } => 1.0 / (1.0 + stretch(every)).sqrt(),
            Schedule::Cosine { total } if k >= total => 0.0,
            Schedule::Cosine { total } => between(1.0, 0.0, stretch(total)),
            Schedule::CosineRestarts { period, growth } => {
                between(1.0, 0.0, since_restart(k, period.max(1), growth))
            }
            Schedule::OneCycle { total, .. } if k >= total.saturating_sub(1) => Self::CYCLE_END,
            Schedule::OneCycle { peak, .. } if k < peak.saturating_sub(1) => {
                between(Self::CYCLE_START, 1.0, k as f64 / (peak - 1) as f64)
            }
            Schedule::OneCycle { total, peak } => {
                let top = peak.saturating_sub(1);
                between(1.0, Self::CYCLE_END, (k - top) as f64 / (total - 1 - top) as f64)
            }
            Schedule::Warmup { steps, from, .. } if k < steps => from + (1.0 - from) * stretch(steps),
            Schedule::Warmup { steps, then, .. } => then.at(k - steps),
        }
    }

    /// Checks that all numbers are in their ranges.
    ///
    /// # Errors
    ///
    /// [`Error::Hyperparameter`](crate::error::Error::Hyperparameter), which names the number and its range.
    pub fn validate(&self) -> Result<()> {
        let steps = |name, count: usize| {
            check_hyperparameter(name, count as f64, "at least 1", |v| v >= 1.0).map(drop)
        };
        let cut = |factor| {
            check_hyperparameter("factor", factor, "finite and > 0", |v: f64| v.is_finite() && v > 0.0)
                .map(drop)
        };
        match *self {
            Schedule::Constant => Ok(()),
            Schedule::Step { every, factor } | Schedule::Exponential { every, factor } => {
                steps("every", every).and(cut(factor))
            }
            Schedule::InverseTime { every } | Schedule::InverseRoot { every } => steps("every", every),
            Schedule::Cosine { total } => steps("total", total),
            Schedule::CosineRestarts { period, growth } => {
                steps("period", period).and(steps("growth", growth))
            }
            Schedule::OneCycle { total, peak } => {
                check_hyperparameter("peak", peak as f64, "at least 1 and below total", |v| {
                    v >= 1.0 && peak < total
                })
                .map(drop)
            }
            Schedule::Warmup { from, then, .. } => {
                check_hyperparameter("from", from, "from 0 to 1", |v| (0.0..=1.0).contains(&v))?;
                then.validate()
            }
        }
    }
}

/// Returns a value between `a` and `b`, along half a cosine.
fn between(a: f64, b: f64, share: f64) -> f64 {
    b + (a - b) * 0.5 * (1.0 + (PI * share).cos())
}

/// Returns the share of the current period that has passed at step `k`.
fn since_restart(k: usize, first: usize, growth: usize) -> f64 {
    let (mut period, mut since) = (first, k);
    if growth <= 1 {
        since %= period;
    }
    while since >= period {
        since -= period;
        period = period.saturating_mul(growth);
    }
    since as f64 / period as f64
}

/// Returns the same schedule at a permanent address, so that a schedule that contains another one is still
/// `Copy`. Each distinct schedule is stored once, for the life of the program.
fn kept(schedule: Schedule) -> &'static Schedule {
    static KEPT: Mutex<Vec<&'static Schedule>> = Mutex::new(Vec::new());
    let mut all = KEPT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(same) = all.iter().find(|one| ***one == schedule) {
        return same;
    }
    let new: &'static Schedule = Box::leak(Box::new(schedule));
    // A schedule that contains a NaN does not equal itself. Do not store it for others.
    if *new == schedule {
        all.push(new);
    }
    new
}
