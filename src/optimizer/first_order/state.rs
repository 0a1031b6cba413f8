//! The buffers of a rule, separate from its hyperparameters.

use super::rule_info::RuleInfo;
use crate::linalg::filled;
use crate::real::Real;

/// The buffers of a rule.
///
/// ```
/// use gradus::optimizer::first_order::{State, UpdateRule};
/// use gradus::prelude::*;
/// let rule = Momentum::new(0.5);
/// let mut state = State::new(&rule, 1);
/// let mut x = [1.0];
/// rule.step(&mut state, 0.1, &[2.0], &mut x);
/// rule.step(&mut state, 0.1, &[2.0], &mut x);
/// assert_eq!((state.steps, state.first[0]), (2, 3.0)); // v = .5·2 + 2
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct State<F = f64> {
    /// Velocity or first moment; empty if the rule tracks none.
    pub first: Vec<F>,
    /// Sum or mean of squares, the second moment; empty if the rule tracks none.
    pub second: Vec<F>,
    /// Anything else that a rule remembers of each parameter: AMSGrad's largest second moment, centred
    /// RMSProp's mean gradient, Adadelta's mean squared update, the point z of the schedule-free rules. Empty
    /// for the other rules.
    pub third: Vec<F>,
    /// One more of these: Adan's last gradient, the point where Prodigy began. Empty for the other rules.
    pub fourth: Vec<F>,
    /// The slow weights of [`Lookahead`](super::Lookahead); empty without it.
    pub slow: Vec<F>,
    /// The number of steps done, for rules that count them.
    pub steps: u64,
    /// The number of steps that [`Lookahead`](super::Lookahead) has counted.
    pub fast_steps: u64,
    /// A product over the steps, 1 at the start: the product of NAdam's momenta.
    pub product: f64,
    /// Two numbers that a rule keeps of all parameters together, 0 at the start: Prodigy's distance and
    /// numerator, the sum of weights and the largest rate of the schedule-free rules.
    pub numbers: [f64; 2],
}

impl<F: Real> State<F> {
    /// Makes the buffers that a rule needs for `dim` parameters, filled as the rule asks.
    pub fn new(rule: &impl RuleInfo, dim: usize) -> Self {
        let buffers = rule.buffers();
        let buffer = |filling: Option<f64>| filling.map_or(Vec::new(), |value| filled(dim, F::of(value)));
        State {
            first: buffer(buffers.first),
            second: buffer(buffers.second),
            third: buffer(buffers.third),
            fourth: buffer(buffers.fourth),
            slow: buffer(buffers.slow),
            steps: 0,
            fast_steps: 0,
            product: 1.0,
            numbers: [0.0; 2],
        }
    }
}
