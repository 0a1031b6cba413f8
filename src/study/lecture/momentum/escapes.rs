//! The obstacles that momentum passes: a shallow minimum, a plateau and a saddle point.

use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel, optimizer};
use crate::findings::Findings;
use crate::minimize::{Minimum, minimize};
use crate::objective::Objective;
use crate::optimizer::first_order::{FirstOrder, Momentum};
use crate::problems::{Plateau, Problem, Saddle, TwoBasins};
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::array;

const BASIN_LR: f64 = 0.05;
const PLATEAU_LR: f64 = 0.5;
const SADDLE_LR: f64 = 0.1;
const RHO: f64 = 0.9;
/// A run has left the saddle point when it is this far from the ridge.
const LEFT: f64 = 0.5;

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let basin = [basin(0.0)?, basin(RHO)?];
    let plateau = [plateau(0.0)?, plateau(RHO)?];
    let saddle = [saddle(0.0)?, saddle(RHO)?];
    let facts = TwoBasins.facts();
    let deep = facts.minima[0].0[0];
    let names = || ["gradient descent", "momentum"];
    findings.tables.push(
        Table::new(
            "escapes",
            "Ends of the runs: from −3 across the shallow minimum, from 8 down the plateau to f ≤ .01, and \
             from (1, .001) away from the saddle point to a distance of .5 from the ridge",
        )
        .text("optimizer", names())
        .float("basin_x", basin.each_ref().map(|r| r.x[0]))
        .float("basin_f", basin.each_ref().map(|r| r.value))
        .integer("plateau_steps", plateau.each_ref().map(|r| r.iterations as i64))
        .integer("saddle_steps", saddle.each_ref().map(|r| steps_to_leave(r) as i64)),
    );
    findings.claims.extend([
        Claim::exact(
            "gd-stuck-shallow",
            "07",
            "Gradient descent ends in the shallow minimum in front of the deep one (distance from it)",
            "slide \"Problems with SGD\"",
        )
        .reading("the slide says that gradient descent gets stuck in a local minimum; we chose the function")
        .measured((basin[0].x[0] - facts.minima[1].0[0]).abs(), Bound::AtMost(1e-6)),
        Claim::exact(
            "momentum-escapes",
            "07",
            "Momentum passes the shallow minimum and ends in the deep one (distance from it)",
            SLIDE,
        )
        .reading("the slide draws a local minimum without words; we chose one function")
        .measured((basin[1].x[0] - deep).abs(), Bound::AtMost(1e-6)),
        Claim::exact(
            "momentum-leaves-plateau",
            "07",
            "Momentum with ρ = .9 leaves a plateau in at most a fifth of the steps of gradient descent \
             (ratio)",
            SLIDE,
        )
        .reading(
            "the slide draws a saddle point without words; we chose a plateau and the \
                 factor",
        )
        .measured(plateau[1].iterations as f64 / plateau[0].iterations as f64, Bound::AtMost(0.2)),
        Claim::exact(
            "momentum-leaves-saddle",
            "07",
            "Momentum with ρ = .9 leaves a saddle point in at most half of the steps of gradient descent \
             (ratio)",
            SLIDE,
        )
        .reading(
            "the slide draws a saddle point without words; we chose the function, the start and the factor",
        )
        .measured(steps_to_leave(&saddle[1]) as f64 / steps_to_leave(&saddle[0]) as f64, Bound::AtMost(0.5)),
    ]);
    findings.figures.push(figure(&basin, &plateau, &saddle));
    Ok(())
}

fn basin(rho: f64) -> Result<Minimum> {
    minimize(TwoBasins, &array![-3.0], FirstOrder::new(Momentum::new(rho), BASIN_LR)?, Stop::iterations(1000))
}

fn plateau(rho: f64) -> Result<Minimum> {
    minimize(
        Plateau,
        &array![8.0],
        FirstOrder::new(Momentum::new(rho), PLATEAU_LR)?,
        Stop::iterations(10_000).target(0.01),
    )
}

/// Runs from beside the ridge of ½x² − ½y² + ¼y⁴.
fn saddle(rho: f64) -> Result<Minimum> {
    let optimizer = FirstOrder::new(Momentum::new(rho), SADDLE_LR)?;
    minimize(Saddle, &array![1.0, 1e-3], optimizer, Stop::iterations(150))
}

/// Returns the number of steps after which a run has left the saddle point.
fn steps_to_leave(run: &Minimum) -> usize {
    run.trace.x[1].iter().position(|y| y.abs() >= LEFT).unwrap_or(run.iterations)
}

fn figure(basin: &[Minimum; 2], plateau: &[Minimum; 2], saddle: &[Minimum; 2]) -> Figure {
    let (descent, momentum) = (optimizer("sgd"), optimizer("momentum"));
    let x: Vec<f64> = (0..=240).map(|i| -4.0 + f64::from(i) * 0.03).collect();
    let f: Vec<f64> = x.iter().map(|&x| TwoBasins.value(&array![x])).collect();
    let panel = Panel::new("two basins, lr = .05", Axis::linear("x"), Axis::linear("f(x)").range(-2.0, 5.0))
        .theory("f", x, f);
    let panel = panel
        .path(
            "gradient descent",
            basin[0].trace.x[0][..60].to_vec(),
            basin[0].trace.value[..60].to_vec(),
            descent,
        )
        .path(
            "momentum .9",
            basin[1].trace.x[0][..60].to_vec(),
            basin[1].trace.value[..60].to_vec(),
            momentum,
        );
    let steps = |run: &Minimum| run.trace.iteration[1..].iter().map(|&k| k as f64).collect::<Vec<_>>();
    let flat = Panel::new("a plateau, lr = .5", Axis::log("step"), Axis::linear("f(x)").lower_is_better())
        .line("gradient descent", steps(&plateau[0]), plateau[0].trace.value[1..].to_vec(), descent)
        .line("momentum .9", steps(&plateau[1]), plateau[1].trace.value[1..].to_vec(), momentum);
    let every = |run: &Minimum| run.trace.iteration.iter().map(|&k| k as f64).collect::<Vec<_>>();
    let beside =
        Panel::new("beside a saddle, lr = .1", Axis::linear("step"), Axis::linear("y (minima at ±1)"))
            .line("gradient descent", every(&saddle[0]), saddle[0].trace.x[1].clone(), descent)
            .line("momentum .9", every(&saddle[1]), saddle[1].trace.x[1].clone(), momentum);
    let caption = "The velocity carries the iterate over a barrier where the gradient alone turns back, adds \
                   up the small gradients of a plateau, and leaves a saddle sooner.";
    Figure::new("escapes", "The obstacles that momentum passes", caption)
        .panel(panel)
        .panel(flat)
        .panel(beside)
}
