//! The two ways of writing momentum: equal at a constant learning rate, different under a schedule.

use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel, optimizers};
use crate::findings::Findings;
use crate::minimize::{Minimum, minimize};
use crate::optimizer::first_order::{FirstOrder, Momentum};
use crate::problems::{Problem, Quadratic, Rosenbrock};
use crate::schedule::Schedule;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::array;

const CUT: usize = 25;
const STEPS: usize = 50;

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let constant = both(|| Box::new(Quadratic::new(&[1.0, 25.0])), 0.03, Schedule::Constant)?;
    let valley = both(|| Box::new(Rosenbrock::new(2)), 1e-4, Schedule::Constant)?;
    let apart = largest_difference(&constant).max(largest_difference(&valley));
    let sentence = "Both ways of writing momentum give the same iterates at a constant learning rate \
                    (largest difference, relative)";
    findings.claims.push(
        Claim::exact("forms-equal", "07", sentence, SLIDE)
            .reading(
                "the slide says so without the condition; we add that the learning rate \
                 is constant",
            )
            .measured(apart, Bound::AtMost(1e-12)),
    );

    let cut =
        both(|| Box::new(Quadratic::new(&[1.0, 25.0])), 0.03, Schedule::Step { every: CUT, factor: 0.1 })?;
    let [outside, inside] = &cut;
    let equals = |value, tolerance| Bound::Equals { value, tolerance };
    let sentence = "The two ways of writing momentum are equivalent (relative difference of f after 50 \
                    steps, learning rate cut by 10 at step 25)";
    let note = "They are equivalent only at a constant learning rate. With the rate inside the velocity, \
                the velocity still carries steps of the old rate after the cut.";
    findings.claims.extend([
        Claim::exact("forms-part", "07", sentence, SLIDE)
            .said()
            .measured((inside.value - outside.value).abs() / outside.value, Bound::AtMost(1e-12))
            .note(note),
        Claim::exact(
            "forms-part-outside",
            "07",
            "With the rate outside the velocity, f then ends at .0025",
            "gradus, closed form",
        )
        .ours()
        .measured(outside.value, equals(0.0025, 5e-5)),
        Claim::exact(
            "forms-part-inside",
            "07",
            "With the rate inside the velocity, f then ends at .179",
            "gradus, closed form",
        )
        .ours()
        .measured(inside.value, equals(0.179, 5e-4)),
    ]);
    let steps = || cut[0].trace.iteration.iter().map(|&k| k as f64).collect::<Vec<_>>();
    findings.tables.push(
        Table::new("forms", "f = ½(x² + 25y²) from (1, 1), lr .03 cut to .003 at step 25, ρ = .9")
            .integer("step", cut[0].trace.iteration.iter().map(|&k| k as i64))
            .float("rate_outside", outside.trace.value.clone())
            .float("rate_inside", inside.trace.value.clone())
            .float("constant_rate", constant[0].trace.value.clone()),
    );
    let places = optimizers(["momentum", "momentum"]);
    let panel = Panel::new("", Axis::linear("step"), Axis::log("f"))
        .line("learning rate outside the velocity", steps(), outside.trace.value.clone(), places[0])
        .line("learning rate inside the velocity", steps(), inside.trace.value.clone(), places[1])
        .with(Layer::VerticalMark { label: "learning rate cut by 10".into(), x: CUT as f64 });
    let caption = "Until the cut the two curves are the same. After it, the velocity that contains the old \
                   rate continues at the old speed.";
    findings.figures.push(
        Figure::new("forms", "Two ways of writing momentum, under a schedule", caption)
            .panel(panel)
            .columns(1),
    );
    Ok(())
}

fn both(problem: impl Fn() -> Box<dyn Problem>, lr: f64, schedule: Schedule) -> Result<[Minimum; 2]> {
    let run = |rule| -> Result<Minimum> {
        let optimizer = FirstOrder::new(rule, lr)?.schedule(schedule);
        minimize(problem(), &array![1.0, 1.0], optimizer, Stop::iterations(STEPS))
    };
    Ok([run(Momentum::new(0.9))?, run(Momentum::new(0.9).rate_inside())?])
}

/// Returns the largest difference in any coordinate at any step, relative to the largest coordinate.
fn largest_difference([a, b]: &[Minimum; 2]) -> f64 {
    let largest = a.trace.x.iter().flatten().fold(0.0f64, |m, x| m.max(x.abs()));
    let pairs = a.trace.x.iter().flatten().zip(b.trace.x.iter().flatten());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) / largest
}
