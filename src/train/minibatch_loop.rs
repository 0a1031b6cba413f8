//! The minibatch loop: draw a batch, evaluate its gradient, make a step.

use super::checkpoint::Checkpoint;
use super::keeping::Keeping;
use super::settings::{Batch, Training};
use super::trained::Trained;
use super::training_run::TrainingRun;
use crate::error::{Error, Result};
use crate::linalg::with_helper_thread;
use crate::objective::FiniteSum;
use crate::optimizer::first_order::{State, UpdateRule};
use crate::real::Real;
use crate::stop::{Reply, Termination};
use ndarray::ArrayRef1;
use std::ops::ControlFlow;
use std::time::Instant;

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
    observer: impl FnMut(&Checkpoint<F>) -> Y,
) -> Result<Trained<F>> {
    let (trained, saved) = train_kept(objective, rule, x0, settings, Keeping::default(), observer)?;
    saved.map(|()| trained)
}

/// Trains as [`train_observed`] does, while the run is kept in a file, from which it can go on. If it cannot
/// be saved at its end, because the disk is full for instance, the outcome is there all the same, with the
/// error beside it.
///
/// ```
/// use gradus::minimize::SavedRun;
/// use gradus::model::Linear;
/// use gradus::prelude::*;
/// use gradus::risk::EmpiricalRisk;
/// use gradus::train::{Keeping, train_kept};
/// # let folder = std::env::temp_dir().join(format!("gradus-doc-kept-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).unwrap();
/// # let file = folder.join("run.txt");
/// let digits = data::Preprocessing::default().prepare::<f64>(&data::digits());
/// let (x, y) = (digits.train_x, digits.train_y);
/// let mut risk = EmpiricalRisk::new(Linear::new(64, 10), Softmax, x, y, Regularizer::default())?;
/// let (start, rule) = (Array1::zeros(risk.dim()), Momentum::default());
/// let settings = |epochs| Training { epochs, ..Training::default() };
/// // Two epochs, kept in a file, and three more have the bits of five at once.
/// let keeping = Keeping { file: Some(file.clone()), ..Keeping::default() };
/// train_kept(&mut risk, rule, &start, &settings(2), keeping, |_| {})?.1?;
/// let keeping = Keeping { resumed: Some(SavedRun::read(&file)?), ..Keeping::default() };
/// let (resumed, _) = train_kept(&mut risk, rule, &start, &settings(5), keeping, |_| {})?;
/// assert_eq!(resumed.params, train(&mut risk, rule, &start, &settings(5))?.params);
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// As [`train`], and if the kept run is one of another rule, or of other parameters.
pub fn train_kept<F: Real, R: UpdateRule<F>, Y: Reply>(
    objective: &mut impl FiniteSum<F>,
    rule: R,
    x0: &ArrayRef1<F>,
    settings: &Training,
    keeping: Keeping,
    mut observer: impl FnMut(&Checkpoint<F>) -> Y,
) -> Result<(Trained<F>, Result<()>)> {
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
    if let Some(saved) = &keeping.resumed {
        run.put_back(saved)?;
    }
    let mut last_save = Instant::now();
    let every = settings.checkpoint_every.unwrap_or(settings.steps_per_epoch(objective.terms()));
    check_ranks(objective, settings)?;
    let termination = with_helper_thread(|| {
        loop {
            if run.checkpoint(&mut observer).is_break() {
                break Termination::StoppedByObserver { iterations: run.steps };
            }
            if last_save.elapsed() >= Keeping::EVERY {
                // A failure now does not end the run: it is saved again later.
                let _ = keeping.save(|label| run.saved(label));
                last_save = Instant::now();
            }
            if run.steps >= run.total {
                break Termination::OutOfIterations { iterations: run.steps, bound: run.total };
            }
            if let ControlFlow::Break(termination) = run.advance(objective, every) {
                break termination;
            }
        }
    });
    let saved = keeping.save(|label| run.saved(label));
    Ok((run.finish(termination), saved))
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

/// Checks that processes that share the objective have something to share: a full pass, or the batches of a
/// step.
fn check_ranks<F: Real>(objective: &impl FiniteSum<F>, settings: &Training) -> Result<()> {
    let size = objective.ranks().map_or(1, |ranks| ranks.size());
    if size == 1 || settings.batch == Batch::Full || settings.accumulate > 1 {
        return Ok(());
    }
    let what = format!("a step has one batch, and {size} processes would share it");
    Err(Error::Unsupported { what, remedy: "accumulate several batches a step, or take the full batch" })
}
