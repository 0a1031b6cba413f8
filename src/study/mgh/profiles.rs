//! Profiles: how many problems are solved within what cost.

use super::against_scipy::Pair;
use super::contenders::Order;
use super::{Entrant, NAMES};
use crate::figure::{Axis, Figure, Panel};

/// Ours in the first colour, SciPy's in the second.
const COLORS: [usize; 2] = [0, 1];

/// A staircase that rises by a share at each of the abscissae, from `from` to `to`.
fn staircase(mut at: Vec<f64>, of: usize, from: f64, to: f64) -> (Vec<f64>, Vec<f64>) {
    at.sort_by(f64::total_cmp);
    let share = |count: usize| count as f64 / of as f64;
    let already = at.partition_point(|&at| at <= from);
    let (mut x, mut y) = (vec![from], vec![share(already)]);
    for (count, at) in at.into_iter().enumerate().skip(already).take_while(|(_, at)| *at <= to) {
        x.extend([at, at]);
        y.extend([share(count), share(count + 1)]);
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

/// Moré & Wild's data profiles of all optimizers: the share of problems solved within a number of evaluations.
pub(super) fn data_profiles(entrants: &[Entrant]) -> Figure {
    let (from, to) = (5.0, 10_000.0);
    let panel = |(title, order): (&str, Order)| {
        let axes = (Axis::log("evaluations").range(from, to), Axis::linear("share solved").range(0.0, 1.02));
        let shown = entrants.iter().filter(|entrant| entrant.contender.order == order && entrant.contender.name != SAME_AS_BFGS);
        shown.enumerate().fold(Panel::new(title, axes.0, axes.1.higher_is_better()), |panel, (color, entrant)| {
            let costs = entrant.solved().map(|run| run.cost() as f64).collect();
            let (x, y) = staircase(costs, NAMES.len(), from, to);
            panel.line(entrant.contender.name, x, y, color)
        })
    };
    let caption = "Values, gradients and Hessians, or products with them, count one each, though a Hessian costs more than a gradient. \
                   Not drawn: cholesky-bfgs, which takes the steps of bfgs.";
    let figure = Figure::new("data_profiles", "What is solved within how many evaluations", caption);
    let kinds = [("from gradients", Order::First), ("from second derivatives or residuals", Order::Second)];
    kinds.into_iter().fold(figure, |figure, kind| figure.panel(panel(kind)))
}

/// Its line would hide that of the other form.
const SAME_AS_BFGS: &str = "cholesky-bfgs";
