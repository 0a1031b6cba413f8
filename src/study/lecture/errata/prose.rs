//! Numbers in prose: whether they can still be reproduced, and whether a change would be noticed.

use super::erratum::{Erratum, PlainTest};
use crate::error::Result;
use crate::findings::Findings;
use crate::minimize::minimize;
use crate::optimizer::first_order::{AdaGrad, AnyRule, Epsilon, FirstOrder, Momentum, RmsProp, Sgd};
use crate::problems::Quadratic;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::Array1;

/// A worked example of *Dive into Deep Learning*, chapter 12, with the coordinates that its text prints to
/// six places.
struct PrintedExample {
    what: &'static str,
    rule: AnyRule,
    lr: f64,
    eigenvalues: &'static [f64],
    start: &'static [f64],
    steps: usize,
    ends: &'static [f64],
}

/// Returns a worked example on f = .1x² + 2y² from (−5, −2), 20 steps.
fn in_the_ravine(what: &'static str, rule: AnyRule, lr: f64, ends: &'static [f64]) -> PrintedExample {
    PrintedExample { what, rule, lr, eigenvalues: &[0.2, 4.0], start: &[-5.0, -2.0], steps: 20, ends }
}

/// Returns a worked example on f = x² from 10, 10 steps.
fn on_the_parabola(what: &'static str, lr: f64, ends: &'static [f64]) -> PrintedExample {
    PrintedExample { what, rule: AnyRule::new(Sgd), lr, eigenvalues: &[2.0], start: &[10.0], steps: 10, ends }
}

fn printed(rmsprop: RmsProp) -> Vec<PrintedExample> {
    let adagrad = AdaGrad { eps: 1e-6, eps_at: Epsilon::Inside, ..AdaGrad::default() };
    vec![
        on_the_parabola("gradient descent, lr .2", 0.2, &[0.060466]),
        on_the_parabola("gradient descent, lr .05", 0.05, &[3.486784]),
        on_the_parabola("gradient descent, lr 1.1", 1.1, &[61.917364]),
        in_the_ravine("gradient descent, lr .4", AnyRule::new(Sgd), 0.4, &[-0.943467, -0.000073]),
        in_the_ravine("gradient descent, lr .6", AnyRule::new(Sgd), 0.6, &[-0.387814, -1673.365109]),
        in_the_ravine("momentum .5, lr .6", AnyRule::new(Momentum::new(0.5)), 0.6, &[0.007188, 0.002553]),
        in_the_ravine("momentum .25, lr .6", AnyRule::new(Momentum::new(0.25)), 0.6, &[-0.126340, -0.186632]),
        in_the_ravine("AdaGrad, lr .4", AnyRule::new(adagrad), 0.4, &[-2.382563, -0.158591]),
        in_the_ravine("RMSProp, lr .4", AnyRule::new(rmsprop), 0.4, &[-0.010599, 0.0]),
    ]
}

/// Returns the end point of the run with the present library.
fn ends(printed: &PrintedExample) -> Result<Vec<f64>> {
    let problem = Quadratic::new(printed.eigenvalues);
    let start = Array1::from(printed.start.to_vec());
    Ok(minimize(
        problem,
        &start,
        FirstOrder::new(printed.rule.clone(), printed.lr)?,
        Stop::iterations(printed.steps),
    )?
    .x
    .to_vec())
}

/// Returns the largest deviation in units of the sixth place. Rounding alone makes it at most one half.
fn off(printed: &PrintedExample) -> Result<f64> {
    Ok(ends(printed)?
        .iter()
        .zip(printed.ends)
        .map(|(now, then)| (now - then).abs() * 1e6)
        .fold(0.0, f64::max))
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<Vec<Erratum>> {
    let book = RmsProp { decay: 0.9, eps: 1e-6, eps_at: Epsilon::Inside, ..RmsProp::default() };
    // The code in the textbook uses the default of its library, and the text does not change with it.
    let changed = RmsProp { decay: RmsProp::default().decay, ..book };
    let all = printed(book);
    let places = |printed: &[PrintedExample]| printed.iter().map(off).collect::<Result<Vec<f64>>>();
    let (still, rotten) = (places(&all)?, places(&printed(changed))?);
    let text = |numbers: &[f64]| numbers.iter().map(|n| format!("{n:.6}")).collect::<Vec<_>>().join(", ");
    let now = all.iter().map(|p| Ok(text(&ends(p)?))).collect::<Result<Vec<_>>>()?;
    findings.tables.push(
        Table::new(
            "printed",
            "Worked examples of Dive into Deep Learning, chapter 12, computed again; units of the sixth \
             place, of which half is rounding",
        )
        .text("run", all.iter().map(|p| p.what))
        .text("printed", all.iter().map(|p| text(p.ends)))
        .text("now", now)
        .float_within("off_by", still.clone(), 1e-3, 0.01)
        .float_within("after_a_default_changed", rotten.clone(), 1e-3, 0.01),
    );
    let largest = |of: &[f64]| of.iter().copied().fold(0.0, f64::max);
    let last = &printed(changed)[all.len() - 1];
    let near = ends(last)?.iter().zip(last.start).all(|(x, start)| x.abs() < start.abs() / 2.0);
    Ok(vec![Erratum {
        id: "prose",
        mistake: "Numbers in prose that no longer match, since a default under them has changed",
        seen_in: "nowhere: constructed here, with the worked runs of Dive into Deep Learning, chapter 12",
        plain: PlainTest::new("the run comes within half of its first distance", near),
        check: "every printed number computed again, largest deviation in units of its last place",
        allowed: 0.5 + 1e-6,
        right: largest(&still),
        wrong: largest(&rotten),
    }])
}
