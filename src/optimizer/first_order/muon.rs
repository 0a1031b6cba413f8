//! Muon: momentum whose matrices are made orthogonal.

use super::hyperparameters::{not_negative, share, whole};
use super::lerp::lerp;
use super::matrices::Matrices;
use super::newton_schulz::{self, COEFFICIENTS, transpose};
use super::settings::SettingMut::{Choice, Flag, Number};
use super::settings::{NamedChoice, NamedSetting};
use super::sweep::sweep;
use super::update_rule::step_by_parts;
use super::{AdamW, Buffers, Convention, PartState, Room, RuleInfo, State, UpdateRule};
use crate::error::{Result, check_hyperparameter};
use crate::linalg::vector;
use crate::objective::{ParamLayout, Part};
use crate::optimizer::Properties;
use crate::real::Real;

/// The factor of the learning rate by the shape of a matrix with m rows (outputs) and n columns (inputs).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Adjustment {
    /// √max(1, m/n) (Jordan 2024; the default, as in torch.optim and optax).
    #[default]
    Original,
    /// .2·√max(m, n): the entries of a step are as large as those of AdamW, so that its learning rate and
    /// decay can be used (Liu et al. 2025).
    MatchRmsAdamW,
    /// √(m/n) (Bernstein 2025).
    SpectralUnclamped,
}

impl Adjustment {
    /// Returns the factor for a matrix of `rows` × `columns`.
    pub fn factor(self, rows: usize, columns: usize) -> f64 {
        let (m, n) = (rows as f64, columns as f64);
        match self {
            Adjustment::Original => (m / n).max(1.0).sqrt(),
            Adjustment::MatchRmsAdamW => 0.2 * m.max(n).sqrt(),
            Adjustment::SpectralUnclamped => (m / n).sqrt(),
        }
    }
}

impl NamedChoice for Adjustment {
    fn names(&self) -> &'static [&'static str] {
        &["original", "match-rms-adamw", "spectral-unclamped"]
    }

    fn place(&self) -> usize {
        *self as usize
    }

    fn choose(&mut self, place: usize) {
        *self = [Adjustment::Original, Adjustment::MatchRmsAdamW, Adjustment::SpectralUnclamped][place];
    }
}

/// Muon (Jordan 2024) for the weight matrices of hidden layers, and AdamW for all other parameters.
///
/// For a matrix with the gradient G:
/// M ← μM + (1−μ)G, U = μM + (1−μ)G (Nesterov) or U = M,
/// X₀ = U / max(‖U‖_F, ε), Xₖ₊₁ = aXₖ + b(XₖXₖᵀ)Xₖ + c(XₖXₖᵀ)²Xₖ for K iterations (Newton–Schulz),
/// W ← (1 − lr·λ)W − lr·f·X_K, with the factor f of an [`Adjustment`].
///
/// X_K has the singular vectors of U, and singular values between about .7 and 1.2: the step is as long in
/// every direction. The coefficients are (a, b, c) = (3.4445, −4.7750, 2.0315).
///
/// | | torch.optim (default) | optax |
/// |---|---|---|
/// | first iterate | U / max(‖U‖, ε), ε 1e-7 | U / (‖U‖ + ε), ε 1e-8 |
/// | U with Nesterov, step t | μM + (1−μ)G | μM/(1−μᵗ⁺¹) + (1−μ)G/(1−μᵗ) |
/// | weight decay λ | .1 | 0 |
/// | AdamW's ε, λ | 1e-8, 1e-2 | 1e-8, 0 |
///
/// torch.optim rounds U to bfloat16 before the iterations; here all of it is in the type of the parameters.
/// optax.contrib.muon adds Nesterov momentum to the Adam of the other parameters; here that is plain AdamW.
/// The lecture and Keras have none of their own here: they follow torch.optim.
///
/// torch.optim leaves the choice of the matrices to the caller; the default here is
/// [`Matrices::Hidden`], all but the last. State: 1 number per entry of these matrices and 2 per other
/// parameter, besides scratch. A step costs 2·K·s²·(2l + s) operations per matrix with the sides s ≤ l. An
/// objective without such a matrix is refused.
///
/// ```
/// use gradus::optimizer::first_order::Muon;
/// use gradus::prelude::*;
/// let digits = Preprocessing::default().prepare::<f32>(&data::digits());
/// let classifier = Classifier::new(digits, ModelKind::parse("mlp:32")?, Regularizer::default());
/// let settings = Training { epochs: 20, lr: 0.02, ..Training::default() };
/// let fit = classifier.fit(Softmax, Muon::default(), &settings)?;
/// assert!(fit.curve.test_accuracy.last() > Some(&0.9));
///
/// let refused = minimize(
///     problems::Rosenbrock::new(2),
///     &array![-1.2, 1.0],
///     FirstOrder::new(Muon::default(), 0.02)?,
///     Stop::iterations(10),
/// );
/// assert!(refused.unwrap_err().to_string().contains("this objective has no layers"));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Muon {
    /// μ, the share of the momentum that is kept, 0 ≤ μ < 1, default .95.
    pub momentum: f64,
    /// Whether the gradient enters U once more, as Nesterov momentum has it; yes by default.
    pub nesterov: bool,
    /// λ, the rate of decay of these matrices: finite and ≥ 0, default .1 (optax 0).
    pub weight_decay: f64,
    /// K, the number of Newton–Schulz iterations, a whole number from 1 to 99, default 5.
    pub iterations: f64,
    /// ε, which keeps the division finite: finite and ≥ 0, default 1e-7 (optax 1e-8).
    pub eps: f64,
    /// (a, b, c) of the Newton–Schulz iterations.
    pub coefficients: [f64; 3],
    /// The factor of the learning rate by the shape of the matrix.
    pub adjustment: Adjustment,
    /// The matrices that are made orthogonal.
    pub matrices: Matrices,
    /// Whether the momentum is corrected for its start at 0 and ε is added to the norm, as in optax; no by
    /// default.
    pub as_optax: bool,
    /// The learning rate of the other parameters as a share of lr: finite and > 0, default 1.
    pub rest_rate: f64,
    /// The rule of all other parameters.
    pub rest: AdamW,
}

impl Default for Muon {
    fn default() -> Self {
        Muon::following(Convention::Torch)
    }
}

impl Muon {
    /// Returns the rule with the defaults and the arithmetic of a library.
    pub fn following(convention: Convention) -> Self {
        let as_optax = convention == Convention::Optax;
        let rest = AdamW::following(if as_optax { Convention::Optax } else { Convention::Torch });
        Muon {
            momentum: 0.95,
            nesterov: true,
            weight_decay: if as_optax { 0.0 } else { 0.1 },
            iterations: 5.0,
            eps: if as_optax { 1e-8 } else { 1e-7 },
            coefficients: COEFFICIENTS,
            adjustment: Adjustment::Original,
            matrices: Matrices::Hidden,
            as_optax,
            rest_rate: 1.0,
            rest: if as_optax { AdamW { weight_decay: 0.0, ..rest } } else { rest },
        }
    }

    /// Sets the matrices that are made orthogonal.
    #[must_use]
    pub fn matrices(self, matrices: Matrices) -> Self {
        Muon { matrices, ..self }
    }

    /// Returns the weights of M and G in U at step `t` (the first is 1), as the factors of a sum.
    fn nesterov_weights(&self, t: u64) -> (f64, f64) {
        let (kept, fresh) = (self.momentum, 1.0 - self.momentum);
        match (self.nesterov, self.as_optax) {
            (true, true) => {
                let t = i32::try_from(t).unwrap_or(i32::MAX);
                (kept / (1.0 - kept.powi(t.saturating_add(1))), fresh / (1.0 - kept.powi(t)))
            }
            (true, false) => (kept, fresh),
            (false, true) => (1.0 / (1.0 - kept.powi(i32::try_from(t).unwrap_or(i32::MAX))), 0.0),
            (false, false) => (1.0, 0.0),
        }
    }

    /// Updates the momentum of a matrix, and writes U into `out`.
    fn update<F: Real>(&self, moment: &mut [F], grad: &[F], t: u64, out: &mut [F]) {
        let (kept, fresh) = (F::of(self.momentum), F::of(1.0 - self.momentum));
        if self.nesterov && !self.as_optax {
            sweep(out, [moment], grad, |u, [m], g| {
                *m = lerp(*m, g, fresh);
                *u = lerp(g, *m, kept);
            });
        } else {
            let (of_moment, of_grad) = self.nesterov_weights(t);
            let (of_moment, of_grad) = (F::of(of_moment), F::of(of_grad));
            sweep(out, [moment], grad, |u, [m], g| {
                *m = lerp(*m, g, fresh);
                *u = of_moment * *m + of_grad * g;
            });
        }
    }

    /// Makes the step of a matrix.
    fn step_matrix<F: Real>(&self, part: &mut PartState<F>, lr: F, grad: &[F], x: &mut [F]) {
        let (rows, columns) = part.part.shape;
        let tall = rows > columns;
        part.state.steps += 1;
        let mut work = newton_schulz::cut(&mut part.scratch, rows, columns);
        if tall {
            self.update(&mut part.state.first, grad, part.state.steps, work.spare);
            transpose(work.spare, rows, columns, work.x);
        } else {
            self.update(&mut part.state.first, grad, part.state.steps, work.x);
        }
        let norm = vector::dot(work.x, work.x).sqrt();
        let eps = F::of(self.eps);
        let norm = if self.as_optax { norm + eps } else { norm.max(eps) };
        work.x.iter_mut().for_each(|u| *u /= norm);
        work.iterate(self.coefficients, self.iterations as usize);
        if tall {
            transpose(work.x, columns, rows, work.spare);
            std::mem::swap(&mut work.x, &mut work.spare);
        }
        let keep = F::of(1.0 - lr.wide() * self.weight_decay);
        let rate = F::of(lr.wide() * self.adjustment.factor(rows, columns));
        sweep(x, [], work.x, |x, [], o| *x = *x * keep - rate * o);
    }
}

impl RuleInfo for Muon {
    fn name(&self) -> &'static str {
        "muon"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: true, second_moment: false, leaky: false, bias_correction: false }
    }

    fn by_layers(&self) -> bool {
        true
    }

    fn room(&self, part: &Part) -> Room {
        if !self.matrices.takes(part) {
            return Room::of(self.rest.buffers());
        }
        let (rows, columns) = part.shape;
        let buffers = Buffers { first: Some(0.0), ..Buffers::default() };
        Room { scratch: newton_schulz::scratch(rows, columns), ..Room::of(buffers) }
    }

    fn check_layout(&self, layout: Option<&ParamLayout>) -> Result<()> {
        self.matrices.check("muon", layout)
    }

    fn validate(&self) -> Result<()> {
        share("momentum", self.momentum)?;
        not_negative("weight-decay", self.weight_decay)?;
        whole("ns-steps", self.iterations, "a whole number from 1 to 99", 1.0..=99.0)?;
        not_negative("eps", self.eps)?;
        check_hyperparameter("rest-rate", self.rest_rate, "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        share("rest-beta1", self.rest.adam.beta1)?;
        share("rest-beta2", self.rest.adam.beta2)?;
        not_negative("rest-eps", self.rest.adam.eps)?;
        not_negative("rest-weight-decay", self.rest.weight_decay)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        let AdamW { weight_decay, adam } = &mut self.rest;
        vec![
            ("momentum", Number(&mut self.momentum)),
            ("weight-decay", Number(&mut self.weight_decay)),
            ("ns-steps", Number(&mut self.iterations)),
            ("eps", Number(&mut self.eps)),
            ("rest-rate", Number(&mut self.rest_rate)),
            ("rest-beta1", Number(&mut adam.beta1)),
            ("rest-beta2", Number(&mut adam.beta2)),
            ("rest-eps", Number(&mut adam.eps)),
            ("rest-weight-decay", Number(weight_decay)),
            ("adjustment", Choice(&mut self.adjustment)),
            ("matrices", Choice(&mut self.matrices)),
            ("no-nesterov", Flag { field: &mut self.nesterov, when_given: false }),
        ]
    }

    fn may_divide_by_zero(&self) -> bool {
        self.eps == 0.0 || self.rest.adam.eps == 0.0
    }
}

impl<F: Real> UpdateRule<F> for Muon {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        step_by_parts(self, state, lr, grad, x);
    }

    fn step_part(&self, part: &mut PartState<F>, lr: F, grad: &[F], x: &mut [F]) {
        if self.matrices.takes(&part.part) {
            self.step_matrix(part, lr, grad, x);
        } else {
            self.rest.step(&mut part.state, F::of(lr.wide() * self.rest_rate), grad, x);
        }
    }
}
