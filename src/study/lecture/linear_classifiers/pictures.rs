//! The figures: the losses as functions, templates as images, hyperplanes in the plane, and accuracy over
//! epochs.

use super::seeded_fits::{L2, SeededFits};
use crate::compare::{ModelKind, statistics};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Palette, Panel};
use crate::loss::Softmax;
use crate::model::{Linear, Model};
use crate::optimizer::first_order::Momentum;
use crate::risk::Regularizer;
use crate::train::{Classifier, Training};
use ndarray::Array1;

pub(super) fn all(seed: u64, runs: &[SeededFits]) -> Result<Vec<Figure>> {
    let mut figures = vec![losses(), hyperplanes(seed)?];
    figures.extend(runs.iter().filter(|run| run.loss == "softmax").map(templates));
    figures.push(accuracy(runs));
    Ok(figures)
}

/// Draws each loss over the difference between the score of the right class and that of the only other class.
fn losses() -> Figure {
    let lead: Vec<f64> = (0..=160).map(|i| -4.0 + 0.05 * f64::from(i)).collect();
    let hinge: Vec<f64> = lead.iter().map(|m| (1.0 - m).max(0.0)).collect();
    let softmax: Vec<f64> = lead.iter().map(|m| (-m).exp().ln_1p()).collect();
    let axes = (Axis::linear("score of the right class minus score of the other"), Axis::linear("loss"));
    let panel = Panel::new("", axes.0, axes.1).line("softmax", lead.clone(), softmax, 0).line(
        "multiclass SVM",
        lead,
        hinge,
        1,
    );
    let panel = panel.with(Layer::VerticalMark { label: "margin".into(), x: 1.0 });
    let caption = "The SVM's hinge loss is exactly zero once the right class leads by the margin of 1. The \
                   softmax loss is never zero. Both grow linearly when the right class is far behind.";
    Figure::new("losses", "The two losses of one example with two classes", caption).panel(panel).columns(1)
}

/// Draws the geometric view: points in the plane, the regions of a trained classifier, and its lines of zero
/// score.
fn hyperplanes(seed: u64) -> Result<Figure> {
    let blobs = data::by_name("blobs", seed)?;
    let prepared = Preprocessing { subtract_mean: false, ..Preprocessing::default() }.prepare::<f64>(&blobs);
    let (x, y) = (prepared.train_x.clone(), prepared.train_y.clone());
    let classes = prepared.classes.len();
    let classifier = Classifier::new(prepared, ModelKind::Linear, Regularizer::l2(L2));
    let settings = Training { epochs: 100, lr: 0.05, seed, ..Training::default() };
    let params = classifier.fit(Softmax, Momentum::default(), &settings)?.trained.params;
    let span = |column: usize| {
        let (low, high) =
            x.column(column).iter().fold((f64::MAX, f64::MIN), |(low, high), &v| (low.min(v), high.max(v)));
        let margin = 0.08 * (high - low);
        (low - margin, high + margin)
    };
    let (across, up) = (span(0), span(1));
    let axes = (
        Axis::linear("first feature").range(across.0, across.1),
        Axis::linear("second feature").range(up.0, up.1),
    );
    let mut panel = Panel::new("", axes.0, axes.1).with(regions(&params, classes, across, up));
    for class in 0..classes {
        let of_class = |column: usize| {
            x.rows()
                .into_iter()
                .zip(&y)
                .filter(|(_, label)| usize::from(**label) == class)
                .map(move |(row, _)| row[column])
                .collect()
        };
        panel = panel.with(Layer::Points {
            label: format!("class {class}"),
            x: of_class(0),
            y: of_class(1),
            color: class,
        });
        panel = panel.with(zero_line(&params, classes, class, across, up));
    }
    let caption = "Each class has a line on which its score is zero. Where several scores are positive the \
                   highest wins, so other lines bound the regions.";
    Ok(Figure::new("hyperplanes", "The geometric view: lines divide the plane into regions", caption)
        .panel(panel)
        .columns(1))
}

/// Returns the class with the highest score at each point.
fn regions(params: &Array1<f64>, classes: usize, across: (f64, f64), up: (f64, f64)) -> Layer {
    const PIXELS: usize = 120;
    let along = |(from, to): (f64, f64), i: usize| from + (to - from) * (i as f64 + 0.5) / PIXELS as f64;
    let winner = |i: usize| {
        let (a, b) = (along(across, i % PIXELS), along((up.1, up.0), i / PIXELS));
        let score = |c: usize| params[2 * c] * a + params[2 * c + 1] * b + params[2 * classes + c];
        (0..classes).max_by(|&c, &d| score(c).total_cmp(&score(d))).unwrap_or(0) as f64
    };
    let values = (0..PIXELS * PIXELS).map(winner).collect();
    Layer::Raster {
        width: PIXELS,
        height: PIXELS,
        values,
        x: across,
        y: up,
        palette: Palette::Class,
        label: String::new(),
    }
}

/// Returns the part of the line of zero score of one class that lies within the figure.
fn zero_line(
    params: &Array1<f64>,
    classes: usize,
    class: usize,
    across: (f64, f64),
    up: (f64, f64),
) -> Layer {
    let (a, b, c) = (params[2 * class], params[2 * class + 1], params[2 * classes + class]);
    let samples = (0..=400).map(|i| f64::from(i) / 400.0);
    // Sample along the axis on which the line is not steep.
    let points: Vec<(f64, f64)> = if b.abs() > a.abs() {
        samples.map(|t| across.0 + t * (across.1 - across.0)).map(|x| (x, -(a * x + c) / b)).collect()
    } else {
        samples.map(|t| up.0 + t * (up.1 - up.0)).map(|y| (-(b * y + c) / a, y)).collect()
    };
    let inside = |&(x, y): &(f64, f64)| x >= across.0 && x <= across.1 && y >= up.0 && y <= up.1;
    let (x, y) = points.into_iter().filter(inside).unzip();
    Layer::Line { label: String::new(), x, y, color: class, role: crate::figure::Role::Measured }
}

/// Draws the visual view: each row of W as an image.
fn templates(run: &SeededFits) -> Figure {
    let shape = run.data.shape.expect("digits and clothing are images");
    let params = &run.fits[0].trained.params;
    let layout = Model::<f32>::layout(&Linear::new(run.data.train_x.ncols(), run.data.classes.len()));
    let weights = layout.view(params, "W");
    let name = format!("templates-{}", run.data.name);
    let caption = "Each row of W as an image: orange pixels count in favour of the class, blue pixels \
                   against it.";
    let figure =
        Figure::new(name, format!("The visual view: one template per class ({})", run.data.name), caption)
            .columns(5)
            .aspect(1.0);
    run.data.classes.iter().zip(weights.rows()).fold(figure, |figure, (class, row)| {
        let values = row.iter().map(|&w| f64::from(w)).collect();
        figure.panel(Panel::image(class.clone(), shape.width, shape.height, values, Palette::Diverging))
    })
}

/// Draws the test accuracy over epochs: median and quartiles over seeds, one panel per data set.
fn accuracy(runs: &[SeededFits]) -> Figure {
    let caption = "Lines are medians over ten seeds, bands reach from quartile to quartile.";
    let figure = Figure::new("accuracy", "Accuracy on test images", caption);
    let of_softmax = runs.iter().filter(|run| run.loss == "softmax");
    of_softmax.fold(figure, |figure, first| {
        let name = &first.data.name;
        let empty = Panel::new(
            name.clone(),
            Axis::linear("epochs"),
            Axis::linear("test accuracy").higher_is_better(),
        );
        let of_data = runs.iter().filter(|run| run.data.name == *name);
        figure.panel(of_data.fold(empty, with_curve))
    })
}

fn with_curve(panel: Panel, run: &SeededFits) -> Panel {
    let (label, color) = if run.loss == "svm" { ("multiclass SVM", 1) } else { ("softmax", 0) };
    // At the start every image is assigned to the first class. That point would squeeze the rest into the
    // top.
    let epochs = run.fits[0].curve.epoch[1..].to_vec();
    let curves: Vec<Vec<f64>> = run.fits.iter().map(|fit| fit.curve.test_accuracy[1..].to_vec()).collect();
    let (low, median, high) = statistics::quartile_band(&curves);
    panel.with(Layer::Band { x: epochs.clone(), low, high, color }).line(label, epochs, median, color)
}
