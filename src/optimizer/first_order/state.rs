//! The buffers of a rule, apart from its hyperparameters.

use super::UpdateRule;
use crate::linalg::filled;
use crate::optimizer::Properties;
use crate::real::Real;

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

/// The buffers of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct State<F = f64> {
    /// Velocity or first moment; empty if the rule tracks none.
    pub first: Vec<F>,
    /// Sum or mean of squares, the second moment; empty if the rule tracks none.
    pub second: Vec<F>,
    /// What else a rule remembers of each parameter: AMSGrad's largest second moment, centred RMSProp's mean
    /// gradient, Adadelta's mean squared update; empty for the others.
    pub third: Vec<F>,
    /// Steps done, for rules that count them.
    pub steps: u64,
    /// A product over the steps, 1 at the start: that of NAdam's momenta.
    pub product: f64,
}

impl<F: Real> State<F> {
    /// The buffers that a rule wants for `dim` parameters, as it wants them filled.
    pub fn new(rule: &impl UpdateRule<F>, dim: usize) -> Self {
        let buffers = rule.buffers();
        let buffer = |filling: Option<f64>| filling.map_or(Vec::new(), |value| filled(dim, F::of(value)));
        State {
            first: buffer(buffers.first),
            second: buffer(buffers.second),
            third: buffer(buffers.third),
            steps: 0,
            product: 1.0,
        }
    }
}
