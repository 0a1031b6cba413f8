//! Derives a test function from its residuals.

use super::traits::{Facts, Problem};
use crate::objective::{Differentiable, HessVec, Objective, Residuals, TwiceDifferentiable};
use ndarray::{Array1, ArrayRef1, ArrayRef2};

/// The residuals rᵢ of a function f = Σ rᵢ², with their first and second derivatives. From these,
/// [`SumOfSquares`] derives a [`Problem`].
///
/// Derivatives are passed entry by entry. A problem with sparse derivatives therefore costs no more than its
/// nonzero entries, and a matrix is allocated only where one is requested.
///
/// ```
/// use gradus::prelude::*;
/// use gradus::problems::{Facts, SumOfSquares, Terms};
///
/// /// f = (x² − 2)²
/// struct RootOfTwo;
///
/// impl Terms for RootOfTwo {
///     fn dim(&self) -> usize { 1 }
///     fn count(&self) -> usize { 1 }
///     fn residuals(&mut self, x: &[f64], r: &mut [f64]) { r[0] = x[0] * x[0] - 2.0; }
///     fn jacobian(&mut self, x: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
///         entry(0, 0, 2.0 * x[0]);
///     }
///     fn curvature(&mut self, _: &[f64], r: &[f64], mut entry: impl FnMut(usize, usize, f64)) {
///         entry(0, 0, 2.0 * r[0]);
///     }
///     fn facts(&self) -> Facts {
///         let (name, formula) = ("root".into(), "(x² − 2)²");
///         Facts { name, formula, source: "", start: array![1.0], minima: vec![] }
///     }
/// }
///
/// let mut f = SumOfSquares::new(RootOfTwo);
/// let mut grad = Array1::zeros(1);
/// assert_eq!(f.value_grad(&array![1.0], &mut grad), 1.0);
/// assert_eq!(grad[0], -4.0);
/// ```
pub trait Terms {
    /// Returns the number of parameters *n*.
    fn dim(&self) -> usize;

    /// Returns the number of residuals *m*.
    fn count(&self) -> usize;

    /// Overwrites `r` with r(x), of length *m*.
    fn residuals(&mut self, x: &[f64], r: &mut [f64]);

    /// Calls `entry(i, j, ∂rᵢ/∂xⱼ)` for every derivative that is not zero. All entries of a residual *i*
    /// follow one another, and no *j* occurs twice among them.
    fn jacobian(&mut self, x: &[f64], entry: impl FnMut(usize, usize, f64));

    /// Calls `entry(j, k, c)` with contributions to the lower triangle (*j* ≥ *k*) of Σ rᵢ∇²rᵢ, the part of
    /// the Hessian that Gauss–Newton omits. Several contributions to one entry are added.
    fn curvature(&mut self, x: &[f64], r: &[f64], entry: impl FnMut(usize, usize, f64));

    /// Returns the description of the problem.
    fn facts(&self) -> Facts;
}

/// The function f = Σ rᵢ² of the residuals that a problem states as [`Terms`], with ∇f = 2Jᵀr,
/// ∇²f = 2(JᵀJ + Σ rᵢ∇²rᵢ) and Hessian-vector products.
///
/// Nothing is allocated after construction. J and ∇²f are formed only if they are requested.
#[derive(Debug, Clone)]
pub struct SumOfSquares<T> {
    terms: T,
    residuals: Vec<f64>,
    /// The entries (j, ∂rᵢ/∂xⱼ) of one residual.
    row: Vec<(usize, f64)>,
    /// A copy of a point that is not contiguous in memory.
    point: Vec<f64>,
}

impl<T: Terms> SumOfSquares<T> {
    /// Wraps the terms, and allocates the scratch memory.
    pub fn new(terms: T) -> Self {
        let (n, m) = (terms.dim(), terms.count());
        SumOfSquares { terms, residuals: vec![0.0; m], row: Vec::with_capacity(n), point: vec![0.0; n] }
    }

    /// Returns the terms.
    pub fn terms(&self) -> &T {
        &self.terms
    }
}

/// Returns `x` as a slice. If `x` is not contiguous, copies it to `point` first.
fn contiguous<'a>(x: &'a ArrayRef1<f64>, point: &'a mut [f64]) -> &'a [f64] {
    match x.as_slice() {
        Some(x) => x,
        None => {
            point.iter_mut().zip(x).for_each(|(to, from)| *to = *from);
            point
        }
    }
}

/// Passes the Jacobian to `use_row`, row by row. `row` is scratch memory.
fn by_rows<T: Terms>(
    terms: &mut T,
    x: &[f64],
    row: &mut Vec<(usize, f64)>,
    mut use_row: impl FnMut(&[(usize, f64)]),
) {
    let mut current = 0;
    row.clear();
    terms.jacobian(x, |i, j, slope| {
        if i != current {
            use_row(row);
            row.clear();
            current = i;
        }
        row.push((j, slope));
    });
    use_row(row);
}

impl<T: Terms> Objective for SumOfSquares<T> {
    fn dim(&self) -> usize {
        self.terms.dim()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.terms.residuals(contiguous(x, &mut self.point), &mut self.residuals);
        self.residuals.iter().map(|r| r * r).sum()
    }
}

impl<T: Terms> Differentiable for SumOfSquares<T> {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let value = self.value(x);
        let (x, r) = (contiguous(x, &mut self.point), &self.residuals);
        grad.fill(0.0);
        self.terms.jacobian(x, |i, j, slope| grad[j] += 2.0 * r[i] * slope);
        value
    }
}

impl<T: Terms> TwiceDifferentiable for SumOfSquares<T> {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        let SumOfSquares { terms, residuals, row, point } = self;
        let x = contiguous(x, point);
        terms.residuals(x, residuals);
        hessian.fill(0.0);
        by_rows(terms, x, row, |row| {
            for &(j, a) in row {
                row.iter().filter(|(k, _)| *k <= j).for_each(|&(k, b)| hessian[[j, k]] += 2.0 * a * b);
            }
        });
        terms.curvature(x, residuals, |j, k, bend| hessian[[j, k]] += 2.0 * bend);
        for j in 0..x.len() {
            for k in 0..j {
                hessian[[k, j]] = hessian[[j, k]];
            }
        }
    }
}

impl<T: Terms> HessVec for SumOfSquares<T> {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        let SumOfSquares { terms, residuals, row, point } = self;
        let x = contiguous(x, point);
        terms.residuals(x, residuals);
        product.fill(0.0);
        by_rows(terms, x, row, |row| {
            let along: f64 = row.iter().map(|&(j, slope)| slope * v[j]).sum();
            row.iter().for_each(|&(j, slope)| product[j] += 2.0 * along * slope);
        });
        terms.curvature(x, residuals, |j, k, bend| {
            product[j] += 2.0 * bend * v[k];
            if j != k {
                product[k] += 2.0 * bend * v[j];
            }
        });
    }
}

impl<T: Terms> Residuals for SumOfSquares<T> {
    fn residual_count(&self) -> usize {
        self.terms.count()
    }

    fn scale(&self) -> f64 {
        1.0
    }

    fn residuals(&mut self, x: &ArrayRef1<f64>, residuals: &mut ArrayRef1<f64>) {
        self.terms.residuals(contiguous(x, &mut self.point), &mut self.residuals);
        residuals.iter_mut().zip(&self.residuals).for_each(|(to, from)| *to = *from);
    }

    fn jacobian(&mut self, x: &ArrayRef1<f64>, jacobian: &mut ArrayRef2<f64>) {
        jacobian.fill(0.0);
        self.terms.jacobian(contiguous(x, &mut self.point), |i, j, slope| jacobian[[i, j]] = slope);
    }
}

impl<T: Terms + Send> Problem for SumOfSquares<T> {
    fn facts(&self) -> Facts {
        self.terms.facts()
    }

    fn as_residuals(&mut self) -> Option<&mut dyn Residuals> {
        Some(self)
    }
}

/// Returns a start of length `dim` that repeats `pattern`.
pub(super) fn repeated(pattern: &[f64], dim: usize) -> Array1<f64> {
    pattern.iter().copied().cycle().take(dim).collect()
}
