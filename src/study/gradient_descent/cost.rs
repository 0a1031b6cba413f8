//! What a full gradient costs: a sum over all examples.

use super::SLIDE;
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
/// Each size is timed so often in a round, and the fastest counts: others only measure the rest of the
/// machine.
const TIMES: usize = 3;
/// So many examples are read before each timing that none of those timed is in cache, whatever their number.
/// A data set that stays in cache costs less an example; the table shows that as well.
const EVICTING: usize = 20_000;

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let data = Preprocessing::default().prepare::<f32>(&data::by_name("fashion-mnist", context.seed)?);
    let mut risk = Classifier::new(data, ModelKind::Linear, Regularizer::default()).risk(Softmax)?;
    let (x, mut grad) = (Array1::<f32>::zeros(risk.dim()), Array1::<f32>::zeros(risk.dim()));
    let all: Vec<u32> = (0..risk.terms() as u32).collect();
    let rounds = context.choose(10, 3);
    context.progress.start("time of a full gradient", rounds as u64);
    // One thread, so that the number of examples is all that changes.
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
            "Time of the gradient of the softmax risk over the first N images of \
                            Fashion-MNIST, on one thread: quartiles over rounds; and the median when the \
                            same examples have just been read",
        )
        .integer("examples", SIZES.map(|n| n as i64))
        .timing("milliseconds", median.iter().map(|t| 1e3 * t).collect::<Vec<_>>())
        .timing("low", low.iter().map(|t| 1e3 * t).collect::<Vec<_>>())
        .timing("high", high.iter().map(|t| 1e3 * t).collect::<Vec<_>>())
        .timing("again_at_once", repeated.iter().map(|t| 1e3 * t).collect::<Vec<_>>()),
    );
    let sentence =
        "The time of a full gradient grows in proportion to the number of examples (log-log slope)";
    // Most rounds, not their mean: a single one may have been disturbed by other work on the machine.
    let claim = Claim::timing("batch-cost", "04", sentence, SLIDE).measured_within(
        slope.value,
        (quantile(&slopes, 0.25), quantile(&slopes, 0.75)),
        Bound::Equals { value: 1.0, tolerance: 0.1 },
    );
    let note = "Wall-clock on a machine that was doing other work: that interrupts long passes and spares \
                short ones.";
    findings.claims.push(if claim.verdict() == Verdict::Refuted { claim.note(note) } else { claim });
    // The line of slope one that lies nearest to the points.
    let each =
        statistics::mean(&median.iter().zip(wide).map(|(t, n)| (t / n).ln()).collect::<Vec<_>>()).value.exp();
    let panel = Panel::new(
        "",
        Axis::log("examples N in the sum"),
        Axis::log("milliseconds a gradient").lower_is_better(),
    )
    .theory("in proportion to N", wide, wide.map(|n| 1e3 * each * n))
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
    let caption =
        "A full gradient sums over every example: twice the data, twice the time, for a single step.";
    findings.figures.push(Figure::new("cost", "The price of one step", caption).panel(panel).columns(1));
    Ok(())
}
