//! The learning rate above which gradient descent diverges, found by bisection.

use super::sources::LIMIT;
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::findings::Findings;
use crate::minimize::minimize;
use crate::optimizer::first_order::{FirstOrder, Sgd};
use crate::problems::Quadratic;
use crate::rng;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::Array1;
use rand::RngExt;

/// A run converges if f is lower after this many steps than at the start.
const STEPS: usize = 20_000;
/// The number of halvings of the bracket.
const HALVINGS: usize = 20;

/// Whether gradient descent at `lr` ends below its start.
fn converges(eigenvalues: &[f64], lr: f64) -> Result<bool> {
    let start = Array1::ones(eigenvalues.len());
    let found =
        minimize(Quadratic::new(eigenvalues), &start, FirstOrder::new(Sgd, lr)?, Stop::iterations(STEPS))?;
    Ok(found.trace.value[found.trace.len() - 1] < found.trace.value[0])
}

/// Returns the largest learning rate that converges, with a relative error of a millionth. Bisects between a
/// rate that converges and one that does not.
fn threshold(eigenvalues: &[f64]) -> Result<f64> {
    let largest = eigenvalues.iter().fold(0.0f64, |a, &b| a.max(b));
    let (mut low, mut high) = (0.1 / largest, 10.0 / largest);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if converges(eigenvalues, middle)? { low = middle } else { high = middle }
    }
    Ok(0.5 * (low + high))
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    // Quadratics with ten eigenvalues each, spread over up to three decades.
    let mut stream = rng::stream(context.seed, "quadratics", 0);
    let quadratics: Vec<Vec<f64>> =
        (0..10).map(|i| (0..=i).map(|_| 10f64.powf(stream.random_range(-2.0..1.0))).collect()).collect();
    let largest: Vec<f64> = quadratics.iter().map(|q| q.iter().fold(0.0f64, |a, &b| a.max(b))).collect();
    let found = quadratics.iter().map(|q| threshold(q)).collect::<Result<Vec<_>>>()?;
    let ratios: Vec<f64> = found.iter().zip(&largest).map(|(lr, l)| lr * l / 2.0).collect();
    findings.tables.push(
        Table::new(
            "threshold",
            "The largest learning rate that converges on ten random quadratics, found by bisection, \
             compared with 2/λmax",
        )
        .integer("eigenvalues", quadratics.iter().map(|q| q.len() as i64))
        .float("largest", largest.clone())
        .float_within("measured", found, 1e-4, 0.0)
        .float("theory", largest.iter().map(|l| 2.0 / l).collect::<Vec<_>>()),
    );
    let worst = ratios
        .iter()
        .copied()
        .fold(1.0, |worst: f64, r| if (r - 1.0).abs() > (worst - 1.0).abs() { r } else { worst });
    let sentence = "On a quadratic, gradient descent converges exactly for learning rates below 2/λmax \
                    (measured threshold over theory, the worst of ten quadratics)";
    findings.claims.push(
        Claim::exact("lr-threshold", "04", sentence, LIMIT)
            .reading(
                "the book proves convergence below this rate; on quadratics we ask that \
                 it ends there",
            )
            .measured(worst, Bound::Equals { value: 1.0, tolerance: 1e-4 }),
    );
    Ok(())
}
