//! The rules by which runs are counted and tuned, as words.

use crate::compare::suite::execute::{A_DECADE, FIRST, HOPELESS, OPTIMAL};
use crate::compare::suite::store::hashed;
use crate::compare::suite::{PRODUCT, RATES, TUNING_SEED, Trial, VALUE_ALONE};

/// The rules by which evaluations are counted and optimizers are tuned. Runs under other rules may not stand
/// beside each other.
///
/// ```
/// use gradus::compare::suite::Rules;
/// let here = Rules::here();
/// assert_eq!(here.difference(&Rules::here()), None);
/// let other = Rules { tuning: "by hand".into(), ..Rules::here() };
/// assert!(other.difference(&here).unwrap().starts_with("another tuning rule (by hand, and here "));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// How evaluations are counted, and when a run ends.
    pub counting: String,
    /// Which settings are tried, and how the best is chosen.
    pub tuning: String,
}

/// The editions of the rules. Raise one if the code changes what it counts, or how it chooses, in a way that
/// the numbers below do not show.
const COUNTING: u32 = 1;
const TUNING: u32 = 1;

impl Rules {
    /// Returns the rules of this program.
    pub fn here() -> Self {
        let counting = format!(
            "edition {COUNTING}: a gradient costs 1, a value alone {VALUE_ALONE:.4}, a product with the \
             Hessian {PRODUCT}; {A_DECADE} checkpoints a decade from {} evaluations of a function and {} of \
             a sum; the end at a gap of {:e} and {:e}, or of {HOPELESS:e}",
            FIRST.0, FIRST.1, OPTIMAL.0, OPTIMAL.1
        );
        let tuning = format!(
            "edition {TUNING}: rates from {:e} to {:e}, further settings drawn by #{:016x}, chosen under \
             seed {TUNING_SEED} by evaluations to the target, then by the loss",
            RATES.0,
            RATES.1,
            trials()
        );
        Rules { counting, tuning }
    }

    /// Returns in words which rule of an archive is another one `here`; `None` if none is.
    pub fn difference(&self, here: &Rules) -> Option<String> {
        let pairs =
            [("counting", &self.counting, &here.counting), ("tuning rule", &self.tuning, &here.tuning)];
        let (what, there, here) = pairs.into_iter().find(|(_, there, here)| there != here)?;
        Some(format!("another {what} ({there}, and here {here})"))
    }
}

/// Returns a hash of what the trials of a tuning choose, in three digits.
fn trials() -> u64 {
    let trials = (0..36).map(|number| Trial::new(number, 36, 0));
    let chosen = |trial: Trial| {
        let (lr, draw) = (trial.lr(0.1), trial.draw().unwrap_or(-1.0));
        format!("{lr:.2e} {draw:.6} {} {:.4}", trial.whole(1, 1, 36), trial.kept(0.9))
    };
    trials.fold(0, |hash, trial| hashed(hash, chosen(trial).as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_say_what_they_count() {
        let Rules { counting, tuning } = Rules::here();
        assert!(
            counting.contains("a value alone 0.3333") && counting.contains("12 checkpoints"),
            "{counting}"
        );
        assert!(tuning.contains("rates from 1e-5 to 1e2") && tuning.contains("seed 1000000"), "{tuning}");
        let other = Rules { counting: "a value is free".into(), tuning: tuning.clone() };
        let said = other.difference(&Rules::here()).unwrap();
        assert!(said.starts_with("another counting (a value is free, and here edition 1"), "{said}");
    }
}
