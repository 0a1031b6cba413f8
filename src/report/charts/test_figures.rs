//! The figures that the tests of charts draw: one of every kind.

use crate::figure::{Axis, Figure, Layer, Palette, Panel};

/// Numbers that look random and are always the same.
pub(super) fn noise(i: usize) -> f64 {
    ((i as f64 * 12.9898).sin() * 43758.5453).fract().abs()
}

pub(super) fn descent(rate: f64, n: usize) -> (Vec<f64>, Vec<f64>) {
    let x: Vec<f64> = (0..n).map(|i| i as f64).collect();
    let y = x.iter().map(|k| 2.3 * rate.powf(*k) * (1.0 + 0.2 * (noise(*k as usize) - 0.5)) + 1e-5).collect();
    (x, y)
}

pub(super) fn learning_curves() -> Figure {
    let loss = |title: &str| {
        Panel::new(title, Axis::linear("epoch"), Axis::log("training loss (nats)").lower_is_better())
    };
    let mut first = loss("Learning rate 0.1");
    let mut second = loss("Learning rate 0.01");
    for (place, (name, rate)) in [
        ("SGD", 0.97),
        ("momentum 0.9", 0.93),
        ("Nesterov 0.9", 0.9),
        ("AdaGrad", 0.985),
        ("RMSProp", 0.95),
        ("Adam", 0.88),
    ]
    .into_iter()
    .enumerate()
    {
        let (x, y) = descent(rate, 60);
        let (low, high) = (y.iter().map(|v| v * 0.7).collect(), y.iter().map(|v| v * 1.4).collect());
        first = first.with(Layer::Band { x: x.clone(), low, high, color: place }).line(
            name,
            x.clone(),
            y.clone(),
            place,
        );
        second = second.line(name, x, y.iter().map(|v| v.sqrt()).collect::<Vec<_>>(), place);
    }
    let (x, _) = descent(0.9, 60);
    let bound: Vec<f64> = x.iter().map(|k| 2.3 * 0.9f64.powf(*k)).collect();
    first = first
        .theory("theory: (1 − 2/(κ+1))ᵏ", x, bound)
        .with(Layer::HorizontalMark { label: "target".into(), y: 1e-2 });
    Figure::new(
        "curves",
        "Momentum reaches the target first at every learning rate",
        "Loss falls over epochs.",
    )
    .panel(first)
    .panel(second)
}

pub(super) fn contour() -> Figure {
    let rosenbrock = |x: f64, y: f64| (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2);
    let mut panel = Panel::new(
        "Rosenbrock's valley",
        Axis::linear("x₁").range(-2.0, 2.0),
        Axis::linear("x₂").range(-1.0, 3.0),
    )
    .contour(rosenbrock, 12);
    for (place, (name, lr)) in
        [("gradient descent", 1e-3), ("momentum 0.9", 4e-4), ("Nesterov 0.9", 6e-4)].into_iter().enumerate()
    {
        let (mut x, mut y, mut vx, mut vy) = (-1.5, 2.4, 0.0, 0.0);
        let rho = if place == 0 { 0.0 } else { 0.9 };
        let (mut xs, mut ys) = (vec![x], vec![y]);
        for _ in 0..300 {
            let (gx, gy) = (-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x));
            (vx, vy) = (rho * vx - lr * gx, rho * vy - lr * gy);
            (x, y) = (x + vx, y + vy);
            xs.push(x);
            ys.push(y);
        }
        panel = panel.path(name, xs, ys, place);
    }
    panel = panel.with(Layer::Mark { label: "minimum".into(), x: 1.0, y: 1.0 });
    Figure::new("contour", "Three paths through a valley", "Momentum crosses the valley.")
        .columns(1)
        .panel(panel)
}

pub(super) fn templates() -> Figure {
    let classes = [
        "T-shirt",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    ];
    let mut figure =
        Figure::new("templates", "What the linear classifier looks for", "Ten templates.").columns(5);
    for (k, name) in classes.iter().enumerate() {
        let pixel = |i: usize| {
            let (x, y) = ((i % 28) as f64 - 13.5, (i / 28) as f64 - 13.5);
            (-(x * x + (y * (0.4 + 0.2 * k as f64)).powi(2)) / 60.0).exp()
                - 0.6 * (-(x.abs() - 9.0).powi(2) / 9.0).exp()
                + 0.1 * noise(i + 784 * k)
        };
        figure = figure.panel(Panel::image(*name, 28, 28, (0..784).map(pixel).collect(), Palette::Diverging));
    }
    figure
}

pub(super) fn log_log() -> Figure {
    let k: Vec<f64> = (0..40).map(|i| 10f64.powf(i as f64 / 10.0)).collect();
    let panel = Panel::new("", Axis::log("iteration k"), Axis::log("f(x) − f*").lower_is_better())
        .line(
            "subgradient method",
            k.clone(),
            k.iter().enumerate().map(|(i, k)| (0.7 + 0.6 * noise(i)) / k.sqrt()).collect::<Vec<_>>(),
            0,
        )
        .line("accelerated", k.clone(), k.iter().map(|k| 2.0 / (k * k)).collect::<Vec<_>>(), 1)
        .theory("1/√k", k.clone(), k.iter().map(|k| 1.0 / k.sqrt()).collect::<Vec<_>>())
        .with(Layer::VerticalMark { label: "restart".into(), x: 100.0 })
        .with(Layer::Points {
            label: "checkpoints".into(),
            x: vec![1.0, 10.0, 100.0, 1000.0],
            y: vec![0.5, 0.4, 0.01, 1e-4],
            color: 2,
        });
    Figure::new("log_log", "Sublinear rates are straight lines here", "Rates.").columns(1).panel(panel)
}

pub(super) fn bars() -> Figure {
    let layer = |scale: f64, color| Layer::Bars {
        labels: ["SGD", "momentum", "Nesterov", "Adam", "L-BFGS with a long name that goes on"]
            .map(String::from)
            .to_vec(),
        values: [1.2, 1.5, 1.6, 3.4, 8.9].map(|v| v * scale).to_vec(),
        low: [1.1, 1.45, 1.5, 3.0, 8.0].map(|v| v * scale).to_vec(),
        high: [1.3, 1.6, 1.7, 3.9, 10.2].map(|v| v * scale).to_vec(),
        color,
    };
    Figure::new("bars", "Time of one step", "Bars.")
        .panel(
            Panel::new("784 → 10, batch 128", Axis::linear("µs a step").lower_is_better(), Axis::linear(""))
                .with(layer(1.0, 0)),
        )
        .panel(
            Panel::new("Epoch of training", Axis::linear("ms").lower_is_better(), Axis::linear(""))
                .with(layer(37.0, 1)),
        )
}

pub(super) fn heat_map() -> Figure {
    let value = |i: usize| ((i % 12) as f64 - 5.0).powi(2) / 8.0 + ((i / 12) as f64 - 3.0).powi(2) / 3.0;
    let values: Vec<f64> = (0..96).map(|i| if i == 40 { f64::NAN } else { value(i) }).collect();
    let raster = |palette| Layer::Raster {
        width: 12,
        height: 8,
        values: values.clone(),
        x: (0.0, 12.0),
        y: (0.0, 8.0),
        palette,
        label: "loss".into(),
    };
    let classes = Layer::Raster {
        width: 60,
        height: 60,
        values: (0..3600).map(|i| f64::from((i % 60) / 20 + (i / 60) / 40)).collect(),
        x: (-1.0, 1.0),
        y: (-1.0, 1.0),
        palette: Palette::Class,
        label: String::new(),
    };
    let cloud = |c: usize| {
        let at =
            |i: usize, offset: f64| offset + 0.5 * (noise(31 * c + 7 * i + 1) + noise(17 * c + 3 * i) - 1.0);
        Layer::Points {
            label: format!("class {c}"),
            x: (0..40).map(|i| at(i, c as f64 * 0.6 - 0.6)).collect(),
            y: (0..40).map(|i| at(i + 100, 0.4 - 0.3 * c as f64)).collect(),
            color: c,
        }
    };
    Figure::new("heat_map", "A grid of settings, and the regions of a classifier", "Heat.")
        .panel(
            Panel::new(
                "Validation loss",
                Axis::linear("log₁₀ of the learning rate"),
                Axis::linear("log₁₀ of λ"),
            )
            .with(raster(Palette::Sequential)),
        )
        .panel(
            (0..3).fold(
                Panel::new("Regions", Axis::linear("x₁"), Axis::linear("x₂")).with(classes),
                |p, c| p.with(cloud(c)),
            ),
        )
}

pub(super) fn grid() -> Figure {
    let names = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
    let grid =
        Layer::Grid { rows: names(&["bowl", "valley"]), columns: names(&["SGD", "Adam", "trust-region"]) };
    let best = Layer::Points { label: "the best".into(), x: vec![0.5, 2.5], y: vec![0.5, 1.5], color: 0 };
    Figure::new("grid", "Which wins where", "Grid.")
        .columns(1)
        .panel(Panel::new("", Axis::linear(""), Axis::linear("")).with(grid).with(best))
}
