//! Which buffers a rule keeps.

use crate::optimizer::Properties;

/// Which buffers a rule keeps, and what they are filled with at the start; `None` for a buffer that it does
/// not need.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Buffers {
    /// For the velocity or first moment.
    pub first: Option<f64>,
    /// For the second moment.
    pub second: Option<f64>,
    /// For whatever else the rule remembers.
    pub third: Option<f64>,
}

impl Buffers {
    /// Those of the moments that the properties name, filled with zeros.
    pub fn of(properties: Properties) -> Self {
        let zeros = |needed: bool| needed.then_some(0.0);
        Buffers {
            first: zeros(properties.first_moment),
            second: zeros(properties.second_moment),
            third: None,
        }
    }

    /// The same with a third buffer of zeros, if that is needed.
    #[must_use]
    pub fn with_third(self, needed: bool) -> Self {
        Buffers { third: needed.then_some(0.0), ..self }
    }

    /// How many numbers are kept for each parameter.
    pub fn count(&self) -> usize {
        [self.first, self.second, self.third].iter().flatten().count()
    }
}
