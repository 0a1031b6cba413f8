//! First-order optimizers: update rules, and the adapter that makes one an [`Optimizer`](super::Optimizer).

mod adadelta;
mod adagrad;
mod adam;
mod adamax;
mod adamw;
mod amsgrad;
mod averaged;
mod clip;
mod convention;
mod descent;
mod hyperparameters;
mod lion;
mod momentum;
mod nadam;
mod nesterov;
mod rmsprop;
mod rule;
mod sgd;
mod state;
mod sweep;

pub use adadelta::Adadelta;
pub use adagrad::AdaGrad;
pub use adam::{Adam, EpsilonOn};
pub use adamax::Adamax;
pub use adamw::AdamW;
pub use amsgrad::AmsGrad;
pub(crate) use averaged::Average;
pub use averaged::{Averaged, Averaging};
pub use clip::{Clip, Clipped};
pub use convention::{Convention, Epsilon};
pub use descent::FirstOrder;
pub use lion::Lion;
pub use momentum::{Momentum, MomentumForm};
pub use nadam::NAdam;
pub use nesterov::{Nesterov, NesterovForm};
pub use rmsprop::RmsProp;
pub use rule::Rule;
pub use sgd::Sgd;
pub use state::{Buffers, State};

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
/// let found = minimize(&mut bowl, &array![1.0, 1.0], FirstOrder::new(SignDescent, 0.125)?, Stop::iterations(8))?;
/// assert_eq!(found.x, array![0.0, 0.0]);
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub trait UpdateRule<F: Real = f64>: Copy + Debug + Send + Sync + 'static {
    /// Name on the command line.
    fn name(&self) -> &'static str;

    /// Its row in the lecture's comparison table.
    fn properties(&self) -> Properties;

    /// The buffers that it keeps in its [`State`]; by default zeros for the moments that the properties name.
    fn buffers(&self) -> Buffers {
        Buffers::of(self.properties())
    }

    /// Checks the hyperparameters, with a sentence that names the range.
    fn validate(&self) -> Result<()> {
        Ok(())
    }

    /// How a long gradient is clipped before it comes to `step`; by default it is not.
    fn clip(&self) -> Clip {
        Clip::Off
    }

    /// One step in place: `x` is moved given the gradient at `x` (or at the probe) and the learning rate.
    /// One pass over memory, no allocation.
    ///
    /// # Panics
    /// The built-in rules do if `grad`, `x` and the buffers have different lengths.
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]);

    /// Where the rule wants its gradient, if not at `x`: writes that point and gives `true`.
    fn probe(&self, _state: &State<F>, _lr: F, _x: &[F], _point: &mut [F]) -> bool {
        false
    }
}
