//! Schedule-free gradient descent.

use super::hyperparameters::{not_negative, share};
use super::schedule_free::{begin_step, share_of_step, write_gradient_point};
use super::settings::NamedSetting;
use super::settings::SettingMut::Number;
use super::sweep::sweep;
use super::{Buffers, Convention, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::real::Real;

/// Schedule-free SGD (Defazio et al. 2024): gradient descent of a point z, whose weighted average is x, with
/// the gradient taken between the two, at y = βx + (1−β)z:
/// z ← z − lr·(g + λy), x ← x + c(z − x), with c = w/Σw and w = (the largest learning rate so far)^*p*.
///
/// Parameters are the average x: loss, trace and result are those of x, which is what
/// `optax.contrib.schedule_free_eval_params` returns. (optax keeps y and computes x from it; to keep x
/// instead lets β be 0.) In a training run a step costs one gradient, at y;
/// [`minimize`](fn@crate::minimize::minimize) evaluates x as well, so that an iteration costs two. With β = 0
/// x is the average of Polyak, with β = 1 primal averaging. A warm-up is wanted, a decay of the rate is not:
/// with a constant rate the average has equal weights. optax reads a warm-up's rate one step ahead for the
/// weights w; here, as in the authors' code, weights and steps have the same rate. The defaults are those of
/// `optax.contrib.schedule_free_sgd`; torch.optim and Keras have no such rule. It keeps 1 number per
/// parameter; a step reads or writes 5, and 3 for y (32 bytes in f32).
///
/// ```
/// use gradus::optimizer::first_order::ScheduleFreeSgd;
/// use gradus::prelude::*;
/// // The average of the jumps between the walls, as Polyak's, without a schedule.
/// let found = minimize(
///     problems::Quadratic::new(&[1.0, 9.0]),
///     &array![3.0, 1.0],
///     FirstOrder::new(ScheduleFreeSgd::default(), 0.2)?,
///     Stop::grad(1e-3),
/// )?;
/// assert!(found.termination.converged());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScheduleFreeSgd {
    /// β, how near to the average the gradient is taken, 0 ≤ β < 1, default .9.
    pub beta1: f64,
    /// λ, the rate of weight decay: finite and ≥ 0, default 0.
    pub weight_decay: f64,
    /// *p*, the power of the learning rate in the weights: finite and ≥ 0, default 2.
    pub weight_power: f64,
}

impl Default for ScheduleFreeSgd {
    fn default() -> Self {
        ScheduleFreeSgd { beta1: 0.9, weight_decay: 0.0, weight_power: 2.0 }
    }
}

impl ScheduleFreeSgd {
    /// Returns the rule, which is optax's whatever the convention.
    pub fn following(_: Convention) -> Self {
        ScheduleFreeSgd::default()
    }
}

impl RuleInfo for ScheduleFreeSgd {
    fn name(&self) -> &'static str {
        "schedule-free-sgd"
    }

    fn buffers(&self) -> Buffers {
        Buffers::default().with_third(true)
    }

    fn validate(&self) -> Result<()> {
        share("beta1", self.beta1)?;
        not_negative("weight-decay", self.weight_decay)?;
        not_negative("weight-power", self.weight_power)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![
            ("beta1", Number(&mut self.beta1)),
            ("weight-decay", Number(&mut self.weight_decay)),
            ("weight-power", Number(&mut self.weight_power)),
        ]
    }
}

impl<F: Real> UpdateRule<F> for ScheduleFreeSgd {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        begin_step(state, x);
        let share = share_of_step(state, lr, self.weight_power);
        let (beta, rest) = (F::of(self.beta1), F::of(1.0 - self.beta1));
        let decay = F::of(lr.wide() * self.weight_decay);
        sweep(x, [&mut state.third], grad, |x, [z], g| {
            *z = *z - lr * g - decay * (beta * *x + rest * *z);
            *x += share * (*z - *x);
        });
    }

    fn probe(&self, state: &State<F>, _lr: F, x: &[F], point: &mut [F]) -> bool {
        write_gradient_point(state, self.beta1, x, point)
    }
}
