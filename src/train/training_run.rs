//! A run of the minibatch loop under way.

use super::checkpoint::Checkpoint;
use super::settings::{Batch, Training};
use super::trained::Trained;
use crate::data::Batches;
use crate::error::Result;
use crate::linalg::{self, slice, slice_mut};
use crate::objective::FiniteSum;
use crate::optimizer::first_order::{Average, Averaging, State, UpdateRule, climb};
use crate::real::Real;
use crate::stop::{Reply, Termination, interrupt};
use ndarray::{Array1, ArrayRef1};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// What the gradient of a batch was taken of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// The number of examples.
    pub(super) examples: usize,
    /// Their mean loss.
    pub(super) loss: f64,
}

/// A run under way: its parameters, buffers and counters.
pub(super) struct TrainingRun<'a, F, R> {
    pub(super) rule: R,
    pub(super) settings: &'a Training,
    pub(super) batches: Batches,
    pub(super) examples: usize,
    pub(super) total: usize,
    pub(super) state: State<F>,
    pub(super) params: Array1<F>,
    pub(super) safe: Array1<F>,
    pub(super) probe: Array1<F>,
    pub(super) grad: Array1<F>,
    /// The point to which the rule climbs; empty if it does not.
    pub(super) climbed: Array1<F>,
    /// Where the rule needs a product with the Hessian, and the product; empty if it needs none.
    pub(super) direction: Array1<F>,
    pub(super) product: Array1<F>,
    /// All examples, for products on the full batch.
    pub(super) all: Vec<u32>,
    /// The weighted sum of the gradients of a step's batches; empty if a step has one batch.
    pub(super) sum: Array1<F>,
    /// The weighted gradients of the own batches, where several processes share a step.
    pub(super) weighted: Vec<Array1<F>>,
    pub(super) average: Option<Average<F>>,
    /// Whether the rule has asked for a product in this step.
    pub(super) asked: bool,
    pub(super) batch: usize,
    pub(super) steps: usize,
    pub(super) clipped: u64,
    pub(super) example_grads: u64,
    /// The number of examples seen, each once however many of its gradients were taken.
    pub(super) seen: u64,
    pub(super) loss_sum: f64,
    pub(super) loss_count: usize,
    pub(super) lr: f64,
    pub(super) elapsed: Duration,
}

impl<'a, F: Real, R: UpdateRule<F>> TrainingRun<'a, F, R> {
    pub(super) fn new(
        examples: usize,
        rule: R,
        state: State<F>,
        x0: &ArrayRef1<F>,
        settings: &'a Training,
    ) -> Result<Self> {
        let batches = match settings.batch {
            Batch::Full => Batches::without_replacement(examples, examples, settings.seed)?,
            Batch::Size(size) => Batches::without_replacement(examples, size, settings.seed)?,
            Batch::WithReplacement(size) => Batches::with_replacement(examples, size, settings.seed)?,
        };
        Ok(TrainingRun {
            batches,
            examples,
            total: settings.epochs.saturating_mul(settings.steps_per_epoch(examples)),
            state,
            params: x0.to_owned(),
            safe: x0.to_owned(),
            probe: Array1::zeros(x0.len()),
            grad: Array1::zeros(x0.len()),
            climbed: Array1::zeros(if rule.climbs().is_some() { x0.len() } else { 0 }),
            direction: Array1::zeros(if rule.needs_products() { x0.len() } else { 0 }),
            product: Array1::zeros(if rule.needs_products() { x0.len() } else { 0 }),
            all: if rule.needs_products() { (0..examples as u32).collect() } else { Vec::new() },
            sum: Array1::zeros(if settings.accumulate > 1 { x0.len() } else { 0 }),
            weighted: Vec::new(),
            average: (settings.average != Averaging::Off).then(|| Average::new(settings.average, x0)),
            rule,
            settings,
            asked: false,
            batch: 0,
            steps: 0,
            clipped: 0,
            example_grads: 0,
            seen: 0,
            loss_sum: 0.0,
            loss_count: 0,
            lr: settings.lr,
            elapsed: Duration::ZERO,
        })
    }

    fn epochs(&self) -> f64 {
        self.seen as f64 / self.examples as f64
    }

    /// Shows the run to the observer, and keeps the parameters in case it diverges later.
    pub(super) fn checkpoint<Y: Reply>(
        &mut self,
        observer: &mut impl FnMut(&Checkpoint<F>) -> Y,
    ) -> ControlFlow<()> {
        let shown = self.average.as_ref().map_or(&self.params, Average::mean);
        if linalg::all_finite(shown) {
            self.safe.assign(shown);
        }
        let batch_loss = self.loss_sum / self.loss_count as f64;
        (self.loss_sum, self.loss_count) = (0.0, 0);
        let reply = observer(&Checkpoint {
            steps: self.steps,
            epochs: self.epochs(),
            example_grads: self.example_grads,
            params: shown,
            batch_loss,
            lr: self.lr,
            clipped: self.clipped,
            elapsed: self.elapsed,
        });
        reply.flow()
    }

    /// Makes up to `count` steps, on the clock.
    pub(super) fn advance(
        &mut self,
        objective: &mut impl FiniteSum<F>,
        count: usize,
    ) -> ControlFlow<Termination> {
        let started = Instant::now();
        let until = self.total.min(self.steps.saturating_add(count));
        let mut flow = ControlFlow::Continue(());
        while self.steps < until && flow.is_continue() {
            if interrupt::requested() {
                flow = ControlFlow::Break(Termination::Interrupted { iterations: self.steps });
            } else {
                flow = self.step(objective);
            }
        }
        self.elapsed += started.elapsed();
        flow
    }

    fn step(&mut self, objective: &mut impl FiniteSum<F>) -> ControlFlow<Termination> {
        self.lr = self.settings.lr * self.settings.schedule.at(self.steps);
        let lr = F::of(self.lr);
        let (params, probe) = (slice_mut(&mut self.params), slice_mut(&mut self.probe));
        let ahead = self.rule.probe(&self.state, lr, params, probe);
        match self.settings.accumulate {
            1 => {
                let Seen { loss, .. } = self.gradient(objective, ahead)?;
                self.note(loss);
            }
            _ => self.accumulated(objective, ahead)?,
        }
        let grad = slice_mut(&mut self.grad);
        self.clipped += u64::from(self.rule.clip().apply(grad));
        self.rule.step(&mut self.state, lr, grad, slice_mut(&mut self.params));
        if let Some((eigenvalue, bound)) = self.state.not_positive {
            let iteration = self.steps;
            return ControlFlow::Break(Termination::NotPositive { iteration, eigenvalue, bound });
        }
        if self.asked {
            self.rule.learn_curvature(&mut self.state, slice(&self.direction), slice(&self.product));
        }
        self.steps += 1;
        if let Some(average) = &mut self.average {
            average.update(self.steps, &self.params);
        }
        ControlFlow::Continue(())
    }

    /// Adds the loss of a batch to those since the last checkpoint.
    pub(super) fn note(&mut self, loss: f64) {
        self.loss_sum += loss;
        self.loss_count += 1;
    }

    /// Evaluates loss and gradient of the next batch, and returns the loss and the number of examples. A rule
    /// that climbs gets the gradient at the point to which it climbs, and the loss where it was; one that
    /// asks for a product with the Hessian of the batch gets that too.
    pub(super) fn gradient(
        &mut self,
        objective: &mut impl FiniteSum<F>,
        ahead: bool,
    ) -> ControlFlow<Termination, Seen> {
        let at = if ahead { &self.probe } else { &self.params };
        let full = self.settings.batch == Batch::Full;
        let (batch, upcoming) =
            if full { (&self.all[..], &[][..]) } else { self.batches.next_with_upcoming() };
        let mut evaluate = |at: &Array1<F>, grad: &mut Array1<F>| match full {
            // In the order of the data: shuffling would only change the rounding.
            true => objective.value_grad(at, grad),
            false => objective.batch_value_grad_before(at, batch, upcoming, grad),
        };
        let not_finite = |loss: F| {
            ControlFlow::Break(Termination::NotFinite { iteration: self.steps, value: loss.wide() })
        };
        let loss = evaluate(at, &mut self.grad);
        let seen = if full { self.examples } else { batch.len() };
        self.batch += 1;
        self.seen += seen as u64;
        self.example_grads += seen as u64;
        if !loss.is_finite() || !linalg::all_finite(&self.grad) {
            return not_finite(loss);
        }
        if let Some(radius) = self.rule.climbs() {
            climb(F::of(radius), slice(at), slice(&self.grad), slice_mut(&mut self.climbed));
            let above = evaluate(&self.climbed, &mut self.grad);
            self.example_grads += seen as u64;
            if !above.is_finite() || !linalg::all_finite(&self.grad) {
                return not_finite(above);
            }
        }
        self.asked =
            self.rule.needs_products() && self.rule.direction(&self.state, slice_mut(&mut self.direction));
        if let (true, Some(products)) = (self.asked, objective.as_batch_products()) {
            products.batch_hess_vec(at, batch, &self.direction, &mut self.product);
        }
        ControlFlow::Continue(Seen { examples: seen, loss: loss.wide() })
    }

    pub(super) fn finish(self, termination: Termination) -> Trained<F> {
        let epochs = self.epochs();
        let last = self.average.map_or(self.params, Average::into_mean);
        let finite = linalg::all_finite(&last);
        let divided = self.rule.may_divide_by_zero() && last.iter().any(|x| x.is_nan());
        let diverged = termination.diverged() || !finite;
        Trained {
            params: if diverged { self.safe } else { last },
            steps: self.steps,
            epochs,
            example_grads: self.example_grads,
            clipped: self.clipped,
            seconds: self.elapsed.as_secs_f64(),
            termination: match finite {
                true => termination,
                false if divided => Termination::DividedByZero { iteration: self.steps },
                false if termination.diverged() => {
                    Termination::NotFinite { iteration: self.steps, value: f64::NAN }
                }
                false => Termination::PointNotFinite { iteration: self.steps },
            },
        }
    }
}
