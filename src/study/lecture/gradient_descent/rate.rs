//! The rate of convergence on a quadratic for each learning rate, measured and in theory.

use super::sources::NESTEROV;
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::linalg::norm;
use crate::minimize::minimize;
use crate::optimizer::first_order::{FirstOrder, Sgd};
use crate::problems::Quadratic;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::Array1;

const EIGENVALUES: [f64; 3] = [0.01, 0.1, 1.0];
const KAPPAS: [f64; 4] = [2.0, 10.0, 100.0, 1000.0];

/// Returns max |1 − αλ|, the factor of the slowest eigenvalue.
fn theory(eigenvalues: &[f64], lr: f64) -> f64 {
    eigenvalues.iter().map(|l| (1.0 - lr * l).abs()).fold(0.0, f64::max)
}

/// Returns the factor by which the distance shrinks per step, over the second half of a run.
fn measured(eigenvalues: &[f64], lr: f64, steps: usize) -> Result<f64> {
    let start = Array1::ones(eigenvalues.len());
    let trace =
        minimize(Quadratic::new(eigenvalues), &start, FirstOrder::new(Sgd, lr)?, Stop::iterations(steps))?
            .trace;
    let distance = |k: usize| norm(&trace.x.iter().map(|column| column[k]).collect::<Array1<f64>>());
    let (from, to) = (trace.len() / 2, trace.len() - 1);
    Ok((distance(to) / distance(from)).powf(1.0 / (to - from) as f64))
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let best = |kappa: f64| 2.0 / (1.0 / kappa + 1.0);
    let rates =
        KAPPAS.iter().map(|&k| measured(&[1.0 / k, 1.0], best(k), 200)).collect::<Result<Vec<_>>>()?;
    let by_theory = KAPPAS.map(|k| (k - 1.0) / (k + 1.0));
    findings.tables.push(
        Table::new(
            "rates",
            "The rate at the best learning rate, 2/(λmin + λmax), for several condition numbers",
        )
        .float("condition_number", KAPPAS)
        .float("lr", KAPPAS.map(best))
        .float("measured", rates.clone())
        .float("theory", by_theory)
        .float("steps_for_a_digit", rates.iter().map(|r| -1.0 / r.log10()).collect::<Vec<_>>()),
    );
    let off = rates.iter().zip(by_theory).map(|(r, t)| (r - t).abs()).fold(0.0, f64::max);
    let sentence = "At the best learning rate the distance shrinks by (κ−1)/(κ+1) per step (largest \
                    deviation, κ from 2 to 1,000)";
    let number = measured(&EIGENVALUES, 1.980198, 800)?;
    findings.claims.extend([
        Claim::exact("gd-rate", "04", sentence, NESTEROV)
            .reading(
                "the theorem bounds the rate on all strongly convex functions; on \
                 quadratics we ask for equality",
            )
            .measured(off, Bound::AtMost(1e-9)),
        Claim::exact(
            "gd-rate-number",
            "04",
            "With eigenvalues .01, .1 and 1 the best rate is .980198, at a learning rate of 1.980198",
            NESTEROV,
        )
        .reading("the theorem bounds the rate; we put in three eigenvalues")
        .measured(number, Bound::Equals { value: 0.980198, tolerance: 1e-6 }),
    ]);
    findings.figures.push(figure()?);
    Ok(())
}

fn figure() -> Result<Figure> {
    let fine: Vec<f64> = (1..=220).map(|i| f64::from(i) * 0.01).collect();
    let coarse: Vec<f64> = (1..=22).map(|i| f64::from(i) * 0.1).collect();
    let lines: Vec<f64> = fine.iter().map(|&lr| theory(&EIGENVALUES, lr)).collect();
    let points = coarse.iter().map(|&lr| measured(&EIGENVALUES, lr, 600)).collect::<Result<Vec<_>>>()?;
    let panel = Panel::new(
        "",
        Axis::linear("learning rate"),
        Axis::linear("rate: factor per step").range(0.975, 1.015),
    )
    .theory("max |1 − lr·λ|", fine, lines)
    .with(Layer::Points { label: "measured".into(), x: coarse, y: points, color: 0 })
    .with(Layer::VerticalMark { label: "2/λmax".into(), x: 2.0 })
    .with(Layer::HorizontalMark { label: "no progress".into(), y: 1.0 });
    let caption = "Well below the limit, twice the learning rate halves the number of steps. The best \
                   learning rate is just below the largest one that works.";
    Ok(Figure::new("rate", "How fast gradient descent converges (eigenvalues .01, .1, 1)", caption)
        .panel(panel)
        .columns(1))
}
