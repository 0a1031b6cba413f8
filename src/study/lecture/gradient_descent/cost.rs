//! The cost of a full gradient, which is a sum over all examples.

use super::sources::SLIDE;
use crate::claim::{Bound, Claim, Verdict};
use crate::compare::ModelKind;
use crate::compare::statistics::{self, quantile};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::objective::{FiniteSum, Objective};
use crate::risk::Regularizer;
use crate::study::Context;
use crate::table::Table;
use crate::train::Classifier;
use ndarray::Array1;
use std::time::Instant;

const SIZES: [usize; 6] = [2_000, 4_000, 8_000, 16_000, 32_000, 60_000];
/// Each round times each size this many times and keeps the fastest: slower repetitions only measure the rest
/// of the machine.
const TIMES: usize = 3;
/// This many other examples are read before each timing, so that none of the timed examples is in the cache,
/// however few they are. A data set that stays in the cache costs less per example, which the table shows as
/// well.
const EVICTING: usize = 20_000;

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let data = Preprocessing::default().prepare::<f32>(&data::by_name("fashion-mnist", context.seed)?);
    let mut risk = Classifier::new(data, ModelKind::Linear, Regularizer::default()).risk(Softmax)?;
    let (x, mut grad) = (Array1::<f32>::zeros(risk.dim()), Array1::<f32>::zeros(risk.dim()));
    let all: Vec<u32> = (0..risk.terms() as u32).collect();
    let rounds = context.choose(10, 3);
    context.progress.start("time of a full gradient", rounds as u64);
    // Use one thread, so that only the number of examples changes.
    let mut seconds = |count: usize, cold: bool| {
        let mut once = || {
            if cold {
                risk.batch_value_grad(&x, &all[all.len() - EVICTING..], &mut grad);
            }
            let start = Instant::now();
            risk.batch_value_grad(&x, &all[..count], &mut grad);
            start.elapsed().as_secs_f64()
        };
        (0..TIMES).map(|_| once()).fold(f64::INFINITY, f64::min)
    };
    let (mut times, mut again) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        times.push(SIZES.iter().map(|&count| seconds(count, true)).collect::<Vec<f64>>());
        again.push(SIZES.iter().map(|&count| seconds(count, false)).collect::<Vec<f64>>());
        context.progress.advance(1);
    }
    let wide = SIZES.map(|n| n as f64);
    let logs = |values: &[f64]| values.iter().map(|v| v.log10()).collect::<Vec<_>>();
    let slopes: Vec<f64> = times.iter().map(|round| statistics::slope(&logs(&wide), &logs(round))).collect();
    let slope = statistics::mean(&slopes);
    let (low, median, high) = statistics::quartile_band(&times);
    let (_, repeated, _) = statistics::quartile_band(&again);
    findings.tables.push(
        Table::new(
            "cost",
            "Time of the gradient of the softmax risk on the first N images of Fashion-MNIST, on one \
             thread: quartiles over rounds, and the median when the same examples have just been read",
        )
        .integer("examples", SIZES.map(|n| n as i64))
        .timing("milliseconds", median.iter().map(|t| 1e3 * t).collect::<Vec<_>>())
        .timing("low", low.iter().map(|t| 1e3 * t).collect::<Vec<_>>())
        .timing("high", high.iter().map(|t| 1e3 * t).collect::<Vec<_>>())
        .timing("again_at_once", repeated.iter().map(|t| 1e3 * t).collect::<Vec<_>>()),
    );
    let sentence =
        "The time of a full gradient grows in proportion to the number of examples (log-log slope)";
    // The median over rounds, since a single round may have been disturbed by other work on the machine.
    let claim = Claim::timing("batch-cost", "04", sentence, SLIDE)
        .reading(
            "the slide says “expensive when N is large”; we ask for time in \
                 proportion to N",
        )
        .measured_within(
            slope.value,
            (quantile(&slopes, 0.25), quantile(&slopes, 0.75)),
            Bound::Equals { value: 1.0, tolerance: 0.1 },
        );
    let note = "Measured by wall clock on a machine that was doing other work, which interrupts long passes \
                and spares short ones.";
    findings.claims.push(if claim.verdict() == Verdict::Refuted { claim.note(note) } else { claim });
    // The line of slope one that is closest to the points.
    let each =
        statistics::mean(&median.iter().zip(wide).map(|(t, n)| (t / n).ln()).collect::<Vec<_>>()).value.exp();
    let panel = Panel::new("", Axis::log("examples N in the sum"), Axis::log("milliseconds per gradient"))
        .theory("proportional to N", wide, wide.map(|n| 1e3 * each * n))
        .with(Layer::Band {
            x: wide.to_vec(),
            low: low.iter().map(|t| 1e3 * t).collect(),
            high: high.iter().map(|t| 1e3 * t).collect(),
            color: 0,
        })
        .with(Layer::Points {
            label: "measured".into(),
            x: wide.to_vec(),
            y: median.iter().map(|t| 1e3 * t).collect(),
            color: 0,
        });
    let caption = "A full gradient sums over every example. Twice as much data takes twice as long, for a \
                   single step. The band reaches from quartile to quartile over ten rounds.";
    findings.figures.push(Figure::new("cost", "The cost of one step", caption).panel(panel).columns(1));
    Ok(())
}
