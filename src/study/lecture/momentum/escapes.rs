//! The obstacles that momentum passes: a shallow minimum and a plateau.

use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel};
use crate::findings::Findings;
use crate::minimize::{Minimum, minimize};
use crate::objective::Objective;
use crate::optimizer::first_order::{FirstOrder, Momentum};
use crate::problems::{Plateau, Problem, TwoBasins};
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::array;

const BASIN_LR: f64 = 0.05;
const PLATEAU_LR: f64 = 0.5;
const RHO: f64 = 0.9;

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let basin = [basin(0.0)?, basin(RHO)?];
    let plateau = [plateau(0.0)?, plateau(RHO)?];
    let facts = TwoBasins.facts();
    let deep = facts.minima[0].0[0];
    let names = || ["gradient descent", "momentum"];
    findings.tables.push(
        Table::new(
            "escapes",
            "Ends of the runs: from −3 across the shallow minimum, and from 8 down the plateau to f ≤ .01",
        )
        .text("optimizer", names())
        .float("basin_x", basin.each_ref().map(|r| r.x[0]))
        .float("basin_f", basin.each_ref().map(|r| r.value))
        .integer("plateau_steps", plateau.each_ref().map(|r| r.iterations as i64)),
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
    ]);
    findings.figures.push(figure(&basin, &plateau));
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

fn figure(basin: &[Minimum; 2], plateau: &[Minimum; 2]) -> Figure {
    let x: Vec<f64> = (0..=240).map(|i| -4.0 + f64::from(i) * 0.03).collect();
    let f: Vec<f64> = x.iter().map(|&x| TwoBasins.value(&array![x])).collect();
    let panel = Panel::new("two basins, lr = .05", Axis::linear("x"), Axis::linear("f(x)").range(-2.0, 5.0))
        .theory("f", x, f);
    let panel = panel
        .path("gradient descent", basin[0].trace.x[0][..60].to_vec(), basin[0].trace.value[..60].to_vec(), 0)
        .path("momentum .9", basin[1].trace.x[0][..60].to_vec(), basin[1].trace.value[..60].to_vec(), 1);
    let steps = |run: &Minimum| run.trace.iteration[1..].iter().map(|&k| k as f64).collect::<Vec<_>>();
    let flat = Panel::new("a plateau, lr = .5", Axis::log("step"), Axis::linear("f(x)").lower_is_better())
        .line("gradient descent", steps(&plateau[0]), plateau[0].trace.value[1..].to_vec(), 0)
        .line("momentum .9", steps(&plateau[1]), plateau[1].trace.value[1..].to_vec(), 1);
    let caption = "The velocity carries the iterate over a barrier where the gradient alone turns back, and \
                   adds up the small gradients of a plateau.";
    Figure::new("escapes", "The obstacles that momentum passes", caption).panel(panel).panel(flat)
}
