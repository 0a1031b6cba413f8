//! The minibatch loop: draw a batch, evaluate its gradient, make a step.

use super::checkpoint::Checkpoint;
use super::settings::{Batch, Training};
use super::trained::Trained;
use crate::data::Batches;
use crate::error::{Error, Result};
use crate::linalg::{self, slice, slice_mut, with_helper_thread};
use crate::objective::FiniteSum;
use crate::optimizer::first_order::{Average, Averaging, State, UpdateRule, climb};
use crate::real::Real;
use crate::stop::{Reply, Termination, interrupt};
use ndarray::{Array1, ArrayRef1};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// Trains from `x0`: `rule` moves the parameters by the gradients of minibatches of `objective`.
///
/// A rule that names another point for its gradient gets it from there, one that
/// [climbs](crate::optimizer::first_order::Sam) gets a second one of the same examples, and one that [needs
/// products](crate::optimizer::first_order::Sophia) gets those of the Hessian of its batch. The parameters of
/// a checkpoint, and the result, are those that the rule moves: of a schedule-free rule, its average.
///
/// A loss or gradient that is not finite ends the run with that reason before it reaches the parameters.
/// After the first step, nothing is allocated until the end. Two threads compute large steps, unless the
/// calling thread belongs to a pool of rayon or `RAYON_NUM_THREADS` is 1; the bits are the same either way.
///
/// ```
/// use gradus::model::Linear;
/// use gradus::prelude::*;
/// use gradus::risk::EmpiricalRisk;
/// let digits = data::Preprocessing::default().prepare::<f64>(&data::digits());
/// let (x, y) = (digits.train_x, digits.train_y);
/// let mut risk = EmpiricalRisk::new(Linear::new(64, 10), Softmax, x, y, Regularizer::default())?;
/// let start = Array1::zeros(risk.dim());
/// let settings = Training { epochs: 5, lr: 0.5, ..Training::default() };
/// let trained = train(&mut risk, Momentum::default(), &start, &settings)?;
/// assert!(risk.value(&trained.params) < 0.3);
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// If a setting is out of its range, `x0` has another length than the objective, or the rule needs layers or
/// products with a Hessian that the objective does not offer.
pub fn train<F: Real, R: UpdateRule<F>>(
    objective: &mut impl FiniteSum<F>,
    rule: R,
    x0: &ArrayRef1<F>,
    settings: &Training,
) -> Result<Trained<F>> {
    train_observed(objective, rule, x0, settings, |_| {})
}

/// Trains as [`train`] does, while `observer` sees every checkpoint. The observer may return nothing, or a
/// [`ControlFlow`] that ends the run by `Break`. The clock of the run stands still while the observer works.
///
/// ```
/// use gradus::model::Linear;
/// use gradus::prelude::*;
/// use gradus::risk::EmpiricalRisk;
/// use gradus::train::train_observed;
/// let digits = data::Preprocessing::default().prepare::<f64>(&data::digits());
/// let (x, y) = (digits.train_x, digits.train_y);
/// let mut risk = EmpiricalRisk::new(Linear::new(64, 10), Softmax, x, y, Regularizer::default())?;
/// let (start, mut losses) = (Array1::zeros(risk.dim()), Vec::new());
/// train_observed(&mut risk, Adam::default(), &start, &Training::default(), |checkpoint| {
///     losses.push(checkpoint.batch_loss);
/// })?;
/// assert!(losses[0].is_nan() && losses[10] < losses[1]);
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// As [`train`].
pub fn train_observed<F: Real, R: UpdateRule<F>, Y: Reply>(
    objective: &mut impl FiniteSum<F>,
    rule: R,
    x0: &ArrayRef1<F>,
    settings: &Training,
    mut observer: impl FnMut(&Checkpoint<F>) -> Y,
) -> Result<Trained<F>> {
    settings.validate()?;
    rule.validate()?;
    rule.check_fits::<F>(settings.lr)?;
    if x0.len() != objective.dim() {
        return Err(Error::Shape { what: "x0", expected: vec![objective.dim()], got: vec![x0.len()] });
    }
    if rule.needs_products() {
        check_products(rule.name(), objective, settings)?;
    }
    let layout = if rule.by_layers() { objective.param_layout() } else { None };
    if rule.by_layers() {
        rule.check_layers::<F>(layout.as_ref())?;
    }
    let state = layout.map_or_else(|| State::new(&rule, x0.len()), |layout| State::laid_out(&rule, &layout));
    let mut run = TrainingRun::new(objective.terms(), rule, state, x0, settings)?;
    let every = settings.checkpoint_every.unwrap_or(settings.steps_per_epoch(objective.terms()));
    let termination = with_helper_thread(|| {
        loop {
            if run.checkpoint(&mut observer).is_break() {
                break Termination::StoppedByObserver { iterations: run.steps };
            }
            if run.steps == run.total {
                break Termination::OutOfIterations { iterations: run.steps, bound: run.total };
            }
            if let ControlFlow::Break(termination) = run.advance(objective, every) {
                break termination;
            }
        }
    });
    Ok(run.finish(termination))
}

/// Checks that the objective offers products with the Hessian of a batch, and that a step has one batch.
fn check_products<F: Real>(rule: &str, objective: &mut impl FiniteSum<F>, settings: &Training) -> Result<()> {
    let refused = |what: String, remedy| Err(Error::Unsupported { what, remedy });
    if objective.as_batch_products().is_none() {
        let what =
            format!("{rule} needs products with the Hessian of a batch, which this objective does not offer");
        return refused(what, "choose an update rule that needs gradients alone, such as adam");
    }
    if settings.accumulate > 1 {
        let what =
            format!("{rule} takes the Hessian of one batch, and {} are accumulated", settings.accumulate);
        return refused(what, "accumulate 1, and make the batch larger");
    }
    Ok(())
}

/// A run under way: its parameters, buffers and counters.
struct TrainingRun<'a, F, R> {
    rule: R,
    settings: &'a Training,
    batches: Batches,
    examples: usize,
    total: usize,
    state: State<F>,
    params: Array1<F>,
    safe: Array1<F>,
    probe: Array1<F>,
    grad: Array1<F>,
    /// The point to which the rule climbs; empty if it does not.
    climbed: Array1<F>,
    /// Where the rule needs a product with the Hessian, and the product; empty if it needs none.
    direction: Array1<F>,
    product: Array1<F>,
    /// All examples, for products on the full batch.
    all: Vec<u32>,
    /// The weighted sum of the gradients of a step's batches; empty if a step has one batch.
    sum: Array1<F>,
    average: Option<Average<F>>,
    /// Whether the rule has asked for a product in this step.
    asked: bool,
    batch: usize,
    steps: usize,
    clipped: u64,
    example_grads: u64,
    /// The number of examples seen, each once however many of its gradients were taken.
    seen: u64,
    loss_sum: f64,
    loss_count: usize,
    lr: f64,
    elapsed: Duration,
}

impl<'a, F: Real, R: UpdateRule<F>> TrainingRun<'a, F, R> {
    fn new(
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
    fn checkpoint<Y: Reply>(&mut self, observer: &mut impl FnMut(&Checkpoint<F>) -> Y) -> ControlFlow<()> {
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
    fn advance(&mut self, objective: &mut impl FiniteSum<F>, count: usize) -> ControlFlow<Termination> {
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
        if self.settings.accumulate > 1 {
            self.accumulated(objective, ahead)?;
        } else {
            self.gradient(objective, ahead)?;
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

    /// Evaluates loss and gradient of the next batch, and returns the number of its examples. A rule that
    /// climbs gets the gradient at the point to which it climbs, and the loss where it was; one that asks for
    /// a product with the Hessian of the batch gets that too.
    fn gradient(
        &mut self,
        objective: &mut impl FiniteSum<F>,
        ahead: bool,
    ) -> ControlFlow<Termination, usize> {
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
        self.loss_sum += loss.wide();
        self.loss_count += 1;
        ControlFlow::Continue(seen)
    }

    /// Evaluates the mean gradient over the examples of several batches, up to the end of the epoch.
    fn accumulated(&mut self, objective: &mut impl FiniteSum<F>, ahead: bool) -> ControlFlow<Termination> {
        let per_epoch = self.settings.batches_per_epoch(self.examples);
        let mut examples = 0;
        self.sum.fill(F::zero());
        for batch in 0..self.settings.accumulate {
            if batch > 0 && self.batch.is_multiple_of(per_epoch) {
                break;
            }
            let seen = self.gradient(objective, ahead)?;
            examples += seen;
            self.sum.scaled_add(F::of(seen as f64), &self.grad);
        }
        let share = F::of(1.0 / examples as f64);
        self.grad.zip_mut_with(&self.sum, |g, &sum| *g = share * sum);
        ControlFlow::Continue(())
    }

    fn finish(self, termination: Termination) -> Trained<F> {
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
