//! Learning-rate schedules: pure functions of the step.

mod text;

use crate::error::{Result, check_hyperparameter};
use std::f64::consts::PI;
use std::sync::Mutex;

/// By what the learning rate is multiplied at each step *k* = 0, 1, 2, …
///
/// A pure function: the factor at *k* needs no history, and each schedule says what it is beyond its end.
///
/// ```
/// use gradus::prelude::*;
/// let cosine = Schedule::Cosine { total: 100 };
/// assert_eq!((cosine.at(0), cosine.at(100)), (1.0, 0.0));
/// assert!((cosine.at(50) - 0.5).abs() < 1e-12);
/// assert_eq!(Schedule::Step { every: 30, factor: 0.1 }.at(65), 0.1f64.powi(2));
/// // Up from 0 in ten steps, then down along the cosine.
/// let warm = cosine.after_warmup(10, 0.0);
/// assert_eq!((warm.at(0), warm.at(5), warm.at(10), warm.at(110)), (0.0, 0.5, 1.0, 0.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Schedule {
    /// 1 at every step. It has no end.
    #[default]
    Constant,
    /// `factor`^⌊k / `every`⌋ (torch's StepLR). It has no end.
    Step {
        /// Steps between two cuts (≥ 1).
        every: usize,
        /// What each cut multiplies by (> 0, finite).
        factor: f64,
    },
    /// `factor`^(k / `every`), the same without the stairs (torch's ExponentialLR with `every` 1). It has no
    /// end.
    Exponential {
        /// Steps in which it falls by `factor` (≥ 1).
        every: usize,
        /// What that many steps multiply by (> 0, finite).
        factor: f64,
    },
    /// 1 / (1 + k / `every`), halved after `every` steps (the rate that Robbins & Monro 1951 ask for). It has
    /// no end.
    InverseTime {
        /// Steps to the half (≥ 1).
        every: usize,
    },
    /// Half a cosine from 1 to 0 without restarts, ½(1 + cos πk/`total`); 0 from `total` on (Loshchilov &
    /// Hutter 2017; slide "Adam: Very Common in Practice!"; torch's CosineAnnealingLR up to `total`).
    Cosine {
        /// Number of steps of the whole run (≥ 1).
        total: usize,
    },
    /// Half a cosine from 1 towards 0 that starts again at 1 after `period` steps, then after `growth` times
    /// as many, and so on (Loshchilov & Hutter 2017; torch's CosineAnnealingWarmRestarts). It has no end.
    CosineRestarts {
        /// Steps of the first period (≥ 1).
        period: usize,
        /// How many times longer each period is than the one before (≥ 1).
        growth: usize,
    },
    /// Up along half a cosine from 1/25 to 1 at step `peak` − 1, down along another to 1/250,000 at step
    /// `total` − 1, where it stays (Smith & Topin 2018; torch's OneCycleLR, which refuses steps beyond its
    /// end).
    OneCycle {
        /// Number of steps of the whole run (≥ 1).
        total: usize,
        /// Number of steps on the way up (≥ 1, below `total`); torch's default is .3 · `total`.
        peak: usize,
    },
    /// Up along a line from `from` at step 0 to 1 at step `steps`, from where `then` begins at its own step 0
    /// (Goyal et al. 2017; torch's LinearLR and another in a SequentialLR). Written by
    /// [`Schedule::after_warmup`].
    Warmup {
        /// Steps on the way up.
        steps: usize,
        /// The factor at step 0 (from 0 to 1).
        from: f64,
        /// What follows; its end is the end.
        then: &'static Schedule,
    },
}

impl Schedule {
    /// OneCycle's factor at step 0.
    const CYCLE_START: f64 = 1.0 / 25.0;
    /// OneCycle's factor at its end.
    const CYCLE_END: f64 = 1.0 / 250_000.0;

    /// This schedule after `steps` steps of linear warm-up from the factor `from`.
    #[must_use]
    pub fn after_warmup(self, steps: usize, from: f64) -> Self {
        Schedule::Warmup { steps, from, then: kept(self) }
    }

    /// The factor at step `k`.
    pub fn at(&self, k: usize) -> f64 {
        let stretch = |every: usize| k as f64 / every.max(1) as f64;
        match *self {
            Schedule::Constant => 1.0,
            Schedule::Step { every, factor } => factor.powi((k / every.max(1)).min(i32::MAX as usize) as i32),
            Schedule::Exponential { every, factor } => factor.powf(stretch(every)),
            Schedule::InverseTime { every } => 1.0 / (1.0 + stretch(every)),
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

    /// Checks the numbers, each with a sentence that names its range.
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
            Schedule::InverseTime { every } => steps("every", every),
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

/// Along half a cosine from `a` to `b`.
fn between(a: f64, b: f64, share: f64) -> f64 {
    b + (a - b) * 0.5 * (1.0 + (PI * share).cos())
}

/// The share of the period under way that has passed at step `k`.
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

/// The same schedule at an address that lasts, so that one which holds another is still plain and `Copy`.
/// Each distinct one is kept once for the life of the program.
fn kept(schedule: Schedule) -> &'static Schedule {
    static KEPT: Mutex<Vec<&'static Schedule>> = Mutex::new(Vec::new());
    let mut all = KEPT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(same) = all.iter().find(|one| ***one == schedule) {
        return same;
    }
    let new: &'static Schedule = Box::leak(Box::new(schedule));
    // One with a NaN equals nothing, itself included; it is not kept for others.
    if *new == schedule {
        all.push(new);
    }
    new
}

#[cfg(test)]
mod tests;
