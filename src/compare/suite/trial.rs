//! The settings that a tuning tries: the same number for every optimizer.

/// The learning rates lie between these, in equal logarithmic steps.
pub const RATES: (f64, f64) = (1e-5, 1e2);

/// One trial of a tuning, or the defaults. It says where on its range each hyperparameter stands; which range
/// that is, the contender knows.
///
/// The learning rate walks along [`RATES`]. Further hyperparameters are drawn in every other trial, from a
/// sequence of low discrepancy (the fractional parts of multiples of the golden ratio), and stand at their
/// defaults in the trials between, so that the number of trials is that of an optimizer that has only a
/// learning rate.
///
/// ```
/// use gradus::compare::suite::Trial;
/// let rates: Vec<f64> = (0..36).map(|number| Trial::new(number, 36, 0).lr(0.1)).collect();
/// assert_eq!((rates[0], rates[5], rates[35]), (1e-5, 1e-4, 1e2));
/// assert_eq!(Trial::defaults(0).lr(0.1), 0.1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trial {
    number: Option<usize>,
    of: usize,
    seed: u64,
}

impl Trial {
    /// The trial of this number, from 0, out of so many.
    pub fn new(number: usize, of: usize, seed: u64) -> Self {
        Trial { number: Some(number), of, seed }
    }

    /// The defaults: no trial at all.
    pub fn defaults(seed: u64) -> Self {
        Trial { number: None, of: 0, seed }
    }

    /// The seed of an optimizer's own random numbers.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The same under another seed.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Trial { seed, ..self }
    }

    /// The learning rate, to three digits; `default` at the defaults.
    pub fn lr(&self, default: f64) -> f64 {
        self.log(default, RATES.0, RATES.1)
    }

    /// A number that walks from `low` to `high` in equal logarithmic steps, to three digits; `default` at the
    /// defaults.
    pub fn log(&self, default: f64, low: f64, high: f64) -> f64 {
        match self.number {
            None => default,
            Some(_) => three_digits(low * (high / low).powf(self.share())),
        }
    }

    /// A whole number that walks from `low` to `high`; `default` at the defaults.
    pub fn whole(&self, default: usize, low: usize, high: usize) -> usize {
        match self.number {
            None => default,
            Some(_) => low + ((high - low) as f64 * self.share()).round() as usize,
        }
    }

    /// A number in [0, 1) for a further hyperparameter; `None` where it is to stand at its default.
    pub fn draw(&self) -> Option<f64> {
        let number = self.number.filter(|number| number % 2 == 1)?;
        Some(((number / 2 + 1) as f64 * 0.618_033_988_749_894_9).fract())
    }

    /// A share that is kept, such as a friction: from .5 to .99 in every other trial, `default` in the trials
    /// between and at the defaults. It is how the built-in rules tune theirs, so that one's own can be tuned
    /// alike.
    ///
    /// ```
    /// use gradus::compare::suite::Trial;
    /// assert_eq!(Trial::defaults(0).kept(0.9), 0.9);
    /// assert!((0.5..=0.99).contains(&Trial::new(1, 36, 0).kept(0.9)));
    /// ```
    pub fn kept(&self, default: f64) -> f64 {
        self.draw().map_or(default, kept_share)
    }

    /// How far along its walk the trial is, 0 to 1; the middle if there is one trial only.
    fn share(&self) -> f64 {
        let number = self.number.unwrap_or(0) as f64;
        if self.of > 1 { number / (self.of - 1) as f64 } else { 0.5 }
    }
}

/// The number that a text of three digits stands for, so that a setting as written is the setting as used.
fn three_digits(value: f64) -> f64 {
    format!("{value:.2e}").parse().expect("a number that was just written")
}

/// 1 − 10^−s with s from .3 to 2, to three digits of what is left: shares that are kept, from .5 to .99.
pub(super) fn kept_share(draw: f64) -> f64 {
    1.0 - three_digits(10f64.powf(-(0.3 + 1.7 * draw)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_second_trial_draws_and_the_draws_fill_the_range() {
        let draws: Vec<Option<f64>> = (0..36).map(|number| Trial::new(number, 36, 0).draw()).collect();
        assert!(draws.iter().step_by(2).all(Option::is_none));
        let mut drawn: Vec<f64> = draws.into_iter().flatten().collect();
        drawn.sort_by(f64::total_cmp);
        assert_eq!(drawn.len(), 18);
        assert!(
            drawn.windows(2).all(|pair| pair[1] - pair[0] < 0.12) && drawn[0] < 0.12 && drawn[17] > 0.88,
            "{drawn:?}"
        );
    }

    #[test]
    fn one_trial_stands_in_the_middle() {
        assert_eq!(Trial::new(0, 1, 0).lr(0.5), 0.0316);
        assert_eq!((Trial::new(0, 36, 0).whole(10, 1, 36), Trial::new(35, 36, 0).whole(10, 1, 36)), (1, 36));
    }
}
