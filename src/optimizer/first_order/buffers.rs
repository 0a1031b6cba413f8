//! Which buffers a rule keeps.

use crate::optimizer::Properties;

/// The buffers that a rule keeps, each with the value that fills it at the start; `None` for a buffer that
/// the rule does not need.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Buffers {
    /// For the velocity or first moment.
    pub first: Option<f64>,
    /// For the second moment.
    pub second: Option<f64>,
    /// For anything else that the rule remembers.
    pub third: Option<f64>,
    /// For one more of these.
    pub fourth: Option<f64>,
    /// For the slow weights of [`Lookahead`](super::Lookahead).
    pub slow: Option<f64>,
}

impl Buffers {
    /// Returns a buffer of zeros for each moment that the properties name.
    pub fn of(properties: Properties) -> Self {
        let zeros = |needed: bool| needed.then_some(0.0);
        Buffers {
            first: zeros(properties.first_moment),
            second: zeros(properties.second_moment),
            ..Buffers::default()
        }
    }

    /// Adds a third buffer of zeros if it is needed.
    #[must_use]
    pub fn with_third(self, needed: bool) -> Self {
        Buffers { third: needed.then_some(0.0), ..self }
    }

    /// Returns how many numbers are kept for each parameter.
    pub fn count(&self) -> usize {
        [self.first, self.second, self.third, self.fourth, self.slow].iter().flatten().count()
    }
}
