//! The text form of a schedule, as on the command line.

use super::shapes::Schedule;
use crate::error::{Error, Result};
use std::num::IntErrorKind;

const FORM: &str = "constant, cosine, step:EVERY,FACTOR, exponential:EVERY,FACTOR, inverse:EVERY, \
                    inverse-root:EVERY, restarts:PERIOD[,GROWTH] or onecycle[:SHARE], with warmup:STEPS+ \
                    before it if wanted, such as step:10,0.1 or warmup:5+cosine (whole EVERY ≥ 1, PERIOD ≥ \
                    1, GROWTH ≥ 1, STEPS ≥ 1; FACTOR > 0; 0 < SHARE < 1)";

impl Schedule {
    /// Parses a schedule:
    ///
    /// | text | schedule |
    /// |---|---|
    /// | `constant` | [`Schedule::Constant`] |
    /// | `step:EVERY,FACTOR` | [`Schedule::Step`] |
    /// | `exponential:EVERY,FACTOR` | [`Schedule::Exponential`] |
    /// | `inverse:EVERY` | [`Schedule::InverseTime`] |
    /// | `inverse-root:EVERY` | [`Schedule::InverseRoot`] |
    /// | `cosine` | [`Schedule::Cosine`], to the end of the run |
    /// | `restarts:PERIOD[,GROWTH]` | [`Schedule::CosineRestarts`], GROWTH is 1 if absent |
    /// | `onecycle[:SHARE]` | [`Schedule::OneCycle`] to the end of the run, SHARE (.3) of the steps on the way up |
    /// | `warmup:STEPS+…` | any of these after a linear warm-up from 0; constant without `+…` |
    ///
    /// EVERY, PERIOD and STEPS are in units of `unit` steps (1, or the steps of an epoch). `total` is the
    /// number of steps of the whole run.
    ///
    /// # Errors
    /// [`Error::Syntax`], with the forms above, if the text is none of them.
    ///
    /// ```
    /// use gradus::prelude::*;
    /// let schedule = Schedule::parse("warmup:2+cosine", 10, 120)?;
    /// assert_eq!(schedule, Schedule::Cosine { total: 100 }.after_warmup(20, 0.0));
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    pub fn parse(text: &str, unit: usize, total: usize) -> Result<Self> {
        let schedule = match text.strip_prefix("warmup:") {
            None => after(text, unit, total),
            Some(warmup) => warmed(warmup, unit, total),
        };
        schedule.ok_or_else(|| Error::Syntax { what: "schedule", text: text.into(), form: FORM })
    }
}

fn warmed(text: &str, unit: usize, total: usize) -> Option<Schedule> {
    let (steps, then) = text.split_once('+').unwrap_or((text, "constant"));
    let steps = whole(steps)?.saturating_mul(unit);
    Some(after(then, unit, total.saturating_sub(steps).max(1))?.after_warmup(steps, 0.0))
}

fn after(text: &str, unit: usize, total: usize) -> Option<Schedule> {
    let (name, numbers) = text.split_once(':').map_or((text, None), |(name, numbers)| (name, Some(numbers)));
    let steps = |count: &str| Some(whole(count)?.saturating_mul(unit));
    match (name, numbers) {
        ("constant", None) => Some(Schedule::Constant),
        ("cosine", None) => Some(Schedule::Cosine { total }),
        ("step", Some(numbers)) => {
            let (every, factor) = numbers.split_once(',')?;
            Some(Schedule::Step { every: steps(every)?, factor: positive(factor)? })
        }
        ("exponential", Some(numbers)) => {
            let (every, factor) = numbers.split_once(',')?;
            Some(Schedule::Exponential { every: steps(every)?, factor: positive(factor)? })
        }
        ("inverse", Some(every)) => Some(Schedule::InverseTime { every: steps(every)? }),
        ("inverse-root", Some(every)) => Some(Schedule::InverseRoot { every: steps(every)? }),
        ("restarts", Some(numbers)) => {
            let (period, growth) = numbers.split_once(',').unwrap_or((numbers, "1"));
            Some(Schedule::CosineRestarts { period: steps(period)?, growth: whole(growth)? })
        }
        ("onecycle", share) => {
            let share = positive(share.unwrap_or("0.3")).filter(|share| *share < 1.0)?;
            let total = total.max(2);
            let peak = ((share * total as f64) as usize).clamp(1, total - 1);
            Some(Schedule::OneCycle { total, peak })
        }
        _ => None,
    }
}

/// Reads a count of at least 1. A count that is too large for the machine is never reached, like its largest.
fn whole(text: &str) -> Option<usize> {
    match text.trim().parse::<usize>() {
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => Some(usize::MAX),
        count => count.ok().filter(|count| *count >= 1),
    }
}

fn positive(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|value: &f64| value.is_finite() && *value > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_give_schedules_or_a_sentence() {
        let parse = |text: &str| Schedule::parse(text, 10, 100).unwrap();
        assert_eq!(parse("step:3,.5"), Schedule::Step { every: 30, factor: 0.5 });
        assert_eq!(parse("exponential:3,.5"), Schedule::Exponential { every: 30, factor: 0.5 });
        assert_eq!(parse("inverse:2"), Schedule::InverseTime { every: 20 });
        assert_eq!(parse("inverse-root:2"), Schedule::InverseRoot { every: 20 });
        assert_eq!(parse("cosine"), Schedule::Cosine { total: 100 });
        assert_eq!(parse("restarts:2"), Schedule::CosineRestarts { period: 20, growth: 1 });
        assert_eq!(parse("restarts:2,3"), Schedule::CosineRestarts { period: 20, growth: 3 });
        assert_eq!(parse("onecycle"), Schedule::OneCycle { total: 100, peak: 30 });
        assert_eq!(parse("onecycle:.5"), Schedule::OneCycle { total: 100, peak: 50 });
        assert_eq!(parse("warmup:5"), Schedule::Constant.after_warmup(50, 0.0));
        assert_eq!(
            parse("warmup:5+step:1,.1"),
            Schedule::Step { every: 10, factor: 0.1 }.after_warmup(50, 0.0)
        );
        let endless = "99999999999999999999";
        assert_eq!(parse(&format!("inverse:{endless}")), Schedule::InverseTime { every: usize::MAX });
        for wrong in [
            "",
            "cos",
            "step",
            "step:0,.1",
            "step:3",
            "step:3,-1",
            "step:3,nan",
            "step:x,1",
            "cosine:3",
            "inverse",
            "inverse:0",
            "inverse-root",
            "inverse-root:0",
            "restarts",
            "restarts:1,0",
            "onecycle:1",
            "onecycle:0",
            "warmup",
            "warmup:0",
            "warmup:1+",
            "warmup:1+warmup:1",
            "exponential:1",
        ] {
            assert!(
                Schedule::parse(wrong, 1, 1).unwrap_err().to_string().contains("step:EVERY,FACTOR"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn every_schedule_that_is_read_is_valid_however_short_the_run() {
        for text in [
            "constant",
            "cosine",
            "step:1,.1",
            "exponential:1,.1",
            "inverse:1",
            "inverse-root:1",
            "restarts:1,2",
            "onecycle",
            "warmup:3+onecycle",
        ] {
            for total in [1, 2, 3, 10] {
                let schedule = Schedule::parse(text, 1, total).unwrap();
                schedule.validate().unwrap();
                assert!((0..20).all(|k| (0.0..=1.0).contains(&schedule.at(k))), "{text} over {total} steps");
            }
        }
    }
}
