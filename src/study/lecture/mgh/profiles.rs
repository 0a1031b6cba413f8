//! Profiles: how many problems are solved at which cost.

use super::contenders::Order;
use super::entrant::Entrant;
use super::scipy_pair::ScipyPair;
use crate::compare::profiles::{performance_ratios, staircase};
use crate::figure::{Axis, Figure, Panel, optimizer};
use crate::problems::more_garbow_hillstrom::NAMES;

/// The colours of gradus and of SciPy.
const COLORS: [usize; 2] = [0, 1];

/// Draws Dolan & Moré's performance profiles of each pair: the share of problems solved at no more than τ
/// times the lower cost.
pub(super) fn performance_profiles(pairs: &[ScipyPair]) -> Figure {
    const LARGEST: f64 = 10.0;
    let panel = |pair: &ScipyPair| {
        let ratios = performance_ratios(&[pair.our_costs.clone(), pair.their_costs.clone()]);
        let axes = (
            Axis::log("τ (evaluations over the lower of the two)").range(1.0, LARGEST),
            Axis::linear("share solved").range(0.0, 1.02),
        );
        let panel =
            Panel::new(format!("{} and {}", pair.ours, pair.theirs), axes.0, axes.1.higher_is_better());
        let sides = [format!("gradus {}", pair.ours), format!("SciPy {}", pair.theirs)];
        sides.into_iter().zip(ratios).zip(COLORS).fold(panel, |panel, ((label, ratios), color)| {
            let (x, y) = staircase(ratios, NAMES.len(), 1.0, LARGEST);
            panel.line(label, x, y, color)
        })
    };
    let caption = "At τ = 1: the share of problems on which the optimizer was the cheaper of the two. On \
                   the right: the share that it solves at all. The higher line is better.";
    let figure = Figure::new("performance_profiles", "Performance profiles on the 35 problems", caption);
    pairs.iter().fold(figure, |figure, pair| figure.panel(panel(pair)))
}

/// Draws Moré & Wild's data profiles of all optimizers: the share of problems solved within a number of
/// evaluations.
pub(super) fn data_profiles(entrants: &[Entrant]) -> Figure {
    let (from, to) = (5.0, 10_000.0);
    let panel = |(title, order): (&str, Order)| {
        let axes = (Axis::log("evaluations").range(from, to), Axis::linear("share solved").range(0.0, 1.02));
        let shown = entrants
            .iter()
            .filter(|entrant| entrant.contender.order == order && entrant.contender.name != SAME_AS_BFGS);
        shown.fold(Panel::new(title, axes.0, axes.1.higher_is_better()), |panel, entrant| {
            let costs = entrant.solved().map(|run| run.cost() as f64).collect();
            let (x, y) = staircase(costs, NAMES.len(), from, to);
            panel.line(entrant.contender.name, x, y, optimizer(entrant.contender.name))
        })
    };
    let caption = "Values, gradients and Hessians (or products with them) count one each, although a \
                   Hessian costs more than a gradient. Not drawn: cholesky-bfgs, which takes the same steps \
                   as bfgs.";
    let figure =
        Figure::new("data_profiles", "Share of problems solved within a number of evaluations", caption);
    let kinds = [("from gradients", Order::First), ("from second derivatives or residuals", Order::Second)];
    kinds.into_iter().fold(figure, |figure, kind| figure.panel(panel(kind)))
}

/// Not drawn, since its line would hide that of bfgs.
const SAME_AS_BFGS: &str = "cholesky-bfgs";
