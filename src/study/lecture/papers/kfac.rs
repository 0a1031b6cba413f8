//! K-FAC beside momentum on an autoencoder, per update and per second, over the batch size (Martens & Grosse
//! 2015; Ba et al. 2017).

use super::super::what_came_after::contender::{self, Contender};
use super::super::what_came_after::task::{self, Limits, Task, Way};
use super::sources::{KFAC, NOTEBOOK};
use super::tuning::{Tuned, powers, ratio, tuned};
use crate::claim::{Bound, Claim};
use crate::compare::replicates;
use crate::compare::statistics::{Estimate, median};
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel, optimizer};
use crate::findings::Findings;
use crate::study::Context;
use crate::table::Table;

const SIZES: [usize; 3] = [64, 256, 1024];
/// A loss that momentum reaches too.
const TARGET: f64 = 23.0;
const MOST_STEPS: usize = 800;

/// The runs of both by batch size, and the seconds of a step.
struct Rows {
    ways: Vec<Tuned<Way>>,
    seconds: Vec<f64>,
}

impl Rows {
    fn steps(&self, size: usize) -> Vec<f64> {
        self.ways[size].runs.iter().map(|way| way.steps as f64).collect()
    }

    /// Returns the seconds to the target.
    fn times(&self, size: usize) -> Vec<f64> {
        self.steps(size).iter().map(|steps| steps * self.seconds[size]).collect()
    }
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let task = task::all(context)?.into_iter().find(|task| task.name == "autoencoder");
    let task = Task { target: TARGET, ..task.expect("the list has it") };
    let contenders = contender::all();
    let of = |name: &str| contenders[contender::place(&contenders, name)].clone();
    let momentum = rows(&task, &of("momentum"), &powers(0.003, 5, 2.0), context)?;
    let kfac = rows(&task, &of("kfac"), &powers(0.0003, 5, 2.0), context)?;
    findings.claims.extend(claims(&momentum, &kfac));
    findings.tables.push(table(&momentum, &kfac));
    findings.figures.push(figure(&momentum, &kfac));
    Ok(())
}

fn rows(task: &Task, contender: &Contender, settings: &[f64], context: &Context) -> Result<Rows> {
    let mut rows = Rows { ways: Vec::new(), seconds: Vec::new() };
    for batch in SIZES {
        let limits = |steps: usize, seed: u64| Limits { batch, look: 2, ..task.limits(steps, seed) };
        let most = context.choose(MOST_STEPS, 20);
        let label = format!("{} in batches of {batch}", contender.name);
        let run = |setting: f64, seed: u64| task.run(contender, setting, limits(most, seed));
        let ways = tuned(settings, context, &label, run, |way| way.steps as f64)?;
        // Alone, after the others, because two runs at a time disturb each other.
        let timed = Limits { to_target: false, look: 40, ..limits(40, context.seed) };
        // One replicate, because rayon's threads do not ask for a helper.
        let fastest = replicates(1, context.progress, &label, |_| {
            let runs = (0..context.choose(3, 1)).map(|_| task.run(contender, ways.setting, timed));
            let runs = runs.collect::<Result<Vec<Way>>>()?;
            Ok(runs.iter().map(|way| way.seconds_per_step).fold(f64::INFINITY, f64::min))
        });
        rows.seconds.extend(fastest.into_iter().collect::<Result<Vec<f64>>>()?);
        rows.ways.push(ways);
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
        .float_within("setting", column(&|of, size| of.ways[size].setting), 2.2, 0.0)
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
