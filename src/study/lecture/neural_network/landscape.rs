//! The loss between two solutions: it lies below the straight line between them for a linear classifier, and
//! has a hill for a net.

use super::classifiers::{CosineTraining, classifier};
use crate::claim::{Bound, Claim};
use crate::compare::{replicates, statistics};
use crate::data;
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::model::ParamLayout;
use crate::objective::Objective;
use crate::rng;
use crate::study::Context;
use crate::table::Table;
use crate::train::Classifier;
use ndarray::Array1;

const NET: &str = "mlp:32";
/// The points on a line, from 0 to 1.
const POINTS: usize = 21;
/// The number of examples on which the plane is drawn.
const DRAWN: usize = 400;
const GRID: usize = 41;
const GOODFELLOW: &str = "Goodfellow, Vinyals & Saxe 2015; Garipov et al. 2018";

/// The loss along the line from one solution to another.
struct Line {
    values: Vec<f64>,
}

impl Line {
    fn new(risk: &mut impl Objective<f64>, a: &Array1<f64>, b: &Array1<f64>) -> Self {
        let at = |t: f64| a + &(t * &(b - a));
        Line { values: (0..POINTS).map(|i| risk.value(&at(share(i)))).collect() }
    }

    /// Returns how far the loss rises above the straight line between its ends, which is 0 if the loss is
    /// convex.
    fn hill(&self) -> f64 {
        let (from, to) = (self.values[0], self.values[POINTS - 1]);
        let over = self.values.iter().enumerate().map(|(i, v)| v - (from + share(i) * (to - from)));
        over.fold(f64::NEG_INFINITY, f64::max)
    }
}

fn share(i: usize) -> f64 {
    i as f64 / (POINTS - 1) as f64
}

/// The lines between the solutions of two seeds, and from a solution to itself with its hidden units in
/// another order.
struct Lines {
    linear: Line,
    net: Line,
    shuffled: Line,
    /// The change of the loss by the other order.
    change: f64,
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let digits = data::digits();
    let (linear, net) = (classifier::<f64>(&digits, "linear")?, classifier::<f64>(&digits, NET)?);
    let recipe = CosineTraining { lr: 0.1, epochs: context.choose(20, 4), batch: 32 };
    let solution = |classifier: &Classifier<f64>, seed: u64| -> Result<Array1<f64>> {
        Ok(recipe.train(classifier, seed)?.trained.params)
    };
    let lines = replicates(
        context.choose(10, 2),
        context.progress,
        "lines between solutions",
        |replicate| -> Result<Lines> {
            let seeds = [context.seed + 2 * replicate, context.seed + 2 * replicate + 1];
            let mut risk = linear.risk(Softmax)?;
            let straight = Line::new(&mut risk, &solution(&linear, seeds[0])?, &solution(&linear, seeds[1])?);
            let mut risk = net.risk(Softmax)?;
            let layout = risk.layout().clone();
            let (a, b) = (solution(&net, seeds[0])?, solution(&net, seeds[1])?);
            let other = reordered(&layout, &a, seeds[0]);
            let change = (risk.value(&other) - risk.value(&a)).abs();
            Ok(Lines {
                linear: straight,
                net: Line::new(&mut risk, &a, &b),
                shuffled: Line::new(&mut risk, &a, &other),
                change,
            })
        },
    );
    let lines = lines.into_iter().collect::<Result<Vec<_>>>()?;
    claims(&lines, findings);
    findings.tables.push(table(&lines));
    findings.figures.push(figure(&lines));
    findings.figures.push(plane(
        &net.first(DRAWN),
        &solution(&net, context.seed)?,
        &solution(&net, context.seed + 1)?,
        context.seed,
    )?);
    Ok(())
}

/// Returns the same net with its hidden units in another order: another point with the same loss.
fn reordered(layout: &ParamLayout, params: &Array1<f64>, seed: u64) -> Array1<f64> {
    let [w1, b1, w2, b2] = ["W1", "b1", "W2", "b2"].map(|name| layout.view(params, name));
    let order = rng::permutation(&mut rng::stream(seed, "order of the hidden units", 0), w1.nrows());
    let order: Vec<usize> = order.into_iter().map(|unit| unit as usize).collect();
    let (w1, b1, w2) = (
        w1.select(ndarray::Axis(0), &order),
        b1.select(ndarray::Axis(1), &order),
        w2.select(ndarray::Axis(1), &order),
    );
    w1.iter().chain(&b1).chain(&w2).chain(&b2).copied().collect()
}

fn claims(lines: &[Lines], findings: &mut Findings) {
    let hills = |of: Which| statistics::mean(&lines.iter().map(|l| of(l).hill()).collect::<Vec<_>>());
    let (net, shuffled) = (hills(|l| &l.net), hills(|l| &l.shuffled));
    let linear = lines.iter().map(|l| l.linear.hill()).fold(f64::NEG_INFINITY, f64::max);
    let change = lines.iter().map(|l| l.change).fold(0.0, f64::max);
    findings.claims.extend([
        Claim::exact(
            "linear-loss-convex",
            "14",
            "Between two solutions of a linear classifier the loss is nowhere above the straight line \
             between its ends (height above it, at most)",
            "lecture 3",
        )
        .ours()
        .measured(linear, Bound::AtMost(1e-12)),
        Claim::statistical(
            "net-loss-not-convex",
            "14",
            "Between two solutions of a net the loss rises above the straight line between its ends: they \
             lie in separate valleys (height of the hill)",
            GOODFELLOW,
        )
        .said()
        .measured_within(net.value, net.interval, Bound::AtLeast(0.1)),
        Claim::exact(
            "units-in-any-order",
            "14",
            "A net with its hidden units in another order has the same loss (largest change)",
            "closed form",
        )
        .ours()
        .measured(change, Bound::AtMost(1e-12)),
        Claim::statistical(
            "not-convex-by-order",
            "14",
            "Between a net and itself with its hidden units in another order there is a hill, so no net \
             with useful hidden units has a convex loss (height)",
            "closed form",
        )
        .ours()
        .measured_within(shuffled.value, shuffled.interval, Bound::AtLeast(0.1)),
    ]);
}

fn curves(lines: &[Lines], of: Which) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    statistics::quartile_band(&lines.iter().map(|l| of(l).values.clone()).collect::<Vec<_>>())
}

/// One of the lines.
type Which = fn(&Lines) -> &Line;

const KINDS: [(&str, Which); 3] = [
    ("linear, two seeds", |l| &l.linear),
    ("net, two seeds", |l| &l.net),
    ("net, and itself in another order", |l| &l.shuffled),
];

fn table(lines: &[Lines]) -> Table {
    let at = |of: Which, place: usize| {
        statistics::median(&lines.iter().map(|l| of(l).values[place]).collect::<Vec<_>>())
    };
    let column = |place: usize| KINDS.map(|(_, of)| at(of, place)).to_vec();
    let hills = KINDS
        .map(|(_, of)| statistics::median(&lines.iter().map(|l| of(l).hill()).collect::<Vec<_>>()))
        .to_vec();
    Table::new("lines", "Training loss at two solutions and half-way between them, medians over pairs")
        .text("line", KINDS.map(|k| k.0))
        .float_within("at_one_end", column(0), 0.1, 1e-4)
        .float_within("half_way", column(POINTS / 2), 0.2, 1e-4)
        .float_within("at_the_other", column(POINTS - 1), 0.1, 1e-4)
        .float_within("hill_above_chord", hills, 0.2, 1e-4)
}

fn figure(lines: &[Lines]) -> Figure {
    let shares: Vec<f64> = (0..POINTS).map(share).collect();
    let panel = Panel::new(
        "",
        Axis::linear("position between the first solution (0) and the second (1)"),
        Axis::log("training loss"),
    );
    let panel = KINDS.into_iter().enumerate().fold(panel, |panel, (color, (name, of))| {
        let (low, middle, high) = curves(lines, of);
        panel.with(Layer::Band { x: shares.clone(), low, high, color }).line(
            name,
            shares.clone(),
            middle,
            color,
        )
    });
    let caption = "A convex function lies nowhere above the straight line between two of its points. That \
                   is so for the loss of the linear classifier. The loss of a net has a hill between two \
                   equally good nets, even between a net and itself with its units in another order. Lines \
                   are medians over ten pairs, bands reach from quartile to quartile.";
    Figure::new("lines", "From one solution to another along a straight line", caption)
        .panel(panel)
        .columns(1)
}

/// Draws the loss on the plane through two solutions and the first of them in another order.
fn plane(classifier: &Classifier<f64>, a: &Array1<f64>, b: &Array1<f64>, seed: u64) -> Result<Figure> {
    let mut risk = classifier.risk(Softmax)?;
    let c = reordered(&risk.layout().clone(), a, seed);
    // Coordinates along b − a, and along the part of c − a that is perpendicular to it.
    let across = b - a;
    let length = across.dot(&across).sqrt();
    let unit = &across / length;
    let shift = (&c - a).dot(&unit);
    let up = &c - a - &(shift * &unit);
    let height = up.dot(&up).sqrt();
    let upward = &up / height;
    let along = |low: f64, high: f64, i: usize| low + (high - low) * i as f64 / (GRID - 1) as f64;
    let (left, right) = (-0.35 * length, 1.35 * length);
    let (bottom, top) = (-0.35 * height, 1.35 * height);
    let x: Vec<f64> = (0..GRID).map(|i| along(left, right, i)).collect();
    let y: Vec<f64> = (0..GRID).map(|i| along(bottom, top, i)).collect();
    let mut z = Vec::with_capacity(GRID * GRID);
    for v in &y {
        for u in &x {
            // The logarithm, so that both the valleys and the walls are visible.
            z.push(risk.value(&(a + &(*u * &unit) + &(*v * &upward))).ln());
        }
    }
    let (low, high) = z.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    let levels = (1..16).map(|i| low + (high - low) * f64::from(i) / 16.0).collect();
    let mark = |label: &str, x: f64, y: f64| Layer::Mark { label: label.into(), x, y };
    let panel = Panel::new(
        "",
        Axis::linear("distance along the line between the seeds").range(left, right),
        Axis::linear("distance perpendicular to it").range(bottom, top),
    )
    .with(Layer::Contour { x, y, z, levels })
    .with(mark("seed 1", 0.0, 0.0))
    .with(mark("seed 2", length, 0.0))
    .with(mark("seed 1, reordered", shift, height));
    let caption = "Contours of the logarithm of the training loss on the plane through three solutions of \
                   the same net. Each lies in a valley of its own, and the valleys are about equally deep.";
    Ok(Figure::new("plane", "Three equally good nets", caption).panel(panel).columns(1))
}
