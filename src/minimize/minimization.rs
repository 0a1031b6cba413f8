//! A minimization with its limits, its trace, and what may be added: a criterion, a file, a run to resume.

use super::clock::Precision;
use super::loop_state::LoopState;
use super::minimum::Minimum;
use super::moment::Moment;
use super::record::Record;
use super::saved_run::SavedRun;
use crate::error::{Error, Result};
use crate::linalg::with_helper_thread;
use crate::objective::{Counted, Objective};
use crate::optimizer::{Iterate, Optimizer};
use crate::real::Real;
use crate::stop::{Reply, Stop, Termination};
use ndarray::{Array1, ArrayRef1};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Minimizes `objective` from `x0`.
///
/// The result holds the last iterate; if that is not finite, the best finite one.
///
/// ```
/// use gradus::prelude::*;
/// let mut bowl = problems::Quadratic::new(&[1.0, 10.0]);
/// let momentum = FirstOrder::new(Momentum::default(), 0.02)?;
/// let found = minimize(&mut bowl, &array![3.0, -2.0], momentum, Stop::grad(1e-8))?;
/// assert!(found.termination.converged());
/// println!("{found}");
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// A closure with a numeric gradient works too:
///
/// ```
/// use gradus::prelude::*;
/// let f = |x: &ArrayRef1<f64>| (x[0] - 3.0).powi(2) + (x[1] + 1.0).powi(2);
/// let f = FiniteDifference::new(Function::new(2, f));
/// let found = minimize(f, &array![0.0, 0.0], FirstOrder::new(Sgd, 0.3)?, Stop::grad(1e-6))?;
/// assert!((found.x[0] - 3.0).abs() < 1e-5 && found.termination.converged());
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// If `x0` has another length than the objective.
pub fn minimize<F: Real, O, P>(
    objective: O,
    x0: &ArrayRef1<F>,
    optimizer: P,
    stop: Stop,
) -> Result<Minimum<F>>
where
    O: Objective<F>,
    P: Optimizer<F, Counted<O>>,
{
    Minimization::new(objective, x0, optimizer, stop).run()
}

/// Minimizes `objective` from `x0` as [`minimize`] does, while `observer` sees the start and every iterate
/// after which the run goes on. The observer may return nothing, or a [`ControlFlow`] that ends the run by
/// `Break`. The clock of the run stands still while the observer works.
///
/// ```
/// use gradus::minimize::minimize_observed;
/// use gradus::prelude::*;
/// let mut path = Vec::new();
/// let bowl = problems::Quadratic::new(&[1.0, 10.0]);
/// minimize_observed(bowl, &array![3.0, -2.0], FirstOrder::new(Sgd, 0.05)?, Stop::iterations(10), |moment| {
///     path.push((moment.iterate.x.clone(), moment.evaluations().grad));
/// })?;
/// assert_eq!((path.len(), path[9].1), (10, 10));
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// If `x0` has another length than the objective.
pub fn minimize_observed<F: Real, O, P, R: Reply>(
    objective: O,
    x0: &ArrayRef1<F>,
    optimizer: P,
    stop: Stop,
    observer: impl FnMut(&Moment<F, Counted<O>>) -> R,
) -> Result<Minimum<F>>
where
    O: Objective<F>,
    P: Optimizer<F, Counted<O>>,
{
    Minimization::new(objective, x0, optimizer, stop).observed(observer)
}

/// A criterion of the caller: the measured number and its bound, once the criterion is met.
type Criterion<'a, F> = Box<dyn FnMut(&Iterate<F>) -> Option<(f64, f64)> + 'a>;

/// A minimization with options that [`minimize`] does not have: a stopping criterion of your own, a file in
/// which the run is saved, and a saved run to resume.
///
/// ```
/// use gradus::minimize::{Minimization, SavedRun};
/// use gradus::prelude::*;
/// let folder = std::env::temp_dir().join(format!("gradus-doc-{}", std::process::id()));
/// std::fs::create_dir_all(&folder).unwrap();
/// let file = folder.join("run.txt");
/// let rule = || FirstOrder::new(Momentum::default(), 1e-3);
/// let x0 = array![-1.2, 1.0];
/// // 50 iterations and 50 more give the same bits as 100 at once.
/// let valley = || problems::Rosenbrock::new(2);
/// Minimization::new(valley(), &x0, rule()?, Stop::iterations(50)).save_to(&file).run()?;
/// let saved = SavedRun::read(&file)?;
/// let resumed = Minimization::resume(valley(), saved, rule()?, Stop::iterations(100))?.run()?;
/// let at_once = minimize(valley(), &x0, rule()?, Stop::iterations(100))?;
/// assert_eq!((resumed.x, resumed.evaluations), (at_once.x, at_once.evaluations));
///
/// // A criterion with a name: here, that the iterate has entered the unit disk.
/// let entered = Minimization::new(valley(), &x0, rule()?, Stop::iterations(100))
///     .criterion("‖x‖₂ ≤ 1", |iterate| {
///         let length = iterate.x.dot(&iterate.x).sqrt();
///         (length <= 1.0).then_some((length, 1.0))
///     })
///     .run()?;
/// assert_eq!(entered.termination.word(), "criterion_met");
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub struct Minimization<'a, F, O, P> {
    objective: O,
    optimizer: P,
    stop: Stop,
    start: Start<F>,
    label: String,
    file: Option<PathBuf>,
    criterion: Option<(&'static str, Criterion<'a, F>)>,
    on_failed_save: Option<OnFailedSave<'a>>,
}

/// What is called when a save fails in the middle of a run.
type OnFailedSave<'a> = Box<dyn FnMut(&Error) + 'a>;

enum Start<F> {
    Point(Array1<F>),
    Saved(Box<SavedRun>),
}

impl<'a, F: Real, O: Objective<F>, P: Optimizer<F, Counted<O>>> Minimization<'a, F, O, P> {
    /// The time between two saves of a run. The run is also saved at its end.
    pub const SAVED_EVERY: Duration = Duration::from_millis(500);

    /// Prepares a run from `x0`.
    pub fn new(objective: O, x0: &ArrayRef1<F>, optimizer: P, stop: Stop) -> Self {
        Minimization::from_start(objective, Start::Point(x0.to_owned()), optimizer, stop, String::new())
    }

    /// Prepares a run that continues a saved one. The iterates are the same to the last bit as those of a run
    /// that was never interrupted, if the optimizer saves its memory and has the same settings.
    ///
    /// # Errors
    /// If the run was saved by another optimizer, or has another number of parameters than the objective.
    pub fn resume(objective: O, run: SavedRun, optimizer: P, stop: Stop) -> Result<Self> {
        if run.x.len() != objective.dim() {
            return Err(Error::Shape {
                what: "the saved x",
                expected: vec![objective.dim()],
                got: vec![run.x.len()],
            });
        }
        if run.optimizer != optimizer.name() {
            let what = format!(
                "the run was saved by {}, and cannot be resumed by {}",
                run.optimizer,
                optimizer.name()
            );
            return Err(Error::Unsupported { what, remedy: "choose the optimizer that it was saved by" });
        }
        let (label, start) = (run.label.clone(), Start::Saved(Box::new(run)));
        Ok(Minimization::from_start(objective, start, optimizer, stop, label))
    }

    fn from_start(objective: O, start: Start<F>, optimizer: P, stop: Stop, label: String) -> Self {
        let (file, criterion, on_failed_save) = (None, None, None);
        Minimization { objective, optimizer, stop, start, label, file, criterion, on_failed_save }
    }

    /// Sets a line of text that is saved with the run, such as the name of the problem.
    #[must_use]
    pub fn label(self, label: &str) -> Self {
        Minimization { label: label.into(), ..self }
    }

    /// Saves the run in this file, every [`SAVED_EVERY`](Minimization::SAVED_EVERY) and at the end. A reader
    /// finds either the previous save or the new one, never a part.
    #[must_use]
    pub fn save_to(self, file: &Path) -> Self {
        Minimization { file: Some(file.into()), ..self }
    }

    /// Calls `tell` with the error when a save in the middle of the run fails for the first time, because the
    /// disk is full for instance. The run goes on, and is saved again later and at its end.
    ///
    /// ```
    /// use gradus::minimize::Minimization;
    /// use gradus::prelude::*;
    /// let (bowl, rule) = (problems::Quadratic::new(&[1.0]), FirstOrder::new(Sgd, 0.5)?);
    /// let run = Minimization::new(bowl, &array![8.0], rule, Stop::iterations(3))
    ///     .save_to(&std::env::temp_dir().join("gradus-told.txt"))
    ///     .on_failed_save(|error| eprintln!("warning: {error}; the run goes on"));
    /// assert_eq!(run.run()?.value, 0.5);
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    #[must_use]
    pub fn on_failed_save(self, tell: impl FnMut(&Error) + 'a) -> Self {
        Minimization { on_failed_save: Some(Box::new(tell)), ..self }
    }

    /// Also stops when `met` returns something: the number that it measured and the bound that this meets.
    #[must_use]
    pub fn criterion(
        self,
        name: &'static str,
        met: impl FnMut(&Iterate<F>) -> Option<(f64, f64)> + 'a,
    ) -> Self {
        Minimization { criterion: Some((name, Box::new(met))), ..self }
    }

    /// Runs to the end.
    ///
    /// # Errors
    /// If `x0` has another length than the objective, the file cannot be written, or the saved memory does
    /// not fit the optimizer.
    pub fn run(self) -> Result<Minimum<F>> {
        let plain = self.stop.max_time.is_none() && self.criterion.is_none() && self.file.is_none();
        let precision = if plain { Precision::Coarse } else { Precision::Exact };
        let (found, saved) = with_helper_thread(|| self.execute(precision, |_| {}))?;
        saved.map(|()| found)
    }

    /// Runs to the end as [`run`](Minimization::run) does, with an observer as that of [`minimize_observed`].
    ///
    /// # Errors
    /// As [`run`](Minimization::run).
    pub fn observed<R: Reply>(self, observer: impl FnMut(&Moment<F, Counted<O>>) -> R) -> Result<Minimum<F>> {
        let (found, saved) = self.observed_whether_saved(observer)?;
        saved.map(|()| found)
    }

    /// Runs to the end as [`observed`](Minimization::observed) does. If the run could not be saved at its
    /// end, because the disk is full for instance, the outcome is there all the same, with the error beside
    /// it.
    ///
    /// # Errors
    /// If `x0` has another length than the objective, or the saved memory does not fit the optimizer.
    pub fn observed_whether_saved<R: Reply>(
        self,
        observer: impl FnMut(&Moment<F, Counted<O>>) -> R,
    ) -> Result<(Minimum<F>, Result<()>)> {
        with_helper_thread(|| self.execute(Precision::Exact, observer))
    }

    fn execute<R: Reply>(
        self,
        precision: Precision,
        mut observer: impl FnMut(&Moment<F, Counted<O>>) -> R,
    ) -> Result<(Minimum<F>, Result<()>)> {
        let Minimization {
            objective,
            mut optimizer,
            stop,
            start,
            label,
            file,
            mut criterion,
            mut on_failed_save,
        } = self;
        let (mut run, mut record) = begin(objective, start, precision, &mut optimizer, &stop)?;
        let save = |moment: &Moment<F, Counted<O>>, optimizer: &P, record: &Record<F>| match &file {
            None => Ok(()),
            Some(file) => {
                let best = record.best.as_ref();
                SavedRun::of(moment, &label, optimizer, record.start_grad_norm, best).write(file)
            }
        };
        let mut last_save = Instant::now();
        let termination: Termination = run.run_with_optimizer(&mut optimizer, |moment, optimizer| {
            if let Some(termination) = record.record(moment, &stop) {
                return ControlFlow::Break(termination);
            }
            if let Some((name, (measured, bound))) =
                criterion.as_mut().and_then(|(name, met)| Some((*name, met(moment.iterate)?)))
            {
                return ControlFlow::Break(Termination::CriterionMet { name, measured, bound });
            }
            if observer(moment).flow().is_break() {
                return ControlFlow::Break(Termination::StoppedByObserver { iterations: moment.iterate.k });
            }
            if file.is_some() && last_save.elapsed() >= Self::SAVED_EVERY {
                // A run is worth more than its file: if the disk is full now, it may not be at the end.
                if let Err(error) = save(moment, optimizer, &record)
                    && let Some(mut tell) = on_failed_save.take()
                {
                    tell(&error);
                }
                last_save = Instant::now();
            }
            ControlFlow::Continue(())
        });
        let saved = save(&run.moment(), &optimizer, &record);
        let seconds = run.moment().elapsed.as_secs_f64();
        let (objective, last) = run.into_parts();
        Ok((record.into_minimum(termination, objective, last, &mut optimizer, seconds), saved))
    }
}

/// A run at its start, and the record of it.
type Begun<F, O> = (LoopState<F, Counted<O>>, Record<F>);

/// Says why a memory of another length cannot be restored: the settings decide how long it is.
fn of_other_settings(optimizer: &str, error: Error) -> Error {
    let Error::Shape { what, expected, got } = &error else { return error };
    let length = |shape: &[usize]| shape.iter().product::<usize>();
    let (there, needed) = (length(got), length(expected));
    let what = format!(
        "the run was saved by {optimizer} with other settings: its {what} has {there} numbers, not {needed}"
    );
    Error::Unsupported { what, remedy: "resume it with the settings that it was saved with" }
}

/// Evaluates the start, or restores a saved run.
fn begin<F: Real, O: Objective<F>, P: Optimizer<F, Counted<O>>>(
    objective: O,
    start: Start<F>,
    precision: Precision,
    optimizer: &mut P,
    stop: &Stop,
) -> Result<Begun<F, O>> {
    let (x, before) = match &start {
        Start::Point(x) => (x.clone(), Duration::ZERO),
        Start::Saved(saved) => {
            (saved.x.mapv(F::of), Duration::try_from_secs_f64(saved.seconds).unwrap_or_default())
        }
    };
    let objective = Counted::new(objective);
    optimizer.check(&objective)?;
    let mut run = LoopState::new(objective, &x)?.timed(precision, before);
    let mut record = Record::new(run.iterate(), !optimizer.stays_finite(), stop);
    run.start(optimizer);
    let (objective, iterate) = run.parts_mut();
    if let Start::Saved(saved) = start {
        optimizer.restore(&saved.memory).map_err(|error| of_other_settings(&saved.optimizer, error))?;
        saved.put_back(iterate);
        objective.set_evaluations(saved.evaluations);
        record.start_grad_norm = saved.start_grad_norm;
        if let (Some(best), Some(saved)) = (&mut record.best, &saved.best) {
            saved.put_back(best);
        }
    } else {
        record.start_grad_norm = stop.norm.of(&iterate.grad).wide();
    }
    Ok((run, record))
}
