//! Schedule-free AdamW.

use super::adam::Adam;
use super::hyperparameters::not_negative;
use super::schedule_free::{begin_step, share_of_step, write_gradient_point};
use super::settings::NamedSetting;
use super::settings::SettingMut::Number;
use super::sweep::sweep;
use super::{Buffers, Convention, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::optimizer::Properties;
use crate::real::Real;

/// Schedule-free AdamW (Defazio et al. 2024): as [`ScheduleFreeSgd`](super::ScheduleFreeSgd), with the step
/// of Adam without its first moment, z ← z − lr·(g / (√ŝ + ε) + λy). β₁ says where the gradient is taken, y =
/// β₁x + (1−β₁)z.
///
/// Parameters are the average x: loss, trace and result are those of x. The defaults are those of
/// `optax.contrib.schedule_free_adamw`; torch.optim and Keras have no such rule. It keeps 2 numbers per
/// parameter; a step reads or writes 7, and 3 for y (40 bytes in f32).
///
/// ```
/// use gradus::optimizer::first_order::ScheduleFreeAdamW;
/// use gradus::prelude::*;
/// let digits = Preprocessing::default().prepare::<f32>(&data::digits());
/// let classifier = Classifier::new(digits, ModelKind::Linear, Regularizer::default());
/// let settings = Training { lr: 0.01, ..Training::default() };
/// let fit = classifier.fit(Softmax, ScheduleFreeAdamW::default(), &settings)?;
/// assert!(fit.curve.test_accuracy.last() > Some(&0.9));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScheduleFreeAdamW {
    /// β₁ (.9), where the gradient is taken, and β₂ (.999) and ε (1e-8) as in Adam.
    pub adam: Adam,
    /// λ, the rate of weight decay: finite and ≥ 0, default 0.
    pub weight_decay: f64,
    /// *p*, the power of the learning rate in the weights of the average: finite and ≥ 0, default 2.
    pub weight_power: f64,
}

impl Default for ScheduleFreeAdamW {
    fn default() -> Self {
        ScheduleFreeAdamW { adam: Adam::default(), weight_decay: 0.0, weight_power: 2.0 }
    }
}

impl ScheduleFreeAdamW {
    /// Returns the rule, which is optax's whatever the convention.
    pub fn following(_: Convention) -> Self {
        ScheduleFreeAdamW::default()
    }
}

impl RuleInfo for ScheduleFreeAdamW {
    fn name(&self) -> &'static str {
        "schedule-free-adamw"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: false, second_moment: true, leaky: true, bias_correction: true }
    }

    fn buffers(&self) -> Buffers {
        Buffers::of(self.properties()).with_third(true)
    }

    fn validate(&self) -> Result<()> {
        self.adam.check()?;
        not_negative("weight-decay", self.weight_decay)?;
        not_negative("weight-power", self.weight_power)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        let mut numbers = self.adam.numbers();
        numbers.push(("weight-decay", Number(&mut self.weight_decay)));
        numbers.push(("weight-power", Number(&mut self.weight_power)));
        numbers
    }
}

impl<F: Real> UpdateRule<F> for ScheduleFreeAdamW {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        begin_step(state, x);
        let share = share_of_step(state, lr, self.weight_power);
        // The first moment of this Adam is the gradient itself.
        let step = Adam { beta1: 0.0, bias_correction: true, ..self.adam }.at(state.steps, lr);
        let (beta, rest) = (F::of(self.adam.beta1), F::of(1.0 - self.adam.beta1));
        let decay = F::of(lr.wide() * self.weight_decay);
        sweep(x, [&mut state.second, &mut state.third], grad, |x, [s, z], g| {
            step.second_moment(s, g);
            *z = *z - step.update(g, *s) - decay * (beta * *x + rest * *z);
            *x += share * (*z - *x);
        });
    }

    fn probe(&self, state: &State<F>, _lr: F, x: &[F], point: &mut [F]) -> bool {
        write_gradient_point(state, self.adam.beta1, x, point)
    }
}
