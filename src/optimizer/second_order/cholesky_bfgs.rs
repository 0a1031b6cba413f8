//! BFGS with the Cholesky factor of the Hessian's approximation.

use super::along::Along;
use super::{FirstTrial, Scaling};
use crate::error::Result;
use crate::linalg::vector;
use crate::line_search::LineSearch;
use crate::objective::Differentiable;
use crate::optimizer::{Iterate, Optimizer, Saved};
use crate::real::Real;
use crate::stop::Termination;
use ndarray::{Array2, ArrayView2};
use std::ops::ControlFlow;

/// BFGS in factored form: B = RᵀR approximates the Hessian itself, with R upper triangular (Goldfarb 1976;
/// Dennis & Schnabel 1983, section 9.2). The iterates are those of [`Bfgs`](super::Bfgs) but for rounding.
///
/// B + yyᵀ/sᵀy − Bs(Bs)ᵀ/sᵀBs = JᵀJ with J = R + v·(y − Rᵀv)ᵀ/vᵀv, v = √(sᵀy/sᵀBs)·Rs; two sweeps of plane
/// rotations make J triangular again. JᵀJ is positive definite however large the rounding, which the inverse
/// form does not guarantee, and R tells the condition of B. Time about 4*n*² an iteration, memory *n*²; where
/// that counts, the inverse form is faster.
///
/// ```
/// use gradus::prelude::*;
/// let mut valley = problems::Rosenbrock::new(2);
/// let found = minimize(&mut valley, &array![-1.2, 1.0], CholeskyBfgs::new(), Stop::grad(1e-8)).unwrap();
/// assert!(found.termination.converged());
/// ```
#[derive(Debug, Clone)]
pub struct CholeskyBfgs<F = f64> {
    line_search: LineSearch,
    first_trial: FirstTrial,
    scaling: Scaling,
    /// R, *n* × *n*, row by row; zero below the diagonal.
    r: Vec<F>,
    /// R·d of the last direction.
    rd: Vec<F>,
    v: Vec<F>,
    w: Vec<F>,
    direction: Vec<F>,
    along: Along<F>,
    /// Steps since the last start from B = I.
    steps: usize,
}

impl<F: Real> Default for CholeskyBfgs<F> {
    fn default() -> Self {
        let none = Vec::new;
        CholeskyBfgs {
            line_search: LineSearch::default(),
            first_trial: FirstTrial::default(),
            scaling: Scaling::Ample,
            r: none(),
            rd: none(),
            v: none(),
            w: none(),
            direction: none(),
            along: Along::new(0),
            steps: 0,
        }
    }
}

impl<F: Real> CholeskyBfgs<F> {
    /// Factored BFGS with strong Wolfe steps and the initial matrix scaled by the first pair.
    pub fn new() -> Self {
        CholeskyBfgs::default()
    }

    /// Sets the line search, default [`MoreThuente`](crate::line_search::MoreThuente).
    ///
    /// # Errors
    /// If one of its parameters is out of its range.
    pub fn line_search(self, search: impl Into<LineSearch>) -> Result<Self> {
        let line_search = search.into();
        line_search.validate()?;
        Ok(CholeskyBfgs { line_search, ..self })
    }

    /// Sets which step length is tried first, default [`FirstTrial::Unit`].
    #[must_use]
    pub fn first_trial(self, first_trial: FirstTrial) -> Self {
        CholeskyBfgs { first_trial, ..self }
    }

    /// Sets the initial matrix, default [`Scaling::Ample`].
    #[must_use]
    pub fn scaling(self, scaling: Scaling) -> Self {
        CholeskyBfgs { scaling, ..self }
    }

    /// The approximation of the Hessian with all corrections so far, RᵀR.
    pub fn hessian(&self) -> Array2<F> {
        let n = self.direction.len();
        let r = ArrayView2::from_shape((n, n), &self.r).expect("R is n × n");
        r.t().dot(&r)
    }

    fn restart(&mut self) {
        let n = self.direction.len();
        self.r.fill(F::zero());
        self.r.iter_mut().step_by(n + 1).for_each(|diagonal| *diagonal = F::one());
        self.steps = 0;
    }

    /// Solves RᵀR·d = −∇f, and gives the slope along d. R·d stays in `rd`.
    fn turn(&mut self, grad: &[F]) -> F {
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
            self.direction[i] = (rd[i] - vector::dot(&row[i + 1..], &self.direction[i + 1..])) / row[i];
        }
        vector::dot(grad, &self.direction)
    }

    /// Corrects R by the step of length `alpha` along the direction.
    fn correct(&mut self, grad: &[F], alpha: F, slope: F) {
        let n = grad.len();
        let before = self.along.grad.as_slice().expect("a gradient lies without gaps");
        let (y, v) = (&mut self.w, &mut self.v);
        let (sy, yy) = vector::curvature_pair(alpha, &self.direction, before, grad, v, y);
        if sy <= F::epsilon() * alpha * slope.abs() || !yy.is_finite() {
            return;
        }
        if self.steps == 0 && self.scaling != Scaling::Identity {
            let root = self.scaling.of_first_pair(sy, yy).sqrt().recip();
            self.r.iter_mut().step_by(n + 1).for_each(|diagonal| *diagonal = root);
            self.rd.iter_mut().zip(&self.direction).for_each(|(rd, &d)| *rd = root * d);
        }
        self.steps += 1;
        // With v = √(sᵀy/sᵀBs)·Rs, vᵀv = sᵀy, and Rs = α·Rd.
        let root = (sy / vector::dot(&self.rd, &self.rd)).sqrt();
        vector::scale_to(&self.rd, root, v);
        // w = (y − Rᵀv)/vᵀv, over y.
        for i in 0..n {
            vector::add_scaled(&mut y[i..], -v[i], &self.r[i * n + i..(i + 1) * n]);
        }
        y.iter_mut().for_each(|w| *w /= sy);
        triangular_again(&mut self.r, v, y);
    }
}

/// Makes R + v·wᵀ upper triangular by plane rotations from the left, which leave JᵀJ as it is.
fn triangular_again<F: Real>(r: &mut [F], v: &mut [F], w: &[F]) {
    let n = v.len();
    // From below: turn v into a multiple of the first unit vector; each rotation fills one entry under R's
    // diagonal.
    let last = (0..n).rev().find(|&i| !v[i].is_zero()).unwrap_or(0);
    for i in (0..last).rev() {
        let (c, s) = rotation(v[i], v[i + 1]);
        v[i] = length(v[i], v[i + 1]);
        rotate(r, n, i, c, s);
    }
    vector::add_scaled(&mut r[..n], v[0], w);
    // From above: turn those entries to zero.
    for i in 0..last {
        let below = (i + 1) * n + i;
        let (c, s) = rotation(r[i * n + i], r[below]);
        rotate(r, n, i, c, s);
        r[below] = F::zero();
    }
}

/// √(a² + b²), for numbers whose squares do not overflow; `hypot`, which minds those, costs as much as a
/// short row.
fn length<F: Real>(a: F, b: F) -> F {
    (a * a + b * b).sqrt()
}

/// The rotation that turns (a, b) into (√(a² + b²), 0).
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

impl<F: Real, O: Differentiable<F> + ?Sized> Optimizer<F, O> for CholeskyBfgs<F> {
    fn name(&self) -> String {
        "cholesky-bfgs".into()
    }

    fn stays_finite(&self) -> bool {
        true
    }

    fn save(&self, saved: &mut Saved) {
        saved.put("r", self.r.iter().copied());
        saved.put("rd", self.rd.iter().copied());
        saved.put("v", self.v.iter().copied());
        saved.put("w", self.w.iter().copied());
        saved.put("direction", self.direction.iter().copied());
        saved.put_one("steps", self.steps as f64);
        self.along.save(saved);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        saved.take("r", &mut self.r)?;
        saved.take("rd", &mut self.rd)?;
        saved.take("v", &mut self.v)?;
        saved.take("w", &mut self.w)?;
        saved.take("direction", &mut self.direction)?;
        self.steps = saved.take_one("steps")? as usize;
        self.along.restore(saved)
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<F>) {
        let dim = iterate.x.len();
        self.r = vec![F::zero(); dim * dim];
        for buffer in [&mut self.rd, &mut self.v, &mut self.w, &mut self.direction] {
            *buffer = vec![F::zero(); dim];
        }
        self.along = Along::new(dim);
        self.restart();
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<F>) -> ControlFlow<Termination> {
        loop {
            let slope = self.turn(iterate.grad.as_slice().expect("a gradient lies without gaps"));
            let fresh = self.steps == 0;
            if !fresh && (slope.is_nan() || slope >= F::zero()) {
                self.restart();
                continue;
            }
            let first = self.first_trial.length(iterate, slope, fresh, self.along.value_before);
            match self.along.search(&self.line_search, objective, iterate, &self.direction, slope, first) {
                ControlFlow::Continue(alpha) => {
                    self.correct(
                        iterate.grad.as_slice().expect("a gradient lies without gaps"),
                        alpha,
                        slope,
                    );
                    return ControlFlow::Continue(());
                }
                ControlFlow::Break(failure) if fresh => {
                    return ControlFlow::Break(self.along.diagnose(
                        failure,
                        objective,
                        iterate,
                        &self.direction,
                    ));
                }
                ControlFlow::Break(_) => self.restart(),
            }
        }
    }
}
