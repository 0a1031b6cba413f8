//! "If you can afford to do full batch updates then try out L-BFGS": counts gradient evaluations to a target.

use super::sources::SLIDE;
use super::tuned::rates;
use crate::claim::{Bound, Claim};
use crate::compare::ModelKind;
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizer};
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::minimize::{Minimum, minimize};
use crate::objective::Differentiable;
use crate::optimizer::first_order::{Adam, AnyRule, FirstOrder, Momentum, Nesterov, Sgd};
use crate::optimizer::second_order::Lbfgs;
use crate::problems::{Problem, Quadratic, Rosenbrock};
use crate::risk::Regularizer;
use crate::rng;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use crate::train::Classifier;
use ndarray::Array1;
use rayon::prelude::*;

fn rules() -> [(&'static str, AnyRule); 4] {
    [
        ("gradient descent", AnyRule::new(Sgd)),
        ("momentum .9", AnyRule::new(Momentum::new(0.9))),
        ("Nesterov .9", AnyRule::new(Nesterov::default())),
        ("Adam", AnyRule::new(Adam::default())),
    ]
}

type FunctionBuilder = Box<dyn Fn() -> Result<Box<dyn Differentiable + Send>> + Sync>;

/// A deterministic function with its start, its target value, and its limit of gradient evaluations.
struct FullBatch {
    name: &'static str,
    build: FunctionBuilder,
    start: Array1<f64>,
    target: f64,
    most: usize,
    convex: bool,
}

/// The gradient evaluations to the target of one problem.
pub(super) struct EvaluationsToTarget {
    pub name: &'static str,
    pub lbfgs: f64,
    /// The best learning rate of each rule and its evaluations, which are infinite if no rate reached the
    /// target.
    pub rules: Vec<(f64, f64)>,
    /// The value f over the evaluations, for L-BFGS and then for each rule.
    curves: Vec<(Vec<f64>, Vec<f64>)>,
    target: f64,
    /// The gradient evaluations of each rule for all 36 rates.
    tuning: Vec<f64>,
    convex: bool,
}

impl EvaluationsToTarget {
    /// Returns the first-order rule with the fewest evaluations: its name, rate and evaluations.
    pub(super) fn best_rule(&self) -> (&'static str, f64, f64) {
        let best = (0..self.rules.len())
            .min_by(|&a, &b| self.rules[a].1.total_cmp(&self.rules[b].1))
            .expect("there are rules");
        (rules()[best].0, self.rules[best].0, self.rules[best].1)
    }
}

fn problems(context: &Context) -> Result<Vec<FullBatch>> {
    let eigenvalues: Vec<f64> = (0..100).map(|i| 10f64.powf(-3.0 + 3.0 * f64::from(i) / 99.0)).collect();
    let quadratic: FunctionBuilder = Box::new(move || Ok(Box::new(Quadratic::new(&eigenvalues))));
    let valley: FunctionBuilder = Box::new(|| Ok(Box::new(Rosenbrock::new(10))));
    let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    let digits = Classifier::new(digits, ModelKind::Linear, Regularizer::l2(1e-3)).first(150);
    let spiral = Preprocessing::default().prepare::<f64>(&data::by_name("spiral", context.seed)?);
    let spiral = Classifier::new(spiral, ModelKind::parse("mlp:20,tanh")?, Regularizer::l2(1e-5));
    let (digits_start, spiral_start) = (digits.initial(context.seed), spiral.initial(context.seed));
    let softmax = |classifier: Classifier<f64>| -> FunctionBuilder {
        Box::new(move || Ok(Box::new(classifier.risk(Softmax)?)))
    };
    // The start is random: from (1, …, 1), Adam with a rate of 1 would reach the minimum in one step by
    // accident.
    let anywhere = rng::normal(&mut rng::stream(context.seed, "start of a quadratic", 0), 100, 1.0);
    let most = context.choose(1, 4);
    let problem = |name,
                   build: FunctionBuilder,
                   start: Array1<f64>,
                   share: f64,
                   evaluations: usize,
                   convex: bool|
     -> Result<FullBatch> {
        // The lowest value is that of a run to a gradient near zero. The target lies above it by a share of
        // the initial distance.
        let run = minimize(build()?, &start, Lbfgs::new(20), Stop::grad(1e-8).max_iter(3000))?;
        let target = run.value + share * (run.trace.value[0] - run.value);
        Ok(FullBatch { name, build, start, target, most: evaluations / most, convex })
    };
    Ok(vec![
        problem("quadratic, κ = 1000, n = 100", quadratic, anywhere, 1e-6, 4000, true)?,
        problem("Rosenbrock's valley, n = 10", valley, Rosenbrock::new(10).facts().start, 1e-6, 4000, false)?,
        problem("150 digits, linear, softmax", softmax(digits), digits_start, 1e-3, 500, true)?,
        problem("spiral, tanh net of 20, softmax", softmax(spiral), spiral_start, 0.1, 500, false)?,
    ])
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<Vec<EvaluationsToTarget>> {
    let problems = problems(context)?;
    context.progress.start("full batch: evaluations to a target", problems.len() as u64);
    let reached = problems.par_iter().map(|problem| {
        let reached = reach(problem, context.choose(1, 3));
        context.progress.advance(1);
        reached
    });
    let all = reached.collect::<Result<Vec<_>>>()?;
    findings.claims.extend(claims(&all));
    findings.tables.push(table(&all));
    findings.figures.extend([figure(&all), counts(&all)]);
    Ok(all)
}

fn claims(all: &[EvaluationsToTarget]) -> [Claim; 3] {
    let ratio = |r: &EvaluationsToTarget| r.lbfgs / r.best_rule().2;
    let largest = |of: &dyn Fn(&EvaluationsToTarget) -> f64, which: &dyn Fn(&EvaluationsToTarget) -> bool| {
        all.iter().filter(|r| which(r)).map(of).fold(0.0, f64::max)
    };
    let with_tuning =
        |r: &EvaluationsToTarget| r.lbfgs / r.tuning.iter().copied().fold(f64::INFINITY, f64::min);
    let worst = all.iter().max_by(|a, b| ratio(a).total_cmp(&ratio(b))).expect("there are problems");
    let (rule, _, evaluations) = worst.best_rule();
    [
        Claim::exact(
            "lbfgs-if-full-batch",
            "15",
            "On full-batch problems, untuned L-BFGS needs no more gradient evaluations to reach the target \
             than the best first-order rule at the best of 36 learning rates (largest ratio)",
            SLIDE,
        )
        .reading(
            "the slide says “try out L-BFGS”; we ask for no more gradients than the \
                 best tuned rule, on every problem",
        )
        .measured(largest(&ratio, &|_| true), Bound::AtMost(1.0))
        .note(format!(
            "The largest ratio is on {}: {} evaluations of L-BFGS and {evaluations} of {rule}, whose trials \
             at other rates are not counted.",
            worst.name, worst.lbfgs
        )),
        Claim::exact(
            "lbfgs-if-convex",
            "15",
            "On convex full-batch problems, untuned L-BFGS needs no more gradient evaluations to reach the \
             target than the best first-order rule at the best of 36 learning rates (largest ratio)",
            SLIDE,
        )
        .reading(
            "the slide says “try out L-BFGS”; we ask for no more gradients than the \
                 best tuned rule, on convex problems",
        )
        .measured(largest(&ratio, &|r| r.convex), Bound::AtMost(1.0)),
        Claim::exact(
            "lbfgs-with-tuning-counted",
            "15",
            "If the gradients of all 36 trials are counted, L-BFGS needs at most a tenth of the gradients of \
             any first-order rule on every problem (largest ratio)",
            SLIDE,
        )
        .reading(
            "the slide says “try out L-BFGS”; we count the gradients of tuning as \
                 well",
        )
        .measured(largest(&with_tuning, &|_| true), Bound::AtMost(0.1))
        .note("A trial is stopped as soon as it has cost more than the best trial before it."),
    ]
}

fn reach(problem: &FullBatch, every: usize) -> Result<EvaluationsToTarget> {
    let stop = |most: usize| Stop::iterations(most).target(problem.target).max_evals(most);
    let evaluations =
        |run: &Minimum| if run.value <= problem.target { run.evaluations.grad as f64 } else { f64::INFINITY };
    let curve = |run: &Minimum| {
        let evaluations = run.trace.evaluations.iter().map(|e| e.grad as f64).collect::<Vec<_>>();
        (evaluations, run.trace.value.clone())
    };
    let lbfgs = minimize((problem.build)()?, &problem.start, Lbfgs::new(10), stop(problem.most))?;
    let (mut of_rules, mut curves, mut tuning) = (Vec::new(), vec![curve(&lbfgs)], Vec::new());
    for (_, rule) in rules() {
        let (mut best, mut shown, mut spent) = ((f64::NAN, f64::INFINITY), (Vec::new(), Vec::new()), 0.0);
        // From the largest rate down. A run is stopped once it has cost more than the best run before it.
        for lr in rates().into_iter().rev().step_by(every) {
            let most = if best.1.is_finite() { best.1 as usize } else { problem.most };
            let run =
                minimize((problem.build)()?, &problem.start, FirstOrder::new(rule.clone(), lr)?, stop(most))?;
            spent += run.evaluations.grad as f64;
            if evaluations(&run) < best.1 {
                best = (lr, evaluations(&run));
                shown = curve(&run);
            }
        }
        of_rules.push(best);
        tuning.push(spent);
        curves.push(shown);
    }
    Ok(EvaluationsToTarget {
        name: problem.name,
        lbfgs: evaluations(&lbfgs),
        rules: of_rules,
        curves,
        target: problem.target,
        tuning,
        convex: problem.convex,
    })
}

fn table(all: &[EvaluationsToTarget]) -> Table {
    let names = || std::iter::once("L-BFGS").chain(rules().map(|r| r.0));
    let rows: Vec<(&EvaluationsToTarget, usize)> =
        all.iter().flat_map(|r| (0..5).map(move |i| (r, i))).collect();
    let of = |(reached, i): &(&EvaluationsToTarget, usize)| {
        if *i == 0 { (f64::NAN, reached.lbfgs) } else { reached.rules[i - 1] }
    };
    Table::new(
        "full_batch",
        "Gradient evaluations to the target, for untuned L-BFGS and for first-order rules at the best of 36 \
         learning rates",
    )
    .text("problem", rows.iter().map(|r| r.0.name))
    .text("optimizer", rows.iter().map(|r| names().nth(r.1).expect("five names")))
    .float_within("lr", rows.iter().map(|r| of(r).0).collect::<Vec<_>>(), 0.6, 0.0)
    .float_within("grad_evaluations", rows.iter().map(|r| of(r).1).collect::<Vec<_>>(), 0.15, 3.0)
    .float_within("over_lbfgs", rows.iter().map(|r| of(r).1 / r.0.lbfgs).collect::<Vec<_>>(), 0.2, 0.0)
}

fn figure(all: &[EvaluationsToTarget]) -> Figure {
    let caption = "The value f over gradient evaluations, for untuned L-BFGS and for each first-order rule \
                   at the best of 36 learning rates. A rule without a line did not reach the target at any \
                   rate.";
    let figure = Figure::new("full_batch", "If you can afford full-batch updates", caption).columns(2);
    all.iter().fold(figure, |figure, reached| {
        let start = reached.curves[0].1[0];
        let panel = Panel::new(
            reached.name,
            Axis::log("gradient evaluations"),
            Axis::log("f").range(reached.target / 3.0, 3.0 * start).lower_is_better(),
        )
        .with(Layer::HorizontalMark { label: "target".into(), y: reached.target });
        let names = std::iter::once("L-BFGS").chain(rules().map(|r| r.0));
        figure.panel(names.zip(&reached.curves).fold(panel, |panel, (name, (x, y))| {
            if x.is_empty() { panel } else { panel.line(name, x.clone(), y.clone(), optimizer(name)) }
        }))
    })
}

/// Draws the rows of the table, a panel for each problem.
fn counts(all: &[EvaluationsToTarget]) -> Figure {
    let caption = "Gradient evaluations to the target: L-BFGS untuned, each first-order rule at the best of 36 \
                   learning rates. An upright stroke marks L-BFGS in every row. A rule without a row did not \
                   reach the target at any rate. The table has the rates.";
    let figure =
        Figure::new("full_batch_counts", "Gradients to the target on the full batch", caption).columns(2);
    all.iter().fold(figure, |figure, reached| {
        let of_rules = rules().into_iter().zip(&reached.rules).map(|((name, _), (_, count))| (name, *count));
        let rows = std::iter::once(("L-BFGS", reached.lbfgs)).chain(of_rules);
        let (labels, values): (Vec<String>, Vec<f64>) =
            rows.filter(|row| row.1.is_finite()).map(|(name, count)| (name.to_string(), count)).unzip();
        let dots = Layer::Dots {
            labels,
            targets: vec![reached.lbfgs; values.len()],
            low: values.clone(),
            high: values.clone(),
            values,
            color: 0,
        };
        let axis = Axis::log("gradient evaluations").lower_is_better();
        figure.panel(Panel::new(reached.name, axis, Axis::linear("")).with(dots))
    })
}
