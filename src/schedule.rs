//! Learning-rate schedules: pure functions of the step.

use crate::error::{Error, Result};

/// By what the learning rate is multiplied at each step *k* = 0, 1, 2, …
///
/// ```
/// use gradus::prelude::*;
/// let cosine = Schedule::Cosine { total: 100 };
/// assert_eq!((cosine.at(0), cosine.at(100)), (1.0, 0.0));
/// assert!((cosine.at(50) - 0.5).abs() < 1e-12);
/// assert_eq!(Schedule::Step { every: 30, factor: 0.1 }.at(65), 0.1f64.powi(2));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Schedule {
    /// 1 at every step.
    #[default]
    Constant,
    /// `factor`^⌊k / `every`⌋.
    Step {
        /// Steps between two cuts (≥ 1).
        every: usize,
        /// What each cut multiplies by (> 0, finite).
        factor: f64,
    },
    /// Half a cosine from 1 to 0 without restarts, ½(1 + cos πk/`total`); 0 from `total` on
    /// (Loshchilov & Hutter 2017; slide "Adam: Very Common in Practice!").
    Cosine {
        /// Number of steps of the whole run (≥ 1).
        total: usize,
    },
}

impl Schedule {
    /// The factor at step `k`.
    pub fn at(&self, k: usize) -> f64 {
        match *self {
            Schedule::Constant => 1.0,
            Schedule::Step { every, factor } => factor.powi((k / every.max(1)) as i32),
            Schedule::Cosine { total } if k >= total => 0.0,
            Schedule::Cosine { total } => 0.5 * (1.0 + (std::f64::consts::PI * k as f64 / total as f64).cos()),
        }
    }

    /// A schedule from its text: `constant`, `cosine`, or `step:EVERY,FACTOR`. `unit` is the number of steps
    /// that EVERY counts in (1, or the steps of an epoch), `total` the steps of the whole run.
    pub fn parse(text: &str, unit: usize, total: usize) -> Result<Self> {
        const FORM: &str = "constant, cosine or step:EVERY,FACTOR with EVERY ≥ 1 and FACTOR > 0, such as step:10,0.1";
        let wrong = || Error::Syntax { what: "schedule", text: text.into(), form: FORM };
        match text.split_once(':') {
            None if text == "constant" => Ok(Schedule::Constant),
            None if text == "cosine" => Ok(Schedule::Cosine { total }),
            Some(("step", numbers)) => {
                let (every, factor) = numbers.split_once(',').ok_or_else(wrong)?;
                let every: usize = every.trim().parse().map_err(|_| wrong())?;
                let factor: f64 = factor.trim().parse().map_err(|_| wrong())?;
                let valid = every >= 1 && factor.is_finite() && factor > 0.0;
                valid.then_some(Schedule::Step { every: every.saturating_mul(unit), factor }).ok_or_else(wrong)
            }
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_give_schedules_or_a_sentence() {
        assert_eq!(Schedule::parse("step:3,.5", 10, 100).unwrap(), Schedule::Step { every: 30, factor: 0.5 });
        assert_eq!(Schedule::parse("cosine", 10, 100).unwrap(), Schedule::Cosine { total: 100 });
        for wrong in ["", "cos", "step", "step:0,.1", "step:3", "step:3,-1", "step:3,nan", "step:x,1"] {
            assert!(Schedule::parse(wrong, 1, 1).unwrap_err().to_string().contains("step:EVERY,FACTOR"), "{wrong}");
        }
    }

    #[test]
    fn beyond_its_end_a_cosine_stays_at_zero() {
        assert_eq!(Schedule::Cosine { total: 10 }.at(11), 0.0);
        assert_eq!(Schedule::Cosine { total: 0 }.at(0), 0.0);
    }
}
