//! K-FAC beside momentum on an autoencoder, per update and per second, over the batch size (Martens & Grosse
//! 2015; Ba et al. 2017).

use super::super::run_to_target::{Limits, Method, RunToTarget, Task};
use super::sources::{KFAC, NOTEBOOK};
use super::tuning::{Tuned, powers, ratio, tuned};
use crate::claim::{Bound, Claim};
use crate::compare::ModelKind;
use crate::compare::statistics::{Estimate, median};
use crate::data;
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel, optimizer};
use crate::findings::Findings;
use crate::optimizer::first_order::{AnyRule, Momentum};
use crate::risk::Regularizer;
use crate::study::Context;
use crate::table::Table;
use crate::train::Classifier;

const SIZES: [usize; 3] = [64, 256, 1024];
/// A loss that momentum reaches too.
const TARGET: f64 = 23.0;
const MOST_STEPS: usize = 800;
/// The steps of a run that is timed.
const TIMED_STEPS: usize = 40;

/// The runs of both by batch size, and the seconds of a step.
struct Rows {
    runs: Vec<Tuned<RunToTarget>>,
    seconds: Vec<f64>,
}

impl Rows {
    fn steps(&self, size: usize) -> Vec<f64> {
        self.runs[size].runs.iter().map(|run| run.steps as f64).collect()
    }

    /// Returns the seconds to the target.
    fn times(&self, size: usize) -> Vec<f64> {
        self.steps(size).iter().map(|steps| steps * self.seconds[size]).collect()
    }
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let model = ModelKind::parse("autoencoder:32,16,6")?;
    let digits = Classifier::<f64>::preprocessing(&model).prepare::<f64>(&data::digits());
    let classifier = Classifier::new(digits, model, Regularizer::default());
    let task = Task { name: "autoencoder", classifier, batch: SIZES[0], target: TARGET };
    let rule = Method::Rule(AnyRule::new(Momentum::new(0.9)));
    let momentum = rows(&task, "momentum", &rule, &powers(0.003, 5, 2.0), context)?;
    let kfac = rows(&task, "K-FAC", &Method::Kfac, &powers(0.0003, 5, 2.0), context)?;
    findings.claims.extend(claims(&momentum, &kfac));
    findings.tables.push(table(&momentum, &kfac));
    findings.figures.push(figure(&momentum, &kfac));
    Ok(())
}

fn rows(task: &Task, name: &str, method: &Method, settings: &[f64], context: &Context) -> Result<Rows> {
    let mut rows = Rows { runs: Vec::new(), seconds: Vec::new() };
    for batch in SIZES {
        let limits = |steps: usize, seed: u64| Limits { batch, look: 2, ..task.limits(steps, seed) };
        let most = context.choose(MOST_STEPS, 20);
        let label = format!("{name} in batches of {batch}");
        let run = |setting: f64, seed: u64| task.run(method, setting, limits(most, seed));
        let runs = tuned(settings, context, &label, run, |run| run.steps as f64)?;
        let timed = limits(TIMED_STEPS, context.seed);
        rows.seconds.push(task.seconds_per_step(method, runs.setting, timed, context)?);
        rows.runs.push(runs);
    }
    Ok(rows)
}

fn claims(momentum: &Rows, kfac: &Rows) -> [Claim; 2] {
    let last = SIZES.len() - 1;
    let per_update = |size: usize| -> Vec<f64> {
        momentum.steps(size).iter().zip(kfac.steps(size)).map(|(a, b)| a / b).collect()
    };
    let gain = ratio(&per_update(last), &per_update(0));
    let Estimate { value, interval } = ratio(&kfac.times(last), &momentum.times(last));
    [
        Claim::statistical(
            "papers-kfac-batches",
            NOTEBOOK,
            "On an autoencoder, K-FAC's advantage over momentum in updates is larger with batches of 1024 \
             than of 64 (ratio of the ratios)",
            KFAC,
        )
        .reading(
            "they report that K-FAC makes more progress per update the larger the batch, on nets with a \
             thousand units in a layer; we take a small net",
        )
        .measured_within(gain.value, gain.interval, Bound::AtLeast(1.0))
        .note("Both are tuned anew at each batch size: momentum's rate and K-FAC's first damping."),
        Claim::timing(
            "papers-kfac-seconds",
            NOTEBOOK,
            "On an autoencoder with batches of 1024, K-FAC needs less time than momentum to the same \
             training loss (ratio)",
            KFAC,
        )
        .reading("they report it of large nets; we take a small net, and one thread")
        .measured_within(value, interval, Bound::AtMost(1.0))
        .note(
            "The seconds are the steps times those of a step, timed alone. K-FAC evaluates a quadratic \
             model of the loss at each step, which takes several passes over the batch.",
        ),
    ]
}

fn table(momentum: &Rows, kfac: &Rows) -> Table {
    let rows: Vec<(&str, &Rows, usize)> = [("momentum .9", momentum), ("K-FAC", kfac)]
        .into_iter()
        .flat_map(|(name, of)| (0..SIZES.len()).map(move |size| (name, of, size)))
        .collect();
    let column = |of: &dyn Fn(&Rows, usize) -> f64| rows.iter().map(|r| of(r.1, r.2)).collect::<Vec<_>>();
    let caption = "An autoencoder of the digits to a training loss of 23: updates (medians over ten seeds, \
                   at most 800), the milliseconds of an update on one thread, and the seconds to the target";
    Table::new("kfac_batches", caption)
        .text("optimizer", rows.iter().map(|r| r.0))
        .integer("batch", rows.iter().map(|r| SIZES[r.2] as i64))
        .float_within("setting", column(&|of, size| of.runs[size].setting), 2.2, 0.0)
        .float_within("updates", column(&|of, size| median(&of.steps(size))), 0.3, 6.0)
        .timing("milliseconds", column(&|of, size| 1e3 * of.seconds[size]))
        .timing("seconds", column(&|of, size| median(&of.times(size))))
}

fn figure(momentum: &Rows, kfac: &Rows) -> Figure {
    let caption = "Updates and seconds to a training loss of 23 over the batch size: medians over ten \
                   seeds. Both optimizers are tuned anew at each size.";
    let figure = Figure::new("kfac_batches", "K-FAC and momentum on an autoencoder", caption).columns(2);
    let sizes: Vec<f64> = SIZES.iter().map(|&size| size as f64).collect();
    type Measure = fn(&Rows, usize) -> Vec<f64>;
    let panels: [(&str, Measure); 2] = [("updates", Rows::steps), ("seconds", Rows::times)];
    panels.into_iter().fold(figure, |figure, (what, measure)| {
        let panel = Panel::new(what, Axis::log("batch size"), Axis::log(what).lower_is_better());
        figure.panel([("momentum .9", momentum), ("K-FAC", kfac)].into_iter().fold(
            panel,
            |panel, (name, of)| {
                let y: Vec<f64> = (0..SIZES.len()).map(|size| median(&measure(of, size))).collect();
                panel.line(name, sizes.clone(), y, optimizer(name))
            },
        ))
    })
}
