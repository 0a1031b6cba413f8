//! First-order optimizers: update rules, and the adapter that makes one an [`Optimizer`](super::Optimizer).

mod adagrad;
mod adam;
mod descent;
mod momentum;
mod nesterov;
mod rmsprop;
mod rule;
mod sgd;

pub use adagrad::AdaGrad;
pub use adam::Adam;
pub use descent::FirstOrder;
pub use momentum::{Momentum, MomentumForm};
pub use nesterov::{Nesterov, NesterovForm};
pub use rmsprop::RmsProp;
pub use rule::Rule;
pub use sgd::Sgd;

use super::Properties;
use crate::error::Result;
use crate::real::Real;
use std::fmt::Debug;

/// A first-order rule: its hyperparameters, plain and `Copy`. Its buffers are kept apart, in [`State`].
///
/// To add one's own: say the name and the properties, and write `step`. Everything else (training,
/// minimizing, tables) works with it.
///
/// ```
/// use gradus::prelude::*;
///
/// /// The sign of the gradient, times the learning rate.
/// #[derive(Debug, Clone, Copy)]
/// struct SignDescent;
///
/// impl UpdateRule for SignDescent {
///     fn name(&self) -> &'static str { "sign-descent" }
///     fn properties(&self) -> Properties { Properties { first_moment: false, second_moment: false, leaky: false, bias_correction: false } }
///     fn step(&self, _state: &mut State, lr: f64, grad: &[f64], x: &mut [f64]) {
///         x.iter_mut().zip(grad).for_each(|(x, g)| *x -= lr * g.signum());
///     }
/// }
///
/// let mut bowl = problems::Quadratic::new(&[1.0, 10.0]);
/// let found = minimize(&mut bowl, &array![1.0, 1.0], FirstOrder::new(SignDescent, 0.125)?, Stop::iterations(8));
/// assert_eq!(found.x, array![0.0, 0.0]);
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub trait UpdateRule<F: Real = f64>: Copy + Debug + Send + Sync + 'static {
    /// Name on the command line.
    fn name(&self) -> &'static str;

    /// Its row in the lecture's comparison table; also decides which buffers there are.
    fn properties(&self) -> Properties;

    /// Checks the hyperparameters, with a sentence that names the range.
    fn validate(&self) -> Result<()> {
        Ok(())
    }

    /// One step in place: `x` is moved given the gradient at `x` (or at the probe) and the learning rate.
    /// One pass over memory, no allocation.
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]);

    /// Where the rule wants its gradient, if not at `x`: writes that point and gives `true`.
    fn probe(&self, _state: &State<F>, _lr: F, _x: &[F], _point: &mut [F]) -> bool {
        false
    }
}

/// The buffers of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct State<F = f64> {
    /// Velocity or first moment; empty if the rule tracks none.
    pub first: Vec<F>,
    /// Sum or mean of squares, the second moment; empty if the rule tracks none.
    pub second: Vec<F>,
    /// Steps done.
    pub steps: u64,
}

impl<F: Real> State<F> {
    /// Buffers of zeros for a rule on `dim` parameters.
    pub fn new(rule: &impl UpdateRule<F>, dim: usize) -> Self {
        let properties = rule.properties();
        let buffer = |needed: bool| if needed { vec![F::zero(); dim] } else { Vec::new() };
        State { first: buffer(properties.first_moment), second: buffer(properties.second_moment), steps: 0 }
    }
}
