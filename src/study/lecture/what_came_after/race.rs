//! The race to the same training loss: steps and seconds of each optimizer, tuned and at its default.

use super::super::run_to_target::{RunToTarget, Task};
use super::contender::{ADAMW, Contender, TRIALS, place};
use super::sources::{KFAC, MUON, NOTEBOOK, PRODIGY, SHAMPOO, SOAP};
use super::trials::{MOST_STEPS, Sweep};
use crate::claim::{Bound, Claim};
use crate::compare::replicates;
use crate::compare::statistics::{Estimate, mean, median, quantile, quartile_band};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizer};
use crate::findings::Findings;
use crate::study::Context;
use crate::table::Table;

const FIRST_SEED: u64 = 100;

/// The runs of one contender on one task, a seed each.
struct Runs {
    tuned: Vec<RunToTarget>,
    untuned: Vec<RunToTarget>,
}

/// All runs by task and contender, with the seconds of a step.
struct Race<'a> {
    contenders: &'a [Contender],
    runs: Vec<Vec<Runs>>,
    seconds: &'a [Vec<f64>],
}

type Choice = fn(&Runs) -> &[RunToTarget];
const TUNED: Choice = |runs| &runs.tuned;
const UNTUNED: Choice = |runs| &runs.untuned;

impl Race<'_> {
    fn logs(&self, task: usize, contender: usize, choice: Choice) -> Vec<f64> {
        choice(&self.runs[task][contender]).iter().map(|way| (way.steps as f64).ln()).collect()
    }

    /// Returns the steps of one contender over those of another: the geometric mean over tasks, with its
    /// interval over seeds.
    fn ratio(&self, of: (&str, Choice), over: (&str, Choice), per_second: bool) -> Estimate {
        let (a, b) = (place(self.contenders, of.0), place(self.contenders, over.0));
        let seeds = self.logs(0, a, of.1).len();
        let mut sums = vec![0.0; seeds];
        for task in 0..self.runs.len() {
            let (ours, theirs) = (self.logs(task, a, of.1), self.logs(task, b, over.1));
            let cost = if per_second { self.seconds[task][a] / self.seconds[task][b] } else { 1.0 };
            for (sum, (ours, theirs)) in sums.iter_mut().zip(ours.iter().zip(theirs)) {
                *sum += (ours - theirs + cost.ln()) / self.runs.len() as f64;
            }
        }
        let Estimate { value, interval } = mean(&sums);
        Estimate { value: value.exp(), interval: (interval.0.exp(), interval.1.exp()) }
    }
}

pub(super) fn run(
    tasks: &[Task],
    contenders: &[Contender],
    sweeps: &[Sweep],
    seconds: &[Vec<f64>],
    context: &Context,
    findings: &mut Findings,
) -> Result<()> {
    let (seeds, most) = (context.choose(10, 2), context.choose(MOST_STEPS, 40));
    let each = 2 * seeds;
    let of_task = contenders.len() as u64 * each;
    let ways = replicates(tasks.len() as u64 * of_task, context.progress, "the race", |i| {
        let (task, contender) = ((i / of_task) as usize, (i % of_task / each) as usize);
        let tuned = i % each < seeds;
        let setting = if tuned { sweeps[task].best(contender) } else { TRIALS / 2 };
        let contender = &contenders[contender];
        let limits = tasks[task].limits(most, context.seed + FIRST_SEED + i % seeds);
        tasks[task].run(&contender.method, contender.settings()[setting], limits)
    });
    let ways = ways.into_iter().collect::<Result<Vec<RunToTarget>>>()?;
    let pairs = ways.chunks(each as usize).map(|ways| {
        let (tuned, untuned) = ways.split_at(seeds as usize);
        Runs { tuned: tuned.to_vec(), untuned: untuned.to_vec() }
    });
    let mut pairs = pairs.collect::<Vec<_>>().into_iter();
    let runs = tasks.iter().map(|_| pairs.by_ref().take(contenders.len()).collect()).collect();
    let race = Race { contenders, runs, seconds };
    findings.claims.extend(claims(&race));
    findings.tables.push(table(tasks, &race, sweeps));
    findings.figures.push(curves(tasks, &race));
    findings.figures.push(ratios(&race));
    Ok(())
}

const SMALL: &str = "Three nets of at most 6,000 parameters and short runs say little about language models. \
                     Weight decay is off everywhere: AdamW without it is Adam.";

fn claims(race: &Race) -> Vec<Claim> {
    let per_step = |id: &str, sentence: &str, source, reading: &str, rivals: (&str, &str), bound: f64| {
        let Estimate { value, interval } = race.ratio((rivals.0, TUNED), (rivals.1, TUNED), false);
        Claim::statistical(id, NOTEBOOK, sentence, source)
            .reading(reading)
            .measured_within(value, interval, Bound::AtMost(bound))
            .note(SMALL)
    };
    let models = "the source reports it of language models; we take three small nets and a training loss";
    let networks = "they report fewer iterations than tuned momentum on large networks; we take AdamW, \
                    three small nets and a training loss";
    let muon = race.ratio(("muon", TUNED), (ADAMW, TUNED), true);
    let prodigy = race.ratio(("prodigy", UNTUNED), (ADAMW, TUNED), false);
    let adamw = race.ratio((ADAMW, UNTUNED), (ADAMW, TUNED), false);
    vec![
        per_step(
            "after-kfac-steps",
            "K-FAC needs fewer steps than AdamW to the same training loss on small nets, both equally tuned \
             (ratio, geometric mean over three nets)",
            KFAC,
            networks,
            ("kfac", ADAMW),
            1.0,
        ),
        per_step(
            "after-shampoo-steps",
            "Shampoo needs fewer steps than AdamW to the same training loss on small nets, both equally \
             tuned (ratio, geometric mean over three nets)",
            SHAMPOO,
            "they compare with diagonal rules such as Adam on image and translation models; we take AdamW, \
             three small nets and a training loss",
            ("shampoo", ADAMW),
            1.0,
        ),
        per_step(
            "after-soap-steps",
            "SOAP needs at most six tenths of the steps of AdamW to the same training loss on small nets, \
             both equally tuned (ratio, geometric mean over three nets)",
            SOAP,
            "“reduces the number of iterations by over 40 %”, of language models with large batches; we take \
             three small nets and a training loss",
            ("soap", ADAMW),
            0.6,
        ),
        per_step(
            "after-soap-shampoo",
            "SOAP needs fewer steps than Shampoo to the same training loss on small nets, both equally tuned \
             (ratio, geometric mean over three nets)",
            SOAP,
            models,
            ("soap", "shampoo"),
            1.0,
        ),
        per_step(
            "after-muon-steps",
            "Muon needs fewer steps than AdamW to the same training loss on small nets, both equally tuned \
             (ratio, geometric mean over three nets)",
            MUON,
            models,
            ("muon", ADAMW),
            1.0,
        ),
        Claim::timing(
            "after-muon-seconds",
            NOTEBOOK,
            "Muon needs less time than AdamW to the same training loss on small nets, both equally tuned \
             (ratio, geometric mean over three nets)",
            MUON,
        )
        .reading(
            "the source adds up operations: the overhead is 5m/B for a side m and a batch of B, under 1 % \
             for its models; we measure seconds on small nets, with sides of 50 and batches of 128 or 64",
        )
        .measured_within(muon.value, muon.interval, Bound::AtMost(1.0))
        .note(
            "The seconds are the steps times those of a step, timed alone on one thread. By the source's own \
             formula the products of the Newton–Schulz iterations take twice as many operations as the \
             gradient here.",
        ),
        Claim::statistical(
            "after-prodigy-one-trial",
            NOTEBOOK,
            "Prodigy at its default needs at most a quarter more steps than AdamW at the best of nine \
             learning rates, on small nets (ratio, geometric mean over three nets)",
            PRODIGY,
        )
        .reading(
            "the abstract says “test accuracy values close to that of hand-tuned Adam”; we take the steps \
             to a training loss, a constant rate, and a quarter more as close",
        )
        .measured_within(prodigy.value, prodigy.interval, Bound::AtMost(1.25))
        .note(
            "One trial against nine. A run that does not reach the target counts as all the steps that it \
             may take.",
        ),
        Claim::statistical(
            "after-adamw-untuned",
            NOTEBOOK,
            "AdamW at its default learning rate needs at least twice the steps of AdamW at the best of nine, \
             on small nets (ratio, geometric mean over three nets)",
            "this project",
        )
        .ours()
        .measured_within(adamw.value, adamw.interval, Bound::AtLeast(2.0))
        .note("The default, .001, was chosen for larger nets and longer runs."),
    ]
}

fn table(tasks: &[Task], race: &Race, sweeps: &[Sweep]) -> Table {
    let rows: Vec<(usize, usize)> =
        (0..tasks.len()).flat_map(|t| (0..race.contenders.len()).map(move |c| (t, c))).collect();
    let column = |of: &dyn Fn(usize, usize) -> f64| rows.iter().map(|&(t, c)| of(t, c)).collect::<Vec<_>>();
    let steps = |t: usize, c: usize| -> Vec<f64> {
        race.runs[t][c].tuned.iter().map(|way| way.steps as f64).collect()
    };
    let milliseconds = |t: usize, c: usize| 1e3 * race.seconds[t][c];
    let caption = "The race to the target, each optimizer with the best of its nine settings: steps (median \
                   and quartiles over ten seeds), the share of seeds that reach the target within 1000 \
                   steps, and the milliseconds of a step, alone on one thread in double precision";
    Table::new("race", caption)
        .text("task", rows.iter().map(|r| tasks[r.0].name))
        .float("target", column(&|t, _| tasks[t].target))
        .text("optimizer", rows.iter().map(|r| race.contenders[r.1].name))
        .float_within("setting", column(&|t, c| race.contenders[c].settings()[sweeps[t].best(c)]), 2.2, 0.0)
        .float_within("steps", column(&|t, c| median(&steps(t, c))), 0.3, 8.0)
        .float_within("quarter", column(&|t, c| quantile(&steps(t, c), 0.25)), 0.4, 8.0)
        .float_within("three_quarters", column(&|t, c| quantile(&steps(t, c), 0.75)), 0.4, 8.0)
        .float_within("reached", column(&|t, c| share_reached(&race.runs[t][c].tuned)), 0.0, 0.2)
        .timing("milliseconds_per_step", column(&milliseconds))
        .timing("seconds", column(&|t, c| median(&steps(t, c)) * race.seconds[t][c]))
}

fn share_reached(ways: &[RunToTarget]) -> f64 {
    ways.iter().filter(|way| way.reached).count() as f64 / ways.len() as f64
}

fn curves(tasks: &[Task], race: &Race) -> Figure {
    let caption = "Training loss over steps, each optimizer with the best of its nine settings: medians over \
                   ten seeds, drawn until the first of its seeds reaches the target. The bands of AdamW and \
                   of Muon reach from quartile to quartile.";
    let figure = Figure::new("race", "The race to the same training loss", caption);
    tasks.iter().enumerate().fold(figure, |figure, (t, task)| {
        let panel = Panel::new(task.name, Axis::log("step"), Axis::log("training loss").lower_is_better());
        let panel = race.contenders.iter().zip(&race.runs[t]).fold(panel, |panel, (contender, runs)| {
            let losses: Vec<Vec<f64>> = runs.tuned.iter().map(|way| way.losses[1..].to_vec()).collect();
            let (low, middle, high) = quartile_band(&losses);
            let x: Vec<f64> = (1..=middle.len()).map(|k| (4 * k) as f64).collect();
            let color = optimizer(contender.name);
            let panel = match contender.name {
                ADAMW | "muon" => panel.with(Layer::Band { x: x.clone(), low, high, color }),
                _ => panel,
            };
            panel.line(contender.name, x, middle, color)
        });
        figure.panel(panel.with(Layer::HorizontalMark { label: "target".into(), y: task.target }))
    })
}

fn ratios(race: &Race) -> Figure {
    let rivals: Vec<&Contender> = race.contenders.iter().filter(|c| c.name != ADAMW).collect();
    let labels: Vec<String> = rivals.iter().map(|c| c.name.to_string()).collect();
    let caption = "Steps and seconds to the target over those of tuned AdamW: geometric means over the three \
                   nets, with 95 % intervals over ten paired seeds. Left of 1 the rival is ahead.";
    let figure = Figure::new("ratios", "Per step and per second", caption).columns(2);
    [("per step", false), ("per second", true)].into_iter().fold(figure, |figure, (title, per_second)| {
        let found: Vec<Estimate> =
            rivals.iter().map(|c| race.ratio((c.name, TUNED), (ADAMW, TUNED), per_second)).collect();
        let dots = Layer::Dots {
            labels: labels.clone(),
            values: found.iter().map(|e| e.value).collect(),
            low: found.iter().map(|e| e.interval.0).collect(),
            high: found.iter().map(|e| e.interval.1).collect(),
            targets: vec![f64::NAN; rivals.len()],
            color: 0,
        };
        let x = Axis::log(format!("ratio to AdamW, {title}")).lower_is_better();
        let panel = Panel::new(title, x, Axis::linear(""));
        figure.panel(panel.with(dots).with(Layer::VerticalMark { label: String::new(), x: 1.0 }))
    })
}
