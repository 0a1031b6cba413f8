//! How the rules are related: Shampoo of one gradient is its orthogonal factor, Newton–Schulz iterations come
//! near that, and Shampoo in its own eigenvectors is Adafactor.

use super::sources::{BERNSTEIN, MUON, NOTEBOOK, SOAP};
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::linalg::Decomposition;
use crate::optimizer::first_order::Muon;
use crate::rng;
use crate::study::Context;
use crate::table::Table;
use ndarray::{Array1, Array2, Axis as Along};

/// The sides of the random gradients.
const ROWS: usize = 24;
const COLUMNS: usize = 16;
/// The number of gradients over which second moments are averaged.
const GRADIENTS: u64 = 100;
/// Singular values from here to 1, the norm, are looked at.
const SMALLEST: f64 = 0.01;

/// The eigenvalues of a symmetric matrix, and its eigenvectors as columns.
struct Eigen {
    values: Array1<f64>,
    vectors: Array2<f64>,
}

impl Eigen {
    fn of(matrix: &Array2<f64>) -> Self {
        let order = matrix.nrows();
        let entries: Vec<f64> = matrix.iter().copied().collect();
        let mut work = Decomposition::new(order);
        let (values, vectors) = work.eigen(&entries).expect("the entries are finite");
        let rows = Array2::from_shape_fn((order, order), |(i, j)| vectors[i * order + j]);
        Eigen { values: Array1::from(values.to_vec()), vectors: rows.reversed_axes() }
    }

    /// Returns the matrix to a power.
    fn power(&self, exponent: f64) -> Array2<f64> {
        (&self.vectors * &self.values.mapv(|value| value.powf(exponent))).dot(&self.vectors.t())
    }
}

fn gradient(seed: u64, number: u64, rows: usize, columns: usize) -> Array2<f64> {
    let mut stream = rng::stream(seed, "random gradients", number);
    let entries = rng::normal::<f64>(&mut stream, rows * columns, 1.0);
    // Rows and columns of different sizes: the second moments are far from a multiple of the identity.
    let size = |place: usize, count: usize| 10f64.powf(place as f64 / (count - 1) as f64);
    Array2::from_shape_fn((rows, columns), |(i, j)| {
        entries[i * columns + j] * size(i, rows) * size(j, columns)
    })
}

fn largest_difference(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    findings.claims.push(
        Claim::exact(
            "after-shampoo-orthogonal",
            NOTEBOOK,
            "Shampoo of a single gradient G = USVᵀ without running means is its orthogonal factor UVᵀ, \
             toward which Muon's iterations go (largest difference of an entry, and of XᵀX from the \
             identity)",
            BERNSTEIN,
        )
        .said()
        .measured(orthogonal_factor(context.seed), Bound::AtMost(1e-10)),
    );
    findings.claims.push(
        Claim::exact(
            "after-shampoo-is-adafactor",
            NOTEBOOK,
            "With roots of order 2, Shampoo's step is that of Adafactor in the eigenvectors of Shampoo's \
             matrices (largest relative difference of an entry)",
            SOAP,
        )
        .said()
        .measured(adafactor_in_the_eigenbasis(context.seed), Bound::AtMost(1e-10))
        .note(
            "Their claim 1, for second moments averaged over the same hundred gradients. Shampoo's step is \
             (tr L)^½ L^(−½) G R^(−½) there. SOAP keeps the eigenvectors and puts Adam in the place of \
             Adafactor.",
        ),
    );
    newton_schulz(findings);
    Ok(())
}

/// Returns how far L^(−1/4) G R^(−1/4) with L = GGᵀ and R = GᵀG is from G(GᵀG)^(−1/2) = UVᵀ, and its product
/// with its transpose from the identity.
fn orthogonal_factor(seed: u64) -> f64 {
    let g = gradient(seed, 0, COLUMNS, COLUMNS);
    let (left, right) = (Eigen::of(&g.dot(&g.t())), Eigen::of(&g.t().dot(&g)));
    let shampoo = left.power(-0.25).dot(&g).dot(&right.power(-0.25));
    let factor = g.dot(&right.power(-0.5));
    let product = shampoo.t().dot(&shampoo);
    largest_difference(&shampoo, &factor).max(largest_difference(&product, &Array2::eye(COLUMNS)))
}

/// Returns the largest relative difference between Shampoo's step with square roots and that of Adafactor in
/// the eigenvectors of L and R, which are averages over the same gradients.
fn adafactor_in_the_eigenbasis(seed: u64) -> f64 {
    let gradients: Vec<Array2<f64>> = (0..GRADIENTS).map(|k| gradient(seed, k, ROWS, COLUMNS)).collect();
    let average = |of: &dyn Fn(&Array2<f64>) -> Array2<f64>| {
        let sum = gradients.iter().map(of).reduce(|a, b| a + b).expect("there are gradients");
        sum / gradients.len() as f64
    };
    let (l, r) = (average(&|g| g.dot(&g.t())), average(&|g| g.t().dot(g)));
    let (left, right) = (Eigen::of(&l), Eigen::of(&r));
    let g = &gradients[0];
    let shampoo = l.diag().sum().sqrt() * left.power(-0.5).dot(g).dot(&right.power(-0.5));
    let rotated = |g: &Array2<f64>| left.vectors.t().dot(g).dot(&right.vectors);
    let squares = average(&|g| rotated(g).mapv(|v| v * v));
    let (of_rows, of_columns) = (squares.sum_axis(Along(1)), squares.sum_axis(Along(0)));
    let total = squares.sum();
    let turned = rotated(g);
    let adafactor = Array2::from_shape_fn(turned.dim(), |(i, j)| {
        turned[(i, j)] / (of_rows[i] * of_columns[j] / total).sqrt()
    });
    let back = left.vectors.dot(&adafactor).dot(&right.vectors.t());
    let largest = shampoo.iter().fold(0.0, |largest: f64, v| largest.max(v.abs()));
    largest_difference(&shampoo, &back) / largest
}

/// Returns a singular value after some of Muon's Newton–Schulz iterations.
fn after(singular_value: f64, iterations: usize) -> f64 {
    let [a, b, c] = Muon::default().coefficients;
    (0..iterations).fold(singular_value, |s, _| s * (a + s * s * (b + s * s * c)))
}

/// Returns numbers evenly spaced in the logarithm, up to 1.
fn from_to_one(low: f64, count: usize) -> Vec<f64> {
    (0..count).map(|i| low.powf(1.0 - i as f64 / (count - 1) as f64)).collect()
}

/// The smallest and the largest of the singular values from [`SMALLEST`] to 1 after some iterations.
fn spread(iterations: usize) -> (f64, f64) {
    let values = from_to_one(SMALLEST, 20_001).into_iter().map(|s| after(s, iterations));
    values.fold((f64::INFINITY, 0.0), |(low, high), s| (s.min(low), s.max(high)))
}

fn newton_schulz(findings: &mut Findings) {
    let (low, high) = spread(5);
    findings.claims.push(
        Claim::exact(
            "after-newton-schulz",
            NOTEBOOK,
            "Five of Muon's Newton–Schulz iterations bring all singular values from a hundredth of the norm \
             to the norm to between .5 and 1.5 (largest distance from 1)",
            MUON,
        )
        .reading(
            "a comment in the author's code says that they end like numbers that are uniform between .5 and \
             1.5; we ask for the range, from a hundredth of the norm on, at 20,001 values",
        )
        .measured((1.0 - low).max(high - 1.0), Bound::AtMost(0.5))
        .note(
            "They end between .68 and 1.13. More iterations do not bring them nearer to 1: the coefficients \
             trade the limit for a steep start.",
        ),
    );
    let iterations: Vec<usize> = (1..=8).collect();
    let column = |of: &dyn Fn(usize) -> f64| iterations.iter().map(|&k| of(k)).collect::<Vec<_>>();
    let caption = "Singular values between a hundredth of the norm and the norm, after so many of Muon's \
                   Newton–Schulz iterations: the smallest, the largest, and what becomes of one that is a \
                   thousandth of the norm";
    findings.tables.push(
        Table::new("newton_schulz", caption)
            .integer("iterations", iterations.iter().map(|&k| k as i64))
            .float("smallest", column(&|k| spread(k).0))
            .float("largest", column(&|k| spread(k).1))
            .float("from_a_thousandth", column(&|k| after(1e-3, k))),
    );
    let panel = Panel::new(
        "",
        Axis::log("singular value over the norm, before"),
        Axis::linear("singular value after").range(0.0, 1.4),
    );
    let x = from_to_one(1e-3, 400);
    let panel = [1, 3, 5].into_iter().enumerate().fold(panel, |panel, (color, k)| {
        let y: Vec<f64> = x.iter().map(|&s| after(s, k)).collect();
        panel.line(format!("{k} iteration{}", if k == 1 { "" } else { "s" }), x.clone(), y, color)
    });
    let panel = panel.with(Layer::HorizontalMark { label: "orthogonal".into(), y: 1.0 });
    let caption = "What Muon's Newton–Schulz iterations make of a singular value. With the slope 3.44 at 0, \
                   five of them lift a thousandth of the norm nearly to one half, and everything above a \
                   few thousandths to about 1.";
    findings
        .figures
        .push(Figure::new("newton_schulz", "Toward an orthogonal matrix", caption).panel(panel).columns(1));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_of_a_matrix_is_undone_by_its_inverse() {
        let g = gradient(1, 0, 6, 6);
        let eigen = Eigen::of(&g.dot(&g.t()));
        let product = eigen.power(0.5).dot(&eigen.power(-0.5));
        assert!(largest_difference(&product, &Array2::eye(6)) < 1e-10);
        assert!(largest_difference(&eigen.power(1.0), &g.dot(&g.t())) < 1e-9);
    }

    #[test]
    fn one_iteration_is_the_polynomial() {
        assert!((after(1.0, 1) - (3.4445 - 4.7750 + 2.0315)).abs() < 1e-12);
        assert_eq!(after(0.5, 0), 0.5);
    }
}
