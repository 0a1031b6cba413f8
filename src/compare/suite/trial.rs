//! The trials of a tuning: the same number for every optimizer.

/// The smallest and the largest learning rate. The trials lie between them in equal logarithmic steps.
pub const RATES: (f64, f64) = (1e-5, 1e2);

/// One trial of a tuning, or the defaults. It determines the place of each hyperparameter in its range; the
/// contender determines the range.
///
/// The learning rate goes through [`RATES`]. Every other trial draws a further hyperparameter from a
/// low-discrepancy sequence (the fractional parts of multiples of the golden ratio). In the trials between,
/// it has its default. The number of trials is therefore the same as for an optimizer that only has a
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
    /// Returns trial `number` (from 0) of `of` trials.
    pub fn new(number: usize, of: usize, seed: u64) -> Self {
        Trial { number: Some(number), of, seed }
    }

    /// Returns the defaults, which are no trial.
    pub fn defaults(seed: u64) -> Self {
        Trial { number: None, of: 0, seed }
    }

    /// Returns the seed of the random numbers of the optimizer.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Returns the same trial with another seed.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Trial { seed, ..self }
    }

    /// Returns the learning rate, rounded to three digits; `default` at the defaults.
    pub fn lr(&self, default: f64) -> f64 {
        self.log(default, RATES.0, RATES.1)
    }

    /// Returns a number that goes from `low` to `high` in equal logarithmic steps over the trials, rounded to
    /// three digits; `default` at the defaults.
    pub fn log(&self, default: f64, low: f64, high: f64) -> f64 {
        match self.number {
            None => default,
            Some(_) => three_digits(low * (high / low).powf(self.share())),
        }
    }

    /// Returns a whole number that goes from `low` to `high` over the trials; `default` at the defaults.
    pub fn whole(&self, default: usize, low: usize, high: usize) -> usize {
        match self.number {
            None => default,
            Some(_) => low + ((high - low) as f64 * self.share()).round() as usize,
        }
    }

    /// Returns a number in [0, 1) for a further hyperparameter; `None` where that has its default.
    pub fn draw(&self) -> Option<f64> {
        let number = self.number.filter(|number| number % 2 == 1)?;
        Some(((number / 2 + 1) as f64 * 0.618_033_988_749_894_9).fract())
    }

    /// Returns a decay factor such as a momentum: from .5 to .99 in every other trial, and `default` in the
    /// trials between and at the defaults. The built-in rules tune theirs in this way, so that your own rule
    /// can be tuned alike.
    ///
    /// ```
    /// use gradus::compare::suite::Trial;
    /// assert_eq!(Trial::defaults(0).kept(0.9), 0.9);
    /// assert!((0.5..=0.99).contains(&Trial::new(1, 36, 0).kept(0.9)));
    /// ```
    pub fn kept(&self, default: f64) -> f64 {
        self.draw().map_or(default, kept_share)
    }

    /// Returns the place of the trial among all, from 0 to 1; ½ if there is only one trial.
    fn share(&self) -> f64 {
        let number = self.number.unwrap_or(0) as f64;
        if self.of > 1 { number / (self.of - 1) as f64 } else { 0.5 }
    }
}

/// Rounds to three digits, so that the setting in a table is exactly the setting that was used.
fn three_digits(value: f64) -> f64 {
    format!("{value:.2e}").parse().expect("a number that was just written")
}

/// Returns the decay factor 1 − 10⁻ˢ with s from .3 to 2, that is from .5 to .99. 10⁻ˢ is rounded to three
/// digits.
pub(super) fn kept_share(draw: f64) -> f64 {
    1.0 - three_digits(10f64.powf(-(0.3 + 1.7 * draw)))
}

/// Returns the share from `low` to `high` at the place `draw`, in equal logarithmic steps of what is not
/// kept, which is rounded to three digits.
pub(super) fn kept(draw: f64, low: f64, high: f64) -> f64 {
    1.0 - drawn(draw, 1.0 - low, 1.0 - high)
}

/// Returns the number from `low` to `high` at the place `draw` on a logarithmic scale, rounded to three
/// digits.
pub(super) fn drawn(draw: f64, low: f64, high: f64) -> f64 {
    three_digits(low * (high / low).powf(draw))
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
    fn numbers_are_drawn_on_logarithmic_scales() {
        assert_eq!([0.0, 0.5, 1.0].map(|draw| drawn(draw, 1e-6, 1e-2)), [1e-6, 1e-4, 1e-2]);
        assert_eq!([0.0, 0.5, 1.0].map(|draw| kept(draw, 0.9, 0.999)), [0.9, 0.99, 0.999]);
    }

    #[test]
    fn one_trial_stands_in_the_middle() {
        assert_eq!(Trial::new(0, 1, 0).lr(0.5), 0.0316);
        assert_eq!((Trial::new(0, 36, 0).whole(10, 1, 36), Trial::new(35, 36, 0).whole(10, 1, 36)), (1, 36));
    }
}
