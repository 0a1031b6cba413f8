//! The initial weights of a deep net: if they are too small no signal passes through, if they are too large
//! the signal explodes.

use super::classifiers::{CosineTraining, classifier};
use super::final_metrics::{FinalMetrics, each, mean};
use crate::claim::{Bound, Claim};
use crate::compare::replicates;
use crate::compare::statistics::{self, quantile};
use crate::data;
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::model::Initialization;
use crate::study::Context;
use crate::table::Table;
use crate::train::Classifier;
use ndarray::{Array1, Array2};

/// Five hidden layers, as deep as the nets of the course's Assignment 2.
const DEEP: &str = "mlp:50,50,50,50,50";
const LAYERS: usize = 6;
/// This many of the starts have the same scale in all layers.
const SCALES: usize = 7;
const STARTS: [Initialization; 9] = [
    Initialization::Normal(0.001),
    Initialization::Normal(0.01),
    Initialization::Normal(0.05),
    Initialization::Normal(0.1),
    Initialization::Normal(0.2),
    Initialization::Normal(0.5),
    Initialization::Normal(1.0),
    Initialization::Xavier,
    Initialization::He,
];
const HE: &str = "He, Zhang, Ren & Sun 2015; the course's notes on initialization";

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let digits = data::digits();
    let plain = classifier::<f32>(&digits, DEEP)?;
    let recipe = CosineTraining { lr: 0.02, epochs: context.choose(15, 3), batch: 32 };
    let seeds = context.choose(10, 2);
    let ends = replicates(
        STARTS.len() as u64 * seeds,
        context.progress,
        "initial weights",
        |i| -> Result<FinalMetrics> {
            let start = STARTS[(i / seeds) as usize];
            Ok(FinalMetrics::of(
                &recipe.train(&plain.clone().initialization(start), context.seed + i % seeds)?,
            ))
        },
    );
    let ends = ends.into_iter().collect::<Result<Vec<FinalMetrics>>>()?;
    let ends: Vec<&[FinalMetrics]> = ends.chunks(seeds as usize).collect();
    let spread: Vec<Vec<Vec<f64>>> = STARTS
        .iter()
        .map(|&start| (0..seeds).map(|r| deviations(start, context.seed + r)).collect())
        .collect();
    claims(&ends, &spread, findings);
    findings.tables.push(table(&ends, &spread));
    findings.figures.push(figure(&ends, &spread));
    Ok(())
}

/// Returns the standard deviation of the activations of each hidden layer at the start, over that of the
/// first.
fn deviations(start: Initialization, seed: u64) -> Vec<f64> {
    let classifier: Classifier<f64> =
        classifier(&data::digits(), DEEP).expect("the model is written right").initialization(start);
    let risk = classifier.risk(Softmax).expect("the digits fit the model");
    let (layout, params): (_, Array1<f64>) = (risk.layout().clone(), classifier.initial(seed));
    let digits = data::Preprocessing::default().prepare::<f64>(&data::digits());
    let mut activations = digits.test_x.into_floats();
    let root_mean_square = |a: &Array2<f64>| (a.iter().map(|v| v * v).sum::<f64>() / a.len() as f64).sqrt();
    let sizes = (1..LAYERS).map(|layer| {
        let (weights, bias) =
            (layout.view(&params, &format!("W{layer}")), layout.view(&params, &format!("b{layer}")));
        activations = (activations.dot(&weights.t()) + bias).mapv(|z| z.max(0.0));
        root_mean_square(&activations)
    });
    sizes.collect()
}

fn index(of: Initialization) -> usize {
    STARTS.iter().position(|&start| start == of).expect("it is among those tried")
}

fn claims(ends: &[&[FinalMetrics]], spread: &[Vec<Vec<f64>>], findings: &mut Findings) {
    let test = |start: Initialization| mean(ends[index(start)], |e| e.test);
    let (small, he) = (test(Initialization::Normal(0.01)), test(Initialization::He));
    // The factor per layer, since there are five layers between the first and the last.
    let kept: Vec<f64> = spread[index(Initialization::He)]
        .iter()
        .map(|sizes| (sizes[LAYERS - 2] / sizes[0]).powf(0.25))
        .collect();
    let kept = statistics::mean(&kept);
    let best_normal = (0..SCALES)
        .map(|i| mean(ends[i], |e| e.test))
        .max_by(|a, b| a.value.total_cmp(&b.value))
        .expect("there are some");
    let lead: Vec<f64> = ends[index(Initialization::He)]
        .iter()
        .zip(ends[index(Initialization::Normal(1.0))])
        .map(|(a, b)| a.test - b.test)
        .collect();
    let lead = statistics::mean(&lead);
    findings.claims.extend([
        Claim::statistical(
            "small-init-stalls",
            "14",
            "With initial weights of .01 a net with five hidden layers learns nothing: its test accuracy is \
             that of guessing, below .2",
            HE,
        )
        .reading(
            "they say that small weights make signals vanish in deep nets; we chose \
                 the net, the data and the accuracy",
        )
        .measured_within(small.value, small.interval, Bound::AtMost(0.2)),
        Claim::statistical(
            "he-init-trains",
            "14",
            "With He's initial weights the same net, trained in the same way, classifies at least 90 % of \
             the digits correctly",
            HE,
        )
        .reading(
            "they say that these weights let deep nets train; we chose the net, the \
                 data and the accuracy",
        )
        .measured_within(he.value, he.interval, Bound::AtLeast(0.9)),
        Claim::statistical(
            "he-needs-no-tuning",
            "14",
            "With He's initial weights the net is within a point of the best of seven scales tried (test \
             accuracy minus that of the best)",
            HE,
        )
        .ours()
        .measured_within(
            he.value - best_normal.value,
            (he.interval.0 - best_normal.value, he.interval.1 - best_normal.value),
            Bound::AtLeast(-0.01),
        ),
        Claim::statistical(
            "large-init-worse",
            "14",
            "Initial weights of scale 1 lower the accuracy, or make the run diverge (lead of He's, paired)",
            HE,
        )
        .ours()
        .measured_within(lead.value, lead.interval, Bound::AtLeast(0.01)),
        Claim::statistical(
            "he-keeps-size",
            "14",
            "He's initial weights preserve the size of the activations from layer to layer (factor per \
             layer at the start)",
            HE,
        )
        .said()
        .measured_within(kept.value, kept.interval, Bound::Equals { value: 1.0, tolerance: 0.1 }),
    ]);
}

fn table(ends: &[&[FinalMetrics]], spread: &[Vec<Vec<f64>>]) -> Table {
    let factor = |i: usize| {
        statistics::median(
            &spread[i].iter().map(|sizes| (sizes[LAYERS - 2] / sizes[0]).powf(0.25)).collect::<Vec<_>>(),
        )
    };
    Table::new(
        "initialization",
        "A net with five hidden layers of 50 units on the digits after 15 epochs, trained in the same way \
         from nine starts: medians over seeds",
    )
    .text("weights", STARTS.map(|s| s.to_string()))
    .float_within("factor_a_layer", (0..STARTS.len()).map(factor).collect::<Vec<_>>(), 1e-3, 0.0)
    .float_within(
        "train_loss",
        ends.iter().map(|e| quantile(&each(e, |e| e.loss), 0.5)).collect::<Vec<_>>(),
        0.2,
        1e-3,
    )
    .float_within(
        "test_accuracy",
        ends.iter().map(|e| quantile(&each(e, |e| e.test), 0.5)).collect::<Vec<_>>(),
        0.0,
        0.02,
    )
    .integer("diverged", ends.iter().map(|e| e.iter().filter(|e| !e.loss.is_finite()).count() as i64))
}

fn figure(ends: &[&[FinalMetrics]], spread: &[Vec<Vec<f64>>]) -> Figure {
    let layers: Vec<f64> = (1..LAYERS).map(|l| l as f64).collect();
    let sizes = Panel::new(
        "size of the activations at the start",
        Axis::linear("hidden layer"),
        Axis::log("root mean square").range(1e-9, 1e5),
    );
    let shown = [
        (index(Initialization::Normal(0.01)), 0),
        (index(Initialization::Normal(0.1)), 1),
        (index(Initialization::Normal(1.0)), 3),
        (index(Initialization::He), 2),
    ];
    let name = |i: usize| match STARTS[i] {
        Initialization::Normal(deviation) => format!("normal, {deviation}"),
        Initialization::Xavier => "Xavier".into(),
        _ => "He".into(),
    };
    let sizes = shown.into_iter().fold(sizes, |panel, (i, color)| {
        let (low, middle, high) = statistics::quartile_band(&spread[i]);
        panel.with(Layer::Band { x: layers.clone(), low, high, color }).line(
            name(i),
            layers.clone(),
            middle,
            color,
        )
    });
    let scales: Vec<f64> = (0..SCALES).map(|i| STARTS[i].deviation(50, 50)).collect();
    let at = |q: f64| (0..SCALES).map(|i| quantile(&each(ends[i], |e| e.test), q)).collect::<Vec<_>>();
    let accuracy = Panel::new(
        "test accuracy after training",
        Axis::log("standard deviation of the weights"),
        Axis::linear("test accuracy").range(0.0, 1.0),
    )
    .with(Layer::Band { x: scales.clone(), low: at(0.25), high: at(0.75), color: 0 })
    .line("one scale for all layers", scales, at(0.5), 0)
    .with(Layer::VerticalMark { label: "He at width 50".into(), x: Initialization::He.deviation(50, 50) });
    let caption = "Five hidden layers of 50 units. A factor below or above one per layer acts five times: \
                   if it is too small, no signal reaches the last layer; if it is too large, the signal \
                   explodes. A run that diverged counts with an accuracy of 0. Lines are medians over ten \
                   seeds, bands reach from quartile to quartile.";
    Figure::new("initialization", "Initial weights of a deep net", caption).panel(sizes).panel(accuracy)
}
