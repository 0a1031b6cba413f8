//! LARS: momentum whose gradient is as long as the weights of its layer say.

use super::hyperparameters::{not_negative, share, zero_to_one};
use super::settings::NamedSetting;
use super::settings::SettingMut::{Flag, Number};
use super::sweep::sweep;
use super::update_rule::step_by_parts;
use super::{Convention, PartState, RuleInfo, State, UpdateRule};
use crate::error::Result;
use crate::linalg::vector;
use crate::objective::PartKind;
use crate::optimizer::Properties;
use crate::real::Real;

/// LARS (You, Gitman & Ginsburg 2017), with the defaults and the arithmetic of pytorch-optimizer under every
/// convention. For each matrix W with the gradient G:
/// τ = η‖W‖/(‖G‖ + λ‖W‖), or 1 where ‖W‖ or the denominator is 0, G′ = τ(G + λW),
/// V ← ρV + (1−δ)G′, W ← W − lr·V, or with Nesterov momentum W ← W − lr(G′ + ρV).
///
/// Biases move by plain momentum, without τ and without decay. An objective without layers is one matrix, so
/// that the rule works everywhere. τ makes a step η·lr times as long as the weights, so that useful rates are
/// around 1 or above. State: 1 number per parameter. A step makes two passes over a matrix.
///
/// ```
/// use gradus::optimizer::first_order::Lars;
/// use gradus::prelude::*;
/// // The first step is η·lr·‖x‖ long, however long the gradient.
/// let found = minimize(
///     problems::Quadratic::new(&[100.0, 100.0]),
///     &array![3.0, 4.0],
///     FirstOrder::new(Lars::default(), 100.0)?,
///     Stop::iterations(1),
/// )?;
/// assert!((found.x[0] - 2.7).abs() < 1e-12 && (found.x[1] - 3.6).abs() < 1e-12);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lars {
    /// ρ, the share of velocity that is kept, 0 ≤ ρ < 1, default .9.
    pub momentum: f64,
    /// δ, the share of each gradient that is left out of the velocity, 0 ≤ δ ≤ 1, default 0.
    pub dampening: f64,
    /// η, the length of a step at lr 1 as a share of the weights: finite and ≥ 0, default 1e-3.
    pub trust: f64,
    /// λ, the rate of decay: finite and ≥ 0, default 0.
    pub weight_decay: f64,
    /// Whether the momentum is Nesterov's; no by default.
    pub nesterov: bool,
}

impl Default for Lars {
    fn default() -> Self {
        Lars { momentum: 0.9, dampening: 0.0, trust: 1e-3, weight_decay: 0.0, nesterov: false }
    }
}

impl Lars {
    /// Returns the rule with its defaults, which are pytorch-optimizer's under every convention.
    pub fn following(_: Convention) -> Self {
        Lars::default()
    }

    /// Returns τ.
    fn ratio<F: Real>(&self, x: &[F], grad: &[F]) -> F {
        let (norm, of_grad) = (vector::dot(x, x).sqrt(), vector::dot(grad, grad).sqrt());
        let denominator = of_grad + F::of(self.weight_decay) * norm;
        let defined = norm > F::zero() && denominator > F::zero();
        if defined { F::of(self.trust) * norm / denominator } else { F::one() }
    }
}

impl RuleInfo for Lars {
    fn name(&self) -> &'static str {
        "lars"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, second_moment: false, leaky: false, bias_correction: false }
    }

    fn by_layers(&self) -> bool {
        true
    }

    fn validate(&self) -> Result<()> {
        share("momentum", self.momentum)?;
        zero_to_one("dampening", self.dampening)?;
        not_negative("trust", self.trust)?;
        not_negative("weight-decay", self.weight_decay)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![
            ("momentum", Number(&mut self.momentum)),
            ("dampening", Number(&mut self.dampening)),
            ("trust", Number(&mut self.trust)),
            ("weight-decay", Number(&mut self.weight_decay)),
            ("nesterov", Flag { field: &mut self.nesterov, when_given: true }),
        ]
    }
}

impl<F: Real> UpdateRule<F> for Lars {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        step_by_parts(self, state, lr, grad, x);
    }

    fn step_part(&self, part: &mut PartState<F>, lr: F, grad: &[F], x: &mut [F]) {
        let (ratio, decay) = match part.part.kind {
            PartKind::Bias => (F::one(), F::zero()),
            PartKind::Weights(_) | PartKind::Whole => (self.ratio(x, grad), F::of(self.weight_decay)),
        };
        let (kept, fresh) = (F::of(self.momentum), F::of(1.0 - self.dampening));
        // Of Nesterov momentum the step is G′ + ρV, of the other V alone.
        let (of_grad, of_velocity) = if self.nesterov { (F::one(), kept) } else { (F::zero(), F::one()) };
        sweep(x, [&mut part.state.first], grad, |x, [v], g| {
            let g = ratio * (g + decay * *x);
            *v = kept * *v + fresh * g;
            *x -= lr * (of_grad * g + of_velocity * *v);
        });
    }
}
