//! How many hidden units a net needs.

use super::classifiers::{CosineTraining, classifier};
use super::final_metrics::{FinalMetrics, each, mean};
use super::sources::SOURCE;
use crate::claim::{Bound, Claim};
use crate::compare::replicates;
use crate::compare::statistics::{self, quantile};
use crate::data;
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::study::Context;
use crate::table::Table;

const WIDTHS: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

/// A number of a run.
type Measure = fn(&FinalMetrics) -> f64;

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let digits = data::digits();
    let models: Vec<String> =
        std::iter::once("linear".to_string()).chain(WIDTHS.map(|w| format!("mlp:{w}"))).collect();
    let classifiers =
        models.iter().map(|model| classifier::<f32>(&digits, model)).collect::<Result<Vec<_>>>()?;
    let recipe = CosineTraining { lr: 0.05, epochs: context.choose(30, 5), batch: 32 };
    let seeds = context.choose(10, 2);
    let ends = replicates(
        models.len() as u64 * seeds,
        context.progress,
        "width of the hidden layer",
        |i| -> Result<FinalMetrics> {
            Ok(FinalMetrics::of(&recipe.train(&classifiers[(i / seeds) as usize], context.seed + i % seeds)?))
        },
    );
    let ends = ends.into_iter().collect::<Result<Vec<FinalMetrics>>>()?;
    let ends: Vec<&[FinalMetrics]> = ends.chunks(seeds as usize).collect();
    let lead = |i: usize| {
        statistics::mean(
            &ends[i].iter().zip(ends[0]).map(|(net, linear)| net.test - linear.test).collect::<Vec<_>>(),
        )
    };
    let enough = (1..ends.len()).find(|&i| lead(i).interval.0 > 0.0);
    findings.claims.extend([
        Claim::statistical(
            "narrow-net-worse",
            "14",
            "A hidden layer of two units is worse than none: all ten scores must pass through two numbers \
             (lead over linear, paired)",
            "gradus",
        )
        .ours()
        .measured_within(lead(2).value, lead(2).interval, Bound::AtMost(0.0)),
        Claim::statistical(
            "width-enough",
            "14",
            "A net with 32 hidden units beats the linear classifier on the digits (lead in test accuracy, \
             paired)",
            SOURCE,
        )
        .ours()
        .measured_within(lead(6).value, lead(6).interval, Bound::AtLeast(0.0))
        .note(enough.map_or("At no width is the net significantly better.".into(), |i| {
            format!("The smallest width at which the net is significantly better is {}.", WIDTHS[i - 1])
        })),
        wider(&ends),
    ]);
    let test: Vec<_> = ends.iter().map(|e| mean(e, |e| e.test)).collect();
    findings.tables.push(
        Table::new(
            "width",
            "Digits after 30 epochs: accuracy for several widths of the hidden layer, mean over seeds with \
             its 95 % interval",
        )
        .text("model", models)
        .float_within(
            "train_accuracy",
            ends.iter().map(|e| mean(e, |e| e.train).value).collect::<Vec<_>>(),
            0.0,
            0.01,
        )
        .float_within("test_accuracy", test.iter().map(|e| e.value).collect::<Vec<_>>(), 0.0, 0.01)
        .float_within("test_low", test.iter().map(|e| e.interval.0).collect::<Vec<_>>(), 0.0, 0.02)
        .float_within("test_high", test.iter().map(|e| e.interval.1).collect::<Vec<_>>(), 0.0, 0.02),
    );
    findings.figures.push(figure(&ends));
    Ok(())
}

/// Claims that the last doublings do not lower the test accuracy.
fn wider(ends: &[&[FinalMetrics]]) -> Claim {
    let gain = statistics::mean(
        &ends[8].iter().zip(ends[6]).map(|(wide, net)| wide.test - net.test).collect::<Vec<_>>(),
    );
    Claim::statistical(
        "wider-is-no-worse",
        "14",
        "Four times as many units do not overfit: 128 are at least as accurate as 32 on test images, to \
         within half a point (lead)",
        "gradus",
    )
    .ours()
    .measured_within(gain.value, gain.interval, Bound::AtLeast(-0.005))
}

fn figure(ends: &[&[FinalMetrics]]) -> Figure {
    let widths: Vec<f64> = WIDTHS.iter().map(|&w| w as f64).collect();
    let panel = Panel::new("", Axis::log("hidden units"), Axis::linear("accuracy").range(0.2, 1.0));
    let series: [(&str, Measure); 2] = [("test images", |e| e.test), ("training images", |e| e.train)];
    let panel = series.into_iter().enumerate().fold(panel, |panel, (color, (name, of))| {
        let at = |q: f64| ends[1..].iter().map(|e| quantile(&each(e, of), q)).collect::<Vec<_>>();
        let band = Layer::Band { x: widths.clone(), low: at(0.25), high: at(0.75), color };
        panel.with(band).line(name, widths.clone(), at(0.5), color)
    });
    let linear = quantile(&each(ends[0], |e| e.test), 0.5);
    let panel = panel.with(Layer::HorizontalMark { label: "linear, test images".into(), y: linear });
    let caption = "Lines are medians over ten seeds, bands reach from quartile to quartile. A few units \
                   are a bottleneck. Beyond a few dozen units, more of them change little.";
    Figure::new("width", "Accuracy for several numbers of hidden units (digits)", caption)
        .panel(panel)
        .columns(1)
}
