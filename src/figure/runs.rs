//! Draws runs of optimizers: their paths in the plane, and their values over the steps.

use super::axis::Axis;
use super::layer::Layer;
use super::layout::Figure;
use super::look::optimizers;
use super::panel::Panel;
use crate::minimize::Minimum;
use crate::problems::Problem;
use ndarray::array;

/// The number of contour lines, and of samples along each axis of their grid.
const LEVELS: usize = 14;
const GRID: usize = 161;
/// How far the view reaches beyond starts, ends and minima, as a share of their extent; and how far a path
/// may leave it before it is cut off.
const MARGIN: f64 = 0.1;
const FAR: f64 = 0.35;
/// The largest number of steps whose values are drawn linearly. More of them need a logarithmic axis.
const MANY: f64 = 100.0;

/// Draws the paths of runs on a function of two variables over its contour lines, with its known minima.
///
/// A label that begins with the name of an optimizer has the colour of that optimizer in all figures. The
/// view holds the starts, the ends and the minima; a path that leaves it is cut off. Each contour line is a
/// quantile of f over the view, so that deep valleys are as visible as high walls.
///
/// # Panics
/// If the function has not two variables.
///
/// ```
/// use gradus::notebook::*;
/// let (bowl, start) = (problems::Quadratic::new(&[0.2, 4.0]), array![-5.0, -2.0]);
/// let run = |rho: f64| {
///     minimize(bowl.clone(), &start, FirstOrder::new(Momentum::new(rho), 0.1)?, Stop::iterations(20))
/// };
/// let (plain, heavy) = (run(0.0)?, run(0.8)?);
/// let figure = paths_on(bowl.clone(), &[("gradient descent", &plain), ("momentum .8", &heavy)]);
/// assert_eq!(figure.panels.len(), 1);
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub fn paths_on(mut problem: impl Problem, runs: &[(&str, &Minimum)]) -> Figure {
    assert_eq!(problem.dim(), 2, "paths are drawn on functions of two variables");
    let facts = problem.facts();
    let minima: Vec<[f64; 2]> = facts.minima.iter().map(|(at, _)| [at[0], at[1]]).collect();
    let [x, y] = view(runs, &minima);
    let mut panel = Panel::new("", Axis::linear("x₁").range(x.0, x.1), Axis::linear("x₂").range(y.0, y.1))
        .with(contour(|a, b| problem.value(&array![a, b]), x, y));
    for ((label, run), color) in runs.iter().zip(optimizers(runs.iter().map(|run| run.0))) {
        panel = panel.path(*label, run.trace.x[0].clone(), run.trace.x[1].clone(), color);
    }
    let marks = minima.iter().map(|at| Layer::Mark { label: String::new(), x: at[0], y: at[1] });
    let title = format!("{} on {}", if runs.len() == 1 { "A path" } else { "Paths" }, facts.name);
    let caption = "A ring is the start, a dot each step, the marker the end, and a cross a known minimum. \
                   A contour line encloses a fixed share of the picture: the heights differ.";
    Figure::new("paths", title, caption).columns(1).panel(marks.fold(panel, Panel::with))
}

/// Draws f over the steps of runs, on a logarithmic axis if the values are positive and differ by more than a
/// factor of 100. Labels are as in [`paths_on`].
///
/// ```
/// use gradus::notebook::*;
/// let start = array![1.0, 1e-6];
/// let run = minimize(problems::Saddle, &start, FirstOrder::new(Sgd, 0.1)?, Stop::iterations(400))?;
/// assert_eq!(values_over_steps(&[("gradient descent", &run)]).panels.len(), 1);
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub fn values_over_steps(runs: &[(&str, &Minimum)]) -> Figure {
    let values = || runs.iter().flat_map(|(_, run)| &run.trace.value).copied().filter(|v| v.is_finite());
    let (low, high) = values().fold((f64::INFINITY, 0.0f64), |(low, high), v| (low.min(v), high.max(v)));
    let y = if low > 0.0 && high > MANY * low { Axis::log("f") } else { Axis::linear("f") };
    let y = if runs.len() > 1 { y.lower_is_better() } else { y };
    let mut panel = Panel::new("", Axis::linear("step"), y);
    for ((label, run), color) in runs.iter().zip(optimizers(runs.iter().map(|run| run.0))) {
        let steps: Vec<f64> = run.trace.iteration.iter().map(|&k| k as f64).collect();
        panel = panel.line(*label, steps, run.trace.value.clone(), color);
    }
    Figure::new("values", "f over the steps", "The value of f at each iterate.").columns(1).panel(panel)
}

/// Returns the ranges of both axes: the box of starts, ends and minima, and of what paths do nearby. The end
/// of a run that climbs is not among them.
fn view(runs: &[(&str, &Minimum)], minima: &[[f64; 2]]) -> [(f64, f64); 2] {
    [0, 1].map(|axis| {
        let ends = runs.iter().flat_map(|(_, run)| {
            let descended = run.trace.value.first().is_none_or(|&start| run.value <= start);
            [run.trace.x[axis].first().copied(), descended.then(|| run.x[axis])]
        });
        let near = ends.flatten().chain(nearest(runs, minima).map(|at| at[axis]));
        let (low, high) = extent(near).unwrap_or((-1.0, 1.0));
        let size = if high > low { high - low } else { 1.0 + low.abs() };
        let inside = |v: &f64| (low - FAR * size..=high + FAR * size).contains(v);
        let seen = runs.iter().flat_map(|(_, run)| run.trace.x[axis].iter().copied()).filter(inside);
        let (low, high) = extent(seen.chain([low, high])).unwrap_or((low, high));
        let room = MARGIN * (high - low).max(0.2 * size);
        (low - room, high + room)
    })
}

/// Returns, for each run, the minimum that is nearest to its start: a function may have many, far away.
fn nearest<'a>(runs: &'a [(&str, &Minimum)], minima: &'a [[f64; 2]]) -> impl Iterator<Item = [f64; 2]> + 'a {
    runs.iter().filter_map(move |(_, run)| {
        let start = [*run.trace.x[0].first()?, *run.trace.x[1].first()?];
        let distance = |at: &[f64; 2]| (at[0] - start[0]).hypot(at[1] - start[1]);
        minima.iter().copied().min_by(|a, b| distance(a).total_cmp(&distance(b)))
    })
}

fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|v| v.is_finite()).map(|v| (v, v)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// Returns contour lines at quantiles of a function over a box, denser towards its lowest values.
fn contour(mut f: impl FnMut(f64, f64) -> f64, x: (f64, f64), y: (f64, f64)) -> Layer {
    let along = |(from, to): (f64, f64)| -> Vec<f64> {
        (0..GRID).map(|i| from + (to - from) * i as f64 / (GRID - 1) as f64).collect()
    };
    let (x, y) = (along(x), along(y));
    let mut z = Vec::with_capacity(GRID * GRID);
    for &b in &y {
        z.extend(x.iter().map(|&a| f(a, b)));
    }
    let mut sorted: Vec<f64> = z.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1) as f64;
    let share = |i: usize| (i as f64 / (LEVELS + 1) as f64).powi(2);
    let mut levels: Vec<f64> =
        (1..=LEVELS).filter_map(|i| sorted.get((share(i) * last) as usize).copied()).collect();
    levels.dedup();
    Layer::Contour { x, y, z, levels }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimizer::first_order::{FirstOrder, Sgd};
    use crate::problems::{Himmelblau, Quadratic};
    use crate::stop::Stop;

    fn descend(lr: f64) -> Minimum {
        let optimizer = FirstOrder::new(Sgd, lr).unwrap();
        minimize_from(optimizer)
    }

    fn minimize_from(optimizer: FirstOrder<Sgd>) -> Minimum {
        let start = array![-5.0, -2.0];
        crate::minimize::minimize(Quadratic::new(&[0.2, 4.0]), &start, optimizer, Stop::iterations(40))
            .unwrap()
    }

    #[test]
    fn the_view_holds_start_and_minimum_and_cuts_off_what_diverges() {
        for lr in [0.02, 0.4, 0.51, 3.0] {
            let run = descend(lr);
            let [x, y] = view(&[("gradient descent", &run)], &[[0.0, 0.0]]);
            assert!(x.0 < -5.0 && x.1 > 0.0 && y.0 < -2.0 && y.1 > 0.0, "{lr}: {x:?} {y:?}");
            assert!(x.1 - x.0 < 12.0 && y.1 - y.0 < 8.0, "{lr}: {x:?} {y:?}");
        }
    }

    #[test]
    fn contour_lines_rise_and_are_within_the_values() {
        let drawn = contour(|a, b| (100.0 * (b - a * a).powi(2)) + a * a, (-2.0, 2.0), (-1.0, 3.0));
        let Layer::Contour { z, levels, .. } = drawn else { panic!("no contour") };
        assert_eq!(levels.len(), LEVELS);
        assert!(levels.windows(2).all(|pair| pair[0] < pair[1]));
        let below = |level: f64| z.iter().filter(|&&v| v < level).count() as f64 / z.len() as f64;
        assert!(below(levels[0]) < 0.01 && below(levels[LEVELS - 1]) > 0.8, "{levels:?}");
    }

    #[test]
    fn a_run_that_does_not_move_is_drawn_too() {
        let start = array![3.0, 2.0];
        let run = crate::minimize::minimize(
            Himmelblau,
            &start,
            FirstOrder::new(Sgd, 1e-9).unwrap(),
            Stop::iterations(1),
        )
        .unwrap();
        let figure = paths_on(Himmelblau, &[("gradient descent", &run)]);
        let (x, _) = figure.panels[0].axes.as_ref().unwrap();
        let (from, to) = x.range.unwrap();
        assert!(from < 3.0 && 3.0 < to && to - from < 3.0, "{from} {to}");
    }
}
