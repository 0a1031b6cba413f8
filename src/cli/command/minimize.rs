//! `gradus minimize`: one run of one optimizer on a test function.

use super::session::{Outcome, Session};
use crate::cli::interrupt;
use crate::cli::limits::Limits;
use crate::cli::numbers;
use crate::cli::optimizer_options::{OptimizerOptions, refuse};
use crate::cli::output::{self, counted, duration, list, print_json};
use crate::cli::progress::Bar;
use crate::cli::project::Project;
use crate::cli::saving::Saving;
use crate::cli::trace_file::{TraceFile, refuse_same_file};
use crate::error::{Error, Result};
use crate::minimize::{Minimization, Minimum, SavedRun, coordinate};
use crate::objective::{AnyObjective, Counted, Objective};
use crate::optimizer::catalogue::{Catalogue, Configuration, Needs, Order};
use crate::optimizer::first_order::{Averaged, Averaging};
#[cfg(feature = "lapack")]
use crate::optimizer::second_order;
use crate::optimizer::{Optimizer, Spectrum, Stationary};
use crate::problems::{self, Facts, Problem};
use crate::progress::Progress;
use crate::schedule::Schedule;
use crate::stop::{Stop, Termination};
use clap::Args;
use ndarray::Array1;
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// Minimizes a test function, and reports where and why the run ended
#[derive(Debug, Args)]
#[command(after_help = "\
Problems: quadratic[:EIGENVALUES], ravine[:KAPPA], rosenbrock[:N], himmelblau, rastrigin[:N], saddle,
two-basins, plateau, the 35 of Moré, Garbow & Hillstrom such as meyer or watson[:N], and more:
`gradus list problems` has their names, formulas and starts.

Examples:
  gradus minimize rosenbrock --optimizer newton
  gradus minimize saddle --optimizer trust-region --x0 .1,.1
  gradus minimize meyer --optimizer levenberg-marquardt --relative-grad-tol 1e-9
  gradus minimize rosenbrock:1000 --optimizer newton-cg --save run.txt
  gradus minimize rosenbrock:100 --optimizer lbfgs --memory 5 --line-search hager-zhang
  gradus minimize quadratic:.2,4 --x0=-5,-2 --optimizer gd --lr .4 --max-iter 20
  gradus minimize quadratic:.01,1 --optimizer momentum --lr .5 --momentum .99 --trace path.csv
  gradus minimize beale --optimizer adam --lr .05 --convention keras --json
  gradus minimize rosenbrock --lr .01 --clip-norm 1 --schedule warmup:100+cosine
  gradus minimize beale --optimizer prodigy --max-iter 2000
  gradus minimize beale --optimizer adam --lr .05 --wrap lookahead:5,.5

Newton has three forms: newton takes full steps and ends at whatever is stationary, saddle points included;
newton-damped has a line search, and ends where a step would go uphill; newton-shifted also shifts the Hessian
until it is positive definite, and so ends at minima. gauss-newton and levenberg-marquardt (lm) take sums of
squares only.

In the JSON, grad_norm is the largest absolute entry of the gradient, smallest_eigenvalue that of the
Hessian where a run converged (up to 256 parameters), verdict what it says (minimum, saddle, or cannot tell
if the Hessian is singular), and a number that is not finite is null.")]
pub struct Minimize {
    /// What to minimize, such as rosenbrock, rosenbrock:10 or quadratic:.01,.1,1
    problem: String,
    /// gd (or sgd), momentum, adam, newton, bfgs, lbfgs, cg, random-search, … (see `gradus list optimizers`)
    #[arg(long, value_name = "NAME", default_value = "gd")]
    optimizer: String,
    /// Start, one number per coordinate [default: the problem's standard start]
    #[arg(long, value_name = "A,B,…", allow_hyphen_values = true)]
    x0: Option<String>,
    /// Learning rate, > 0, of an optimizer that has one [default: that of the optimizer, see `gradus list
    /// optimizers`]
    #[arg(long, value_name = "X", value_parser = numbers::number, allow_hyphen_values = true)]
    lr: Option<f64>,
    /// Schedule of the learning rate, in iterations: constant, cosine, step:EVERY,FACTOR,
    /// exponential:EVERY,FACTOR, inverse:EVERY, inverse-root:EVERY, restarts:PERIOD[,GROWTH],
    /// onecycle[:SHARE], each after warmup:STEPS+ if wanted [default: constant]
    #[arg(long, value_name = "SCHEDULE")]
    schedule: Option<String>,
    /// Seed of random-search, and of the signs of sophia
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = numbers::whole::<u64>,
        allow_hyphen_values = true
    )]
    seed: u64,
    /// Write a row for each iteration: value, grad_norm, alpha, evaluations, seconds, and x0, x1, … up to 20
    /// coordinates
    #[arg(long, value_name = "FILE.csv|FILE.parquet")]
    trace: Option<PathBuf>,
    /// Print one JSON object instead of a summary
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    saving: Saving,
    #[command(flatten)]
    options: OptimizerOptions,
}

impl Minimize {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let mut problem = problems::by_name(&self.problem)?;
        let facts = problem.facts();
        let resumed = self.saving.run(&facts.name)?;
        let x0 = match &resumed {
            Some(run) => run.x.clone(),
            None => self.start(&facts)?,
        };
        let chosen = self.chosen(session.catalogue, x0.len())?;
        let stop = self.limits.stop()?;
        let trace = self.trace.as_deref().map(TraceFile::new).transpose()?;
        self.saving.file()?;
        for of_run in self.saving.paths() {
            refuse_same_file(&[("--trace", self.trace.as_deref()), of_run])?;
        }
        let start = Start { x0: &x0, resumed, stop, label: &facts.name, saving: &self.saving };
        let (mut found, saved) = self.minimize(&mut *problem, &chosen, start)?;
        if found.termination.converged()
            && found.smallest_eigenvalue.is_none()
            && let Some(spectrum) = spectrum(&mut *problem, &found.x)
        {
            found = found.with_spectrum(spectrum);
        }
        output::refuse_out_of_memory(&found.termination, found.iterations)?;
        // What was found is shown first: the disk may be full.
        if self.json {
            print_json(&self.json(&facts, &x0, &chosen, &found)?, session.out)?;
        } else {
            session.out.write_all(self.summary(&facts, &chosen, &found).as_bytes())?;
        }
        session.out.flush()?;
        saved?;
        if let Some(trace) = &trace {
            trace.write(&found.trace.table("trace"))?;
            if !self.json {
                writeln!(session.out, "  {}", rows_in(&found, trace))?;
            }
        }
        Ok(Outcome::Done)
    }

    /// Returns the start, and checks that it has a finite number for each coordinate.
    fn start(&self, facts: &Facts) -> Result<Array1<f64>> {
        let Some(text) = &self.x0 else { return Ok(facts.start.clone()) };
        Ok(numbers::point(text, facts.start.len())?.into())
    }

    /// Returns the optimizer with its settings, checked.
    fn chosen(&self, catalogue: &Catalogue, dim: usize) -> Result<Configuration> {
        let mut chosen = self.options.configure(&self.optimizer, catalogue)?.seed(self.seed);
        if chosen.entry().learning_rate().is_none() {
            let given = [("--lr", self.lr.is_some()), ("--schedule", self.schedule.is_some())];
            refuse(&self.optimizer, &given)?;
        } else {
            let text = self.schedule.as_deref().unwrap_or("constant");
            chosen = chosen.schedule(Schedule::parse(text, 1, self.limits.max_iter)?)?;
        }
        if let Some(lr) = self.lr {
            chosen = chosen.learning_rate(lr)?;
        }
        self.options.average(1)?;
        chosen.check_memory(dim)?;
        Ok(chosen)
    }

    /// Runs the optimizer on the problem.
    fn minimize(
        &self,
        problem: &mut dyn Problem,
        chosen: &Configuration,
        start: Start,
    ) -> Result<(Minimum, Result<()>)> {
        let objective = AnyObjective::new(problem);
        if !chosen.needs().are_met_by(objective.capabilities()) {
            return Err(unmet(chosen.needs(), &self.optimizer, start.label));
        }
        match self.options.average(1)? {
            Averaging::Off => start.watched(objective, chosen.optimizer()?),
            average => start.watched(objective, Averaged::new(chosen.optimizer()?, average)?),
        }
    }

    fn json(
        &self,
        facts: &Facts,
        x0: &Array1<f64>,
        chosen: &Configuration,
        found: &Minimum,
    ) -> Result<Value> {
        Ok(json!({
            "problem": facts.name,
            "optimizer": self.optimizer,
            "value": found.value,
            "grad_norm": found.grad_norm,
            "x": found.x.to_vec(),
            "iterations": found.iterations,
            "value_evals": found.evaluations.value,
            "grad_evals": found.evaluations.grad,
            "hess_evals": found.evaluations.hess,
            "clipped": found.trace.clips(),
            "termination": output::termination(&found.termination),
            "converged": found.termination.converged(),
            "smallest_eigenvalue": found.smallest_eigenvalue,
            "verdict": found.verdict().map(Stationary::word),
            "remark": found.remark(),
            "shift": found.shift,
            "seconds": found.seconds,
            "seed": self.seed,
            "settings": self.settings(x0, chosen)?,
        }))
    }

    /// Returns the settings of the run, defaults included; null for settings that the optimizer does not
    /// have.
    fn settings(&self, x0: &Array1<f64>, chosen: &Configuration) -> Result<Value> {
        let mut settings = json!({
            "x0": x0.to_vec(), "lr": null, "momentum": null, "schedule": null, "scale": null,
        });
        self.limits.json().into_iter().for_each(|(name, value)| settings[name] = value);
        if let Some(lr) = chosen.values().learning_rate {
            settings["lr"] = json!(lr);
            settings["schedule"] = json!(self.schedule.as_deref().unwrap_or("constant"));
        }
        self.options.json(chosen)?.into_iter().for_each(|(name, value)| settings[name] = value);
        Ok(settings)
    }

    /// Describes the settings of the optimizer, or what it does if it has no settings.
    fn words(&self, chosen: &Configuration) -> String {
        let (values, entry) = (chosen.values(), chosen.entry());
        let rate = values.learning_rate.map(|lr| format!("lr {lr:?}"));
        let seed = (entry.order() == Order::Zeroth).then(|| format!("seed {}", values.seed));
        let average = self.options.average(1).map_or(String::new(), |average| average.words());
        let words = [
            rate.unwrap_or_default(),
            chosen.words(),
            values.wrap.words(),
            values.clip.words(),
            average,
            seed.unwrap_or_default(),
        ];
        match list(words.iter().filter(|words| !words.is_empty()), "") {
            nothing if nothing.is_empty() => entry.summary().into(),
            words => words,
        }
    }

    /// Returns a summary of the run in a few lines.
    fn summary(&self, facts: &Facts, chosen: &Configuration, found: &Minimum) -> String {
        let with = self.words(chosen);
        let shown: Vec<String> = found.x.iter().take(10).map(|&x| coordinate(x)).collect();
        let rest = if found.x.len() > 10 { ", …" } else { "" };
        let grad_norm = if found.evaluations.grad > 0 {
            format!(", ‖∇f‖∞ = {:.3e}", found.grad_norm)
        } else {
            String::new()
        };
        let evaluations = found.evaluations;
        let remark = found.remark().map_or(String::new(), |remark| format!("  {remark}\n"));
        let mut text = format!(
            "{} by {} ({with})\n  {}\n{remark}  f = {:.10e}{grad_norm}\n  x = [{}{rest}]\n  {}: {}, {}, {}; \
             {}\n",
            facts.name,
            self.optimizer,
            found.termination,
            found.value,
            shown.join(", "),
            counted(found.iterations, "iteration"),
            counted(evaluations.value, "value"),
            counted(evaluations.grad, "gradient"),
            counted(evaluations.hess, "Hessian"),
            duration(found.seconds),
        );
        if !found.trace.clipped.is_empty() {
            text += &format!(
                "  gradient clipped in {} of {}\n",
                found.trace.clips(),
                counted(found.iterations, "iteration")
            );
        }
        if let Some(shift) = found.shift.filter(|&shift| shift > 0.0) {
            text += &format!("  the last Hessian was shifted by {shift:.3e}\n");
        }
        text
    }
}

/// Says how many rows a trace has, and in which file.
fn rows_in(found: &Minimum, trace: &TraceFile) -> String {
    let thinned = match found.trace.stride() {
        1 => String::new(),
        stride => format!(", one for every {stride} iterations"),
    };
    format!("{} in {}{thinned}", counted(found.trace.len(), "row"), Project::shown(trace.path()))
}

/// Returns the error for an optimizer that needs something that this problem does not offer.
fn unmet(needs: Needs, optimizer: &str, problem: &str) -> Error {
    let (what, remedy) = match needs {
        Needs::Layers => (
            format!("{optimizer} goes by the layers of a net, which test functions have none of"),
            "use it with 'gradus train --model mlp:32 --optimizer kfac'",
        ),
        Needs::Matrices => (
            format!("{optimizer} goes by the weight matrices of layers, and {problem} has no layers"),
            "train a net with it, as 'gradus train --model mlp:32' does, or choose adamw",
        ),
        Needs::Residuals => (
            format!("{optimizer} needs residuals, and {problem} is no sum of squares"),
            "choose trust-region or lbfgs, or a problem such as meyer",
        ),
        Needs::Blocks => (
            format!("the preconditioner of {optimizer} needs the risk of a linear classifier"),
            "leave it out, or use `gradus train --model linear --optimizer lbfgs`",
        ),
        needs => {
            (format!("{optimizer} needs {needs}, which {problem} does not offer"), "choose another optimizer")
        }
    };
    Error::Unsupported { what, remedy }
}

/// The start of a run, its limits, and the file in which it is saved.
struct Start<'a> {
    x0: &'a Array1<f64>,
    resumed: Option<SavedRun>,
    stop: Stop,
    label: &'a str,
    saving: &'a Saving,
}

impl Start<'_> {
    /// Minimizes with a progress bar. Returns what was found, and whether it could be saved.
    fn watched<O: Objective, P: Optimizer<f64, Counted<O>>>(
        self,
        objective: O,
        optimizer: P,
    ) -> Result<(Minimum, Result<()>)> {
        let bar = Bar::new("minimizing:");
        bar.start("iteration", self.stop.max_iter as u64);
        let run = match self.resumed {
            Some(saved) => Minimization::resume(objective, saved, optimizer, self.stop)?,
            None => Minimization::new(objective, self.x0, optimizer, self.stop),
        };
        let mut run = run.label(self.label);
        if let Some(file) = self.saving.file()? {
            run = run.save_to(file).on_failed_save(|error| {
                bar.tell(&format!("warning: {error}; the run goes on, and is saved again later"));
            });
        }
        // Ctrl-C ends the run after its iteration, so that what was found is shown.
        let (mut found, written) = interrupt::looked_at_by(|| {
            run.observed_whether_saved(|moment| {
                let iterate = moment.iterate;
                if iterate.k.is_multiple_of(64) {
                    bar.set(iterate.k as u64);
                }
                if interrupt::heard() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
        })?;
        // The only observer is the one above, which waits for Ctrl-C.
        if let Termination::StoppedByObserver { iterations } = found.termination {
            found.termination = Termination::Interrupted { iterations };
        }
        Ok((found, written))
    }
}

/// Returns the smallest eigenvalue of the Hessian, if it is cheap to compute.
#[cfg(feature = "lapack")]
fn spectrum(problem: &mut dyn Problem, x: &Array1<f64>) -> Option<Spectrum> {
    second_order::spectrum(problem, x)
}

#[cfg(not(feature = "lapack"))]
fn spectrum(_: &mut dyn Problem, _: &Array1<f64>) -> Option<Spectrum> {
    None
}
