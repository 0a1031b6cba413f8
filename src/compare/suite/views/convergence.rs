//! The curves of one problem over iterations, evaluations and seconds.

use super::curves::{self, Band};
use super::machines::timed;
use super::score::Scores;
use super::slug::slug;
use super::standings::leaders;
use crate::compare::suite::{Comparison, CostAxis, ProblemFacts};
use crate::figure::{self, Figure, Layer, Panel};

/// The number of optimizers in a figure, besides momentum, Adam and those of the user. More lines could not
/// be distinguished.
pub(super) const SHOWN: usize = 6;
/// The number of points of a curve.
const POINTS: usize = 80;

/// Returns whether f is a sum over data, so that an evaluation is a pass over the data.
pub fn sum_over_data(facts: &ProblemFacts) -> bool {
    ["linear", "net"].contains(&facts.group.as_str())
}

/// Returns the axis of a cost: linear for passes over the data, logarithmic where the cost spans powers of
/// ten.
pub(super) fn abscissa(facts: &ProblemFacts, axis: CostAxis) -> figure::Axis {
    let label = match axis {
        CostAxis::Iterations => "iterations",
        CostAxis::Evaluations if sum_over_data(facts) => "passes over the data (gradient evaluations)",
        CostAxis::Evaluations => "gradient evaluations",
        CostAxis::Seconds => "seconds",
    };
    if facts.stochastic && axis != CostAxis::Seconds {
        figure::Axis::linear(label)
    } else {
        figure::Axis::log(label)
    }
}

/// Returns the places of the optimizers' looks.
pub fn looks(comparison: &Comparison) -> Vec<usize> {
    figure::optimizers(comparison.optimizers.iter().map(|optimizer| optimizer.name.as_str()))
}

/// Adds the median of a band, and the band if it has a width.
pub(super) fn with_band(panel: Panel, label: &str, band: &Band, color: usize) -> Panel {
    let wide = band.low.iter().zip(&band.high).any(|(low, high)| low < high);
    let Band { at, low, middle, high } = band.clone();
    let panel = if wide { panel.with(Layer::Band { x: at.clone(), low, high, color }) } else { panel };
    panel.line(label, at, middle, color)
}

/// Returns the best optimizers on a problem, momentum and Adam, and those of the user.
pub(super) fn shown(comparison: &Comparison, problem: &ProblemFacts) -> Vec<usize> {
    let place = comparison.problems.iter().position(|p| p.name == problem.name);
    place.map_or(Vec::new(), |place| leaders(comparison, &Scores::new(comparison).order(place), SHOWN))
}

/// Returns the panel of the gap over a cost.
pub(super) fn gap_panel(
    comparison: &Comparison,
    facts: &ProblemFacts,
    axis: CostAxis,
    shown: &[usize],
) -> Panel {
    let y = figure::Axis::log("relative gap (f − f*) / (f(x₀) − f*)").lower_is_better();
    let target = Layer::HorizontalMark { label: "target".into(), y: facts.gap(facts.target) };
    let panel = Panel::new("", abscissa(facts, axis), y);
    let places = looks(comparison);
    let drawn = shown.iter().fold(panel, |panel, &o| {
        let name = &comparison.optimizers[o].name;
        let band = curves::band(&comparison.best(&facts.name, name), facts, axis, POINTS);
        with_band(panel, name, &band, places[o])
    });
    drawn.with(target)
}

fn accuracy_panel(comparison: &Comparison, facts: &ProblemFacts, shown: &[usize]) -> Option<Panel> {
    let band = |o: usize| {
        curves::accuracy(
            &comparison.best(&facts.name, &comparison.optimizers[o].name),
            CostAxis::Evaluations,
            POINTS,
        )
    };
    let bands: Vec<(usize, Band)> =
        shown.iter().map(|&o| (o, band(o))).filter(|(_, band)| !band.at.is_empty()).collect();
    let panel = Panel::new(
        "",
        abscissa(facts, CostAxis::Evaluations),
        figure::Axis::linear("test accuracy").higher_is_better(),
    );
    let places = looks(comparison);
    let drawn = |panel, (o, band): &(usize, Band)| {
        with_band(panel, &comparison.optimizers[*o].name, band, places[*o])
    };
    (!bands.is_empty()).then(|| bands.iter().fold(panel, drawn))
}

pub(super) fn figure(comparison: &Comparison, facts: &ProblemFacts) -> Figure {
    let shown = shown(comparison, facts);
    let seeds = |o: &usize| comparison.best(&facts.name, &comparison.optimizers[*o].name).len();
    let all = comparison.optimizers.len();
    let which = match (shown.len() == all, comparison.optimizers.iter().any(|o| o.own)) {
        (true, _) => format!("All {all} optimizers"),
        (false, true) => {
            format!("The best {SHOWN} of {all} optimizers on this problem, with momentum, Adam and yours,")
        }
        (false, false) => {
            format!("The best {SHOWN} of {all} optimizers on this problem, with momentum and Adam,")
        }
    };
    let seeds = shown.iter().map(seeds).max().unwrap_or(0);
    let known = timed(comparison, &facts.name);
    let timed: Vec<usize> = shown.iter().copied().filter(|&o| known[o]).collect();
    let apart = match (timed.len() == shown.len(), &comparison.origins.archive) {
        (true, _) => "",
        (false, None) => " Optimizers that ran on another machine are not in the panel of the seconds.",
        (false, Some(_)) => " Optimizers from the archive are not in the panel of the seconds.",
    };
    let caption = format!(
        "{which} at their best settings: medians over {seeds} seeds with quartile bands. Seconds are medians \
         over the seeds, measured while other runs used the machine.{apart}"
    );
    let figure = Figure::new(
        format!("convergence_{}", slug(&facts.name)),
        format!("{}: convergence", facts.title),
        caption,
    );
    let axes = [CostAxis::Iterations, CostAxis::Evaluations, CostAxis::Seconds];
    let figure = axes.into_iter().fold(figure, |figure, axis| {
        let shown = if axis == CostAxis::Seconds { &timed } else { &shown };
        figure.panel(gap_panel(comparison, facts, axis, shown))
    });
    match accuracy_panel(comparison, facts, &shown) {
        Some(panel) => figure.panel(panel).columns(2),
        None => figure.columns(3),
    }
}
