//! How the learning rate must change when the batch is larger and the number of epochs stays the same.

use super::final_metrics::{FinalMetrics, loss_ratio, mean_accuracy};
use super::training_task::TrainingTask;
use super::tuned::{MOMENTUM, Tuned, rules};
use crate::claim::{Bound, Claim};
use crate::compare::{replicates, statistics};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::schedule::Schedule;
use crate::study::Context;
use crate::table::Table;

const SIZES: [usize; 5] = [8, 32, 128, 256, 512];
/// The index of the batch size at which the rate was tuned.
const BASE: usize = 1;
/// Both multiply the rate by the factor of the batch. Krizhevsky derives the square root of the factor, and
/// reports that the factor itself worked best.
const GOYAL: &str = "Goyal et al. 2017; Krizhevsky 2014 (linear scaling)";

type Scaling = fn(f64) -> f64;
const SCALINGS: [(&str, Scaling); 3] = [
    ("rate left alone", |_| 1.0),
    ("rate × √(batch ratio)", f64::sqrt),
    ("rate × batch ratio", |ratio| ratio),
];

pub(super) fn run(
    task: &TrainingTask,
    tuned: &Tuned,
    context: &Context,
    findings: &mut Findings,
) -> Result<()> {
    let (seeds, lr, rule) = (context.choose(10, 2), tuned.rules[MOMENTUM].lr, rules()[MOMENTUM].1.clone());
    let rate =
        |scaling: usize, size: usize| lr * SCALINGS[scaling].1(SIZES[size] as f64 / SIZES[BASE] as f64);
    let count = (SCALINGS.len() * SIZES.len()) as u64;
    let ends = replicates(count * seeds, context.progress, "batch sizes", |i| {
        let (setting, seed) = ((i / seeds) as usize, i % seeds);
        let (scaling, size) = (setting / SIZES.len(), setting % SIZES.len());
        task.train_with(
            rule.clone(),
            rate(scaling, size),
            Schedule::Constant,
            SIZES[size],
            context.seed + seed,
        )
    });
    let ends = ends.into_iter().collect::<Result<Vec<FinalMetrics>>>()?;
    let settings: Vec<Vec<FinalMetrics>> =
        ends.chunks(seeds as usize).map(<[FinalMetrics]>::to_vec).collect();
    let of = |scaling: usize, size: usize| &settings[scaling * SIZES.len() + size];
    let over_base = |scaling: usize, size: usize| loss_ratio(of(scaling, size), of(scaling, BASE));
    let (linear, alone) = (over_base(2, 2), over_base(0, 4));
    findings.claims.extend([
        Claim::statistical(
            "linear-scaling",
            "15",
            "With four times the batch size and four times the learning rate, the training loss after the \
             same number of epochs is at most 1.25 times as large (ratio)",
            GOYAL,
        )
        .reading(
            "they scale the rate with the batch size, Goyal et al. after a warm-up; we \
                 leave out the warm-up and ask for at most 1.25 times the loss",
        )
        .measured_within(linear.value, linear.interval, Bound::AtMost(1.25))
        .note(
            "Scaling by the square root of the batch ratio works better here (table \"batch_size\"), because \
             the best rate for a batch of 32 is not far below the largest rate at which this net still \
             trains. Goyal et al. start from a rate well below that limit and use a warm-up.",
        ),
        Claim::statistical(
            "rate-left-alone",
            "15",
            "With sixteen times the batch size and the same learning rate, the training loss is at least \
             twice as large, because a sixteenth of the steps are made (ratio)",
            GOYAL,
        )
        .ours()
        .measured_within(alone.value, alone.interval, Bound::AtLeast(2.0)),
    ]);
    let rows: Vec<(usize, usize)> =
        (0..SCALINGS.len()).flat_map(|s| (0..SIZES.len()).map(move |b| (s, b))).collect();
    let losses = |s: usize, b: usize| of(s, b).iter().map(|e| e.loss).collect::<Vec<_>>();
    findings.tables.push(
        Table::new(
            "batch_size",
            format!(
                "{}: momentum at several batch sizes, tuned at a batch of {}; medians over seeds",
                task.name, SIZES[BASE]
            ),
        )
        .text("scaling", rows.iter().map(|r| SCALINGS[r.0].0))
        .integer("batch", rows.iter().map(|r| SIZES[r.1] as i64))
        .float_within("lr", rows.iter().map(|r| rate(r.0, r.1)).collect::<Vec<_>>(), 1.6, 0.0)
        .float_within(
            "train_loss",
            rows.iter().map(|r| statistics::median(&losses(r.0, r.1))).collect::<Vec<_>>(),
            0.5,
            1e-3,
        )
        .float_within(
            "test_accuracy",
            rows.iter().map(|r| mean_accuracy(of(r.0, r.1))).collect::<Vec<_>>(),
            0.0,
            0.05,
        ),
    );
    let panel = Panel::new("", Axis::log("batch size"), Axis::log("training loss").lower_is_better());
    let sizes: Vec<f64> = SIZES.iter().map(|&s| s as f64).collect();
    let panel = SCALINGS.iter().enumerate().fold(panel, |panel, (s, (name, _))| {
        let (low, middle, high) = band(&(0..SIZES.len()).map(|b| losses(s, b)).collect::<Vec<_>>());
        panel.with(Layer::Band { x: sizes.clone(), low, high, color: s }).line(
            *name,
            sizes.clone(),
            middle,
            s,
        )
    });
    let panel = panel.with(Layer::VerticalMark { label: "tuned here".into(), x: SIZES[BASE] as f64 });
    let caption = "Training loss after the same number of epochs, median and quartiles (the band) over ten \
                   seeds. With a larger batch there are fewer steps. A larger rate compensates for this, \
                   until the rate is too large.";
    findings.figures.push(
        Figure::new("batch_size", "A larger batch needs a larger rate", caption).panel(panel).columns(1),
    );
    Ok(())
}

/// Returns the quartiles at each place. An infinite quartile becomes NaN, which leaves a gap in the band.
fn band(places: &[Vec<f64>]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let at = |q: f64| {
        places
            .iter()
            .map(|v| statistics::quantile(v, q))
            .map(|v| if v.is_finite() { v } else { f64::NAN })
            .collect()
    };
    (at(0.25), at(0.5), at(0.75))
}
