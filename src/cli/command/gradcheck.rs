//! `gradus gradcheck`: checks analytic derivatives against finite differences.

use super::session::{Outcome, Session};
use crate::cli::numbers;
use crate::cli::output::{Format, counted, print_json};
use crate::cli::task;
use crate::data;
use crate::error::{Error, Result, check_hyperparameter, few_digits};
use crate::gradcheck::{Band, Entries, GradCheck, Report, Sweep, Tolerance};
use crate::linalg;
use crate::loss;
use crate::model::ModelKind;
use crate::objective::{Difference, Differentiable, Objective};
use crate::problems::{self, Problem};
use crate::risk::Regularizer;
use crate::rng;
use crate::train::Classifier;
use clap::Args;
use ndarray::Array1;
use serde_json::{Value, json};

/// The number of entries up to which all are checked by default.
const ALL_UP_TO: usize = 10_000;
/// The number of entries in a sweep of a large function.
const SWEPT: usize = 20;
/// The largest number of parameters of a problem whose Hessian is checked.
const MOST_WITH_HESSIAN: usize = 1_000;
/// The number of worst entries in the JSON.
const WORST: usize = 20;

/// Checks analytic derivatives of a model's loss, or of a test function, against finite differences
///
/// The check is that of torch.autograd.gradcheck: central differences with h = 1e-6 at every entry, and
/// |analytic − numeric| ≤ 1e-5 + 1e-3·|numeric|. With --num-checks it is the lecture's sparse
/// check: some random entries, h = 1e-5. Entries that do not agree are checked again with other steps, to
/// distinguish kinks (hinge, ReLU, |w|) from errors.
#[derive(Debug, Args)]
#[command(after_help = "\
A model is checked at random parameters: its initial ones plus normal numbers of standard deviation --scale.

Examples:
  gradus gradcheck --model mlp:20 --loss svm --data digits
  gradus gradcheck --model autoencoder:30,10 --loss squared --second
  gradus gradcheck --loss softmax --data fashion-mnist --l2 1e-3 --num-checks 10
  gradus gradcheck rosenbrock:10 --second
  gradus gradcheck beale --points 5 --sweep

Exit codes: 0 all is right; 1 something is wrong; 2 bad input.")]
pub struct Gradcheck {
    /// A test function, such as rosenbrock:10 (see `gradus list problems`); without it, a model
    problem: Option<String>,
    /// linear, mlp:H[,H…], conv:C[,C…], ngram:M,H[,H…] or autoencoder:H[,H…], each with an activation if
    /// wanted (see `gradus train --help`) [default: linear]
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// softmax, svm, … (see `gradus train --help`) [default: softmax; logistic for an autoencoder]
    #[arg(long, value_name = "NAME")]
    loss: Option<String>,
    /// digits, alice, fashion-mnist, mnist, cifar-10, blobs, spiral or curves [default: digits]
    #[arg(long, value_name = "NAME")]
    data: Option<String>,
    /// Number of training examples, the first ones, ≥ 1 [default: 100]
    #[arg(long, value_name = "N", value_parser = numbers::whole::<usize>, allow_hyphen_values = true)]
    examples: Option<usize>,
    /// Check this many random entries, ≥ 1 [default: all up to 10000 entries, else 10000]
    #[arg(long, value_name = "N", value_parser = numbers::whole::<usize>, allow_hyphen_values = true)]
    num_checks: Option<usize>,
    /// Check all entries
    #[arg(long, conflicts_with = "num_checks")]
    all: bool,
    /// Also check second derivatives: a test function's Hessian, a model's Hessian-vector product
    #[arg(long)]
    second: bool,
    /// Step of the differences, > 0 [default: 1e-6; 1e-5 with --num-checks]
    #[arg(long, value_name = "X", value_parser = numbers::number, allow_hyphen_values = true)]
    h: Option<f64>,
    /// forward, central or richardson
    #[arg(long, value_name = "NAME", default_value = "central")]
    difference: String,
    /// Absolute tolerance, ≥ 0
    #[arg(
        long,
        value_name = "X",
        default_value_t = Tolerance::default().atol,
        value_parser = numbers::number,
        allow_hyphen_values = true
    )]
    atol: f64,
    /// Relative tolerance, ≥ 0
    #[arg(
        long,
        value_name = "X",
        default_value_t = Tolerance::default().rtol,
        value_parser = numbers::number,
        allow_hyphen_values = true
    )]
    rtol: f64,
    /// Check a test function at this many random points around its standard start, instead of at the start
    #[arg(long, value_name = "N", value_parser = numbers::whole::<u64>, allow_hyphen_values = true)]
    points: Option<u64>,
    /// Standard deviation of a model's random parameters, ≥ 0; 0 checks at the initial ones [default: 0.1]
    #[arg(long, value_name = "X", value_parser = numbers::number, allow_hyphen_values = true)]
    scale: Option<f64>,
    /// λ of the penalty λ·Σw², ≥ 0 [default: 0]
    #[arg(long, value_name = "X", value_parser = numbers::number, allow_hyphen_values = true)]
    l2: Option<f64>,
    /// λ of the penalty λ·Σ|w|, ≥ 0 [default: 0]
    #[arg(long, value_name = "X", value_parser = numbers::number, allow_hyphen_values = true)]
    l1: Option<f64>,
    /// Seed of random points and entries, and of generated data
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = numbers::whole::<u64>,
        allow_hyphen_values = true
    )]
    seed: u64,
    /// Also show the error of the numeric gradient for h = 1e-1 … 1e-13
    #[arg(long)]
    sweep: bool,
    /// Print one JSON object instead of tables
    #[arg(long)]
    json: bool,
}

/// The result of the checks at one point.
struct Checked {
    /// What was checked and where, in one line.
    what: String,
    reports: Vec<Report>,
    sweep: Option<Sweep>,
}

impl Gradcheck {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let checked = match &self.problem {
            Some(problem) => self.problem(problem)?,
            None => vec![self.model()?],
        };
        if self.json {
            print_json(&self.document(&checked), session.out)?;
        } else {
            print(&checked, session)?;
        }
        let passes = checked.iter().flat_map(|at| &at.reports).all(Report::passes);
        Ok(if passes { Outcome::Done } else { Outcome::CheckFailed })
    }

    /// Checks a test function, at its start or at random points.
    fn problem(&self, text: &str) -> Result<Vec<Checked>> {
        self.refuse_with_problem(text)?;
        let mut problem = problems::by_name(text)?;
        let facts = problem.facts();
        if self.second && facts.start.len() > MOST_WITH_HESSIAN {
            let what = format!("{text} has a Hessian of {0} × {0}", facts.start.len());
            return Err(Error::Unsupported {
                what,
                remedy: "leave out --second, or take at most 1000 dimensions",
            });
        }
        let Some(points) = self.points else {
            return Ok(vec![self.at(
                &mut *problem,
                &facts.start,
                format!("{} at its standard start", facts.name),
            )?]);
        };
        check_hyperparameter("points", points as f64, "from 1 to 100000", |v| (1.0..=1e5).contains(&v))?;
        let random = |k| {
            rng::about(&mut rng::stream(self.seed, "points of a gradient check", k), &facts.start, 0.1, 0.01)
        };
        let what = |k| format!("{} at random point {} of {points} (seed {})", facts.name, k + 1, self.seed);
        (0..points).map(|k| self.at(&mut *problem, &random(k), what(k))).collect()
    }

    fn at(&self, problem: &mut dyn Problem, x: &Array1<f64>, what: String) -> Result<Checked> {
        let check = self.check(x.len())?;
        let mut reports = vec![check.gradient(problem, x)?];
        if self.second {
            reports.push(check.hessian(problem, x)?);
        }
        Ok(Checked { what, reports, sweep: self.swept(check, problem, x)? })
    }

    /// Checks a model's loss over examples, at random parameters.
    fn model(&self) -> Result<Checked> {
        let given = |option: &Option<String>, default: &str| option.as_deref().unwrap_or(default).to_string();
        let (model, data) = (given(&self.model, "linear"), given(&self.data, "digits"));
        if self.points.is_some() {
            return Err(Error::Unsupported {
                what: "--points goes with a test function".into(),
                remedy: "choose another --seed",
            });
        }
        let kind = ModelKind::parse(&model)?;
        let loss = task::loss_of(self.loss.as_deref(), &kind);
        task::check(&kind, loss, data::describe(&data)?)?;
        let of_scores = loss::by_name::<f64>(loss)?;
        let examples = self.examples.unwrap_or(100);
        check_hyperparameter("examples", examples as f64, "at least 1", |v| v >= 1.0)?;
        let regularizer = Regularizer { l2: self.l2.unwrap_or(0.0), l1: self.l1.unwrap_or(0.0) };
        let scale = check_hyperparameter("scale", self.scale.unwrap_or(0.1), "finite and ≥ 0", |v| {
            v.is_finite() && v >= 0.0
        })?;
        self.check(1)?;

        let preprocessing = Classifier::<f64>::preprocessing(&kind);
        let prepared = preprocessing.prepare::<f64>(&data::by_name(&data, self.seed)?);
        let classifier = Classifier::new(prepared, kind, regularizer).first(examples);
        let mut risk = classifier.risk(of_scores)?;
        let x = classifier.initial(self.seed)
            + rng::normal::<f64>(
                &mut rng::stream(self.seed, "points of a gradient check", 0),
                risk.dim(),
                scale,
            );
        let check = self.check(risk.dim())?;
        let layout = risk.layout().clone();
        let mut reports = vec![check.gradient(&mut risk, &x)?];
        if self.second {
            let direction: Array1<f64> = rng::normal(
                &mut rng::stream(self.seed, "direction of a Hessian-vector check", 0),
                risk.dim(),
                1.0,
            );
            let length = linalg::norm(&direction);
            reports.push(check.hess_vec(&mut risk, &x, &(direction / length))?);
        }
        let what = format!(
            "{model} with {loss} loss on {data} ({}, l2 {}, l1 {}), {} (seed {})",
            counted(classifier.examples(), "example"),
            few_digits(regularizer.l2),
            few_digits(regularizer.l1),
            counted(x.len(), "parameter"),
            self.seed
        );
        let sweep = self.swept(check, &mut risk, &x)?;
        Ok(Checked {
            what,
            reports: reports.into_iter().map(|report| report.named(|i| layout.name_of(i))).collect(),
            sweep,
        })
    }

    /// Returns the settings of the check.
    fn check(&self, dim: usize) -> Result<GradCheck> {
        let difference = match self.difference.as_str() {
            "forward" => Difference::Forward,
            "central" => Difference::Central,
            "richardson" => Difference::Richardson,
            other => return Err(Error::unknown("difference", other, &["forward", "central", "richardson"])),
        };
        let plain = match self.num_checks {
            Some(count) => GradCheck::sparse(count, self.seed),
            None if self.all || dim <= ALL_UP_TO => GradCheck::default(),
            None => GradCheck::default().entries(Entries::Sample { count: ALL_UP_TO, seed: self.seed }),
        };
        let check = plain.h(self.h.unwrap_or(plain.h)).difference(difference).tolerance(self.atol, self.rtol);
        check.validate()?;
        Ok(check)
    }

    /// Returns the sweep if it was asked for: over all entries of a small function, or some entries of a
    /// large one.
    fn swept<O: Differentiable + ?Sized>(
        &self,
        check: GradCheck,
        f: &mut O,
        x: &Array1<f64>,
    ) -> Result<Option<Sweep>> {
        let some = Entries::Sample { count: self.num_checks.unwrap_or(SWEPT), seed: self.seed };
        self.sweep.then(|| check.entries(some).sweep(f, x)).transpose()
    }

    /// Refuses a model's options for a test function.
    fn refuse_with_problem(&self, problem: &str) -> Result<()> {
        let given = [
            ("--model", self.model.is_some()),
            ("--loss", self.loss.is_some()),
            ("--data", self.data.is_some()),
            ("--examples", self.examples.is_some()),
            ("--scale", self.scale.is_some()),
            ("--l2", self.l2.is_some()),
            ("--l1", self.l1.is_some()),
        ];
        match given.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((option, _)) => {
                let what = format!("{option} does not go with {problem}, which is no model");
                Err(Error::Unsupported { what, remedy: "leave out the one or the other" })
            }
        }
    }

    fn document(&self, checked: &[Checked]) -> Value {
        let at = |checked: &Checked| {
            let sweep = checked
                .sweep
                .as_ref()
                .map(|s| json!({ "entries": s.entries, "h": s.h, "forward": s.forward, "central": s.central, "richardson": s.richardson }));
            json!({
                "what": checked.what,
                "passes": checked.reports.iter().all(Report::passes),
                "checks": checked.reports.iter().map(of_report).collect::<Vec<_>>(),
                "sweep": sweep,
            })
        };
        let passes = checked.iter().flat_map(|at| &at.reports).all(Report::passes);
        json!({ "passes": passes, "seed": self.seed, "points": checked.iter().map(at).collect::<Vec<_>>() })
    }
}

fn of_report(report: &Report) -> Value {
    let entry = |entry: &&crate::gradcheck::Entry| {
        json!({
            "entry": report.name(entry), "index": entry.index, "column": entry.column,
            "analytic": entry.analytic, "numeric": entry.numeric,
            "absolute_error": entry.absolute_error(), "relative_error": entry.relative_error(),
            "finding": entry.finding.word(),
        })
    };
    let bands: serde_json::Map<String, Value> =
        Band::ALL.iter().map(|&band| (band.to_string(), json!(report.in_band(band)))).collect();
    json!({
        "subject": report.subject.name(),
        "passes": report.passes(),
        "verdict": report.verdict(),
        "checked": report.entries.len(),
        "wrong": report.failing(),
        "kinks": report.count("kink"),
        "h": report.check.h,
        "difference": report.check.difference.to_string(),
        "atol": report.check.tolerance.atol,
        "rtol": report.check.tolerance.rtol,
        "values": report.values,
        "gradients": report.gradients,
        "relative_errors": bands,
        "worst": report.worst(WORST).iter().map(entry).collect::<Vec<_>>(),
    })
}

fn print(checked: &[Checked], session: &mut Session) -> anyhow::Result<()> {
    for (i, at) in checked.iter().enumerate() {
        writeln!(session.out, "{}{}", if i > 0 { "\n" } else { "" }, at.what)?;
        for report in &at.reports {
            writeln!(session.out, "\n{report}")?;
        }
        if let Some(sweep) = &at.sweep {
            writeln!(session.out)?;
            Format::Table.print(&sweep.table("sweep"), session.out)?;
        }
    }
    Ok(())
}
