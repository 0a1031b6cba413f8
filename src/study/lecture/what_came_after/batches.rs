//! How many steps larger batches save, for each optimizer.

use super::super::run_to_target::{Limits, Task};
use super::contender::{ADAMW, Contender, place};
use super::sources::{BATCHES, KFAC, NOTEBOOK};
use super::trials::Sweep;
use crate::claim::{Bound, Claim};
use crate::compare::replicates;
use crate::compare::statistics::{Estimate, mean, median};
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel, optimizer};
use crate::findings::Findings;
use crate::study::Context;
use crate::table::Table;

const SIZES: [usize; 7] = [16, 32, 64, 128, 256, 512, 1024];
const NAMES: [&str; 6] = ["momentum", ADAMW, "muon", "shampoo", "soap", "kfac"];
/// The settings tried at each size: these factors of the best one at the batch size of the task.
const FACTORS: [f64; 5] = [0.1, 0.316_227_766_016_837_94, 1.0, 3.162_277_660_168_379, 10.0];
const MOST_STEPS: usize = 600;
/// The place of the smallest batch with which every optimizer reaches the target.
const FROM: usize = 2;
/// The largest share of the steps that a batch twice as large may take to count as half.
const HALF: f64 = 0.6;
const TUNING_SEED: u64 = 500;
const FIRST_SEED: u64 = 600;

/// The steps to the target of each seed, for each contender and size.
struct Scaling {
    steps: Vec<Vec<Vec<f64>>>,
}

impl Scaling {
    /// Returns by which factor the steps fall from one size to another: the geometric mean over seeds.
    fn gain(&self, contender: usize, from: usize, to: usize) -> Vec<f64> {
        let [a, b] = [from, to].map(|size| &self.steps[contender][size]);
        a.iter().zip(b).map(|(a, b)| (a / b).ln()).collect()
    }

    /// Returns the largest batch up to which each doubling from [`FROM`] on halved the steps, or nearly so;
    /// that batch itself if the first doubling did not.
    fn halves_up_to(&self, contender: usize) -> usize {
        let halves = |size: &usize| mean(&self.gain(contender, size - 1, *size)).value >= -HALF.ln();
        let doublings = (FROM + 1..SIZES.len()).take_while(halves).count();
        SIZES[FROM + doublings]
    }
}

pub(super) fn run(
    task: &Task,
    contenders: &[Contender],
    sweep: &Sweep,
    context: &Context,
    findings: &mut Findings,
) -> Result<()> {
    let places: Vec<usize> = NAMES.iter().map(|name| place(contenders, name)).collect();
    let (tuning, seeds) = (context.choose(2, 1), context.choose(10, 2));
    let limits = |size: usize, seed: u64| {
        let limits = task.limits(context.choose(MOST_STEPS, 20), context.seed + seed);
        Limits { batch: SIZES[size], look: 2, ..limits }
    };
    let cells = (places.len() * SIZES.len()) as u64;
    let scaling = replicates(cells, context.progress, "batch sizes", |i| -> Result<Vec<f64>> {
        let (place, size) = (places[i as usize / SIZES.len()], i as usize % SIZES.len());
        let contender = &contenders[place];
        let base = contender.settings()[sweep.best(place)];
        let logs = |setting: f64, first: u64, count: u64| -> Result<Vec<f64>> {
            let ways =
                (0..count).map(|seed| task.run(&contender.method, setting, limits(size, first + seed)));
            ways.map(|way| Ok((way?.steps as f64).ln())).collect()
        };
        let mut best = (f64::INFINITY, base);
        for factor in FACTORS {
            let logs = logs(factor * base, TUNING_SEED, tuning)?;
            let mean = logs.iter().sum::<f64>() / logs.len() as f64;
            if mean < best.0 {
                best = (mean, factor * base);
            }
        }
        Ok(logs(best.1, FIRST_SEED, seeds)?.into_iter().map(f64::exp).collect())
    });
    let steps = scaling.into_iter().collect::<Result<Vec<_>>>()?;
    let scaling = Scaling { steps: steps.chunks(SIZES.len()).map(<[Vec<f64>]>::to_vec).collect() };
    findings.claims.extend(claims(&scaling));
    findings.tables.push(table(&scaling));
    findings.figures.push(figure(&scaling));
    Ok(())
}

/// Returns the gain of one optimizer over that of another, from the batch at [`FROM`] to the largest.
fn more(scaling: &Scaling, of: &str, over: &str) -> Estimate {
    let last = SIZES.len() - 1;
    let gain = |name: &str| {
        let place = NAMES.iter().position(|known| *known == name).expect("the list has it");
        scaling.gain(place, FROM, last)
    };
    let logs: Vec<f64> = gain(of).iter().zip(gain(over)).map(|(a, b)| a - b).collect();
    let Estimate { value, interval } = mean(&logs);
    Estimate { value: value.exp(), interval: (interval.0.exp(), interval.1.exp()) }
}

fn claims(scaling: &Scaling) -> [Claim; 3] {
    let claim = |id: &str, sentence: &str, source, reading: &str, rivals: (&str, &str)| {
        let Estimate { value, interval } = more(scaling, rivals.0, rivals.1);
        Claim::statistical(id, NOTEBOOK, sentence, source)
            .reading(reading)
            .measured_within(value, interval, Bound::AtLeast(1.0))
            .note(
                "Both are tuned anew at each batch size. A batch of 1024 has nearly all of the 1438 \
                 examples, so that the gain must end here for every rule.",
            )
    };
    [
        claim(
            "after-batch-kfac",
            "From a batch of 64 to one of 1024, K-FAC saves a larger factor of its steps than momentum does \
             (ratio of the factors, on the digits)",
            KFAC,
            "they find that K-FAC gains more from larger batches than SGD with momentum; we take a small net",
            ("kfac", "momentum"),
        ),
        claim(
            "after-batch-adamw",
            "From a batch of 64 to one of 1024, AdamW saves a larger factor of its steps than momentum does \
             (ratio of the factors, on the digits)",
            BATCHES,
            "they find that preconditioned rules, Adam among them, profit from larger batches than momentum \
             does; we take a small net",
            (ADAMW, "momentum"),
        ),
        claim(
            "after-batch-muon",
            "From a batch of 64 to one of 1024, Muon saves a larger factor of its steps than AdamW does \
             (ratio of the factors, on the digits)",
            "Shah et al. 2025",
            "they find that Muon keeps its efficiency at larger batches than AdamW does, of language models; \
             we take a small net",
            ("muon", ADAMW),
        ),
    ]
}

fn table(scaling: &Scaling) -> Table {
    let caption = "Steps to the target on the digits over the batch size, each optimizer tuned anew at each \
                   size: medians over ten seeds (600: not reached), and the largest batch up to which each \
                   doubling from 64 on takes at most six tenths of the steps";
    let table = Table::new("batches", caption).text("optimizer", NAMES);
    let steps = |size: usize| scaling.steps.iter().map(move |of| median(&of[size])).collect::<Vec<_>>();
    let table = (0..SIZES.len()).fold(table, |table, size| {
        table.float_within(format!("batch_{}", SIZES[size]), steps(size), 0.3, 6.0)
    });
    let halves = (0..NAMES.len()).map(|c| scaling.halves_up_to(c) as f64).collect::<Vec<_>>();
    table.float_within("halves_up_to", halves, 1.1, 0.0)
}

fn figure(scaling: &Scaling) -> Figure {
    let caption = "Steps to a training loss of .02 on the digits over the batch size, each optimizer tuned \
                   anew at each size: medians over ten seeds. Along the dashed line, twice the batch takes \
                   half the steps. A run that does not reach the target counts as 600 steps.";
    let panel = Panel::new("", Axis::log("batch size"), Axis::log("steps to the target").lower_is_better());
    let sizes: Vec<f64> = SIZES.iter().map(|&size| size as f64).collect();
    let panel = NAMES.iter().zip(&scaling.steps).fold(panel, |panel, (name, of)| {
        let y: Vec<f64> = of.iter().map(|steps| median(steps)).collect();
        panel.line(*name, sizes.clone(), y, optimizer(name))
    });
    let first = median(&scaling.steps[1][0]);
    let half: Vec<f64> = sizes.iter().map(|size| first * sizes[0] / size).collect();
    Figure::new("batches", "Larger batches", caption)
        .panel(panel.theory("half the steps", sizes, half))
        .columns(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_doublings_that_halve_are_counted_up_to_the_first_that_does_not() {
        let steps = [800.0, 700.0, 400.0, 200.0, 110.0, 100.0, 40.0].map(|steps| vec![steps; 2]).to_vec();
        let scaling = Scaling { steps: vec![steps] };
        assert_eq!(scaling.halves_up_to(0), 256);
        let flat = Scaling { steps: vec![vec![vec![100.0; 2]; SIZES.len()]] };
        assert_eq!(flat.halves_up_to(0), 64);
    }
}
