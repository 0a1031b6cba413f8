//! The loop around an optimizer: evaluate, record, check the limits, iterate.

mod clock;
mod run;
mod saved_run;
mod summary;
#[cfg(test)]
mod tests;

pub use saved_run::SavedRun;

use crate::error::{Error, Result};
use crate::linalg::accompanied;
use crate::objective::{Counted, Evaluations, Objective};
use crate::optimizer::{Iterate, Optimizer};
use crate::real::Real;
use crate::stop::{Stop, Termination};
use crate::trace::Trace;
use ndarray::{Array1, ArrayRef1};
use run::Run;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a minimization found: where it ended, why it stopped, what it cost, and its history.
///
/// Printed, it is a summary: the reason with the measured number and its bound, the value, the counts, and
/// the trace as a short table.
#[derive(Debug, Clone, PartialEq)]
pub struct Minimum<F = f64> {
    /// The name of the optimizer.
    pub optimizer: String,
    /// The last iterate; if the run diverged, the one with the lowest finite value.
    pub x: Array1<F>,
    /// f(x).
    pub value: F,
    /// ‖∇f(x)‖∞; NaN where the optimizer uses no gradient.
    pub grad_norm: F,
    /// Iterations done.
    pub iterations: usize,
    /// Values, gradients and Hessians evaluated.
    pub evaluations: Evaluations,
    /// Why it stopped.
    pub termination: Termination,
    /// The smallest eigenvalue of the Hessian where the run converged, if the optimizer has a Hessian and *n*
    /// is small; below 0 the point is a saddle or a maximum. Measured after the run, and not among its
    /// evaluations.
    pub smallest_eigenvalue: Option<f64>,
    /// The shift that made the last Hessian positive definite, for optimizers that shift.
    pub shift: Option<f64>,
    /// Wall-clock time of the whole run.
    pub seconds: f64,
    /// A row for each iteration. Where one takes less than a microsecond, the clock is read every sixteenth
    /// time only, and the rows between carry its last reading.
    pub trace: Trace,
}

/// Minimizes `objective` from `x0`.
///
/// The last iterate is reported; if it is not finite, the best finite one.
///
/// ```
/// use gradus::prelude::*;
/// let mut bowl = problems::Quadratic::new(&[1.0, 10.0]);
/// let found = minimize(&mut bowl, &array![3.0, -2.0], FirstOrder::new(Momentum::default(), 0.02)?, Stop::grad(1e-8))?;
/// assert!(found.termination.converged());
/// println!("{found}");
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// A closure with a numeric gradient works too:
///
/// ```
/// use gradus::prelude::*;
/// let f = FiniteDifference::new(Function::new(2, |x: &ArrayRef1<f64>| (x[0] - 3.0).powi(2) + (x[1] + 1.0).powi(2)));
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
    minimize_observed(objective, x0, optimizer, stop, |_| ControlFlow::Continue(()))
}

/// As [`minimize`]; `observer` sees each iterate, and may stop the run by `Break`.
///
/// # Errors
/// If `x0` has another length than the objective.
pub fn minimize_observed<F: Real, O, P>(
    objective: O,
    x0: &ArrayRef1<F>,
    optimizer: P,
    stop: Stop,
    observer: impl FnMut(&Iterate<F>) -> ControlFlow<()>,
) -> Result<Minimum<F>>
where
    O: Objective<F>,
    P: Optimizer<F, Counted<O>>,
{
    Minimization::new(objective, x0, optimizer, stop).observed(observer)
}

/// A criterion of one's own: what was measured and its bound, once it is met.
type Criterion<'a, F> = Box<dyn FnMut(&Iterate<F>) -> Option<(f64, f64)> + 'a>;

/// A minimization with more to it than a start: a criterion of one's own, a file to save the run in, a run to
/// resume.
///
/// ```
/// use gradus::prelude::*;
/// let folder = std::env::temp_dir().join(format!("gradus-doc-{}", std::process::id()));
/// std::fs::create_dir_all(&folder).unwrap();
/// let file = folder.join("run.txt");
/// let rule = || FirstOrder::new(Momentum::default(), 1e-3);
/// let x0 = array![-1.2, 1.0];
/// // 50 iterations, and 50 more: the same bits as 100 at once.
/// Minimization::new(problems::Rosenbrock::new(2), &x0, rule()?, Stop::iterations(50)).save_to(&file).run()?;
/// let saved = SavedRun::read(&file)?;
/// let resumed = Minimization::resume(problems::Rosenbrock::new(2), saved, rule()?, Stop::iterations(100))?.run()?;
/// let at_once = minimize(problems::Rosenbrock::new(2), &x0, rule()?, Stop::iterations(100))?;
/// assert_eq!((resumed.x, resumed.evaluations), (at_once.x, at_once.evaluations));
///
/// // A criterion by name: here, that the iterate has entered the unit disk.
/// let entered = Minimization::new(problems::Rosenbrock::new(2), &x0, rule()?, Stop::iterations(100))
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
}

enum Start<F> {
    Point(Array1<F>),
    Run(Box<SavedRun>),
}

impl<'a, F: Real, O: Objective<F>, P: Optimizer<F, Counted<O>>> Minimization<'a, F, O, P> {
    /// Time between two saves of a run; it is saved at its end too.
    pub const SAVED_EVERY: Duration = Duration::from_millis(500);

    /// A run from `x0`.
    pub fn new(objective: O, x0: &ArrayRef1<F>, optimizer: P, stop: Stop) -> Self {
        let start = Start::Point(x0.to_owned());
        Minimization { objective, optimizer, stop, start, label: String::new(), file: None, criterion: None }
    }

    /// A run that goes on where another was saved. The iterates are the same to the last bit as those of a
    /// run that was never interrupted, if the optimizer saves what it remembers and is given the same
    /// settings.
    ///
    /// # Errors
    /// If the run was saved by another optimizer, or has another number of parameters than the objective.
    pub fn resume(objective: O, run: SavedRun, optimizer: P, stop: Stop) -> Result<Self> {
        check_length("the saved x", run.x.len(), objective.dim())?;
        if run.optimizer != optimizer.name() {
            let what = format!(
                "the run was saved by {}, and cannot be resumed by {}",
                run.optimizer,
                optimizer.name()
            );
            return Err(Error::Unsupported { what, remedy: "choose the optimizer that it was saved by" });
        }
        let (label, start) = (run.label.clone(), Start::Run(Box::new(run)));
        Ok(Minimization { objective, optimizer, stop, start, label, file: None, criterion: None })
    }

    /// A line of text that goes with the saved run, such as the name of the problem.
    #[must_use]
    pub fn label(self, label: &str) -> Self {
        Minimization { label: label.into(), ..self }
    }

    /// Saves the run in this file, again and again and at its end; each time whole or not at all.
    #[must_use]
    pub fn save_to(self, file: &Path) -> Self {
        Minimization { file: Some(file.into()), ..self }
    }

    /// Also stops when `met` gives something: the number that it measured and the bound that it meets.
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
    /// If `x0` has another length than the objective, the file cannot be written, or the memory of the
    /// optimizer that was saved does not fit it.
    pub fn run(self) -> Result<Minimum<F>> {
        self.observed(|_| ControlFlow::Continue(()))
    }

    /// As [`run`](Minimization::run); `observer` sees each iterate, and may stop the run by `Break`.
    ///
    /// # Errors
    /// As [`run`](Minimization::run).
    pub fn observed(self, observer: impl FnMut(&Iterate<F>) -> ControlFlow<()>) -> Result<Minimum<F>> {
        accompanied(|| self.run_loop(observer))
    }

    fn run_loop(self, mut observer: impl FnMut(&Iterate<F>) -> ControlFlow<()>) -> Result<Minimum<F>> {
        let Minimization { objective, mut optimizer, stop, start, label, file, mut criterion } = self;
        if let Start::Point(x0) = &start {
            check_length("x0", x0.len(), objective.dim())?;
        }
        let mut run = Run::begin(objective, start, &mut optimizer, &stop)?;
        let save = |run: &mut Run<F, O>, optimizer: &P| match &file {
            None => Ok(()),
            Some(file) => run.save(&label, optimizer).write(file),
        };
        let termination = loop {
            if let Some(termination) = run.record(&stop) {
                break termination;
            }
            if let Some((name, (measured, bound))) =
                criterion.as_mut().and_then(|(name, met)| Some((*name, met(&run.iterate)?)))
            {
                break Termination::CriterionMet { name, measured, bound };
            }
            if observer(&run.iterate).is_break() {
                break Termination::StoppedByObserver { iterations: run.iterate.k };
            }
            if file.is_some() && run.last_save.elapsed() >= Self::SAVED_EVERY {
                save(&mut run, &optimizer)?;
            }
            if let ControlFlow::Break(termination) = optimizer.iterate(&mut run.objective, &mut run.iterate) {
                break termination;
            }
            run.iterate.k += 1;
        };
        save(&mut run, &optimizer)?;
        Ok(run.end(termination, &mut optimizer))
    }
}

fn check_length(what: &'static str, got: usize, expected: usize) -> Result<()> {
    match got == expected {
        true => Ok(()),
        false => Err(Error::Shape { what, expected: vec![expected], got: vec![got] }),
    }
}
