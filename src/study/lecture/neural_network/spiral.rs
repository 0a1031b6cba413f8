//! A spiral with three arms, which lines cannot separate and a net with one hidden layer can.

use super::classifiers::CosineTraining;
use super::final_metrics::{FinalMetrics, each, mean};
use crate::claim::{Bound, Claim};
use crate::compare::{ModelKind, replicates};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Palette, Panel};
use crate::findings::Findings;
use crate::linalg::{Rows, slice};
use crate::model::Model;
use crate::progress::Silent;
use crate::risk::Regularizer;
use crate::study::Context;
use crate::table::Table;
use crate::train::Classifier;
use ndarray::Array1;

const NOTES: &str =
    "the course's case study of a minimal network (cs231n.github.io/neural-networks-case-study)";
/// Models with their learning rates.
const MODELS: [(&str, f64); 4] = [("linear", 0.1), ("mlp:3", 0.1), ("mlp:10", 0.1), ("mlp:100", 0.1)];

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let seeds = context.choose(10, 2);
    let epochs = context.choose(300, 60);
    // The points come from one seed; the initial weights and batches from many.
    let points = Preprocessing { scale: false, subtract_mean: false, bias_feature: false }
        .prepare::<f64>(&data::by_name("spiral", context.seed)?);
    let mut panels = Vec::new();
    let mut ends = Vec::new();
    for (model, lr) in MODELS {
        let kind = ModelKind::parse(model)?;
        let classifier = Classifier::new(points.clone(), kind.clone(), Regularizer::l2(1e-4));
        let recipe = CosineTraining { lr, epochs, batch: 32 };
        let fits = replicates(seeds, &Silent, model, |replicate| {
            recipe.train(&classifier, context.seed + replicate)
        });
        let fits = fits.into_iter().collect::<Result<Vec<_>>>()?;
        ends.push(fits.iter().map(FinalMetrics::of).collect::<Vec<_>>());
        panels.push(panel(&points, &*kind.build::<f64>(2, 3, None), &fits[0].trained.params, model));
    }
    let accuracies: Vec<_> = ends.iter().map(|e| mean(e, |e| e.train)).collect();
    findings.tables.push(
        Table::new(
            "spiral",
            "A spiral with three arms: training and test accuracy, mean over seeds with its 95 % interval",
        )
        .text("model", MODELS.map(|m| m.0))
        .float_within(
            "train_loss",
            ends.iter().map(|e| mean(e, |e| e.loss).value).collect::<Vec<_>>(),
            0.1,
            1e-3,
        )
        .float_within("train_accuracy", accuracies.iter().map(|a| a.value).collect::<Vec<_>>(), 0.0, 0.01)
        .float_within("train_low", accuracies.iter().map(|a| a.interval.0).collect::<Vec<_>>(), 0.0, 0.02)
        .float_within("train_high", accuracies.iter().map(|a| a.interval.1).collect::<Vec<_>>(), 0.0, 0.02)
        .float_within(
            "test_accuracy",
            ends.iter().map(|e| mean(e, |e| e.test).value).collect::<Vec<_>>(),
            0.0,
            0.02,
        ),
    );
    let (linear, net) = (accuracies[0], accuracies[3]);
    let worst = each(&ends[3], |e| e.train).into_iter().fold(1.0, f64::min);
    findings.claims.extend([
        Claim::statistical(
            "spiral-linear",
            "14",
            "A linear classifier classifies about half of the spiral correctly (training accuracy; the \
             notes have .49)",
            NOTES,
        )
        .said()
        .measured_within(
            linear.value,
            linear.interval,
            Bound::Equals { value: 0.49, tolerance: 0.08 },
        ),
        Claim::statistical(
            "spiral-net",
            "14",
            "A net with 100 hidden units classifies at least 98 % of the spiral correctly (training \
             accuracy)",
            NOTES,
        )
        .said()
        .measured_within(net.value, net.interval, Bound::AtLeast(0.98))
        .note(format!("The worst seed has {worst:.3}.")),
    ]);
    let caption = "The class with the highest score at each point, and the training points. One layer \
                   divides the plane by lines; each hidden unit adds a fold.";
    let figure = Figure::new("spiral", "The same data and the same loss with two models", caption)
        .columns(2)
        .aspect(1.0);
    findings.figures.push(panels.into_iter().fold(figure, Figure::panel));
    Ok(())
}

fn panel(points: &data::Prepared<f64>, model: &dyn Model<f64>, params: &Array1<f64>, name: &str) -> Panel {
    let reach = 1.1;
    let axes = (Axis::linear("x₁").range(-reach, reach), Axis::linear("x₂").range(-reach, reach));
    let title = name.strip_prefix("mlp:").map_or(name.to_string(), |units| format!("{units} hidden units"));
    let panel = Panel::new(title, axes.0, axes.1).with(regions(model, params, reach));
    (0..3u8).fold(panel, |panel, class| {
        let of_class = points.train_x.rows().into_iter().zip(&points.train_y).filter(|(_, y)| **y == class);
        let (x, y) = of_class.map(|(row, _)| (row[0], row[1])).unzip();
        panel.with(Layer::Points { label: String::new(), x, y, color: usize::from(class) })
    })
}

/// Returns the class with the highest score at each point.
fn regions(model: &dyn Model<f64>, params: &Array1<f64>, reach: f64) -> Layer {
    const PIXELS: usize = 120;
    let along = |i: usize| -reach + 2.0 * reach * (i as f64 + 0.5) / PIXELS as f64;
    let points: Vec<f64> =
        (0..PIXELS * PIXELS).flat_map(|i| [along(i % PIXELS), along(PIXELS - 1 - i / PIXELS)]).collect();
    let count = PIXELS * PIXELS;
    let (mut scratch, mut scores) = (vec![0.0; model.scratch_len(count)], vec![0.0; 3 * count]);
    model.scores(slice(params), Rows::all(&points, 2), &mut scratch, &mut scores);
    let winner = |s: &[f64]| (0..3).max_by(|&a, &b| s[a].total_cmp(&s[b])).unwrap_or(0) as f64;
    let values = scores.chunks_exact(3).map(winner).collect();
    Layer::Raster {
        width: PIXELS,
        height: PIXELS,
        values,
        x: (-reach, reach),
        y: (-reach, reach),
        palette: Palette::Class,
        label: String::new(),
    }
}
