//! Untuned rules: every rule at the default learning rate of its library.

use super::final_metrics::{FinalMetrics, lead, mean_accuracy};
use super::sources::SLIDE;
use super::training_task::TrainingTask;
use crate::claim::{Bound, Claim};
use crate::compare::replicates;
use crate::compare::statistics::{self, Estimate};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::optimizer::first_order::{AdaGrad, Adam, AnyRule, Momentum, Nesterov, RmsProp, Sgd};
use crate::study::Context;
use crate::table::Table;

/// The factor by which the number of epochs is larger in the long runs.
const LONGER: usize = 6;
const LONGER_IN_WORDS: &str = "six times";

/// A rule with the default learning rate of a library.
pub(super) struct LibraryDefault {
    pub name: &'static str,
    rule: AnyRule,
    pub lr: f64,
    library: &'static str,
}

/// Returns the defaults of torch.optim 2 and Keras 3. Those of Adam are the same in both.
pub(super) fn defaults() -> [LibraryDefault; 9] {
    let (torch, keras, both) = ("torch", "Keras", "torch, Keras");
    let default = |name, rule, lr, library| LibraryDefault { name, rule, lr, library };
    [
        default("SGD", AnyRule::new(Sgd), 1e-3, torch),
        default("SGD", AnyRule::new(Sgd), 1e-2, keras),
        default("momentum .9", AnyRule::new(Momentum::new(0.9)), 1e-3, torch),
        default("momentum .9", AnyRule::new(Momentum::new(0.9)), 1e-2, keras),
        default("Nesterov .9", AnyRule::new(Nesterov::default()), 1e-2, keras),
        default("AdaGrad", AnyRule::new(AdaGrad::default()), 1e-2, torch),
        default("RMSProp", AnyRule::new(RmsProp::default()), 1e-2, torch),
        default("RMSProp", AnyRule::new(RmsProp { decay: 0.9, ..RmsProp::default() }), 1e-3, keras),
        default("Adam", AnyRule::new(Adam::default()), 1e-3, both),
    ]
}

impl LibraryDefault {
    pub(super) fn words(&self) -> String {
        format!("{}, lr {}", self.name, self.lr)
    }
}

/// The index of Adam among the defaults.
pub(super) const ADAM: usize = 8;

/// The results of all defaults on one problem, over the same seeds.
pub(super) struct Untuned {
    pub ends: Vec<Vec<FinalMetrics>>,
}

impl Untuned {
    /// Returns the default with the highest mean test accuracy.
    pub(super) fn best(&self) -> usize {
        (0..self.ends.len())
            .max_by(|&a, &b| mean_accuracy(&self.ends[a]).total_cmp(&mean_accuracy(&self.ends[b])))
            .expect("there are some")
    }

    /// Returns the gap in test accuracy between a default and the best default of this problem.
    pub(super) fn behind(&self, i: usize) -> Estimate {
        lead(&self.ends[self.best()], &self.ends[i])
    }
}

/// Runs all problems for their number of epochs, and for [`LONGER`] times as many.
pub(super) fn run(
    tasks: &[TrainingTask],
    context: &Context,
    findings: &mut Findings,
) -> Result<(Vec<Untuned>, Vec<Untuned>)> {
    let longer: Vec<TrainingTask> = tasks.iter().map(|task| task.longer(LONGER)).collect();
    let (short, long) = (on_all(tasks, context)?, on_all(&longer, context)?);
    claims(tasks, &short, &long, findings);
    findings.tables.push(table(tasks, &short, "untuned", "few epochs"));
    findings.tables.push(table(tasks, &long, "untuned_longer", &format!("{LONGER_IN_WORDS} the epochs")));
    findings.figures.push(figure(&short, &long));
    Ok((short, long))
}

fn on_all(tasks: &[TrainingTask], context: &Context) -> Result<Vec<Untuned>> {
    let (defaults, seeds) = (defaults(), context.choose(10, 2));
    let on = |task: &TrainingTask| -> Result<Untuned> {
        let part = format!("untuned on {}", task.name);
        let ends = replicates(defaults.len() as u64 * seeds, context.progress, &part, |i| {
            let default = &defaults[(i / seeds) as usize];
            task.train(default.rule.clone(), default.lr, context.seed + i % seeds)
        });
        let ends = ends.into_iter().collect::<Result<Vec<FinalMetrics>>>()?;
        Ok(Untuned { ends: ends.chunks(seeds as usize).map(<[FinalMetrics]>::to_vec).collect() })
    };
    tasks.iter().map(on).collect()
}

/// Returns, for each seed, the gap between a default and the best default of each problem, as a mean over the
/// problems.
fn mean_gap(all: &[Untuned], i: usize) -> Vec<f64> {
    let seeds = all[0].ends[i].len();
    let gap = |problem: &Untuned, seed: usize| {
        problem.ends[problem.best()][seed].accuracy - problem.ends[i][seed].accuracy
    };
    (0..seeds)
        .map(|seed| all.iter().map(|problem| gap(problem, seed)).sum::<f64>() / all.len() as f64)
        .collect()
}

/// Returns the default with the smallest mean gap, except Adam.
fn best_other(all: &[Untuned]) -> usize {
    let mean = |i: usize| mean_gap(all, i).iter().sum::<f64>();
    (0..ADAM).min_by(|&a, &b| mean(a).total_cmp(&mean(b))).expect("there are others")
}

fn claims(tasks: &[TrainingTask], short: &[Untuned], long: &[Untuned], findings: &mut Findings) {
    let gap = |all: &[Untuned]| statistics::mean(&mean_gap(all, ADAM));
    let (few, many) = (gap(short), gap(long));
    let worst = |all: &[Untuned]| {
        let gaps = all.iter().map(|u| u.behind(ADAM)).zip(tasks);
        let (gap, task) = gaps.max_by(|a, b| a.0.value.total_cmp(&b.0.value)).expect("there are problems");
        (gap, task.name.clone())
    };
    let ((worst_few, where_few), (worst_many, where_many)) = (worst(short), worst(long));
    let other = best_other(short);
    let ahead: Vec<f64> =
        mean_gap(short, other).iter().zip(mean_gap(short, ADAM)).map(|(other, adam)| other - adam).collect();
    let ahead = statistics::mean(&ahead);
    let claim = |id, sentence: &str, e: Estimate, bound| {
        Claim::statistical(id, "15", sentence, SLIDE)
            .reading(
                "the slide says “a good default choice in many cases”; we set a margin to \
                 the best of nine untuned rules",
            )
            .measured_within(e.value, e.interval, bound)
    };
    let best_other = defaults()[other].words();
    let few_steps = "A step of Adam changes each weight by about the learning rate, and a few epochs on a \
                     small data set are only a few hundred steps. The weights have then not moved far \
                     enough.";
    findings.claims.extend([
        claim(
            "adam-good-default",
            "After a few epochs, untuned Adam is within one point of test accuracy of the best untuned \
             optimizer, in the mean over the problems (gap)",
            few,
            Bound::AtMost(0.01),
        )
        .note(format!(
            "The best of nine defaults is selected for each problem afterwards, which is not possible in \
             practice. {few_steps}"
        )),
        claim(
            "adam-good-default-given-time",
            &format!(
                "After {LONGER_IN_WORDS} as many epochs, untuned Adam is within one point of test accuracy \
                 of the best untuned optimizer, in the mean over the problems (gap)"
            ),
            many,
            Bound::AtMost(0.01),
        )
        .note("The best default is selected for each problem."),
        claim(
            "adam-good-default-everywhere",
            "After a few epochs, untuned Adam is within three points of the best untuned optimizer on every \
             problem (largest gap)",
            worst_few,
            Bound::AtMost(0.03),
        )
        .note(format!("The largest gap is on {where_few}. {few_steps}")),
        claim(
            "adam-good-default-everywhere-given-time",
            &format!(
                "After {LONGER_IN_WORDS} as many epochs, untuned Adam is within three points of the best \
                 untuned optimizer on every problem (largest gap)"
            ),
            worst_many,
            Bound::AtMost(0.03),
        )
        .note(format!("The largest gap is on {where_many}.")),
        claim(
            "adam-best-default",
            "After a few epochs, no other default is better than Adam's in the mean over the problems (lead \
             of Adam over the best other default)",
            ahead,
            Bound::AtLeast(0.0),
        )
        .note(format!(
            "The best other default is {best_other}. With few steps, a default with steps ten times as long \
             gets further."
        )),
    ]);
}

fn table(tasks: &[TrainingTask], all: &[Untuned], name: &str, time: &str) -> Table {
    let defaults = defaults();
    let rows: Vec<(usize, usize)> =
        (0..all.len()).flat_map(|p| (0..defaults.len()).map(move |i| (p, i))).collect();
    let behind =
        |of: fn(Estimate) -> f64| rows.iter().map(|&(p, i)| of(all[p].behind(i))).collect::<Vec<_>>();
    Table::new(
        name,
        format!(
            "Every rule at the default learning rate of its library, {time}: test accuracy over ten seeds, \
             and the gap to the best default of the problem"
        ),
    )
    .text("problem", rows.iter().map(|&(p, _)| tasks[p].name.clone()))
    .text("optimizer", rows.iter().map(|&(_, i)| defaults[i].name))
    .float("lr", rows.iter().map(|&(_, i)| defaults[i].lr).collect::<Vec<_>>())
    .text("default_of", rows.iter().map(|&(_, i)| defaults[i].library))
    .float_within(
        "test_accuracy",
        rows.iter().map(|&(p, i)| mean_accuracy(&all[p].ends[i])).collect::<Vec<_>>(),
        0.0,
        0.01,
    )
    .float_within("behind", behind(|e| e.value), 0.0, 0.01)
    .float_within("behind_low", behind(|e| e.interval.0), 0.0, 0.015)
    .float_within("behind_high", behind(|e| e.interval.1), 0.0, 0.015)
}

fn figure(short: &[Untuned], long: &[Untuned]) -> Figure {
    let caption = "Mean over the problems; whiskers are its 95 % interval over ten seeds. Every rule has \
                   the default learning rate of its library. A small learning rate needs more epochs.";
    let figure = Figure::new("untuned", "Optimizers without tuning", caption).columns(1).aspect(2.0);
    figure.panel(bars("few epochs", short)).panel(bars(&format!("{LONGER_IN_WORDS} the epochs"), long))
}

fn bars(title: &str, all: &[Untuned]) -> Panel {
    let defaults = defaults();
    let mut order: Vec<(usize, Estimate)> =
        (0..defaults.len()).map(|i| (i, statistics::mean(&mean_gap(all, i)))).collect();
    order.sort_by(|a, b| a.1.value.total_cmp(&b.1.value));
    let points = |of: fn(Estimate) -> f64| {
        order.iter().map(|(_, gap)| (100.0 * of(*gap)).max(0.0)).collect::<Vec<_>>()
    };
    let bars = Layer::Bars {
        labels: order.iter().map(|(i, _)| defaults[*i].words()).collect(),
        values: points(|e| e.value),
        low: points(|e| e.interval.0),
        high: points(|e| e.interval.1),
        color: 0,
    };
    Panel::new(
        title,
        Axis::linear("points of test accuracy behind the best default of each problem").lower_is_better(),
        Axis::linear(""),
    )
    .with(bars)
}
