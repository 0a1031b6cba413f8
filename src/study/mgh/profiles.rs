//! Profiles: how many problems are solved within what cost.

use super::against_scipy::Pair;
use super::{Entrant, NAMES};
use crate::figure::{Axis, Figure, Panel};

/// Ours in the first colour, SciPy's in the second.
const COLORS: [usize; 2] = [0, 1];

/// A staircase that rises by a share at each of the sorted abscissae, from `from` to `to`.
fn staircase(mut at: Vec<f64>, of: usize, from: f64, to: f64) -> (Vec<f64>, Vec<f64>) {
    at.sort_by(f64::total_cmp);
    let (mut x, mut y) = (vec![from], vec![0.0]);
    for (count, at) in at.into_iter().filter(|at| *at <= to).enumerate() {
        x.extend([at, at]);
        y.extend([count as f64 / of as f64, (count + 1) as f64 / of as f64]);
    }
    x.push(to);
    y.push(y[y.len() - 1]);
    (x, y)
}

/// Dolan & Moré's performance profiles of each pair: the share of problems solved at no more than τ times the lesser cost.
pub(super) fn performance_profiles(pairs: &[Pair]) -> Figure {
    const LARGEST: f64 = 10.0;
    let panel = |pair: &Pair| {
        let ratios = |costs: &[Option<f64>]| {
            let best =
                pair.our_costs.iter().zip(&pair.their_costs).map(|(a, b)| a.unwrap_or(f64::INFINITY).min(b.unwrap_or(f64::INFINITY)));
            costs.iter().zip(best).filter_map(|(cost, best)| Some((*cost)? / best)).collect::<Vec<_>>()
        };
        let axes =
            (Axis::log("τ (evaluations over the lesser of the two)").range(1.0, LARGEST), Axis::linear("share solved").range(0.0, 1.02));
        let panel = Panel::new(format!("{} and {}", pair.ours, pair.theirs), axes.0, axes.1.higher_is_better());
        let sides = [(format!("gradus {}", pair.ours), &pair.our_costs), (format!("SciPy {}", pair.theirs), &pair.their_costs)];
        sides.into_iter().zip(COLORS).fold(panel, |panel, ((label, costs), color)| {
            let (x, y) = staircase(ratios(costs), NAMES.len(), 1.0, LARGEST);
            panel.line(label, x, y, color)
        })
    };
    let caption = "At τ = 1: where it was the cheaper of the two. To the right: what it solves at all. The higher line is better.";
    let figure = Figure::new("performance_profiles", "Performance profiles on the 35 problems", caption);
    pairs.iter().fold(figure, |figure, pair| figure.panel(panel(pair)))
}

/// Moré & Wild's data profile of all optimizers: the share of problems solved within a number of evaluations.
pub(super) fn data_profile(entrants: &[Entrant]) -> Figure {
    let (from, to) = (1.0, 10_000.0);
    let axes = (
        Axis::log("evaluations (values + gradients + Hessians or products)").range(from, to),
        Axis::linear("share solved").range(0.0, 1.02),
    );
    let panel = entrants.iter().enumerate().fold(Panel::new("", axes.0, axes.1.higher_is_better()), |panel, (color, entrant)| {
        let costs = entrant.solved().map(|run| run.cost() as f64).collect();
        let (x, y) = staircase(costs, NAMES.len(), from, to);
        panel.line(entrant.contender.name, x, y, color)
    });
    let caption = "Optimizers that see second derivatives need fewer evaluations, each of which costs more.";
    Figure::new("data_profile", "What is solved within how many evaluations", caption).panel(panel).columns(1).aspect(1.7)
}
