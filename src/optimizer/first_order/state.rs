//! The buffers of a rule, apart from its hyperparameters.

use super::rule_info::RuleInfo;
use crate::linalg::filled;
use crate::real::Real;

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
    pub fn new(rule: &impl RuleInfo, dim: usize) -> Self {
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
