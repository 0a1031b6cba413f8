//! `gradus minimize`: one run of one optimizer on a test function.

use super::{Outcome, Session};
use crate::cli::curved::{Curved, CurvedOptions, with_curved};
use crate::cli::hessian::WithHessian;
use crate::cli::interrupt;
use crate::cli::limits::Limits;
use crate::cli::output::{self, counted, duration, list, print_json};
use crate::cli::progress::Bar;
use crate::cli::project::Project;
use crate::cli::rule_options::RuleOptions;
use crate::cli::saving::Saving;
use crate::cli::settings::{self, OPTIMIZERS};
use crate::cli::trace_file::TraceFile;
use crate::error::{Error, Result, check_hyperparameter};
use crate::minimize::{Minimization, Minimum, SavedRun};
use crate::objective::{Counted, Objective};
use crate::optimizer::Optimizer;
use crate::optimizer::first_order::{AnyRule, Averaged, Averaging, Clipped, FirstOrder, RuleInfo};
#[cfg(feature = "lapack")]
use crate::optimizer::second_order::{self, GaussNewton, LevenbergMarquardt, Newton, TrustRegion};
use crate::optimizer::zeroth_order::RandomSearch;
use crate::problems::{self, Facts, Problem};
use crate::progress::Progress;
use crate::schedule::Schedule;
use crate::stop::Stop;
use clap::Args;
use ndarray::Array1;
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// Minimizes a test function, and says where it ended and why
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

Newton has three forms: newton takes full steps and ends at whatever is stationary, saddle points included;
newton-damped has a line search, and ends where a step would go uphill; newton-shifted also shifts the Hessian
until it is positive definite, and so ends at minima. gauss-newton and levenberg-marquardt (lm) take sums of
squares only.

In the JSON, grad_norm is the largest absolute entry of the gradient, smallest_eigenvalue that of the
Hessian where a run converged (up to 256 parameters), and a number that is not finite is null.")]
pub struct Minimize {
    /// What to minimize, such as rosenbrock, rosenbrock:10 or quadratic:.01,.1,1
    problem: String,
    /// gd (or sgd), momentum, adam, newton, bfgs, lbfgs, cg, random-search, … (see `gradus list optimizers`)
    #[arg(long, value_name = "NAME", default_value = "gd")]
    optimizer: String,
    /// Where to start, one number a coordinate [default: the problem's standard start]
    #[arg(long, value_name = "A,B,…", allow_hyphen_values = true)]
    x0: Option<String>,
    /// Learning rate, > 0, of an optimizer that has one [default: 0.001; rmsprop and adam's family 0.01,
    /// adagrad 0.1, adadelta 1]
    #[arg(long, value_name = "X", value_parser = settings::number, allow_hyphen_values = true)]
    lr: Option<f64>,
    /// Of the learning rate, in iterations: constant, cosine, step:EVERY,FACTOR, exponential:EVERY,FACTOR,
    /// inverse:EVERY, restarts:PERIOD[,GROWTH], onecycle[:SHARE], each after warmup:STEPS+ if wanted
    /// [default: constant]
    #[arg(long, value_name = "SCHEDULE")]
    schedule: Option<String>,
    /// Standard deviation of random-search's draws, > 0 [default: 1]
    #[arg(long, value_name = "X", value_parser = settings::number, allow_hyphen_values = true)]
    scale: Option<f64>,
    /// Seed of random-search
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = settings::whole::<u64>,
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
    options: RuleOptions,
    #[command(flatten)]
    curved: CurvedOptions,
}

/// An optimizer with its settings checked.
#[derive(Clone)]
enum Chosen {
    Rule { rule: Clipped<AnyRule>, lr: f64, schedule: Schedule, average: Averaging },
    RandomSearch { scale: f64 },
    WithHessian(WithHessian),
    Curved(Curved),
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
        let chosen = self.chosen(&x0)?;
        let stop = self.limits.stop()?;
        let trace = self.trace.as_deref().map(TraceFile::new).transpose()?;
        self.saving.file()?;
        let run = Run { x0: &x0, resumed, stop, label: &facts.name, saving: &self.saving };
        let mut found = self.minimize(&mut *problem, &chosen, run)?;
        if found.termination.converged() && found.smallest_eigenvalue.is_none() {
            found.smallest_eigenvalue = smallest_eigenvalue(&mut *problem, &found.x);
        }
        if let Some(trace) = &trace {
            trace.write(&found.trace.table("trace"))?;
        }
        if self.json {
            print_json(&self.json(&facts, &x0, &chosen, &found), session.out)?;
        } else {
            session.out.write_all(self.summary(&facts, &chosen, &found, trace.as_ref()).as_bytes())?;
        }
        Ok(Outcome::Done)
    }

    /// The start: as many finite numbers as the problem has coordinates.
    fn start(&self, facts: &Facts) -> Result<Array1<f64>> {
        let Some(text) = &self.x0 else { return Ok(facts.start.clone()) };
        let numbers: Result<Vec<f64>, _> =
            text.split(',').map(|number| number.trim().parse::<f64>()).collect();
        let numbers = numbers.ok().filter(|numbers| numbers.iter().all(|x| x.is_finite()));
        let x0 = numbers.ok_or(Error::Syntax {
            what: "point",
            text: text.clone(),
            form: "finite numbers with commas, such as --x0=-5,-2",
        })?;
        match x0.len() == facts.start.len() {
            true => Ok(x0.into()),
            false => Err(Error::Shape { what: "x0", expected: vec![facts.start.len()], got: vec![x0.len()] }),
        }
    }

    fn chosen(&self, x0: &Array1<f64>) -> Result<Chosen> {
        if let Some(curved) = Curved::by_name(&self.optimizer, &self.curved)? {
            self.refuse(&[
                ("--lr", self.lr.is_some()),
                ("--schedule", self.schedule.is_some()),
                ("--scale", self.scale.is_some()),
            ])?;
            self.refuse(&self.options.given())?;
            curved.check_size(&self.optimizer, x0.len())?;
            curved.refuse_preconditioner()?;
            return Ok(Chosen::Curved(curved));
        }
        self.refuse(&self.curved.given())?;
        match self.optimizer.as_str() {
            "random-search" => self.random_search(),
            "kfac" => {
                let what = "kfac goes by the layers of a net, which test functions have none of".into();
                Err(Error::Unsupported {
                    what,
                    remedy: "use it with 'gradus train --model mlp:32 --optimizer kfac'",
                })
            }
            name => match WithHessian::by_name(name) {
                Some(optimizer) => self.with_hessian(optimizer, x0.len()),
                None => self.rule(name),
            },
        }
    }

    fn rule(&self, name: &str) -> Result<Chosen> {
        if !OPTIMIZERS.contains(&name) {
            return Err(Error::unknown("optimizer", name, OPTIMIZERS));
        }
        self.refuse(&[("--scale", self.scale.is_some())])?;
        let rule = self.options.rule(name)?;
        let lr = settings::learning_rate(self.lr.unwrap_or(default_lr(&rule.rule)))?;
        let schedule =
            Schedule::parse(self.schedule.as_deref().unwrap_or("constant"), 1, self.limits.max_iter)?;
        Ok(Chosen::Rule { rule, lr, schedule, average: self.options.average(1)? })
    }

    fn random_search(&self) -> Result<Chosen> {
        self.refuse(&[("--lr", self.lr.is_some()), ("--schedule", self.schedule.is_some())])?;
        self.refuse(&self.options.given())?;
        let scale = check_hyperparameter("scale", self.scale.unwrap_or(1.0), "finite and > 0", |v| {
            v.is_finite() && v > 0.0
        })?;
        Ok(Chosen::RandomSearch { scale })
    }

    fn with_hessian(&self, optimizer: WithHessian, dim: usize) -> Result<Chosen> {
        self.refuse(&[
            ("--lr", self.lr.is_some()),
            ("--schedule", self.schedule.is_some()),
            ("--scale", self.scale.is_some()),
        ])?;
        self.refuse(&self.options.given())?;
        if cfg!(not(feature = "lapack")) {
            let what = format!("{} is not in this build", self.optimizer);
            return Err(Error::Unsupported { what, remedy: "build gradus with the feature lapack" });
        }
        optimizer.check_memory(&self.optimizer, dim)?;
        Ok(Chosen::WithHessian(optimizer))
    }

    /// Refuses options that the optimizer would ignore.
    fn refuse(&self, given: &[(&str, bool)]) -> Result<()> {
        match given.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((option, _)) => {
                let what = format!("{option} does not go with {}, which has no such setting", self.optimizer);
                Err(Error::Unsupported { what, remedy: "leave it out, or choose another optimizer" })
            }
        }
    }

    fn minimize(&self, problem: &mut dyn Problem, chosen: &Chosen, run: Run) -> Result<Minimum> {
        match chosen.clone() {
            Chosen::Rule { rule, lr, schedule, average } => {
                let optimizer = FirstOrder::new(rule, lr)?.schedule(schedule);
                run.watched(problem, Averaged::new(optimizer, average)?)
            }
            Chosen::RandomSearch { scale } => run.watched(problem, RandomSearch::new(scale, self.seed)?),
            Chosen::Curved(curved) => with_curved!(curved, optimizer => run.watched(problem, optimizer)),
            #[cfg(feature = "lapack")]
            Chosen::WithHessian(optimizer) => self.minimize_with_hessian(problem, optimizer, run),
            #[cfg(not(feature = "lapack"))]
            Chosen::WithHessian(_) => unreachable!("it was refused"),
        }
    }

    #[cfg(feature = "lapack")]
    fn minimize_with_hessian(
        &self,
        problem: &mut dyn Problem,
        optimizer: WithHessian,
        run: Run,
    ) -> Result<Minimum> {
        if optimizer.wants_residuals() {
            let Some(residuals) = problem.as_residuals() else {
                let what =
                    format!("{} needs residuals, and {} is no sum of squares", self.optimizer, run.label);
                return Err(Error::Unsupported {
                    what,
                    remedy: "choose trust-region or lbfgs, or a problem such as meyer",
                });
            };
            return match optimizer {
                WithHessian::GaussNewton => run.watched(residuals, GaussNewton::new()),
                _ => run.watched(residuals, LevenbergMarquardt::new()),
            };
        }
        match optimizer {
            WithHessian::Newton => run.watched(problem, Newton::pure()),
            WithHessian::NewtonDamped => run.watched(problem, Newton::damped()),
            WithHessian::TrustRegion => run.watched(problem, TrustRegion::new()),
            _ => run.watched(problem, Newton::shifted()),
        }
    }

    fn json(&self, facts: &Facts, x0: &Array1<f64>, chosen: &Chosen, found: &Minimum) -> Value {
        json!({
            "problem": facts.name,
            "optimizer": self.optimizer,
            "value": found.value,
            "grad_norm": found.grad_norm,
            "x": found.x.to_vec(),
            "iterations": found.iterations,
            "value_evals": found.evaluations.value,
            "grad_evals": found.evaluations.grad,
            "hess_evals": found.evaluations.hess,
            "clipped": clips(found),
            "termination": output::termination(&found.termination),
            "converged": found.termination.converged(),
            "smallest_eigenvalue": found.smallest_eigenvalue,
            "remark": found.remark(),
            "shift": found.shift,
            "seconds": found.seconds,
            "seed": self.seed,
            "settings": self.settings(x0, chosen),
        })
    }

    /// What the run was given, defaults included; null where an optimizer has no such setting.
    fn settings(&self, x0: &Array1<f64>, chosen: &Chosen) -> Value {
        let mut settings = json!({
            "x0": x0.to_vec(), "lr": null, "momentum": null, "schedule": null, "scale": null,
        });
        self.limits.json().into_iter().for_each(|(name, value)| settings[name] = value);
        match chosen {
            Chosen::Rule { rule, lr, .. } => {
                settings["lr"] = json!(lr);
                settings["schedule"] = json!(self.schedule.as_deref().unwrap_or("constant"));
                self.options.json(rule).into_iter().for_each(|(name, value)| settings[name] = value);
            }
            Chosen::RandomSearch { scale } => settings["scale"] = json!(scale),
            Chosen::WithHessian(_) => {}
            Chosen::Curved(curved) => {
                curved.json().into_iter().for_each(|(name, value)| settings[name] = value)
            }
        }
        settings
    }

    /// The run for people, in a few lines.
    fn summary(&self, facts: &Facts, chosen: &Chosen, found: &Minimum, trace: Option<&TraceFile>) -> String {
        let with = match chosen {
            Chosen::Rule { rule, lr, average, .. } => {
                let words = [
                    format!("lr {lr:?}"),
                    settings::hyperparameters(&rule.rule),
                    rule.clip.words(),
                    average.words(),
                ];
                list(words.iter().filter(|words| !words.is_empty()), "")
            }
            Chosen::RandomSearch { scale } => format!("scale {scale}, seed {}", self.seed),
            Chosen::WithHessian(optimizer) => optimizer.words().into(),
            Chosen::Curved(curved) => curved.words(),
        };
        let shown: Vec<String> = found.x.iter().take(10).map(|x| format!("{x:.6}")).collect();
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
                clips(found),
                counted(found.iterations, "iteration")
            );
        }
        if let Some(shift) = found.shift.filter(|&shift| shift > 0.0) {
            text += &format!("  the last Hessian was shifted by {shift:.3e}\n");
        }
        if let Some(trace) = trace {
            text += &format!("  {} in {}\n", counted(found.trace.len(), "row"), Project::shown(trace.path()));
        }
        text
    }
}

/// Iterations whose gradient was clipped.
fn clips(found: &Minimum) -> usize {
    found.trace.clipped.iter().filter(|clipped| **clipped).count()
}

/// A learning rate that does not diverge on the problems from their standard starts.
fn default_lr(rule: &AnyRule) -> f64 {
    match rule.name() {
        "rmsprop" | "adam" | "adamw" | "amsgrad" | "nadam" | "adamax" => 0.01,
        "adagrad" => 0.1,
        "adadelta" => 1.0,
        _ => 0.001,
    }
}

/// What a run is given besides problem and optimizer.
struct Run<'a> {
    x0: &'a Array1<f64>,
    resumed: Option<SavedRun>,
    stop: Stop,
    label: &'a str,
    saving: &'a Saving,
}

impl Run<'_> {
    /// Minimizes under a progress bar.
    fn watched<O: Objective, P: Optimizer<f64, Counted<O>>>(
        self,
        objective: O,
        optimizer: P,
    ) -> Result<Minimum> {
        let bar = Bar::new("minimizing:");
        bar.start("iteration", self.stop.max_iter as u64);
        let run = match self.resumed {
            Some(saved) => Minimization::resume(objective, saved, optimizer, self.stop)?,
            None => Minimization::new(objective, self.x0, optimizer, self.stop),
        };
        let (run, saved) = match self.saving.file()? {
            Some(file) => (run.label(self.label).save_to(file), true),
            None => (run.label(self.label), false),
        };
        let go = || {
            run.observed(|moment| {
                let iterate = moment.iterate;
                if iterate.k.is_multiple_of(64) {
                    bar.set(iterate.k as u64);
                }
                if saved && interrupt::heard() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
        };
        if saved { interrupt::looked_at_by(go) } else { go() }
    }
}

/// That of the Hessian, where it can be measured in no time.
#[cfg(feature = "lapack")]
fn smallest_eigenvalue(problem: &mut dyn Problem, x: &Array1<f64>) -> Option<f64> {
    second_order::smallest_eigenvalue(problem, x)
}

#[cfg(not(feature = "lapack"))]
fn smallest_eigenvalue(_: &mut dyn Problem, _: &Array1<f64>) -> Option<f64> {
    None
}
