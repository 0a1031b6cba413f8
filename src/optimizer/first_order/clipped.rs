//! A rule whose gradient is clipped before the step.

use super::clip::Clip;
use super::inner::{info_of_inner_rule, parts_of_inner_rule};
use super::{Buffers, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::real::Real;

/// Any rule with its gradient clipped. The name of a run says that it clips, and its trace says in which
/// steps, so that a comparison with clipping can be recognized.
///
/// ```
/// use gradus::optimizer::first_order::{Clip, Clipped};
/// use gradus::prelude::*;
/// // Without clipping the first step would end the run: the gradient at the start has length 232.
/// let rule = Clipped::new(Sgd, Clip::Norm(1.0));
/// let found = minimize(
///     problems::Rosenbrock::new(2),
///     &array![-1.2, 1.0],
///     FirstOrder::new(rule, 0.01)?,
///     Stop::iterations(100),
/// )?;
/// assert_eq!(found.optimizer, "sgd, gradient clipped to norm 1");
/// assert!(found.value < 5.0 && found.trace.clipped.iter().any(|&c| c));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clipped<R> {
    /// The rule that receives the clipped gradient.
    pub rule: R,
    /// How the gradient is clipped.
    pub clip: Clip,
}

impl<R> Clipped<R> {
    /// Wraps `rule`.
    pub fn new(rule: R, clip: Clip) -> Self {
        Clipped { rule, clip }
    }
}

impl<R: RuleInfo> RuleInfo for Clipped<R> {
    info_of_inner_rule!();

    fn buffers(&self) -> Buffers {
        self.rule.buffers()
    }

    fn validate(&self) -> Result<()> {
        self.clip.validate()?;
        self.rule.validate()
    }

    fn clip(&self) -> Clip {
        self.clip
    }

    fn climbs(&self) -> Option<f64> {
        self.rule.climbs()
    }

    fn wrapping(&self) -> String {
        self.rule.wrapping()
    }
}

impl<F: Real, R: UpdateRule<F>> UpdateRule<F> for Clipped<R> {
    parts_of_inner_rule!();

    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        self.rule.step(state, lr, grad, x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_out_of_range_name_the_range() {
        for bound in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let refused = Clipped::new(super::super::Sgd, Clip::Norm(bound)).validate();
            assert!(refused.unwrap_err().to_string().contains("clip-norm must be finite and > 0"));
            assert!(Clip::Value(bound).validate().is_err());
        }
    }
}
