//! The loop around an optimizer: evaluate, record, check the limits, iterate.

mod saved_run;
mod summary;

pub use saved_run::SavedRun;

use crate::error::{Error, Result};
use crate::linalg;
use crate::objective::{Counted, Evaluations, Objective};
use crate::optimizer::{Iterate, Optimizer, Saved};
use crate::real::Real;
use crate::stop::{Progress, Stop, Termination};
use crate::trace::{Row, Trace};
use ndarray::{Array1, ArrayRef1};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Rows for which the trace has room from the start, so that a short run allocates nothing; a long one doubles the room
/// each time it is full.
const FIRST_ROWS: usize = 128;

/// What a minimization found: where it ended, why it stopped, what it cost, and its history.
///
/// Printed, it is a summary: the reason with the measured number and its bound, the value, the counts, and the trace as a
/// short table.
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
    /// The smallest eigenvalue of the Hessian where the run converged, if the optimizer has a Hessian and *n* is small;
    /// below 0 the point is a saddle or a maximum. Measured after the run, and not among its evaluations.
    pub smallest_eigenvalue: Option<f64>,
    /// The shift that made the last Hessian positive definite, for optimizers that shift.
    pub shift: Option<f64>,
    /// Wall-clock time of the whole run.
    pub seconds: f64,
    /// A row for each iteration. Where one takes less than a microsecond, the clock is read every sixteenth time only, and the
    /// rows between carry its last reading.
    pub trace: Trace,
}

/// Minimizes `objective` from `x0`.
///
/// The last iterate is reported; if it is not finite, the best finite one.
///
/// ```
/// use gradus::prelude::*;
/// let mut bowl = problems::Quadratic::new(&[1.0, 10.0]);
/// let found = minimize(&mut bowl, &array![3.0, -2.0], FirstOrder::new(Momentum::default(), 0.02)?, Stop::grad(1e-8));
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
/// let found = minimize(f, &array![0.0, 0.0], FirstOrder::new(Sgd, 0.3)?, Stop::grad(1e-6));
/// assert!((found.x[0] - 3.0).abs() < 1e-5 && found.termination.converged());
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Panics
/// If `x0` has another length than the objective.
pub fn minimize<F: Real, O, P>(objective: O, x0: &ArrayRef1<F>, optimizer: P, stop: Stop) -> Minimum<F>
where
    O: Objective<F>,
    P: Optimizer<F, Counted<O>>,
{
    minimize_observed(objective, x0, optimizer, stop, |_| ControlFlow::Continue(()))
}

/// As [`minimize`]; `observer` sees each iterate, and may stop the run by `Break`.
pub fn minimize_observed<F: Real, O, P>(
    objective: O,
    x0: &ArrayRef1<F>,
    optimizer: P,
    stop: Stop,
    observer: impl FnMut(&Iterate<F>) -> ControlFlow<()>,
) -> Minimum<F>
where
    O: Objective<F>,
    P: Optimizer<F, Counted<O>>,
{
    assert_eq!(x0.len(), objective.dim(), "x0 has {} entries, the objective {}", x0.len(), objective.dim());
    match Minimization::new(objective, x0, optimizer, stop).observed(observer) {
        Ok(found) => found,
        Err(error) => unreachable!("a run that is neither saved nor resumed touches no file: {error}"),
    }
}

/// A criterion of one's own: what was measured and its bound, once it is met.
type Criterion<'a, F> = Box<dyn FnMut(&Iterate<F>) -> Option<(f64, f64)> + 'a>;

/// A minimization with more to it than a start: a criterion of one's own, a file to save the run in, a run to resume.
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
/// let at_once = minimize(problems::Rosenbrock::new(2), &x0, rule()?, Stop::iterations(100));
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

    /// A run that goes on where another was saved. The iterates are the same to the last bit as those of a run that was
    /// never interrupted, if the optimizer saves what it remembers and is given the same settings.
    ///
    /// # Errors
    /// If the run was saved by another optimizer, or has another number of parameters than the objective.
    pub fn resume(objective: O, run: SavedRun, optimizer: P, stop: Stop) -> Result<Self> {
        if run.x.len() != objective.dim() {
            return Err(Error::Shape { what: "the saved x", expected: vec![objective.dim()], got: vec![run.x.len()] });
        }
        if run.optimizer != optimizer.name() {
            let what = format!("the run was saved by {}, and cannot be resumed by {}", run.optimizer, optimizer.name());
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
    pub fn criterion(self, name: &'static str, met: impl FnMut(&Iterate<F>) -> Option<(f64, f64)> + 'a) -> Self {
        Minimization { criterion: Some((name, Box::new(met))), ..self }
    }

    /// Runs to the end.
    ///
    /// # Errors
    /// If the file cannot be written, or the memory of the optimizer that was saved does not fit it.
    pub fn run(self) -> Result<Minimum<F>> {
        self.observed(|_| ControlFlow::Continue(()))
    }

    /// As [`run`](Minimization::run); `observer` sees each iterate, and may stop the run by `Break`.
    ///
    /// # Errors
    /// As [`run`](Minimization::run).
    pub fn observed(self, mut observer: impl FnMut(&Iterate<F>) -> ControlFlow<()>) -> Result<Minimum<F>> {
        let Minimization { objective, mut optimizer, stop, start, label, file, mut criterion } = self;
        let mut run = Run::begin(objective, start, &mut optimizer, &stop)?;
        let save = |run: &mut Run<F, O>, optimizer: &P| match &file {
            None => Ok(()),
            Some(file) => run.save(&label, optimizer).write(file),
        };
        let termination = loop {
            if let Some(termination) = run.record(&stop) {
                break termination;
            }
            if let Some((name, (measured, bound))) = criterion.as_mut().and_then(|(name, met)| Some((*name, met(&run.iterate)?))) {
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

/// What the loop keeps.
struct Run<F, O> {
    objective: Counted<O>,
    iterate: Iterate<F>,
    /// The best iterate, of optimizers that may run away.
    best: Option<Iterate<F>>,
    /// The iterate before, for the length of the step; empty if no limit asks for it.
    previous: Array1<F>,
    previous_value: F,
    start_grad_norm: f64,
    trace: Trace,
    coordinates: Vec<f64>,
    clock: Clock,
    /// Time of the runs that this one resumes.
    earlier: Duration,
    last_save: Instant,
}

impl<F: Real, O: Objective<F>> Run<F, O> {
    /// Evaluates the start, or takes up a saved run.
    fn begin<P: Optimizer<F, Counted<O>>>(objective: O, start: Start<F>, optimizer: &mut P, stop: &Stop) -> Result<Self> {
        let clock = Clock::start(stop.max_time.is_some());
        let x = match &start {
            Start::Point(x) => x.clone(),
            Start::Run(saved) => saved.x.mapv(F::of),
        };
        let (dim, mut iterate) = (x.len(), Iterate::new(&x));
        let mut run = Run {
            objective: Counted::new(objective),
            best: (!optimizer.stays_finite()).then(|| iterate.clone()),
            previous: Array1::from_elem(if stop.step_tol.is_some() { dim } else { 0 }, F::nan()),
            previous_value: F::nan(),
            start_grad_norm: f64::NAN,
            trace: Trace::new(dim, stop.max_iter.min(FIRST_ROWS - 1) + 1),
            coordinates: vec![0.0; dim],
            earlier: Duration::ZERO,
            last_save: clock.started,
            clock,
            iterate: Iterate::new(&x),
        };
        optimizer.start(&mut run.objective, &mut iterate);
        if let Start::Run(saved) = start {
            optimizer.restore(&saved.memory)?;
            saved.put_back(&mut iterate);
            run.objective.set_evaluations(saved.evaluations);
            run.start_grad_norm = saved.start_grad_norm;
            run.earlier = Duration::try_from_secs_f64(saved.seconds).unwrap_or_default();
        } else {
            run.start_grad_norm = stop.norm.of(&iterate.grad).wide();
        }
        run.iterate = iterate;
        Ok(run)
    }

    /// The time of this run and of those that it resumes, exactly.
    fn seconds(&self) -> f64 {
        (self.earlier + self.clock.started.elapsed()).as_secs_f64()
    }

    /// Adds a row to the trace, keeps the best, and holds the iterate against the limits.
    fn record(&mut self, stop: &Stop) -> Option<Termination> {
        let (iterate, evaluations, elapsed) = (&self.iterate, self.objective.evaluations(), self.earlier + self.clock.elapsed());
        let max_norm = linalg::max_norm(&iterate.grad).wide();
        if !self.trace.x.is_empty() {
            self.coordinates.iter_mut().zip(&iterate.x).for_each(|(c, x)| *c = x.wide());
        }
        let value = iterate.value.wide();
        self.trace.push(Row {
            iteration: iterate.k,
            value,
            grad_norm: max_norm,
            alpha: iterate.alpha.wide(),
            clipped: iterate.clipped,
            evaluations,
            seconds: elapsed.as_secs_f64(),
            x: &self.coordinates,
        });
        // A gradient that was asked for and is not a number is a divergence, not an unknown.
        let diverged = evaluations.grad > 0 && max_norm.is_nan();
        let grad_norm = if diverged { f64::INFINITY } else { stop.norm.of(&iterate.grad).wide() };
        let progress = Progress {
            iteration: iterate.k,
            value,
            grad_norm,
            start_grad_norm: self.start_grad_norm,
            step: self.step(),
            change: (value - self.previous_value.wide()).abs() / value.abs().max(1.0),
            evaluations: evaluations.value + evaluations.hess,
            elapsed,
        };
        self.remember();
        stop.check(&progress)
    }

    /// How far the last step went, relative to max(1, ‖x‖∞).
    fn step(&self) -> f64 {
        if self.previous.is_empty() {
            return f64::NAN;
        }
        let larger = |largest: f64, v: f64| if v > largest || v.is_nan() { v } else { largest };
        let step = self.iterate.x.iter().zip(&self.previous).fold(0.0, |largest, (a, b)| larger(largest, (*a - *b).abs().wide()));
        step / linalg::max_norm(&self.iterate.x).wide().max(1.0)
    }

    /// Keeps what the next iterate is compared with, without allocating.
    fn remember(&mut self) {
        let iterate = &self.iterate;
        if !self.previous.is_empty() {
            self.previous.assign(&iterate.x);
        }
        self.previous_value = iterate.value;
        if let Some(best) = &mut self.best
            && iterate.value.is_finite()
            && (iterate.value < best.value || !best.value.is_finite())
        {
            best.x.assign(&iterate.x);
            best.grad.assign(&iterate.grad);
            (best.k, best.value, best.alpha) = (iterate.k, iterate.value, iterate.alpha);
        }
    }

    /// The run as it stands.
    fn save<P: Optimizer<F, Counted<O>>>(&mut self, label: &str, optimizer: &P) -> SavedRun {
        let mut memory = Saved::default();
        optimizer.save(&mut memory);
        let seconds = self.seconds();
        self.last_save = Instant::now();
        let (evaluations, start_grad_norm) = (self.objective.evaluations(), self.start_grad_norm);
        SavedRun::of(&self.iterate, label, optimizer.name(), evaluations, start_grad_norm, seconds, memory)
    }

    fn end<P: Optimizer<F, Counted<O>>>(mut self, termination: Termination, optimizer: &mut P) -> Minimum<F> {
        let (seconds, evaluations) = (self.seconds(), self.objective.evaluations());
        let iterations = self.iterate.k;
        let diverged = matches!(termination, Termination::NotFinite { .. });
        let last = self.best.filter(|_| diverged).unwrap_or(self.iterate);
        let smallest_eigenvalue = match termination.converged() {
            true => optimizer.smallest_eigenvalue(&mut self.objective, &last.x),
            false => None,
        };
        Minimum {
            optimizer: optimizer.name(),
            value: last.value,
            grad_norm: linalg::max_norm(&last.grad),
            x: last.x,
            iterations,
            evaluations,
            termination,
            smallest_eigenvalue,
            shift: optimizer.shift(),
            seconds,
            trace: self.trace,
        }
    }
}

/// The time since the start. Where an iteration of a small problem takes less than [`SHORT`], which a reading of the clock
/// takes a good part of, only every [`STRIDE`]-th asks for it.
struct Clock {
    started: Instant,
    read: Duration,
    /// Iterations from one reading to the next, and how many of them are left.
    stride: u32,
    left: u32,
    always: bool,
}

const SHORT: Duration = Duration::from_micros(1);
const STRIDE: u32 = 16;

impl Clock {
    /// Starts; reads in every iteration if `always`.
    fn start(always: bool) -> Self {
        Clock { started: Instant::now(), read: Duration::ZERO, stride: 1, left: 0, always }
    }

    /// The time, or where iterations are short that of the last reading.
    #[inline]
    fn elapsed(&mut self) -> Duration {
        if self.left > 0 {
            self.left -= 1;
            return self.read;
        }
        let now = self.started.elapsed();
        let short = !self.always && now - self.read < SHORT * self.stride;
        (self.read, self.stride) = (now, if short { STRIDE } else { 1 });
        self.left = self.stride - 1;
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objective::{FiniteDifference, Function, FunctionWithGradient};
    use crate::optimizer::first_order::{Adam, Averaged, Averaging, FirstOrder, Momentum, Rule, Sgd};
    use crate::optimizer::zeroth_order::RandomSearch;
    use crate::problems::{Quadratic, Rosenbrock};
    use ndarray::array;

    #[test]
    fn a_run_that_is_resumed_goes_on_with_the_same_bits() {
        let folder = tempfile::tempdir().unwrap();
        let (file, x0) = (folder.path().join("run.txt"), array![-1.2, 1.0, 0.7]);
        for name in Rule::NAMES {
            let optimizer = || FirstOrder::new(Rule::by_name(name).unwrap(), 1e-3).unwrap();
            let at_once = minimize(Rosenbrock::new(3), &x0, optimizer(), Stop::iterations(60));
            let first = Minimization::new(Rosenbrock::new(3), &x0, optimizer(), Stop::iterations(25)).save_to(&file).label("here").run();
            assert_eq!(first.unwrap().iterations, 25);
            let saved = SavedRun::read(&file).unwrap();
            assert_eq!((saved.label.as_str(), saved.iteration), ("here", 25));
            let resumed = Minimization::resume(Rosenbrock::new(3), saved, optimizer(), Stop::iterations(60)).unwrap().run().unwrap();
            assert_eq!((&resumed.x, resumed.value), (&at_once.x, at_once.value), "{name}");
            assert_eq!((resumed.iterations, resumed.evaluations), (60, at_once.evaluations), "{name}");
            assert_eq!(resumed.trace.value[..], at_once.trace.value[25..], "{name}");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn averages_and_random_numbers_resume_too() {
        let folder = tempfile::tempdir().unwrap();
        let (file, x0) = (folder.path().join("run.txt"), array![-1.2, 1.0]);
        let averaged = || {
            let rule = FirstOrder::new(Momentum::default(), 1e-3).unwrap();
            Averaged::new(rule, Averaging::Mean { from: 3, every: 2 }).unwrap()
        };
        let at_once = minimize(Rosenbrock::new(2), &x0, averaged(), Stop::iterations(40));
        Minimization::new(Rosenbrock::new(2), &x0, averaged(), Stop::iterations(12)).save_to(&file).run().unwrap();
        let saved = SavedRun::read(&file).unwrap();
        let resumed = Minimization::resume(Rosenbrock::new(2), saved, averaged(), Stop::iterations(40)).unwrap().run().unwrap();
        assert_eq!((resumed.x, resumed.value), (at_once.x, at_once.value));

        let random = || RandomSearch::new(1.0, 3).unwrap();
        let at_once = minimize(Rosenbrock::new(2), &x0, random(), Stop::iterations(40));
        Minimization::new(Rosenbrock::new(2), &x0, random(), Stop::iterations(12)).save_to(&file).run().unwrap();
        let saved = SavedRun::read(&file).unwrap();
        let resumed = Minimization::resume(Rosenbrock::new(2), saved, random(), Stop::iterations(40)).unwrap().run().unwrap();
        assert_eq!(resumed.trace.value[..], at_once.trace.value[12..]);
    }

    #[test]
    fn single_precision_resumes_with_the_same_bits_too() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("run.txt");
        let objective = || {
            FunctionWithGradient::new(1, |x: &ArrayRef1<f32>, grad: &mut ArrayRef1<f32>| {
                grad[0] = x[0].sin();
                -x[0].cos()
            })
        };
        let optimizer = || FirstOrder::new(Adam::default(), 0.1f32).unwrap();
        let at_once = minimize(objective(), &array![2.0f32], optimizer(), Stop::iterations(20));
        Minimization::new(objective(), &array![2.0f32], optimizer(), Stop::iterations(7)).save_to(&file).run().unwrap();
        let saved = SavedRun::read(&file).unwrap();
        let resumed = Minimization::resume(objective(), saved, optimizer(), Stop::iterations(20)).unwrap().run().unwrap();
        assert_eq!(resumed.x, at_once.x);
    }

    #[test]
    fn a_saved_run_is_resumed_only_where_it_fits() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("run.txt");
        let sgd = || FirstOrder::new(Sgd, 1e-3).unwrap();
        Minimization::new(Rosenbrock::new(3), &array![1.0, 2.0, 3.0], sgd(), Stop::iterations(1)).save_to(&file).run().unwrap();
        let saved = SavedRun::read(&file).unwrap();
        let refused = Minimization::resume(Rosenbrock::new(2), saved.clone(), sgd(), Stop::iterations(2)).err().unwrap();
        assert!(refused.to_string().contains("saved x has shape [3]"), "{refused}");
        let momentum = FirstOrder::new(Momentum::default(), 1e-3).unwrap();
        let refused = Minimization::resume(Rosenbrock::new(3), saved, momentum, Stop::iterations(2)).err().unwrap();
        assert!(refused.to_string().contains("saved by sgd, and cannot be resumed by momentum"), "{refused}");
        let nowhere = folder.path().join("missing/run.txt");
        let refused = Minimization::new(Rosenbrock::new(2), &array![1.0, 2.0], sgd(), Stop::iterations(1)).save_to(&nowhere).run();
        assert!(refused.unwrap_err().to_string().contains("cannot write"));
    }

    #[test]
    fn what_is_not_finite_at_the_start_ends_at_iteration_0() {
        let pole = || {
            FunctionWithGradient::new(1, |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
                grad[0] = 1.0 / x[0];
                x[0].ln()
            })
        };
        let found = minimize(pole(), &array![-1.0], FirstOrder::new(Sgd, 0.1).unwrap(), Stop::grad(1e-8));
        assert_eq!((found.iterations, found.termination.word(), found.evaluations.value), (0, "not_finite", 1));
        assert_eq!(found.x, array![-1.0]);
        assert!(found.to_string().contains("at the start"), "{found}");
        let steep = FunctionWithGradient::new(1, |_: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
            grad[0] = f64::NAN;
            0.0
        });
        let found = minimize(steep, &array![-1.0], FirstOrder::new(Sgd, 0.1).unwrap(), Stop::grad(1e-8));
        assert_eq!((found.iterations, found.termination.word()), (0, "not_finite"));
    }

    #[test]
    fn no_progress_is_no_convergence() {
        let sgd = || FirstOrder::new(Sgd, 1e-6).unwrap();
        let by_step = minimize(Rosenbrock::new(2), &array![1.0, 1.5], sgd(), Stop::grad(1e-8).step_tol(1e-3));
        assert_eq!((by_step.termination.word(), by_step.iterations), ("step_too_small", 1));
        let by_value = minimize(Rosenbrock::new(2), &array![1.0, 1.5], sgd(), Stop::grad(1e-8).value_tol(0.5));
        assert_eq!((by_value.termination.word(), by_value.iterations), ("value_stalled", 1));
        assert!(!by_step.termination.converged() && !by_value.termination.converged());
        assert!(by_step.to_string().contains("that is not convergence"), "{by_step}");
    }

    #[test]
    fn gradients_relative_to_the_start_and_in_the_other_norm() {
        let stop = Stop::relative_grad(1e-3).norm(crate::stop::Norm::Euclidean);
        let found = minimize(Quadratic::new(&[1.0, 1.0]), &array![3.0, 4.0], FirstOrder::new(Sgd, 0.5).unwrap(), stop);
        // Halved each time: 2⁻¹⁰ is the first share below 10⁻³.
        assert_eq!((found.iterations, found.termination.evidence()), (10, (1.0 / 1024.0, 1e-3)));
    }

    #[test]
    fn a_summary_has_the_reason_the_counts_and_a_short_table() {
        let f = FiniteDifference::new(Function::new(2, |x: &ArrayRef1<f64>| x[0] * x[0] + x[1] * x[1]));
        let found = minimize(f, &array![1.0, 2.0], FirstOrder::new(Sgd, 0.3).unwrap(), Stop::grad(1e-6));
        let text = found.to_string();
        assert!(text.starts_with("sgd: converged: ‖∇f‖∞ = ") && text.contains(" ≤ 1.0e-6"), "{text}");
        assert!(text.contains("17 iterations, 18 values, 18 gradients"), "{text}");
        let table: Vec<&str> = text.lines().skip_while(|line| !line.contains("iteration ")).collect();
        assert_eq!(table.len(), 10, "{text}");
        assert!(table[5].trim() == "…" && table.last().unwrap().trim_start().starts_with("17 "), "{text}");
    }
}
