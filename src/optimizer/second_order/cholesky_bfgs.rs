//! BFGS with the Cholesky factor of the approximate Hessian.

use super::line_search_method::{LineSearchMethod, QuasiNewton};
use super::scaling::Scaling;
use super::search_direction::{SearchDirection, Step};
use crate::error::Result;
use crate::linalg::{bytes_of, vector};
use crate::line_search::LineSearch;
use crate::optimizer::Saved;
use crate::real::Real;
use ndarray::{Array2, ArrayView2};

/// BFGS in factored form: B = RᵀR approximates the Hessian itself, with R upper triangular (Goldfarb 1976;
/// Dennis & Schnabel 1983, section 9.2). Up to rounding, the iterates are those of [`Bfgs`](super::Bfgs).
///
/// B + yyᵀ/sᵀy − Bs(Bs)ᵀ/sᵀBs = JᵀJ with J = R + v·(y − Rᵀv)ᵀ/vᵀv, v = √(sᵀy/sᵀBs)·Rs. Two sweeps of plane
/// rotations make J triangular again. JᵀJ is positive semidefinite in spite of rounding, which the inverse
/// form does not guarantee, and R shows the condition of B. Time about 4*n*² per iteration, memory *n*². The
/// inverse form is faster.
///
/// ```
/// use gradus::optimizer::second_order::CholeskyBfgs;
/// use gradus::prelude::*;
/// let mut valley = problems::Rosenbrock::new(2);
/// let found = minimize(&mut valley, &array![-1.2, 1.0], CholeskyBfgs::new(), Stop::grad(1e-8)).unwrap();
/// assert!(found.termination.converged());
/// ```
pub type CholeskyBfgs<F = f64> = LineSearchMethod<F, FactoredBfgs<F>>;

/// The directions of [`CholeskyBfgs`].
#[derive(Debug, Clone)]
pub struct FactoredBfgs<F> {
    scaling: Scaling,
    /// R, *n* × *n*, row by row; zero below the diagonal.
    r: Vec<F>,
    /// R·d of the last direction d.
    rd: Vec<F>,
    v: Vec<F>,
    w: Vec<F>,
    /// Corrections since R = I.
    steps: usize,
}

impl<F: Real> Default for CholeskyBfgs<F> {
    fn default() -> Self {
        let empty = Vec::new;
        let method = FactoredBfgs {
            scaling: Scaling::Ample,
            r: empty(),
            rd: empty(),
            v: empty(),
            w: empty(),
            steps: 0,
        };
        LineSearchMethod::from_direction(method, LineSearch::default())
    }
}

impl<F: Real> CholeskyBfgs<F> {
    /// Factored BFGS with strong Wolfe steps and an initial matrix scaled by the first pair.
    pub fn new() -> Self {
        CholeskyBfgs::default()
    }

    /// Returns the approximation of the Hessian with all corrections so far, RᵀR.
    pub fn hessian(&self) -> Array2<F> {
        let n = self.direction.len();
        let r = ArrayView2::from_shape((n, n), &self.method.r).expect("R is n × n");
        r.t().dot(&r) / self.units.of_hessian::<F>()
    }
}

impl<F: Real> FactoredBfgs<F> {
    /// Sets the diagonal of R.
    fn set_diagonal(&mut self, value: F) {
        self.r.iter_mut().step_by(self.rd.len() + 1).for_each(|diagonal| *diagonal = value);
    }
}

impl<F> QuasiNewton for FactoredBfgs<F> {
    fn scaling_mut(&mut self) -> &mut Scaling {
        &mut self.scaling
    }
}

impl<F: Real, O: ?Sized> SearchDirection<F, O> for FactoredBfgs<F> {
    const SCALE_FREE: bool = true;

    fn bytes(&self, dim: usize) -> u128 {
        bytes_of::<F>(&[dim as u128, dim as u128])
    }

    fn name(&self) -> String {
        "cholesky-bfgs".into()
    }

    fn start(&mut self, dim: usize) {
        self.r = vec![F::zero(); dim * dim];
        for buffer in [&mut self.rd, &mut self.v, &mut self.w] {
            *buffer = vec![F::zero(); dim];
        }
        self.set_diagonal(F::one());
        self.steps = 0;
    }

    fn is_fresh(&self) -> bool {
        self.steps == 0
    }

    fn forget(&mut self) {
        self.r.fill(F::zero());
        self.set_diagonal(F::one());
        self.steps = 0;
    }

    /// Solves RᵀR·d = −∇f for the direction d, and keeps R·d.
    fn update_direction(&mut self, direction: &mut [F], grad: &[F], _before: &[F]) -> F {
        let n = grad.len();
        let (r, rd) = (&self.r, &mut self.rd);
        vector::scale_to(grad, -F::one(), rd);
        for i in 0..n {
            let row = &r[i * n..(i + 1) * n];
            rd[i] /= row[i];
            let (head, tail) = rd.split_at_mut(i + 1);
            vector::add_scaled(tail, -head[i], &row[i + 1..]);
        }
        for i in (0..n).rev() {
            let row = &r[i * n..(i + 1) * n];
            direction[i] = (rd[i] - vector::dot(&row[i + 1..], &direction[i + 1..])) / row[i];
        }
        vector::dot(grad, direction)
    }

    /// Corrects R by the step.
    fn learn(&mut self, step: Step<F>) {
        let Step { alpha, direction, slope, grad_before, grad } = step;
        let n = grad.len();
        let (y, v) = (&mut self.w, &mut self.v);
        let (sy, yy) = vector::curvature_pair(alpha, direction, grad_before, grad, v, y);
        if sy <= F::epsilon() * alpha * slope.abs() || !yy.is_finite() {
            return;
        }
        if self.steps == 0 && self.scaling != Scaling::Identity {
            let root = self.scaling.of_first_pair(sy, yy).sqrt().recip();
            self.r.iter_mut().step_by(n + 1).for_each(|diagonal| *diagonal = root);
            self.rd.iter_mut().zip(direction).for_each(|(rd, &d)| *rd = root * d);
        }
        self.steps += 1;
        // With v = √(sᵀy/sᵀBs)·Rs, vᵀv = sᵀy, and Rs = α·Rd.
        let root = (sy / vector::dot(&self.rd, &self.rd)).sqrt();
        vector::scale_to(&self.rd, root, v);
        // w = (y − Rᵀv)/vᵀv, in the memory of y.
        for i in 0..n {
            vector::add_scaled(&mut y[i..], -v[i], &self.r[i * n + i..(i + 1) * n]);
        }
        y.iter_mut().for_each(|w| *w /= sy);
        triangular_again(&mut self.r, v, y);
    }

    fn save(&self, saved: &mut Saved) {
        saved.put("r", self.r.iter().copied());
        saved.put("rd", self.rd.iter().copied());
        saved.put("v", self.v.iter().copied());
        saved.put("w", self.w.iter().copied());
        saved.put_one("steps", self.steps as f64);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        saved.take("r", &mut self.r)?;
        saved.take("rd", &mut self.rd)?;
        saved.take("v", &mut self.v)?;
        saved.take("w", &mut self.w)?;
        self.steps = saved.take_one("steps")? as usize;
        Ok(())
    }
}

/// Makes J = R + v·wᵀ upper triangular by plane rotations from the left, which do not change JᵀJ.
fn triangular_again<F: Real>(r: &mut [F], v: &mut [F], w: &[F]) {
    let n = v.len();
    // From the last row up, rotate v into a multiple of the first unit vector. Each rotation fills one entry
    // below R's diagonal.
    let last = (0..n).rev().find(|&i| !v[i].is_zero()).unwrap_or(0);
    for i in (0..last).rev() {
        let (c, s) = rotation(v[i], v[i + 1]);
        v[i] = length(v[i], v[i + 1]);
        rotate(r, n, i, c, s);
    }
    vector::add_scaled(&mut r[..n], v[0], w);
    // From the first row down, rotate these entries to zero.
    for i in 0..last {
        let below = (i + 1) * n + i;
        let (c, s) = rotation(r[i * n + i], r[below]);
        rotate(r, n, i, c, s);
        r[below] = F::zero();
    }
}

/// Returns √(a² + b²) for numbers whose squares do not overflow. `hypot` handles the others too, but takes as
/// long as rotating a short row.
fn length<F: Real>(a: F, b: F) -> F {
    (a * a + b * b).sqrt()
}

/// Returns cosine and sine of the rotation that maps (a, b) to (√(a² + b²), 0).
fn rotation<F: Real>(a: F, b: F) -> (F, F) {
    let length = length(a, b);
    if length.is_zero() { (F::one(), F::zero()) } else { (a / length, b / length) }
}

/// Rotates rows i and i + 1 from column i on.
#[inline(always)]
fn rotate<F: Real>(r: &mut [F], n: usize, i: usize, c: F, s: F) {
    let (above, below) = r.split_at_mut((i + 1) * n);
    let (above, below) = (&mut above[i * n + i..], &mut below[i..n]);
    vector::by_length(
        below.len(),
        #[inline(always)]
        || {
            for (a, b) in above.iter_mut().zip(below) {
                (*a, *b) = (c * *a + s * *b, c * *b - s * *a);
            }
        },
    );
}
