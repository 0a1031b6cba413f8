//! Adafactor: second moments of a matrix from those of its rows and columns.

use super::hyperparameters::not_negative;
use super::lerp::lerp;
use super::settings::NamedSetting;
use super::settings::SettingMut::Number;
use super::sweep::sweep;
use super::update_rule::step_by_parts;
use super::{Buffers, Convention, PartState, Room, RuleInfo, State, UpdateRule};
use crate::error::{Result, check_hyperparameter};
use crate::linalg::vector;
use crate::objective::{Part, PartKind};
use crate::optimizer::Properties;
use crate::real::Real;

/// Adafactor (Shazeer & Stern 2018), with the defaults and the arithmetic of torch.optim under every
/// convention. For a matrix of m × n with the gradient G, at step t with w = t^γ:
/// r ← r + w(mean of G² over each row − r), c ← c + w(mean of G² over each column − c),
/// V̂ = r cᵀ / max(mean r, ε₁), U = G / √max(V̂, ε₁²),
/// W ← (1 − lr·λ)W − α·U / max(1, RMS(U)/d), with α = max(ε₂, RMS(W))·min(lr, 1/√t).
///
/// A vector (biases, or the parameters of an objective without layers) keeps its second moment v whole:
/// v ← v + w(g² − v), and V̂ = v. A step is relative to the size of the weights, and shrinks as 1/√t from the
/// point on where that is below lr. RMS(W) is taken before the decay.
///
/// State: m + n numbers per matrix of m·n, 1 number per other parameter, besides scratch. A step makes four
/// passes over a matrix.
///
/// ```
/// use gradus::optimizer::first_order::Adafactor;
/// use gradus::prelude::*;
/// // The first step: every entry of U is 1, and α = RMS(x)·lr.
/// let found = minimize(
///     problems::Quadratic::new(&[1.0, 100.0]),
///     &array![1.0, 1.0],
///     FirstOrder::new(Adafactor::default(), 0.125)?,
///     Stop::iterations(1),
/// )?;
/// assert!((found.x[0] - 0.875).abs() < 1e-12 && (found.x[1] - 0.875).abs() < 1e-12);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adafactor {
    /// γ, the power of t by which a new gradient enters the second moments, finite and ≤ 0, default −.8.
    pub beta2_decay: f64,
    /// ε₁, below which no second moment counts: finite and ≥ 0; `None` (the default) for the machine epsilon
    /// of the float type.
    pub eps1: Option<f64>,
    /// ε₂, the least size of weights by which a step is scaled: finite and ≥ 0, default 1e-3.
    pub eps2: f64,
    /// d, the largest root mean square of U: finite and ≥ 1, default 1.
    pub threshold: f64,
    /// λ, the rate of decay: finite and ≥ 0, default 0.
    pub weight_decay: f64,
}

impl Default for Adafactor {
    fn default() -> Self {
        Adafactor { beta2_decay: -0.8, eps1: None, eps2: 1e-3, threshold: 1.0, weight_decay: 0.0 }
    }
}

/// Returns the root mean square of the entries.
fn rms<F: Real>(values: &[F]) -> f64 {
    vector::dot(values, values).wide().sqrt() / (values.len() as f64).sqrt()
}

impl Adafactor {
    /// Returns the rule with its defaults, which are torch.optim's under every convention.
    pub fn following(_: Convention) -> Self {
        Adafactor::default()
    }

    fn eps1<F: Real>(&self) -> f64 {
        self.eps1.unwrap_or(F::epsilon().wide())
    }

    /// Updates the means of the rows and columns of a matrix, and writes U.
    fn factored<F: Real>(&self, part: &mut PartState<F>, fresh: F, grad: &[F]) {
        let (rows, columns) = part.part.shape;
        let [of_rows, of_columns] = part.kept.as_mut_slice() else { panic!("a matrix keeps two means") };
        let (update, sums) = part.scratch.split_at_mut(grad.len());
        sums.fill(F::zero());
        for (row, mean) in grad.chunks_exact(columns).zip(of_rows.iter_mut()) {
            *mean = lerp(*mean, vector::dot(row, row) / F::of(columns as f64), fresh);
            sums.iter_mut().zip(row).for_each(|(sum, &g)| *sum += g * g);
        }
        for (sum, mean) in sums.iter().zip(of_columns.iter_mut()) {
            *mean = lerp(*mean, *sum / F::of(rows as f64), fresh);
        }
        let eps1 = self.eps1::<F>();
        let least = F::of(eps1 * eps1);
        let mean = of_rows.iter().copied().sum::<F>() / F::of(rows as f64);
        let mean = mean.max(F::of(eps1));
        for ((row, out), &of_row) in
            grad.chunks_exact(columns).zip(update.chunks_exact_mut(columns)).zip(of_rows.iter())
        {
            for ((out, &g), &of_column) in out.iter_mut().zip(row).zip(of_columns.iter()) {
                *out = g / (of_row * of_column / mean).max(least).sqrt();
            }
        }
    }

    /// Updates the second moments of a vector, and writes U.
    fn whole<F: Real>(&self, part: &mut PartState<F>, fresh: F, grad: &[F]) {
        let eps1 = self.eps1::<F>();
        let least = F::of(eps1 * eps1);
        sweep(&mut part.scratch, [&mut part.state.second], grad, |u, [v], g| {
            *v = lerp(*v, g * g, fresh);
            *u = g / v.max(least).sqrt();
        });
    }
}

impl RuleInfo for Adafactor {
    fn name(&self) -> &'static str {
        "adafactor"
    }

    fn properties(&self) -> Properties {
        Properties { first_moment: false, second_moment: true, leaky: true, bias_correction: false }
    }

    fn by_layers(&self) -> bool {
        true
    }

    fn room(&self, part: &Part) -> Room {
        let ((rows, columns), len) = (part.shape, part.range.len());
        match part.kind {
            PartKind::Weights(_) => {
                Room { kept: vec![rows, columns], scratch: len + columns, ..Room::default() }
            }
            PartKind::Bias | PartKind::Whole => {
                Room { scratch: len, ..Room::of(Buffers { second: Some(0.0), ..Buffers::default() }) }
            }
        }
    }

    fn validate(&self) -> Result<()> {
        check_hyperparameter("beta2-decay", self.beta2_decay, "finite and ≤ 0", |v| {
            v.is_finite() && v <= 0.0
        })?;
        not_negative("eps1", self.eps1.unwrap_or(0.0))?;
        not_negative("eps2", self.eps2)?;
        check_hyperparameter("threshold", self.threshold, "finite and ≥ 1", |v| v.is_finite() && v >= 1.0)?;
        not_negative("weight-decay", self.weight_decay)
    }

    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        vec![
            ("beta2-decay", Number(&mut self.beta2_decay)),
            ("eps2", Number(&mut self.eps2)),
            ("threshold", Number(&mut self.threshold)),
            ("weight-decay", Number(&mut self.weight_decay)),
        ]
    }

    fn may_divide_by_zero(&self) -> bool {
        self.eps1 == Some(0.0)
    }
}

impl<F: Real> UpdateRule<F> for Adafactor {
    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        step_by_parts(self, state, lr, grad, x);
    }

    fn step_part(&self, part: &mut PartState<F>, lr: F, grad: &[F], x: &mut [F]) {
        part.state.steps += 1;
        let t = part.state.steps as f64;
        let fresh = F::of(t.powf(self.beta2_decay));
        let size = rms(x).max(self.eps2);
        match part.part.kind {
            PartKind::Weights(_) => self.factored(part, fresh, grad),
            PartKind::Bias | PartKind::Whole => self.whole(part, fresh, grad),
        }
        let update = &part.scratch[..x.len()];
        let longest = (rms(update) / self.threshold).max(1.0);
        let rate = F::of(size * lr.wide().min(1.0 / t.sqrt()) / longest);
        let keep = F::of(1.0 - lr.wide() * self.weight_decay);
        sweep(x, [], update, |x, [], u| *x = *x * keep - rate * u);
    }
}
