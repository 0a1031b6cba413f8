//! Three statements about momentum: a rate, an unrolled sum, and an equivalence.

use super::erratum::{Erratum, PlainTest};
use super::paths::{apart, path};
use crate::error::Result;
use crate::findings::Findings;
use crate::minimize::{Minimum, minimize};
use crate::optimizer::first_order::{FirstOrder, Momentum};
use crate::problems::Quadratic;
use crate::schedule::Schedule;
use crate::stop::Stop;
use crate::study::Context;
use ndarray::array;

const EIGENVALUES: [f64; 2] = [1.0, 25.0];

pub(super) fn run(_context: &Context, _findings: &mut Findings) -> Result<Vec<Erratum>> {
    Ok(vec![rate()?, unrolled()?, forms()?])
}

/// Measures the rate with complex roots, whose modulus is √β. With lr = 1 + β they are ±i√β, so two steps
/// shrink the distance by exactly β.
fn rate() -> Result<Erratum> {
    const BETA: f64 = 0.2;
    const STEPS: usize = 200;
    let optimizer = FirstOrder::new(Momentum::new(BETA), 1.0 + BETA)?;
    let run = minimize(Quadratic::new(&[1.0]), &array![1.0], optimizer, Stop::iterations(STEPS))?;
    let size = |k: usize| run.trace.x[0][k].hypot(run.trace.x[0][k - 1]);
    let (from, to) = (STEPS / 2, STEPS);
    let measured = (size(to) / size(from)).powf(1.0 / (to - from) as f64);
    let off = |stated: f64| (measured - stated).abs() / stated;
    Ok(Erratum {
        id: "complex-rate",
        mistake: "The rate of momentum with complex roots printed as 2√β; it is √β",
        seen_in: "Goh, Why Momentum Really Works, Distill 2017, section \"The Dynamics of Momentum\"",
        plain: PlainTest::new("momentum converges, as any rate below 1 says", run.value < 1e-12),
        check: "rate measured on a quadratic against the rate stated, relative",
        allowed: 0.01,
        right: off(BETA.sqrt()),
        wrong: off(2.0 * BETA.sqrt()),
    })
}

/// Evaluates xₖ₊₁ = x₀ − α Σᵢ (1 − βᵏ⁺¹⁻ⁱ)/(1 − β) ∇f(xᵢ) along the library's own path with either sign in
/// front of the sum.
fn unrolled() -> Result<Erratum> {
    const LR: f64 = 0.03;
    const BETA: f64 = 0.9;
    let run = minimize(
        Quadratic::new(&EIGENVALUES),
        &array![1.0, 1.0],
        FirstOrder::new(Momentum::new(BETA), LR)?,
        Stop::iterations(50),
    )?;
    let path = path(&run);
    let unrolled = |sign: f64| -> Vec<Vec<f64>> {
        let weight = |k: usize, i: usize| (1.0 - BETA.powi((k - i) as i32)) / (1.0 - BETA);
        let coordinate = |k: usize, c: usize| {
            let sum: f64 = (0..k).map(|i| weight(k, i) * EIGENVALUES[c] * path[i][c]).sum();
            path[0][c] + sign * LR * sum
        };
        (0..path.len()).map(|k| vec![coordinate(k, 0), coordinate(k, 1)]).collect()
    };
    Ok(Erratum {
        id: "unrolled-sign",
        mistake: "Momentum unrolled into a sum of gradients with a plus before it; it is a minus",
        seen_in: "Goh, Why Momentum Really Works, Distill 2017, section \"Adventures in Algorithmic Space\"",
        plain: None,
        check: "largest distance of the formula from the path, relative",
        allowed: 1e-9,
        right: apart(&unrolled(-1.0), &path),
        wrong: apart(&unrolled(1.0), &path),
    })
}

/// Compares both ways of writing momentum, at a constant rate and with the rate cut.
fn forms() -> Result<Erratum> {
    let both = |schedule: Schedule| -> Result<[Minimum; 2]> {
        let run = |rule| -> Result<Minimum> {
            let optimizer = FirstOrder::new(rule, 0.03)?.schedule(schedule);
            minimize(Quadratic::new(&EIGENVALUES), &array![1.0, 1.0], optimizer, Stop::iterations(50))
        };
        Ok([run(Momentum::new(0.9))?, run(Momentum::new(0.9).rate_inside())?])
    };
    let (constant, cut) = (both(Schedule::Constant)?, both(Schedule::Step { every: 25, factor: 0.1 })?);
    let [outside, inside] = &cut;
    let fall = |run: &Minimum| run.value < run.trace.value[0] / 50.0;
    Ok(Erratum {
        id: "forms",
        mistake: "The two ways of writing momentum called equivalent, without \"at a constant learning \
                  rate\"",
        seen_in: "Johnson, EECS 498-007, lecture 4, 2019, slide \"SGD + Momentum\"",
        plain: PlainTest::new(
            "f falls below a fiftieth of its start in both forms",
            fall(outside) && fall(inside),
        ),
        check: "largest distance between the two paths, relative",
        allowed: 1e-9,
        right: apart(&path(&constant[1]), &path(&constant[0])),
        wrong: apart(&path(inside), &path(outside)),
    })
}
