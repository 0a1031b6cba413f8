//! Large batches and the linear scaling rule (Goyal et al. 2017), on the digits.

use super::sources::{GOYAL, NOTEBOOK};
use crate::claim::{Bound, Claim};
use crate::compare::statistics::{Estimate, mean, median};
use crate::compare::{ModelKind, replicates};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::optimizer::first_order::Momentum;
use crate::risk::Regularizer;
use crate::schedule::Schedule;
use crate::study::Context;
use crate::table::Table;
use crate::train::{Batch, Classifier, Training};

/// The batch to which a rate is tuned, and by what it is multiplied.
const BASE: usize = 16;
const FACTORS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];
const EPOCHS: usize = 20;
const WARM_UP: usize = 5;
const RATES: [f64; 7] = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];
/// How much larger a training loss may be that counts as the same.
const SAME: f64 = 1.1;
/// The loss of a guess among ten classes, as which a run counts that diverges.
const GUESS: f64 = std::f64::consts::LN_10;
/// The places in `FACTORS` of which claims speak: batches of 128, 256 and 1,024.
const AT_128: usize = 3;
const AT_256: usize = 4;
const AT_1024: usize = 6;

/// How the rate goes with the batch.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    WarmedUp,
    Linear,
    Root,
    Same,
}

const WAYS: [(&str, Way); 4] = [
    ("lr · k after a warm-up", Way::WarmedUp),
    ("lr · k", Way::Linear),
    ("lr · √k", Way::Root),
    ("lr", Way::Same),
];
const WARMED_UP: usize = 0;
const LINEAR: usize = 1;
const ROOT: usize = 2;
const UNSCALED: usize = 3;

impl Way {
    /// Returns the settings of a run in batches that are `k` times the smallest.
    fn settings(self, lr: f64, k: usize, examples: usize, seed: u64) -> Training {
        let factor = k as f64;
        let lr = match self {
            Way::WarmedUp | Way::Linear => lr * factor,
            Way::Root => lr * factor.sqrt(),
            Way::Same => lr,
        };
        let settings =
            Training { batch: Batch::Size(BASE * k), lr, seed, epochs: EPOCHS, ..Training::default() };
        let steps = settings.steps_per_epoch(examples);
        let schedule = match self {
            // From the rate of the small batch on, as in the paper.
            Way::WarmedUp if k > 1 => Schedule::Constant.after_warmup(WARM_UP * steps, 1.0 / factor),
            _ => Schedule::Constant,
        };
        Training { schedule, checkpoint_every: Some(EPOCHS * steps), ..settings }
    }
}

/// The end of a run.
#[derive(Debug, Clone, Copy)]
struct End {
    loss: f64,
    accuracy: f64,
}

fn end(classifier: &Classifier<f64>, settings: &Training) -> Result<End> {
    let fit = classifier.fit(Softmax, Momentum::new(0.9), settings)?;
    let loss = fit.curve.train_loss.last().copied().filter(|loss| fit.finite() && loss.is_finite());
    let accuracy = fit.curve.test_accuracy.last().copied().unwrap_or(0.0);
    Ok(End { loss: loss.unwrap_or(GUESS).min(GUESS), accuracy })
}

/// The ends by way, factor and seed, and the rate of the small batch.
struct Runs {
    lr: f64,
    ends: Vec<Vec<Vec<End>>>,
}

impl Runs {
    fn losses(&self, way: usize, factor: usize) -> Vec<f64> {
        self.ends[way][factor].iter().map(|end| end.loss).collect()
    }

    /// Returns the loss over that of other runs with the same seeds: the geometric mean.
    fn ratio(&self, (way, factor): (usize, usize), (rival, to): (usize, usize)) -> Estimate {
        let (own, others) = (self.losses(way, factor), self.losses(rival, to));
        let logs: Vec<f64> = own.iter().zip(&others).map(|(own, other)| (own / other).ln()).collect();
        let Estimate { value, interval } = mean(&logs);
        Estimate { value: value.exp(), interval: (interval.0.exp(), interval.1.exp()) }
    }

    /// Returns the loss over that in the smallest batches.
    fn relative(&self, way: usize, factor: usize) -> Estimate {
        self.ratio((way, factor), (UNSCALED, 0))
    }

    fn accuracy(&self, way: usize, factor: usize) -> Estimate {
        mean(&self.ends[way][factor].iter().map(|end| end.accuracy).collect::<Vec<_>>())
    }

    /// Returns the largest batch up to which every loss counts as that of the smallest batches.
    fn largest(&self, way: usize) -> usize {
        let same = |factor: &usize| self.relative(way, *factor).value <= SAME;
        BASE * (0..FACTORS.len()).take_while(same).last().map_or(1, |factor| FACTORS[factor])
    }
}

/// Returns the rate with the lowest median of the losses in the smallest batches, of three seeds.
fn tuned(classifier: &Classifier<f64>, context: &Context) -> Result<f64> {
    let trials = context.choose(3, 1);
    let ends = replicates(RATES.len() as u64 * trials, context.progress, "the rate", |i| {
        let (lr, seed) = (RATES[(i / trials) as usize], context.seed + 900 + i % trials);
        end(classifier, &Way::Same.settings(lr, 1, classifier.examples(), seed))
    });
    let losses = ends.into_iter().map(|end| Ok(end?.loss)).collect::<Result<Vec<f64>>>()?;
    let medians: Vec<f64> = losses.chunks(trials as usize).map(median).collect();
    let best = (0..RATES.len()).min_by(|&a, &b| medians[a].total_cmp(&medians[b]));
    Ok(RATES[best.unwrap_or(0)])
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    let classifier = Classifier::new(digits, ModelKind::parse("mlp:32")?, Regularizer::l2(1e-3));
    let (lr, mut ends) = (tuned(&classifier, context)?, Vec::new());
    for (name, way) in WAYS {
        let mut of_way = Vec::new();
        for k in FACTORS {
            let runs = replicates(context.choose(10, 2), context.progress, name, |replicate| {
                let seed = context.seed + 100 + replicate;
                end(&classifier, &way.settings(lr, k, classifier.examples(), seed))
            });
            of_way.push(runs.into_iter().collect::<Result<Vec<_>>>()?);
        }
        ends.push(of_way);
    }
    let runs = Runs { lr, ends };
    findings.claims.extend(claims(&runs));
    findings.tables.extend([table(&runs), limits(&runs)]);
    findings.figures.push(figure(&runs));
    Ok(())
}

fn claims(runs: &Runs) -> [Claim; 5] {
    let claim = |id: &str, sentence: &str, reading: &str, found: Estimate, bound: Bound| {
        Claim::statistical(id, NOTEBOOK, sentence, GOYAL).reading(reading).measured_within(
            found.value,
            found.interval,
            bound,
        )
    };
    let small = "their rule keeps the curves of ResNet-50 up to batches of 8,192; we take a small net, the \
                 digits and twenty epochs, and demand it of eight times the batch";
    let warm =
        "they see it with ResNet-50 in batches of 8,192; we take a small net and sixteen times the batch";
    [
        claim(
            "at-scale-linear-rule",
            "On the digits, batches of 128 at eight times the rate end, after a warm-up, with at most 1.1 \
             times the training loss of batches of 16 at their best rate (ratio)",
            small,
            runs.relative(WARMED_UP, AT_128),
            Bound::AtMost(SAME),
        )
        .note(
            "The rate is tuned to batches of 16, so that a larger one has less room than in the paper. A \
             step with eight times the rate stands for eight small ones only as long as the gradient hardly \
             changes over them.",
        ),
        claim(
            "at-scale-linear-rule-ends",
            "On the digits, batches of 1,024 at sixty-four times the rate end, after a warm-up, with more \
             than 1.1 times the training loss of batches of 16 (ratio)",
            "they say that beyond batches of about 8,192 the error rises; we look for such an end in small",
            runs.relative(WARMED_UP, AT_1024),
            Bound::AtLeast(SAME),
        )
        .note("An epoch has two steps."),
        claim(
            "at-scale-warm-up",
            "On the digits in batches of 256 at sixteen times the rate, a warm-up of five epochs ends with \
             a lower training loss than none (ratio)",
            warm,
            runs.ratio((WARMED_UP, AT_256), (LINEAR, AT_256)),
            Bound::AtMost(1.0),
        )
        .note(
            "No run diverges at its start without a warm-up, so that there is nothing to gain from one. Its \
             first steps are smaller, and they are missing at the end. The paper's start is harder: a deep \
             net with fresh weights.",
        ),
        claim(
            "at-scale-scaled",
            "On the digits in batches of 256, sixteen times the rate after a warm-up ends with a lower \
             training loss than the rate of batches of 16 (ratio)",
            "they say that without scaling a large batch trains more slowly; we take sixteen times the batch",
            runs.ratio((WARMED_UP, AT_256), (UNSCALED, AT_256)),
            Bound::AtMost(1.0),
        )
        .note("Without scaling, a sixteenth of the steps has the same length."),
        claim(
            "at-scale-root",
            "On the digits in batches of 256, sixteen times the rate after a warm-up ends with a lower \
             training loss than four times the rate, as the square root has it (ratio)",
            "they prefer the linear rule to that of the square root; we take sixteen times the batch",
            runs.ratio((WARMED_UP, AT_256), (ROOT, AT_256)),
            Bound::AtMost(1.0),
        )
        .note(
            "Where the largest possible rate limits both, and not the noise of the batches, the square root \
             asks for less of it.",
        ),
    ]
}

fn rows() -> Vec<(usize, usize)> {
    (0..WAYS.len()).flat_map(|way| (0..FACTORS.len()).map(move |factor| (way, factor))).collect()
}

fn table(runs: &Runs) -> Table {
    let rows = rows();
    let column = |of: &dyn Fn(usize, usize) -> f64| rows.iter().map(|r| of(r.0, r.1)).collect::<Vec<_>>();
    let caption = "The digits with a net of 32 units after twenty epochs, in batches of 16 · k, ten seeds: \
                   the training loss over that at k = 1 with the same seed (geometric mean; a run that \
                   diverges counts as a guess), and the test accuracy";
    Table::new("large_batches", caption)
        .text("rate", rows.iter().map(|r| WAYS[r.0].0))
        .integer("k", rows.iter().map(|r| FACTORS[r.1] as i64))
        .integer("batch", rows.iter().map(|r| (BASE * FACTORS[r.1]) as i64))
        .statistic(
            "loss_ratio",
            column(&|way, factor| runs.relative(way, factor).value),
            column(&|way, factor| runs.relative(way, factor).interval.0),
            column(&|way, factor| runs.relative(way, factor).interval.1),
        )
        .statistic(
            "test_accuracy",
            column(&|way, factor| runs.accuracy(way, factor).value),
            column(&|way, factor| runs.accuracy(way, factor).interval.0),
            column(&|way, factor| runs.accuracy(way, factor).interval.1),
        )
}

fn limits(runs: &Runs) -> Table {
    let largest: Vec<f64> = (0..WAYS.len()).map(|way| runs.largest(way) as f64).collect();
    let caption = "The rate in batches of 16, the best of seven, and the largest batch up to which the \
                   training loss is at most 1.1 times that in batches of 16";
    Table::new("large_batches_limits", caption)
        .text("rate", WAYS.iter().map(|way| way.0))
        .float_within("lr", vec![runs.lr; WAYS.len()], 1.6, 0.0)
        .float_within("largest_batch", largest, 1.0, 0.0)
}

fn figure(runs: &Runs) -> Figure {
    let caption = "Training loss over that in batches of 16, and test accuracy, after the same twenty \
                   epochs: means over ten seeds with 95 % intervals (bands).";
    let figure = Figure::new("large_batches", "Larger batches at larger rates", caption).columns(2);
    type Measure = fn(&Runs, usize, usize) -> Estimate;
    let panels: [(&str, Axis, Measure); 2] = [
        ("training loss", Axis::log("loss over that of batches of 16").lower_is_better(), Runs::relative),
        ("test accuracy", Axis::linear("test accuracy").higher_is_better(), Runs::accuracy),
    ];
    let x: Vec<f64> = FACTORS.iter().map(|k| (BASE * k) as f64).collect();
    panels.into_iter().fold(figure, |figure, (title, axis, measure)| {
        let panel = Panel::new(title, Axis::log("batch size"), axis);
        let panel = WAYS.iter().enumerate().fold(panel, |panel, (way, (name, _))| {
            let found: Vec<Estimate> = (0..FACTORS.len()).map(|factor| measure(runs, way, factor)).collect();
            let of = |what: fn(&Estimate) -> f64| found.iter().map(what).collect::<Vec<f64>>();
            let (low, high) = (of(|e| e.interval.0), of(|e| e.interval.1));
            panel.with(Layer::Band { x: x.clone(), low, high, color: way }).line(
                *name,
                x.clone(),
                of(|e| e.value),
                way,
            )
        });
        figure.panel(match title {
            "training loss" => panel.with(Layer::HorizontalMark { label: "1.1".into(), y: SAME }),
            _ => panel,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_go_with_the_batch_and_warm_up_from_that_of_the_small_one() {
        let of = |way: Way| way.settings(0.1, 4, 1000, 0);
        assert_eq!([of(Way::Linear).lr, of(Way::Root).lr, of(Way::Same).lr], [0.4, 0.2, 0.1]);
        let warm = of(Way::WarmedUp);
        // 16 batches of 64 in each of five epochs.
        let rate = |step: usize| warm.lr * warm.schedule.at(step);
        assert!((rate(0) - 0.1).abs() < 1e-15 && (rate(40) - 0.25).abs() < 1e-15 && rate(80) == 0.4);
    }

    #[test]
    fn the_largest_batch_is_the_last_before_one_that_is_worse() {
        let end = |loss: f64| vec![End { loss, accuracy: 0.9 }; 2];
        let of_way = |losses: [f64; 7]| losses.map(end).to_vec();
        let ends = vec![
            of_way([1.0, 1.0, 1.05, 1.2, 1.0, 2.0, 2.0]),
            of_way([1.0; 7]),
            of_way([1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]),
            of_way([1.0; 7]),
        ];
        let runs = Runs { lr: 0.1, ends };
        assert_eq!([0, 1, 2].map(|way| runs.largest(way)), [64, 1024, 16]);
    }
}
