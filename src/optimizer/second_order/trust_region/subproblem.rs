//! The trust-region subproblem min gᵀp + ½pᵀHp with ‖p‖₂ ≤ Δ, solved nearly exactly.
//!
//! The solution satisfies (H + λI)p = −g with λ ≥ 0, H + λI positive semidefinite, and λ = 0 or ‖p‖ = Δ. A
//! safeguarded Newton iteration on 1/Δ − 1/‖p(λ)‖ finds λ. Each of its steps takes a Cholesky factorization
//! H + λI = LLᵀ. If a factorization fails, the lower bound of λ rises. In the hard case, −g has no component
//! along the eigenvector of H's smallest eigenvalue, and p(λ) stays inside. A multiple of this eigenvector,
//! which is estimated from L, is then added to p (Moré & Sorensen 1983). The safeguards and constants are
//! those of Conn, Gould & Toint 2000, section 7.3, as in SciPy.

use crate::linalg::triangular::{solve_lower, solve_lower_transposed};
use crate::linalg::{cholesky_in_place, cholesky_solve, norm};
use ndarray::linalg::general_mat_vec_mul;
use ndarray::{Array1, Array2, ArrayRef1, ArrayRef2, s};

/// The largest difference between ‖p‖ and Δ, relative to Δ.
const EASY: f64 = 0.1;
/// The largest difference between the model and its minimum in the hard case, relative to its decrease.
const HARD: f64 = 0.2;
/// θ of the safeguard: the smallest distance of a new λ from the lower end of the interval, as a share of its
/// length.
const INSIDE: f64 = 0.01;
/// The largest number of factorizations. After these the current step is used.
const MOST_FACTORIZATIONS: usize = 25;

/// The work space, and the state at the current iterate.
#[derive(Debug, Clone)]
pub(super) struct Subproblem {
    factor: Array2<f64>,
    step: Array1<f64>,
    /// Work space: the solution of the other triangular system, the estimated eigenvector, partial sums, H·p.
    other: Array1<f64>,
    vector: Array1<f64>,
    sums: Array1<f64>,
    product: Array1<f64>,
    bounds: Bounds,
    grad_norm: f64,
    /// The size of a gradient that is rounding.
    negligible: f64,
    /// λ of the last step.
    multiplier: f64,
    /// The lower bound of λ for the last radius, which is also valid for smaller radii.
    known_lower: f64,
    previous_radius: f64,
}

/// Bounds of the eigenvalues of H.
#[derive(Debug, Clone, Copy, Default)]
struct Bounds {
    /// Gershgorin's bounds.
    low: f64,
    high: f64,
    /// The smaller of ‖H‖_F and ‖H‖∞.
    norm: f64,
    max_row_sum: f64,
    smallest_diagonal: f64,
}

/// The interval that contains λ.
struct Interval {
    lower: f64,
    upper: f64,
}

impl Interval {
    /// Returns a λ inside: the geometric mean, but not too close to the lower end.
    fn inside(&self) -> f64 {
        (self.lower * self.upper).abs().sqrt().max(self.lower + INSIDE * (self.upper - self.lower))
    }

    /// Raises the lower end.
    fn raise(&mut self, lower: f64) {
        self.lower = self.lower.max(lower);
    }
}

impl Subproblem {
    pub fn new(dim: usize) -> Self {
        let zeros = Array1::zeros(dim);
        Subproblem {
            factor: Array2::zeros((dim, dim)),
            step: zeros.clone(),
            other: zeros.clone(),
            vector: zeros.clone(),
            sums: zeros.clone(),
            product: zeros,
            bounds: Bounds::default(),
            grad_norm: 0.0,
            negligible: 0.0,
            multiplier: 0.0,
            known_lower: 0.0,
            previous_radius: -1.0,
        }
    }

    /// Prepares for a new H and g at a point whose coordinates are rounded in proportion to `scale`. Returns
    /// `false` if an entry is not finite.
    pub fn begin(&mut self, hessian: &ArrayRef2<f64>, grad: &ArrayRef1<f64>, scale: f64) -> bool {
        self.bounds = Bounds::of(hessian);
        // A gradient below this size gives a solution that consists of rounding.
        self.negligible = grad.len() as f64 * f64::EPSILON * self.bounds.max_row_sum * scale;
        self.grad_norm = norm(grad);
        self.previous_radius = -1.0;
        // A norm is finite only if all entries are finite and no square overflows.
        self.bounds.norm.is_finite() && self.grad_norm.is_finite()
    }

    /// Returns the step p of the last [`solve`](Subproblem::solve).
    pub fn step(&self) -> &Array1<f64> {
        &self.step
    }

    /// Returns λ of the last step.
    pub fn multiplier(&self) -> f64 {
        self.multiplier
    }

    /// Returns the decrease that the model predicts, −(gᵀp + ½pᵀHp).
    pub fn predicted_decrease(&mut self, hessian: &ArrayRef2<f64>, grad: &ArrayRef1<f64>) -> f64 {
        -(grad.dot(&self.step) + 0.5 * self.curvature_of_step(hessian))
    }

    /// Returns pᵀHp.
    fn curvature_of_step(&mut self, hessian: &ArrayRef2<f64>) -> f64 {
        general_mat_vec_mul(1.0, hessian, &self.step, 0.0, &mut self.product);
        self.step.dot(&self.product)
    }

    /// Computes p for this radius. Returns whether it reaches the boundary.
    pub fn solve(&mut self, hessian: &ArrayRef2<f64>, grad: &ArrayRef1<f64>, radius: f64) -> bool {
        let mut interval = self.interval(radius);
        let mut lambda = if interval.lower == 0.0 { 0.0 } else { interval.inside() };
        // If every factorization fails, the step remains steepest descent.
        self.step.zip_mut_with(grad, |p, &g| *p = -g);
        let (mut factored, mut on_boundary) = (false, true);
        for _ in 0..MOST_FACTORIZATIONS {
            let outcome = if factored { Ok(()) } else { self.factor(hessian, lambda) };
            factored = false;
            match outcome {
                Err(order) => {
                    interval.raise(lambda + self.lacking(hessian, lambda, order));
                    if interval.upper <= interval.lower {
                        // Both ends are where H + λI is singular, up to rounding. Try values just above.
                        interval.upper = interval.lower * (1.0 + 1e-6);
                    }
                    lambda = interval.inside();
                }
                Ok(()) if self.grad_norm <= self.negligible => {
                    if lambda == 0.0 {
                        self.step.fill(0.0);
                        on_boundary = false;
                        break;
                    }
                    let smallest = self.smallest_singular_value();
                    self.step.assign(&self.vector);
                    self.step *= radius;
                    if (radius * smallest).powi(2) <= HARD * lambda * radius * radius {
                        break;
                    }
                    interval.upper = lambda;
                    interval.raise(lambda - smallest * smallest);
                    lambda = interval.inside();
                }
                Ok(()) => {
                    self.step.zip_mut_with(grad, |p, &g| *p = -g);
                    cholesky_solve(&self.factor, &mut self.step);
                    let length = norm(&self.step);
                    if length <= radius && lambda == 0.0 {
                        on_boundary = false;
                        break;
                    }
                    self.other.assign(&self.step);
                    solve_lower(&self.factor, &mut self.other);
                    let newton = lambda + (length / norm(&self.other)).powi(2) * (length - radius) / radius;
                    if length < radius {
                        let smallest = self.smallest_singular_value();
                        let length_along = self.to_boundary(radius);
                        let decrease =
                            self.curvature_of_step(hessian) + lambda * (length * length + radius * radius);
                        if (length_along * smallest).powi(2) / decrease <= HARD {
                            self.step.scaled_add(length_along, &self.vector);
                            break;
                        }
                        interval.upper = lambda;
                        interval.raise(lambda - smallest * smallest);
                        factored = self.factor(hessian, newton).is_ok();
                        if !factored {
                            interval.raise(newton);
                        }
                        lambda = if factored { newton } else { interval.inside() };
                    } else {
                        if (length - radius).abs() / radius <= EASY {
                            break;
                        }
                        interval.lower = lambda;
                        lambda = newton;
                    }
                }
            }
        }
        self.hold_within(radius);
        (self.multiplier, self.known_lower, self.previous_radius) = (lambda, interval.lower, radius);
        on_boundary
    }

    /// Returns the initial interval of λ.
    fn interval(&self, radius: f64) -> Interval {
        let (steep, bounds) = (self.grad_norm / radius, self.bounds);
        let upper = (steep + (-bounds.low).min(bounds.norm)).max(0.0);
        let mut interval = Interval {
            lower: (-bounds.smallest_diagonal).max(steep - bounds.high.min(bounds.norm)).max(0.0),
            upper,
        };
        if radius < self.previous_radius {
            interval.raise(self.known_lower);
        }
        interval
    }

    /// Computes the Cholesky factor of H + λI.
    fn factor(&mut self, hessian: &ArrayRef2<f64>, lambda: f64) -> Result<(), usize> {
        self.factor.assign(hessian);
        self.factor.diag_mut().mapv_inplace(|d| d + lambda);
        cholesky_in_place(&mut self.factor)
    }

    /// Returns by how much λ must increase at least, after a factorization that failed at the leading minor
    /// of this order: δ/‖v‖² of Conn, Gould & Toint's (7.3.13), where δ makes the minor singular and v is in
    /// its null space.
    fn lacking(&mut self, hessian: &ArrayRef2<f64>, lambda: f64, order: usize) -> f64 {
        let k = order - 1;
        let delta =
            self.factor.slice(s![k, ..k]).iter().map(|l| l * l).sum::<f64>() - (hessian[[k, k]] + lambda);
        let mut v = self.vector.slice_mut(s![..k]);
        v.assign(&self.factor.slice(s![k, ..k]));
        solve_lower_transposed(&self.factor, &mut v);
        let lacking = delta / (1.0 + v.dot(&v));
        if lacking.is_finite() { lacking.max(0.0) } else { 0.0 }
    }

    /// Estimates the smallest singular value of L, and writes its unit vector to `vector`, in n² operations.
    /// The entries ±1 of a right-hand side are chosen so that the solution becomes as large as possible
    /// (Cline, Moler, Stewart & Wilkinson 1979; Golub & Van Loan 2013, algorithm 3.5.1).
    fn smallest_singular_value(&mut self) -> f64 {
        let n = self.step.len();
        let (l, w, sums) = (&self.factor, &mut self.other, &mut self.sums);
        sums.fill(0.0);
        for k in 0..n {
            let (plus, minus) = ((1.0 - sums[k]) / l[[k, k]], (-1.0 - sums[k]) / l[[k, k]]);
            let below = l.slice(s![k + 1.., k]);
            let grown = |w: f64| {
                sums.slice(s![k + 1..]).iter().zip(&below).map(|(p, l)| (p + l * w).abs()).sum::<f64>()
            };
            w[k] = if plus.abs() + grown(plus) >= minus.abs() + grown(minus) { plus } else { minus };
            sums.slice_mut(s![k + 1..]).scaled_add(w[k], &below);
        }
        let length = norm(&**w);
        self.vector.assign(w);
        solve_lower_transposed(l, &mut self.vector);
        let grown = norm(&self.vector);
        self.vector /= grown;
        length / grown
    }

    /// Returns the t of smaller absolute value among the two for which p + t·vector is on the boundary. If
    /// rounding has put the line beyond the boundary, returns the t of its point that is nearest to 0.
    fn to_boundary(&self, radius: f64) -> f64 {
        let (p, d) = (&self.step, &self.vector);
        let (a, b, c) = (d.dot(d), 2.0 * p.dot(d), p.dot(p) - radius * radius);
        let sum = b + (b * b - 4.0 * a * c).max(0.0).sqrt().copysign(b);
        let (one, two) = (-sum / (2.0 * a), -2.0 * c / sum);
        if one.abs() < two.abs() { one } else { two }
    }

    /// Shortens a step that is too long because the factorizations were used up.
    fn hold_within(&mut self, radius: f64) {
        let length = norm(&self.step);
        if length > (1.0 + EASY) * radius {
            self.step *= radius / length;
        }
    }
}

impl Bounds {
    fn of(hessian: &ArrayRef2<f64>) -> Self {
        let none = Bounds {
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            norm: 0.0,
            max_row_sum: 0.0,
            smallest_diagonal: f64::INFINITY,
        };
        let (mut bounds, mut squares) = (none, 0.0);
        for (i, row) in hessian.rows().into_iter().enumerate() {
            let (diagonal, sum) = (row[i], row.iter().map(|h| h.abs()).sum::<f64>());
            squares += row.dot(&row);
            bounds.low = bounds.low.min(diagonal + diagonal.abs() - sum);
            bounds.high = bounds.high.max(diagonal - diagonal.abs() + sum);
            bounds.max_row_sum = bounds.max_row_sum.max(sum);
            bounds.smallest_diagonal = bounds.smallest_diagonal.min(diagonal);
        }
        let frobenius = f64::sqrt(squares);
        // This form of the condition keeps a NaN.
        bounds.norm =
            if frobenius < bounds.max_row_sum || frobenius.is_nan() { frobenius } else { bounds.max_row_sum };
        bounds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn begun(hessian: &Array2<f64>, grad: &Array1<f64>) -> Subproblem {
        let mut subproblem = Subproblem::new(grad.len());
        assert!(subproblem.begin(hessian, grad, 1.0));
        subproblem
    }

    /// At a saddle the sign of a gradient that is rounding must not choose the side, and at a minimum there
    /// is nowhere to go.
    #[test]
    fn a_gradient_that_is_rounding_has_no_say() {
        let saddle = array![[-1.0, 0.0], [0.0, 2.0]];
        let step = |first: f64| {
            let grad = array![first, 0.0];
            let mut subproblem = begun(&saddle, &grad);
            assert!(subproblem.solve(&saddle, &grad, 0.5));
            subproblem.step
        };
        assert_eq!((step(1e-17), step(-1e-17)), (step(0.0), step(0.0)));
        let [along, across] = [step(0.0)[0], step(0.0)[1]];
        assert!((along.abs() - 0.5).abs() < 1e-6 && across.abs() < 1e-6, "{along} {across}");
        let (bowl, grad) = (array![[1.0, 0.0], [0.0, 2.0]], array![1e-17, -1e-17]);
        let mut subproblem = begun(&bowl, &grad);
        assert!(!subproblem.solve(&bowl, &grad, 0.5));
        assert_eq!(subproblem.step, array![0.0, 0.0]);
    }

    #[test]
    fn the_way_to_the_boundary_is_the_shorter_one_or_to_the_nearest_point() {
        let to_boundary = |step: Array1<f64>, vector: Array1<f64>| {
            let subproblem = Subproblem { step, vector, ..Subproblem::new(2) };
            subproblem.to_boundary(1.0)
        };
        assert_eq!(to_boundary(array![0.5, 0.0], array![1.0, 0.0]), 0.5);
        assert_eq!(to_boundary(array![-0.5, 0.0], array![1.0, 0.0]), -0.5);
        // This line misses the circle; its point (1.06, −.08) is nearest to the centre.
        let t = to_boundary(array![1.1, 0.0], array![0.28, 0.96]);
        assert!((t + 1.1 * 0.28).abs() < 1e-15, "{t}");
    }

    #[test]
    fn a_step_that_is_too_long_is_shortened_to_the_radius() {
        let held = |step: Array1<f64>| {
            let mut subproblem = Subproblem { step, ..Subproblem::new(2) };
            subproblem.hold_within(1.0);
            subproblem.step
        };
        assert_eq!(held(array![3.0, -4.0]), array![3.0 * 0.2, -4.0 * 0.2]);
        assert_eq!(held(array![0.0, 1.09]), array![0.0, 1.09]);
    }
}
