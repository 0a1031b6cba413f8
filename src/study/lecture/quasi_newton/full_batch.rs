//! Deterministic functions: untuned L-BFGS against first-order rules, each at the best of 36 learning rates.

use super::learning_rates::learning_rates;
use super::sources::LBFGS;
use crate::claim::{Bound, Claim};
use crate::compare::{ModelKind, replicates};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizer};
use crate::findings::Findings;
use crate::loss::Logistic;
use crate::minimize::{Minimum, minimize};
use crate::objective::{Differentiable, Objective};
use crate::optimizer::first_order::{Adam, AnyRule, FirstOrder, Momentum, Nesterov, Sgd};
use crate::optimizer::second_order::{Lbfgs, Newton};
use crate::problems::{Problem, Rosenbrock};
use crate::risk::Regularizer;
use crate::stop::Stop;
use crate::study::Context;
use crate::study::lecture::second_order::Bowl;
use crate::table::{self, Table, Values};
use crate::train::Classifier;
use ndarray::Array1;

/// A run reaches the target when the height over the minimum is this share of the height at the start.
const SHARE: f64 = 1e-6;
const RULES: [&str; 4] = ["gradient descent", "momentum .9", "Nesterov .9", "Adam"];

fn rule(which: usize) -> AnyRule {
    match which {
        0 => AnyRule::new(Sgd),
        1 => AnyRule::new(Momentum::new(0.9)),
        2 => AnyRule::new(Nesterov::new(0.9)),
        _ => AnyRule::new(Adam::default()),
    }
}

/// A function, which every run builds for itself.
type FunctionBuilder = Box<dyn Fn() -> Result<Box<dyn Differentiable>> + Sync + Send>;

/// A function with its certified minimum.
struct FunctionTask {
    name: &'static str,
    start: Array1<f64>,
    lowest: f64,
    /// The number of evaluations after which a run is stopped.
    most: usize,
    build: FunctionBuilder,
}

/// The runs of a rule over all learning rates: evaluations to the target, infinite if it was not reached.
struct TunedRule {
    evaluations: Vec<f64>,
    best: usize,
}

impl FunctionTask {
    fn new(name: &'static str, start: Array1<f64>, lowest: f64, most: usize, build: FunctionBuilder) -> Self {
        FunctionTask { name, start, lowest, most, build }
    }

    fn logistic(name: &'static str, l2: f64, examples: usize, most: usize) -> Result<Self> {
        let data = Preprocessing::default().prepare::<f64>(&data::digits());
        let classifier = Classifier::new(data, ModelKind::Linear, Regularizer::l2(l2)).first(examples);
        let start = Array1::zeros(classifier.risk(Logistic)?.dim());
        let lowest =
            minimize(classifier.risk(Logistic)?, &start, Newton::new(), Stop::grad(1e-11).max_iter(100))?
                .value;
        Ok(FunctionTask::new(
            name,
            start,
            lowest,
            most,
            Box::new(move || Ok(Box::new(classifier.risk(Logistic)?))),
        ))
    }

    fn target(&self) -> Result<f64> {
        Ok(self.lowest + SHARE * ((self.build)()?.value(&self.start) - self.lowest))
    }

    fn lbfgs(&self) -> Result<Minimum> {
        minimize(
            (self.build)()?,
            &self.start,
            Lbfgs::new(10),
            Stop::iterations(self.most).target(self.target()?),
        )
    }

    fn descend(&self, rule: AnyRule, lr: f64, most: usize) -> Result<Minimum> {
        let stop = Stop::iterations(most).target(self.target()?);
        minimize((self.build)()?, &self.start, FirstOrder::new(rule, lr)?, stop)
    }

    /// Starts from the largest learning rate. A run is stopped at four times the fewest evaluations so far.
    fn tuned(&self, rule: AnyRule, rates: &[f64]) -> Result<TunedRule> {
        let mut tuned = TunedRule { evaluations: Vec::new(), best: 0 };
        let mut fewest = f64::INFINITY;
        for (i, &lr) in rates.iter().enumerate() {
            let most = if fewest.is_finite() { self.most.min(4 * fewest as usize) } else { self.most };
            let found = self.descend(rule.clone(), lr, most)?;
            let reached = found.termination.word() == "target_reached";
            let evaluations = if reached { found.evaluations.grad as f64 } else { f64::INFINITY };
            if evaluations < fewest {
                (fewest, tuned.best) = (evaluations, i);
            }
            tuned.evaluations.push(evaluations);
        }
        Ok(tuned)
    }
}

fn tasks(context: &Context) -> Result<Vec<FunctionTask>> {
    let (examples, most) = (context.choose(300, 100), context.choose(3_000, 300));
    let bowl = Bowl::new(50, 1e3, context.seed)?;
    let valley = || Rosenbrock::new(10);
    Ok(vec![
        FunctionTask::logistic("logistic, λ = 10⁻²", 1e-2, examples, most)?,
        FunctionTask::logistic("logistic, λ = 10⁻³", 1e-3, examples, most)?,
        FunctionTask::new(
            "quadratic, κ = 10³",
            Array1::zeros(50),
            0.0,
            10 * most,
            Box::new(move || Ok(Box::new(bowl.clone()))),
        ),
        FunctionTask::new(
            "Rosenbrock, n = 10",
            valley().facts().start,
            0.0,
            10 * most,
            Box::new(move || Ok(Box::new(valley()))),
        ),
    ])
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let tasks = tasks(context)?;
    let rates = learning_rates();
    let tuned = replicates(
        (tasks.len() * RULES.len()) as u64,
        context.progress,
        "full batch: 36 learning rates",
        |i| tasks[i as usize / RULES.len()].tuned(rule(i as usize % RULES.len()), &rates),
    );
    let tuned = tuned.into_iter().collect::<Result<Vec<TunedRule>>>()?;
    let of_task: Vec<&[TunedRule]> = tuned.chunks(RULES.len()).collect();
    let lbfgs = tasks.iter().map(FunctionTask::lbfgs).collect::<Result<Vec<_>>>()?;
    let count = |found: &Minimum| {
        if found.termination.word() == "target_reached" {
            found.evaluations.grad as f64
        } else {
            f64::INFINITY
        }
    };
    let ours: Vec<f64> = lbfgs.iter().map(count).collect();
    // A run that was stopped counts as if it had reached the target then, in favour of the rules.
    let fewest = |i: usize| {
        of_task[i]
            .iter()
            .map(|t| t.evaluations[t.best].min(tasks[i].most as f64))
            .fold(f64::INFINITY, f64::min)
    };
    let ratio = (0..tasks.len()).map(|i| ours[i] / fewest(i)).fold(0.0, f64::max);
    let sentence = "On a deterministic function L-BFGS, untuned, needs the fewest evaluations to 1e-6: no \
                    more than the best of gradient descent, momentum, Nesterov and Adam at the best of 36 \
                    learning rates (largest ratio of four functions)";
    findings.claims.push(
        Claim::exact("lbfgs-full-batch", "13", sentence, LBFGS).reading("the slide says “usually works very well in full batch, deterministic \
                 mode”; we ask for the fewest evaluations, against tuned rules").measured(ratio, Bound::AtMost(1.0)).note(
            "The table has the numbers for each function. A rule that reaches the target at no rate counts \
             with the evaluations at which it was stopped.",
        ),
    );
    findings.tables.push(table(&tasks, &of_task, &ours, &rates));
    findings.figures.push(sensitivity(&tasks, &of_task, &ours, &rates));
    findings.figures.push(curves(&tasks, &of_task, &lbfgs, &rates)?);
    Ok(())
}

fn table(tasks: &[FunctionTask], of_task: &[&[TunedRule]], ours: &[f64], rates: &[f64]) -> Table {
    let caption = "Gradient evaluations until f − f* is a millionth of what it is at the start: each rule \
                   at the best of 36 learning rates over seven decades, and L-BFGS untuned. Infinite where \
                   no rate reached the target before the run was stopped. The last columns count the \
                   settings of all rules that were tried, and those that reached the target";
    let about = table::Rule::Within { rtol: 0.15, atol: 3.0 };
    let table = Table::new("full_batch", caption).text("function", tasks.iter().map(|t| t.name));
    let table = RULES.iter().enumerate().fold(table, |table, (which, name)| {
        let best = |i: usize| of_task[i][which].evaluations[of_task[i][which].best];
        let column = name.trim_end_matches(" .9").replace(' ', "_").to_lowercase();
        table.column(column, Values::Float((0..tasks.len()).map(best).collect()), about)
    });
    let table = table.column("lbfgs", Values::Float(ours.to_vec()), about);
    let all =
        |i: usize| of_task[i].iter().flat_map(|t| &t.evaluations).filter(|e| e.is_finite()).count() as i64;
    table.integer("tried", tasks.iter().map(|_| (RULES.len() * rates.len()) as i64)).column(
        "arrived",
        Values::Integer((0..tasks.len()).map(all).collect()),
        table::Rule::Within { rtol: 0.1, atol: 2.0 },
    )
}

/// Draws the evaluations over the learning rate, with L-BFGS, which has no learning rate, as a horizontal
/// line.
fn sensitivity(tasks: &[FunctionTask], of_task: &[&[TunedRule]], ours: &[f64], rates: &[f64]) -> Figure {
    let caption = "Each rule has a narrow range of good learning rates just below those at which it \
                   diverges, and the range differs from function to function. L-BFGS has no learning rate. \
                   Runs are stopped at four times the best of their rule.";
    let figure = Figure::new(
        "full_batch",
        "Evaluations until the height over the minimum is a millionth, over the learning rate",
        caption,
    );
    tasks.iter().enumerate().fold(figure, |figure, (i, task)| {
        let panel = Panel::new(
            task.name,
            Axis::log("learning rate").range(1e-5, 100.0),
            Axis::log("gradient evaluations").lower_is_better(),
        );
        let panel = RULES.iter().enumerate().fold(panel, |panel, (which, name)| {
            let (x, y): (Vec<f64>, Vec<f64>) = rates
                .iter()
                .zip(&of_task[i][which].evaluations)
                .filter(|(_, e)| e.is_finite())
                .map(|(&x, &y)| (x, y))
                .unzip();
            panel.line(*name, x, y, which)
        });
        figure.panel(panel.with(Layer::HorizontalMark { label: "L-BFGS".into(), y: ours[i] }))
    })
}

/// Draws the height over the minimum against evaluations, with every rule at its best.
fn curves(
    tasks: &[FunctionTask],
    of_task: &[&[TunedRule]],
    lbfgs: &[Minimum],
    rates: &[f64],
) -> Result<Figure> {
    let caption = "Each rule at its best learning rate. L-BFGS starts no faster, but its curve bends down.";
    let mut figure = Figure::new("full_batch_curves", "Full batch: convergence of each method", caption);
    for (i, task) in tasks.iter().enumerate() {
        let mut panel = Panel::new(
            task.name,
            Axis::log("gradient evaluations"),
            Axis::log("(f − f*) / (f₀ − f*)").range(1e-7, 3.0).lower_is_better(),
        );
        let add = |panel: Panel, name: &str, run: &Minimum| {
            let height = run.trace.value[0] - task.lowest;
            let y: Vec<f64> = run.trace.value.iter().map(|v| (v - task.lowest) / height).collect();
            let x: Vec<f64> = run.trace.evaluations.iter().map(|e| e.grad as f64).collect();
            panel.line(name, x, y, optimizer(name))
        };
        for (which, name) in RULES.iter().enumerate() {
            let tuned = &of_task[i][which];
            panel = add(panel, name, &task.descend(rule(which), rates[tuned.best], task.most)?);
        }
        figure = figure.panel(add(panel, "L-BFGS", &lbfgs[i]));
    }
    Ok(figure)
}
