//! K-FAC: the natural gradient by Kronecker factors.

mod blocks;
mod conditional;
mod layer;
mod pair;
mod products;
mod saving;
mod shared;
mod state;
mod step;
#[cfg(test)]
mod tests;
mod tridiagonal;
#[cfg(test)]
mod tridiagonal_tests;

pub use blocks::KfacBlocks;
pub use step::{KfacStep, Labels};

use super::room::out_of_memory;
use crate::data::Batches;
use crate::error::{Error, Result, check_hyperparameter};
use crate::objective::{KroneckerBlock, KroneckerFactored, KroneckerFactors};
use crate::optimizer::{Iterate, Optimizer, Saved};
use crate::rng;
use crate::stop::Termination;
use layer::Layer;
use ndarray::{Array1, s};
use shared::invert_shared;
use state::State;
use std::ops::ControlFlow;
use tridiagonal::Tridiagonal;

/// T₁: the number of iterations between two adaptations of the damping (Martens & Grosse 2015, section 6.5).
const ADAPT_EVERY: usize = 5;
/// ω₁: the factor of the damping per iteration (in the same section).
const ADAPT_BY: f64 = 19.0 / 20.0;

/// K-FAC (Martens & Grosse 2015; slide "Second-Order Optimization", Ba et al. 2017): natural gradient descent
/// with an approximate Fisher information. It has one block per layer. A block is the Kronecker product Aₗ₋₁
/// ⊗ Gₗ of the second moments of the layer's inputs (with a 1 for the bias) and of the derivatives at its
/// outputs. [`KfacBlocks::Tridiagonal`] also takes in how neighbouring layers are correlated.
///
/// The step of a layer is ΔW̄ = −(G + √γ/π·I)⁻¹ ∇W̄ (A + π√γ·I)⁻¹, where γ = λ + η with the curvature η of
/// the regularization. π² = (tr A / dim A) / (tr G / dim G) splits the damping between both factors (section
/// 6.3). Two inverses of the size of a layer, by LAPACK's Cholesky, replace one of the size of all
/// parameters.
///
/// | | default | range |
/// |---|---|---|
/// | steps | [`KfacStep::Model`] | |
/// | damping λ (its initial value with [`KfacStep::Model`]) | .03 | finite, > 0 |
/// | decay ε of the running averages of the factors, min(1 − 1/k, ε) | .95 | 0 ≤ ε < 1 |
/// | refresh: iterations between two inversions (and in each of the first 3) | 10 | ≥ 1 |
/// | labels | [`Labels::Exact`] | |
/// | blocks of F̂⁻¹ | [`KfacBlocks::Diagonal`] | |
///
/// By default K-FAC uses the whole objective, and value and gradient of the iterate are those of the
/// objective. It can also draw minibatches. Value and gradient are then those of the next batch, and an
/// evaluation counts as one for any batch size.
///
/// A saved run keeps the averages and inverses of the factors, the last update, λ and the places of the
/// random numbers: it goes on with the same bits.
///
/// One difference from the paper: the damping that is split is λ + η itself, and not a γ that is adapted
/// separately (section 6.6).
///
/// ```
/// use gradus::model::{Mlp, Model};
/// use gradus::optimizer::second_order::{Kfac, KfacBlocks};
/// use gradus::prelude::*;
/// use gradus::rng;
/// use gradus::risk::EmpiricalRisk;
/// let digits = data::Preprocessing::default().prepare::<f64>(&data::digits());
/// let net = Mlp::new(64, &[20], 10)?;
/// let start = net.initial(&mut rng::stream(0, "initial parameters", 0));
/// let risk = EmpiricalRisk::new(net, Softmax, digits.train_x, digits.train_y, Regularizer::l2(1e-4))?;
/// let kfac = Kfac::new().blocks(KfacBlocks::Tridiagonal);
/// let found = minimize(risk, &start, kfac, Stop::iterations(20))?;
/// assert!(found.value < 0.2);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Kfac {
    step: KfacStep,
    damping: f64,
    decay: f64,
    refresh: usize,
    labels: Labels,
    blocks: KfacBlocks,
    batch: Option<(usize, u64)>,
    run: State,
    refused: Option<Termination>,
}

impl Default for Kfac {
    fn default() -> Self {
        Kfac::new()
    }
}

impl Kfac {
    /// The default of the damping λ.
    pub const DEFAULT_DAMPING: f64 = 0.03;

    /// Returns the bytes of memory that K-FAC keeps for these layers with its default blocks, as
    /// [`KfacBlocks::bytes`] does with others.
    pub fn bytes(layers: &[KroneckerBlock]) -> u128 {
        KfacBlocks::default().bytes(layers)
    }

    /// K-FAC on the whole objective, with steps by the quadratic model.
    pub fn new() -> Self {
        let empty = || Array1::zeros(0);
        let run = State {
            layers: Vec::new(),
            factors: Vec::new(),
            tridiagonal: None,
            batches: None,
            current: Vec::new(),
            stream: rng::stream(0, "K-FAC labels", 0),
            damping: Kfac::DEFAULT_DAMPING,
            proposal: empty(),
            update: empty(),
            spare: empty(),
        };
        let labels = Labels::Exact;
        Kfac {
            step: KfacStep::Model,
            damping: Kfac::DEFAULT_DAMPING,
            decay: 0.95,
            refresh: 10,
            labels,
            blocks: KfacBlocks::default(),
            batch: None,
            run,
            refused: None,
        }
    }

    /// K-FAC on minibatches of `batch` examples, drawn without replacement.
    ///
    /// # Errors
    /// If the batch is empty.
    pub fn minibatch(batch: usize, seed: u64) -> Result<Self> {
        check_hyperparameter("batch", batch as f64, "at least 1", |v| v >= 1.0)?;
        Ok(Kfac { batch: Some((batch, seed)), ..Kfac::new() })
    }

    /// Sets the kind of step. The default is [`KfacStep::Model`].
    ///
    /// # Errors
    /// If one of its numbers is out of its range.
    pub fn step(self, step: KfacStep) -> Result<Self> {
        if let KfacStep::Rate { lr, momentum, clip } = step {
            check_hyperparameter("lr", lr, "finite and > 0", |v| v.is_finite() && v > 0.0)?;
            check_hyperparameter("momentum", momentum, "at least 0 and below 1", |v| {
                (0.0..1.0).contains(&v)
            })?;
            check_hyperparameter("clip", clip, "> 0", |v| v > 0.0)?;
        }
        Ok(Kfac { step, ..self })
    }

    /// Sets the damping λ, finite and > 0. The default is .03.
    ///
    /// # Errors
    /// If λ is out of its range.
    pub fn damping(self, damping: f64) -> Result<Self> {
        check_hyperparameter("damping", damping, "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        Ok(Kfac { damping, ..self })
    }

    /// Sets the decay ε of the running averages of the factors, 0 ≤ ε < 1. The default is .95.
    ///
    /// # Errors
    /// If ε is out of its range.
    pub fn decay(self, decay: f64) -> Result<Self> {
        check_hyperparameter("decay", decay, "at least 0 and below 1", |v| (0.0..1.0).contains(&v))?;
        Ok(Kfac { decay, ..self })
    }

    /// Sets the number of iterations between two inversions, at least 1. The default is 10.
    ///
    /// # Errors
    /// If it is 0.
    pub fn refresh(self, refresh: usize) -> Result<Self> {
        match refresh {
            0 => Err(Error::Hyperparameter { name: "refresh", value: 0.0, range: "at least 1" }),
            _ => Ok(Kfac { refresh, ..self }),
        }
    }

    /// Sets the source of the labels in the factors G. The default is [`Labels::Exact`].
    #[must_use]
    pub fn labels(self, labels: Labels) -> Self {
        Kfac { labels, ..self }
    }

    /// Sets the blocks of the inverse Fisher information. The default is [`KfacBlocks::Diagonal`].
    #[must_use]
    pub fn blocks(self, blocks: KfacBlocks) -> Self {
        Kfac { blocks, ..self }
    }

    /// Returns the current damping λ.
    pub fn current_damping(&self) -> f64 {
        self.run.damping
    }

    /// Draws the next batch, if K-FAC runs on minibatches.
    fn draw(&mut self) {
        if let Some(batches) = &mut self.run.batches {
            self.run.current.clear();
            self.run.current.extend_from_slice(batches.next());
        }
    }

    /// Evaluates value and gradient at the iterate, on the next batch or on the whole objective.
    fn evaluate(&mut self, objective: &mut (impl KroneckerFactored + ?Sized), iterate: &mut Iterate<f64>) {
        self.draw();
        iterate.value = match self.run.batches {
            Some(_) => objective.batch_value_grad(&iterate.x, &self.run.current, &mut iterate.grad),
            None => objective.value_grad(&iterate.x, &mut iterate.grad),
        };
    }

    /// Updates the running averages of the factors and, if due, their inverses. Returns `false` if a factor
    /// has no inverse, or a Σ of the tridiagonal form.
    fn update_factors(
        &mut self,
        objective: &mut (impl KroneckerFactored + ?Sized),
        iterate: &Iterate<f64>,
    ) -> bool {
        let run = &mut self.run;
        let stream = (self.labels == Labels::Sampled).then_some(&mut run.stream);
        let cross = run.tridiagonal.as_mut().map_or(&mut [][..], Tridiagonal::fresh);
        objective.write_factors_and_cross(&iterate.x, &run.current, stream, &mut run.factors, cross);
        let old = (1.0 - 1.0 / (iterate.k + 1) as f64).min(self.decay);
        for (layer, fresh) in run.layers.iter_mut().zip(&run.factors) {
            layer.average(fresh, old);
        }
        run.tridiagonal.iter_mut().for_each(|form| form.average(old));
        let due = iterate.k < 3 || iterate.k.is_multiple_of(self.refresh);
        let gamma = run.damping + objective.regularization_curvature();
        !due || invert_shared(objective.ranks().as_deref(), &mut run.layers, gamma)
            && run.tridiagonal.iter_mut().all(|form| form.invert(&run.layers, gamma))
    }

    /// Writes −F̂⁻¹∇f into the proposal.
    fn propose(&mut self, iterate: &Iterate<f64>) {
        let run = &mut self.run;
        match &mut run.tridiagonal {
            Some(form) => form.precondition(&mut run.layers, &iterate.grad, &mut run.proposal),
            None => {
                for layer in &mut run.layers {
                    layer.precondition(&iterate.grad, &mut run.proposal);
                }
            }
        }
    }

    /// Computes the next update by the quadratic model, and returns the change of f that the model predicts.
    fn by_model(&mut self, objective: &mut (impl KroneckerFactored + ?Sized), iterate: &Iterate<f64>) -> f64 {
        let run = &mut self.run;
        let (lambda, eta) = (run.damping, objective.regularization_curvature());
        let [mut uu, mut uv, mut vv] =
            objective.fisher_forms(&iterate.x, &run.current, &run.proposal, &run.update);
        let damped = |a: &Array1<f64>, b: &Array1<f64>| {
            let of_weights = |layer: &Layer| a.slice(s![layer.weights()]).dot(&b.slice(s![layer.weights()]));
            lambda * a.dot(b) + eta * run.layers.iter().map(of_weights).sum::<f64>()
        };
        uu += damped(&run.proposal, &run.proposal);
        uv += damped(&run.proposal, &run.update);
        vv += damped(&run.update, &run.update);
        let (gu, gv) = (iterate.grad.dot(&run.proposal), iterate.grad.dot(&run.update));
        let determinant = uu * vv - uv * uv;
        let (alpha, mu) = if determinant > 1e-12 * uu * vv {
            ((uv * gv - vv * gu) / determinant, (uv * gu - uu * gv) / determinant)
        } else {
            (-gu / uu, 0.0)
        };
        run.update.zip_mut_with(&run.proposal, |v, &u| *v = alpha * u + mu * *v);
        0.5 * (alpha * gu + mu * gv)
    }

    /// Computes the next update by a learning rate and momentum, and returns the learning rate after
    /// clipping.
    fn by_rate(&mut self, iterate: &Iterate<f64>, lr: f64, momentum: f64, clip: f64) -> f64 {
        let run = &mut self.run;
        let size = lr * lr * iterate.grad.dot(&run.proposal).abs();
        let rate = if size > clip { lr * (clip / size).sqrt() } else { lr };
        run.update.zip_mut_with(&run.proposal, |v, &u| *v = momentum * *v + rate * u);
        rate
    }

    /// Lowers the damping if the prediction of the model was good, and raises it if it was bad (section 6.5).
    fn adapt(&mut self, change: f64, predicted: f64) {
        let (ratio, factor) = (change / predicted, ADAPT_BY.powi(ADAPT_EVERY as i32));
        if ratio > 0.75 {
            self.run.damping *= factor;
        } else if ratio < 0.25 || ratio.is_nan() {
            self.run.damping /= factor;
        }
    }
}

impl<O: KroneckerFactored + ?Sized> Optimizer<f64, O> for Kfac {
    fn name(&self) -> String {
        "kfac".into()
    }

    /// # Panics
    /// If the batch is larger than the data.
    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) {
        let (blocks, zeros) = (objective.kronecker_blocks(), || Array1::zeros(iterate.x.len()));
        let terms = objective.terms();
        self.refused = out_of_memory(self.blocks.bytes(&blocks));
        if self.refused.is_some() {
            iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
            return;
        }
        let seed = self.batch.map_or(0, |(_, seed)| seed);
        self.run = State {
            factors: blocks.iter().map(KroneckerFactors::zeros).collect(),
            tridiagonal: (self.blocks == KfacBlocks::Tridiagonal).then(|| Tridiagonal::new(&blocks)),
            layers: blocks.into_iter().map(Layer::new).collect(),
            batches: self.batch.map(|(size, seed)| {
                Batches::without_replacement(terms, size, seed).expect("the batch is no larger than the data")
            }),
            current: (0..terms as u32).collect(),
            stream: rng::stream(seed, "K-FAC labels", 0),
            damping: self.damping,
            proposal: zeros(),
            update: zeros(),
            spare: zeros(),
        };
        self.evaluate(objective, iterate);
    }

    fn save(&self, saved: &mut Saved) {
        if self.refused.is_none() {
            self.run.save(saved);
        }
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        if self.refused.is_some() { Ok(()) } else { self.run.restore(saved) }
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) -> ControlFlow<Termination> {
        if let Some(refused) = self.refused {
            return ControlFlow::Break(refused);
        }
        if !self.update_factors(objective, iterate) {
            return ControlFlow::Break(Termination::NotFinite { iteration: iterate.k, value: f64::NAN });
        }
        self.propose(iterate);
        let before = iterate.value;
        let predicted = match self.step {
            KfacStep::Model => Some(self.by_model(objective, iterate)),
            KfacStep::Rate { lr, momentum, clip } => {
                iterate.alpha = self.by_rate(iterate, lr, momentum, clip);
                None
            }
        };
        iterate.x += &self.run.update;
        let predicted = predicted.filter(|_| iterate.k % ADAPT_EVERY == ADAPT_EVERY - 1);
        // Measure the change of f on the batch of the model, before the next batch is drawn.
        let on_batch = predicted.filter(|_| self.run.batches.is_some());
        if let Some(predicted) = on_batch {
            let after = objective.batch_value_grad(&iterate.x, &self.run.current, &mut self.run.spare);
            self.adapt(after - before, predicted);
        }
        self.evaluate(objective, iterate);
        if let (Some(predicted), None) = (predicted, on_batch) {
            self.adapt(iterate.value - before, predicted);
        }
        ControlFlow::Continue(())
    }
}
