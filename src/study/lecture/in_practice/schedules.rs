//! Schedules: how much a half-cosine and a warm-up help when the learning rate is too large.

use super::final_metrics::{FinalMetrics, lead, loss_ratio, mean_accuracy};
use super::training_task::TrainingTask;
use super::tuned::{ADAM, MOMENTUM, Tuned, rules};
use crate::claim::{Bound, Claim};
use crate::compare::{replicates, statistics};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::schedule::Schedule;
use crate::study::Context;
use crate::table::Table;

/// Multiples of the best constant rate.
const FACTORS: [f64; 5] = [0.3, 1.0, 3.0, 10.0, 30.0];
const LARGE: usize = 3;
/// The looks of the three schedules, which are not those of the two rules.
const COLORS: [usize; 3] = [5, 6, 7];
const COSINE: &str = "This is a measurement without an explanation. Three times the best rate is within a \
                      factor of four of a rate at which momentum does not train this net at all. A rate that \
                      decreases later does not necessarily undo the damage of the first steps.";
const WARM_ADAM: &str = "The half-cosine alone repairs most of the damage that this rate does to Adam. Over \
                         ten seeds, the warm-up makes no measurable difference.";
const WARM: &str = "At ten times the best rate, a warm-up over a tenth of the steps is not enough: if the \
                    rate is too large for the net, a warm-up only postpones the damage. The spread over \
                    seeds is large.";

fn schedules(total: usize) -> [(&'static str, Schedule); 3] {
    let warm = total / 10;
    [
        ("constant", Schedule::Constant),
        ("half-cosine", Schedule::Cosine { total }),
        ("warm-up, then half-cosine", Schedule::Cosine { total: total - warm }.after_warmup(warm, 0.0)),
    ]
}

/// The runs of one rule, by schedule and then by factor.
struct RuleSchedules {
    name: &'static str,
    lr: f64,
    ends: Vec<Vec<Vec<FinalMetrics>>>,
}

pub(super) fn run(
    task: &TrainingTask,
    tuned: &Tuned,
    context: &Context,
    findings: &mut Findings,
) -> Result<()> {
    let seeds = context.choose(10, 2);
    let mut all = Vec::new();
    for i in [MOMENTUM, ADAM] {
        let ((name, rule), lr) = (rules()[i].clone(), tuned.rules[i].lr);
        let schedules = schedules(task.steps(task.batch));
        let count = (schedules.len() * FACTORS.len()) as u64;
        let ends = replicates(count * seeds, context.progress, &format!("schedules for {name}"), |i| {
            let (setting, seed) = ((i / seeds) as usize, i % seeds);
            let (schedule, factor) = (schedules[setting / FACTORS.len()].1, FACTORS[setting % FACTORS.len()]);
            task.train_with(rule.clone(), lr * factor, schedule, task.batch, context.seed + seed)
        });
        let ends = ends.into_iter().collect::<Result<Vec<FinalMetrics>>>()?;
        let settings: Vec<Vec<FinalMetrics>> =
            ends.chunks(seeds as usize).map(<[FinalMetrics]>::to_vec).collect();
        all.push(RuleSchedules {
            name,
            lr,
            ends: settings.chunks(FACTORS.len()).map(<[Vec<FinalMetrics>]>::to_vec).collect(),
        });
    }
    claims(&all, findings);
    findings.tables.push(table(task, &all));
    findings.figures.push(figure(task, &all));
    Ok(())
}

fn claims(all: &[RuleSchedules], findings: &mut Findings) {
    let [momentum, adam] = all else { return };
    let (cosine, warm) = (
        |of: &RuleSchedules| loss_ratio(&of.ends[1][2], &of.ends[0][2]),
        |of: &RuleSchedules| lead(&of.ends[2][LARGE], &of.ends[1][LARGE]),
    );
    let source = "Loshchilov & Hutter 2017; slide \"Adam: Very Common in Practice!\"";
    let goyal = "Goyal et al. 2017";
    let ratio = |id, sentence, e: statistics::Estimate| {
        Claim::statistical(id, "15", sentence, source).ours().measured_within(
            e.value,
            e.interval,
            Bound::AtMost(1.0),
        )
    };
    let leads = |id, sentence, e: statistics::Estimate| {
        Claim::statistical(id, "15", sentence, goyal)
            .reading(
                "they use a warm-up to train with large rates; we ask for a higher \
                 accuracy at ten times the best rate",
            )
            .measured_within(e.value, e.interval, Bound::AtLeast(0.0))
    };
    findings.claims.extend([
        ratio(
            "cosine-forgives-momentum",
            "At three times the best constant rate of momentum, a half-cosine ends with a lower training \
             loss than a constant rate (ratio)",
            cosine(momentum),
        )
        .note(COSINE),
        ratio(
            "cosine-forgives-adam",
            "At three times the best constant rate of Adam, a half-cosine ends with a lower training loss \
             than a constant rate (ratio)",
            cosine(adam),
        ),
        leads(
            "warmup-saves-momentum",
            "At ten times the best rate of momentum, a warm-up before the half-cosine raises the test \
             accuracy (difference)",
            warm(momentum),
        )
        .note(WARM),
        leads(
            "warmup-saves-adam",
            "At ten times the best rate of Adam, a warm-up before the half-cosine raises the test accuracy \
             (difference)",
            warm(adam),
        )
        .note(WARM_ADAM),
    ]);
}

fn table(task: &TrainingTask, all: &[RuleSchedules]) -> Table {
    let schedules = schedules(task.steps(task.batch));
    let rows: Vec<(usize, usize, usize)> = (0..all.len())
        .flat_map(|r| (0..schedules.len()).flat_map(move |s| (0..FACTORS.len()).map(move |f| (r, s, f))))
        .collect();
    let ends = |&(r, s, f): &(usize, usize, usize)| &all[r].ends[s][f];
    let loss = |row| statistics::median(&ends(row).iter().map(|e: &FinalMetrics| e.loss).collect::<Vec<_>>());
    Table::new(
        "schedules",
        format!("{}: schedules at multiples of the best constant rate, over ten seeds", task.name),
    )
    .text("optimizer", rows.iter().map(|r| all[r.0].name))
    .text("schedule", rows.iter().map(|r| schedules[r.1].0))
    .float_within("lr", rows.iter().map(|r| all[r.0].lr * FACTORS[r.2]).collect::<Vec<_>>(), 1.6, 0.0)
    .float("times_the_best", rows.iter().map(|r| FACTORS[r.2]).collect::<Vec<_>>())
    .float_within("train_loss", rows.iter().map(loss).collect::<Vec<_>>(), 0.5, 1e-3)
    .float_within(
        "test_accuracy",
        rows.iter().map(|r| mean_accuracy(ends(r))).collect::<Vec<_>>(),
        0.0,
        0.08,
    )
}

/// Draws what the claims compare: the training loss, with three times the best rate marked, and the test
/// accuracy, with ten times the best rate marked.
fn figure(task: &TrainingTask, all: &[RuleSchedules]) -> Figure {
    let caption = "After the same number of epochs, at multiples of the best constant rate. Lines are \
                   medians over ten seeds, bands reach from quartile to quartile. The vertical lines mark \
                   the rates that the claims compare. The half-cosine repairs most of what a rate that is \
                   too large does to Adam, and little of what it does to momentum. The warm-up adds little.";
    let figure = Figure::new("schedules", "Schedules at rates that are too large", caption).columns(2);
    let names = schedules(task.steps(task.batch)).map(|schedule| schedule.0);
    type Metric = fn(&FinalMetrics) -> f64;
    let views: [(&str, Metric, usize); 2] =
        [("training loss", |end| end.loss, 2), ("test accuracy", |end| end.accuracy, LARGE)];
    let panels = views.iter().flat_map(|view| all.iter().map(move |of| (view, of)));
    panels.fold(figure, |figure, (&(what, metric, marked), of)| {
        let y = match what {
            "training loss" => Axis::log(what).lower_is_better(),
            _ => Axis::linear(what).range(0.0, 1.0).higher_is_better(),
        };
        let panel = Panel::new(of.name, Axis::log("learning rate over the best constant one"), y);
        let panel = names.iter().zip(&of.ends).zip(COLORS).fold(panel, |panel, ((name, ends), color)| {
            let at = |q: f64| -> Vec<f64> {
                let values = ends.iter().map(|ends| ends.iter().map(metric).collect::<Vec<_>>());
                values.map(|v| statistics::quantile(&v, q)).map(finite).collect()
            };
            let band = Layer::Band { x: FACTORS.to_vec(), low: at(0.25), high: at(0.75), color };
            panel.with(band).line(*name, FACTORS.to_vec(), at(0.5), color)
        });
        let factor = FACTORS[marked];
        figure.panel(panel.with(Layer::VerticalMark { label: format!("{factor} × the best"), x: factor }))
    })
}

/// Returns NaN, a gap in a line, for a number that is not finite.
fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { f64::NAN }
}
