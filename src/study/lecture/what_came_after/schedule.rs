//! Without a schedule: schedule-free AdamW and Prodigy beside AdamW with a half-cosine, in a run of a fixed
//! length.

use super::super::run_to_target::{Limits, Task};
use super::contender::{ADAMW, Contender, TRIALS, all as contenders};
use super::sources::{NOTEBOOK, PRODIGY, SCHEDULE_FREE};
use crate::claim::{Bound, Claim};
use crate::compare::replicates;
use crate::compare::statistics::{Estimate, mean, median, quartile_band};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::schedule::Schedule;
use crate::study::Context;
use crate::table::Table;

/// A small batch, so that noise and not progress limits AdamW at a constant rate.
const BATCH: usize = 16;
/// The number of looks at the loss in a run, whose length the half-cosine knows.
const LOOKS: usize = 30;
const TUNING_SEED: u64 = 700;
const FIRST_SEED: u64 = 300;

/// Returns the number of steps of a run.
fn length(task: &Task) -> usize {
    if task.classifier.is_autoencoder() { 720 } else { 360 }
}

/// A rule with a schedule, tuned or not.
struct Entrant {
    label: &'static str,
    contender: Contender,
    cosine: bool,
    tuned: bool,
    /// The place of its look.
    color: usize,
}

fn entrants() -> [Entrant; 4] {
    let all = contenders();
    let of = |name: &str| all[super::contender::place(&all, name)].clone();
    let entrant = |label, name, cosine, tuned| Entrant {
        label,
        contender: of(name),
        cosine,
        tuned,
        color: crate::figure::optimizer(name),
    };
    let half_cosine = Entrant { color: 7, ..entrant("adamw, half-cosine", ADAMW, true, true) };
    [
        entrant("adamw, constant", ADAMW, false, true),
        half_cosine,
        entrant("schedule-free-adamw", "schedule-free-adamw", false, true),
        entrant("prodigy, half-cosine, rate 1", "prodigy", true, false),
    ]
}
const CONSTANT: usize = 0;
const COSINE: usize = 1;
const FREE: usize = 2;
const PRODIGY_COSINE: usize = 3;

impl Entrant {
    fn limits(&self, task: &Task, seed: u64, context: &Context) -> Limits {
        let steps = context.choose(length(task), LOOKS);
        let schedule = if self.cosine { Schedule::Cosine { total: steps } } else { Schedule::Constant };
        Limits { batch: BATCH, look: steps / LOOKS, schedule, to_target: false, ..task.limits(steps, seed) }
    }

    /// Returns the setting with the lowest loss at the end of a run, a median over a few seeds.
    fn tune(&self, task: &Task, context: &Context) -> Result<f64> {
        if !self.tuned {
            return Ok(self.contender.default);
        }
        let seeds = context.choose(3, 1);
        let settings = self.contender.settings();
        let ends = replicates(TRIALS as u64 * seeds, context.progress, self.label, |i| -> Result<f64> {
            let setting = settings[(i / seeds) as usize];
            let limits = self.limits(task, context.seed + TUNING_SEED + i % seeds, context);
            Ok(task.run(&self.contender.method, setting, limits)?.last())
        });
        let ends = ends.into_iter().collect::<Result<Vec<f64>>>()?;
        let of = |i: usize| median(&ends[i * seeds as usize..(i + 1) * seeds as usize]);
        let best = (0..TRIALS).min_by(|&a, &b| of(a).total_cmp(&of(b))).expect("there are settings");
        Ok(settings[best])
    }
}

/// The runs of one entrant on one task: its setting, and the losses at each look of each seed.
struct Runs {
    setting: f64,
    /// The number of steps between two looks.
    look: usize,
    losses: Vec<Vec<f64>>,
}

impl Runs {
    fn ends(&self) -> Vec<f64> {
        self.losses.iter().map(|losses| losses.last().copied().unwrap_or(f64::INFINITY)).collect()
    }
}

pub(super) fn run(tasks: &[Task], context: &Context, findings: &mut Findings) -> Result<()> {
    let entrants = entrants();
    let seeds = context.choose(10, 2);
    let mut all = Vec::new();
    for task in tasks {
        let mut of_task = Vec::new();
        for entrant in &entrants {
            let setting = entrant.tune(task, context)?;
            let losses = replicates(seeds, context.progress, entrant.label, |seed| {
                let limits = entrant.limits(task, context.seed + FIRST_SEED + seed, context);
                Ok(task.run(&entrant.contender.method, setting, limits)?.losses)
            });
            let look = entrant.limits(task, 0, context).look;
            of_task.push(Runs { setting, look, losses: losses.into_iter().collect::<Result<_>>()? });
        }
        all.push(of_task);
    }
    findings.claims.extend(claims(&all));
    findings.tables.push(table(tasks, &entrants, &all));
    findings.figures.push(figure(tasks, &entrants, &all));
    Ok(())
}

/// Returns the final loss of one entrant over that of another: the geometric mean over tasks, with its
/// interval over paired seeds.
fn ratio(all: &[Vec<Runs>], of: usize, over: usize) -> Estimate {
    let seeds = all[0][of].losses.len();
    let log = |seed: usize| {
        let of_task = |runs: &Vec<Runs>| (runs[of].ends()[seed] / runs[over].ends()[seed]).ln();
        all.iter().map(of_task).sum::<f64>() / all.len() as f64
    };
    let Estimate { value, interval } = mean(&(0..seeds).map(log).collect::<Vec<_>>());
    Estimate { value: value.exp(), interval: (interval.0.exp(), interval.1.exp()) }
}

fn claims(all: &[Vec<Runs>]) -> [Claim; 3] {
    let (free, constant) = (ratio(all, FREE, COSINE), ratio(all, FREE, CONSTANT));
    let prodigy = ratio(all, PRODIGY_COSINE, COSINE);
    [
        Claim::statistical(
            "after-free-cosine",
            NOTEBOOK,
            "Schedule-free AdamW ends with a training loss at most as high as that of AdamW with a \
             half-cosine, both equally tuned, on small nets (ratio, geometric mean over three nets)",
            SCHEDULE_FREE,
        )
        .reading(
            "the paper says “matching or exceeding” tuned schedules, mostly in test accuracies of long runs; \
             we take the training loss after 360 or 720 steps",
        )
        .measured_within(free.value, free.interval, Bound::AtMost(1.0))
        .note(
            "The half-cosine knows the length of the run, and ends it at a rate of 0. The schedule-free rule \
             may be stopped at any step.",
        ),
        Claim::statistical(
            "after-free-constant",
            NOTEBOOK,
            "Schedule-free AdamW ends with a lower training loss than AdamW at a constant rate, both equally \
             tuned, on small nets (ratio, geometric mean over three nets)",
            SCHEDULE_FREE,
        )
        .reading("the paper compares with schedules; a constant rate should be easier to beat")
        .measured_within(constant.value, constant.interval, Bound::AtMost(1.0))
        .note("Nine trials each, batches of 16, and 360 or 720 steps."),
        Claim::statistical(
            "after-prodigy-cosine",
            NOTEBOOK,
            "Prodigy with a half-cosine and no tuning ends with a training loss at most a quarter above that \
             of AdamW with a half-cosine at the best of nine rates, on small nets (ratio, geometric mean \
             over three nets)",
            PRODIGY,
        )
        .reading(
            "the authors recommend a half-cosine, and say “test accuracy values close to that of hand-tuned \
             Adam”; we take the training loss after 360 or 720 steps, and a quarter as close",
        )
        .measured_within(prodigy.value, prodigy.interval, Bound::AtMost(1.25))
        .note("One trial against nine."),
    ]
}

fn table(tasks: &[Task], entrants: &[Entrant; 4], all: &[Vec<Runs>]) -> Table {
    let rows: Vec<(usize, usize)> =
        (0..tasks.len()).flat_map(|t| (0..entrants.len()).map(move |e| (t, e))).collect();
    let column = |of: &dyn Fn(usize, usize) -> f64| rows.iter().map(|&(t, e)| of(t, e)).collect::<Vec<_>>();
    let caption = "Training loss after a run of a fixed length with batches of 16: medians over ten seeds. \
                   The rates are the best of nine, but for Prodigy's, which is its default";
    Table::new("schedules", caption)
        .text("task", rows.iter().map(|r| tasks[r.0].name))
        .integer("steps", rows.iter().map(|r| length(&tasks[r.0]) as i64))
        .text("optimizer", rows.iter().map(|r| entrants[r.1].label))
        .float_within("lr", column(&|t, e| all[t][e].setting), 2.2, 0.0)
        .float_within("train_loss", column(&|t, e| median(&all[t][e].ends())), 0.5, 1e-4)
}

fn figure(tasks: &[Task], entrants: &[Entrant; 4], all: &[Vec<Runs>]) -> Figure {
    let caption = "Training loss over runs of a fixed length with batches of 16: medians (lines) and \
                   quartiles (bands) over ten seeds, each rule at its best rate, and Prodigy at its \
                   default.";
    let figure = Figure::new("schedules", "With and without a schedule", caption);
    tasks.iter().zip(all).fold(figure, |figure, (task, of_task)| {
        let panel = Panel::new(task.name, Axis::linear("step"), Axis::log("training loss").lower_is_better());
        let panel = entrants.iter().zip(of_task).fold(panel, |panel, (entrant, runs)| {
            let (low, middle, high) = quartile_band(&runs.losses);
            let x: Vec<f64> = (0..middle.len()).map(|k| (k * runs.look) as f64).collect();
            let color = entrant.color;
            panel.with(Layer::Band { x: x.clone(), low, high, color }).line(entrant.label, x, middle, color)
        });
        figure.panel(panel)
    })
}
