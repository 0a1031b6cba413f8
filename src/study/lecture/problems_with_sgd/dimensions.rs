//! Why saddle points outnumber minima in many dimensions: a random symmetric matrix is hardly ever positive
//! definite.

use crate::claim::{Bound, Claim};
use crate::compare::{replicates, statistics};
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::rng::{self, Stream};
use crate::study::Context;
use crate::table::Table;
use rand::RngExt;
use rand_distr::StandardNormal;

const MOST: usize = 6;
const SOURCE: &str = "Dauphin et al. 2014";

/// Returns the probability that a matrix of the Gaussian orthogonal ensemble is positive definite, for n = 1,
/// 2, 3.
fn known() -> [f64; 3] {
    let (root, pi) = (std::f64::consts::SQRT_2, std::f64::consts::PI);
    [0.5, (2.0 - root) / 4.0, (pi - 2.0 * root) / (4.0 * pi)]
}

/// Whether a random symmetric n × n matrix is positive definite, tested by elimination, whose pivots are then
/// all positive. Diagonal entries have twice the variance of the others, so that the distribution does not
/// depend on the choice of axes.
fn positive_definite(stream: &mut Stream, n: usize) -> bool {
    let mut a = [0.0f64; MOST * MOST];
    let at = |i: usize, j: usize| i * n + j;
    for i in 0..n {
        for j in 0..=i {
            let z: f64 = stream.sample(StandardNormal);
            a[at(i, j)] = if i == j { std::f64::consts::SQRT_2 * z } else { z };
            a[at(j, i)] = a[at(i, j)];
        }
    }
    for k in 0..n {
        if a[at(k, k)] <= 0.0 {
            return false;
        }
        for i in k + 1..n {
            let factor = a[at(i, k)] / a[at(k, k)];
            for j in k + 1..n {
                a[at(i, j)] -= factor * a[at(k, j)];
            }
        }
    }
    true
}

pub(super) fn run(context: &Context, findings: &mut Findings) {
    let (seeds, matrices) = (10, context.choose(400_000, 20_000));
    let shares: Vec<Vec<f64>> = replicates(seeds, context.progress, "random Hessians", |replicate| {
        let mut stream = rng::stream(context.seed, "random Hessians", replicate);
        let mut share = |n: usize| {
            (0..matrices).filter(|_| positive_definite(&mut stream, n)).count() as f64 / matrices as f64
        };
        (1..=MOST).map(&mut share).collect()
    });
    let of = |n: usize| statistics::mean(&shares.iter().map(|s| s[n - 1]).collect::<Vec<_>>());
    let sizes: Vec<f64> = (1..=MOST).map(|n| n as f64).collect();
    let means: Vec<f64> = (1..=MOST).map(|n| of(n).value).collect();
    let theory: Vec<f64> = (0..MOST).map(|i| known().get(i).copied().unwrap_or(f64::NAN)).collect();
    findings.tables.push(
        Table::new(
            "hessians",
            "Share of random symmetric n × n matrices that are positive definite. If Hessians were random, \
             this would be the share of critical points that are minima",
        )
        .integer("n", (1..=MOST).map(|n| n as i64))
        .float_within("share", means.clone(), 0.1, 2e-5)
        .float("theory", theory),
    );
    let ratios: Vec<f64> = shares.iter().map(|s| s[2] / known()[2]).collect();
    let third = statistics::mean(&ratios);
    let drop: Vec<f64> = shares.iter().map(|s| s[3] / s[0]).collect();
    let drop = statistics::mean(&drop);
    findings.claims.extend([
        Claim::statistical(
            "minima-rare",
            "06",
            "If Hessians were random, minima would be at least 100 times rarer among critical points in \
             four dimensions than in one (ratio of shares)",
            SOURCE,
        )
        .reading(
            "they argue with random matrices that minima are rare among the critical \
                 points of many dimensions; we chose the ensemble, four dimensions and \
                 the factor",
        )
        .measured_within(drop.value, drop.interval, Bound::AtMost(0.01)),
        Claim::statistical(
            "minima-rare-theory",
            "06",
            "Of random symmetric 3 × 3 matrices a share of (π − 2√2)/4π is positive definite (measured over \
             theory)",
            "Dean & Majumdar 2006; gradus, closed form",
        )
        .ours()
        .measured_within(third.value, third.interval, Bound::Equals { value: 1.0, tolerance: 0.02 }),
    ]);
    let independent: Vec<f64> = sizes.iter().map(|n| (-n).exp2()).collect();
    let panel =
        Panel::new("", Axis::linear("dimension n"), Axis::log("share of critical points that are minima"))
            .theory("theory (n ≤ 3)", sizes[..3].to_vec(), known().to_vec())
            .line("independent signs, 2⁻ⁿ", sizes.clone(), independent, 3)
            .with(Layer::Points { label: "random symmetric matrices".into(), x: sizes, y: means, color: 0 });
    let caption = "At a minimum all curvatures must be positive. If their signs were independent, the \
                   share of minima would be 2⁻ⁿ. It falls faster, because the eigenvalues of a random \
                   symmetric matrix repel each other: they spread to both sides of zero. The Hessians of a \
                   real loss are not random.";
    findings
        .figures
        .push(Figure::new("hessians", "Minima are rare in many dimensions", caption).panel(panel).columns(1));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_by_two_matrices_are_positive_definite_as_often_as_theory_says() {
        let mut stream = rng::stream(1, "test", 0);
        let share = (0..100_000).filter(|_| positive_definite(&mut stream, 2)).count() as f64 / 1e5;
        assert!((share - known()[1]).abs() < 0.004, "{share}");
    }
}
