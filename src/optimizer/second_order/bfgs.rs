//! BFGS with the inverse matrix.

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

/// BFGS (Broyden, Fletcher, Goldfarb, Shanno 1970; slide "Second-Order Optimization"): x ← x − αH∇f, with α
/// by a line search, and H, the approximation of the inverse Hessian, corrected after each step s by the
/// change y of the gradient so that H·y = s (the secant equation):
///
/// H ← (I − ρsyᵀ)·H·(I − ρysᵀ) + ρssᵀ, ρ = 1/sᵀy (Nocedal & Wright 2006, equation 6.17).
///
/// H stays positive definite as long as sᵀy > 0, which the Wolfe conditions see to; a pair without is left
/// out. Before the first correction H is a multiple of I ([`Scaling`]). Memory *n*², time *n*² an iteration,
/// in one pass over H: the correction is put off until the next product, and since H·∇f was the last
/// direction, H·y costs no product of its own.
///
/// ```
/// use gradus::prelude::*;
/// let mut valley = problems::Rosenbrock::new(2);
/// let found = minimize(&mut valley, &array![-1.2, 1.0], Bfgs::new(), Stop::grad(1e-8)).unwrap();
/// assert!(found.termination.converged() && found.evaluations.grad < 60, "{found}");
/// ```
#[derive(Debug, Clone)]
pub struct Bfgs<F = f64> {
    line_search: LineSearch,
    first_trial: FirstTrial,
    scaling: Scaling,
    /// H, *n* × *n*, without the correction that `s` and `a` still hold.
    h: Vec<F>,
    /// The last step, and the other vector of its correction: H + s·aᵀ + a·sᵀ.
    s: Vec<F>,
    a: Vec<F>,
    product: Vec<F>,
    direction: Vec<F>,
    along: Along<F>,
    state: State<F>,
}

/// What is known of the curvature.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State<F> {
    /// Nothing: the direction is −∇f, and H is not even written.
    Fresh,
    /// A step of this length was made from a fresh start.
    First(F),
    /// A step of this length was made with H.
    Later(F),
}

impl<F: Real> Default for Bfgs<F> {
    fn default() -> Self {
        Bfgs {
            line_search: LineSearch::default(),
            first_trial: FirstTrial::default(),
            scaling: Scaling::Ample,
            h: Vec::new(),
            s: Vec::new(),
            a: Vec::new(),
            product: Vec::new(),
            direction: Vec::new(),
            along: Along::new(0),
            state: State::Fresh,
        }
    }
}

impl<F: Real> Bfgs<F> {
    /// BFGS with strong Wolfe steps and the initial matrix scaled by the first pair.
    pub fn new() -> Self {
        Bfgs::default()
    }

    /// Sets the line search, default [`MoreThuente`](crate::line_search::MoreThuente).
    ///
    /// # Errors
    /// If one of its parameters is out of its range.
    pub fn line_search(self, search: impl Into<LineSearch>) -> Result<Self> {
        let line_search = search.into();
        line_search.validate()?;
        Ok(Bfgs { line_search, ..self })
    }

    /// Sets which step length is tried first, default [`FirstTrial::Unit`].
    #[must_use]
    pub fn first_trial(self, first_trial: FirstTrial) -> Self {
        Bfgs { first_trial, ..self }
    }

    /// Sets the initial matrix, default [`Scaling::Ample`].
    #[must_use]
    pub fn scaling(self, scaling: Scaling) -> Self {
        Bfgs { scaling, ..self }
    }

    /// The approximation of the inverse Hessian that gave the last direction; *n* × *n*, symmetric.
    pub fn inverse_hessian(&self) -> Array2<F> {
        let n = self.direction.len();
        if matches!(self.state, State::Fresh | State::First(_)) {
            return Array2::eye(n);
        }
        let h = ArrayView2::from_shape((n, n), &self.h).expect("H is n × n");
        Array2::from_shape_fn((n, n), |(i, j)| h[[i, j]] + self.s[i] * self.a[j] + self.a[i] * self.s[j])
    }

    /// Corrects H by the last step, and sets the direction −H∇f. Gives the slope along it.
    fn turn(&mut self, grad: &[F]) -> F {
        match self.state {
            State::Fresh => {
                self.direction.iter_mut().zip(grad).for_each(|(d, &g)| *d = -g);
                -vector::dot(grad, grad)
            }
            State::First(alpha) => {
                let before = self.along.grad.as_slice().expect("a gradient lies without gaps");
                let (sy, yy) = self
                    .direction
                    .iter()
                    .zip(grad)
                    .zip(before)
                    .fold((F::zero(), F::zero()), |(sy, yy), ((&d, &g), &b)| {
                        (sy + alpha * d * (g - b), yy + (g - b) * (g - b))
                    });
                let scale = self.scaling.of_first_pair(sy, yy);
                let n = grad.len();
                self.h.fill(F::zero());
                self.h.iter_mut().step_by(n + 1).for_each(|diagonal| *diagonal = scale);
                vector::scale_to(grad, scale, &mut self.product);
                // The last direction was −∇f; as the one that H would have given it serves the correction.
                self.state = State::Later(alpha);
                self.correct(grad, alpha / scale, scale)
            }
            State::Later(alpha) => {
                vector::rank_two_product(&mut self.h, &self.s, &self.a, grad, &mut self.product);
                self.correct(grad, alpha, F::one())
            }
        }
    }

    /// With p = H∇f at the new point and d = −H∇f at the old one (`scale`·direction): Hy = p + d, so that the
    /// correction of H and the new direction take vectors only. With c = ρ(1 + ρ·yᵀHy)/2 and a = c·s − ρ·Hy,
    /// H ← H + s·aᵀ + a·sᵀ.
    fn correct(&mut self, grad: &[F], alpha: F, scale: F) -> F {
        let before = self.along.grad.as_slice().expect("a gradient lies without gaps");
        let sums = vector::by_length(
            grad.len(),
            #[inline(always)]
            || sums(&self.product, &self.direction, scale, before, grad),
        );
        let (sy, sg) = (alpha * sums.dy, alpha * sums.dg);
        // As L-BFGS-B: a pair whose curvature is rounding, or negative, is left out.
        let usable = sy > F::epsilon() * alpha * sums.dg_before.abs();
        let (c, rho) = if usable {
            let rho = F::one() / sy;
            (rho * (F::one() + rho * sums.yhy) / F::of(2.0), rho)
        } else {
            (F::zero(), F::zero())
        };
        let ag = c * sg - rho * sums.ghy;
        let step = Step { alpha, scale, c, rho, ag, sg };
        vector::by_length(
            grad.len(),
            #[inline(always)]
            || step.apply(&self.product, &mut self.s, &mut self.a, &mut self.direction),
        );
        vector::dot(&self.direction, grad)
    }

    /// Forgets the curvature: the next direction is −∇f.
    fn restart(&mut self) {
        self.state = State::Fresh;
    }
}

/// The inner products of an iteration.
#[derive(Clone, Copy)]
struct Sums<F> {
    dy: F,
    dg: F,
    dg_before: F,
    yhy: F,
    ghy: F,
}

/// All of them in one pass, with d = `scale`·direction, y = grad − before and Hy = product + d.
#[inline(always)]
fn sums<F: Real>(product: &[F], direction: &[F], scale: F, before: &[F], grad: &[F]) -> Sums<F> {
    const L: usize = 8;
    let mut lanes = [[F::zero(); L]; 5];
    let mut add = |lane: usize, p: F, d: F, b: F, g: F| {
        let (d, y) = (scale * d, g - b);
        let hy = p + d;
        lanes[0][lane] += d * y;
        lanes[1][lane] += d * g;
        lanes[2][lane] += d * b;
        lanes[3][lane] += y * hy;
        lanes[4][lane] += g * hy;
    };
    let ((p, p_rest), (d, d_rest)) = (product.as_chunks::<L>(), direction.as_chunks::<L>());
    let ((b, b_rest), (g, g_rest)) = (before.as_chunks::<L>(), grad.as_chunks::<L>());
    for (((p, d), b), g) in p.iter().zip(d).zip(b).zip(g) {
        for i in 0..L {
            add(i, p[i], d[i], b[i], g[i]);
        }
    }
    for (((&p, &d), &b), &g) in p_rest.iter().zip(d_rest).zip(b_rest).zip(g_rest) {
        add(0, p, d, b, g);
    }
    let [dy, dg, dg_before, yhy, ghy] =
        lanes.map(|l| ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7])));
    Sums { dy, dg, dg_before, yhy, ghy }
}

/// The scalars of a correction.
#[derive(Clone, Copy)]
struct Step<F> {
    alpha: F,
    scale: F,
    c: F,
    rho: F,
    ag: F,
    sg: F,
}

impl<F: Real> Step<F> {
    /// Writes s and a, and the new direction −(p + s·aᵀg + a·sᵀg).
    #[inline(always)]
    fn apply(self, product: &[F], s: &mut [F], a: &mut [F], direction: &mut [F]) {
        let Step { alpha, scale, c, rho, ag, sg } = self;
        for (((s, a), d), &p) in s.iter_mut().zip(a.iter_mut()).zip(direction.iter_mut()).zip(product) {
            let d_before = scale * *d;
            *s = alpha * d_before;
            *a = c * *s - rho * (p + d_before);
            *d = -(p + *s * ag + *a * sg);
        }
    }
}

impl<F: Real, O: Differentiable<F> + ?Sized> Optimizer<F, O> for Bfgs<F> {
    fn name(&self) -> String {
        "bfgs".into()
    }

    fn stays_finite(&self) -> bool {
        true
    }

    fn save(&self, saved: &mut Saved) {
        saved.put("h", self.h.iter().copied());
        saved.put("s", self.s.iter().copied());
        saved.put("a", self.a.iter().copied());
        saved.put("product", self.product.iter().copied());
        saved.put("direction", self.direction.iter().copied());
        let (known, alpha) = match self.state {
            State::Fresh => (0.0, F::nan()),
            State::First(alpha) => (1.0, alpha),
            State::Later(alpha) => (2.0, alpha),
        };
        saved.put("state", [known, alpha.wide()]);
        self.along.save(saved);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        saved.take("h", &mut self.h)?;
        saved.take("s", &mut self.s)?;
        saved.take("a", &mut self.a)?;
        saved.take("product", &mut self.product)?;
        saved.take("direction", &mut self.direction)?;
        let mut state = [0.0; 2];
        saved.take("state", &mut state)?;
        self.state = match state {
            [1.0, alpha] => State::First(F::of(alpha)),
            [2.0, alpha] => State::Later(F::of(alpha)),
            _ => State::Fresh,
        };
        self.along.restore(saved)
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<F>) {
        let dim = iterate.x.len();
        self.h = vec![F::zero(); dim * dim];
        for buffer in [&mut self.s, &mut self.a, &mut self.product, &mut self.direction] {
            *buffer = vec![F::zero(); dim];
        }
        self.along = Along::new(dim);
        self.state = State::Fresh;
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<F>) -> ControlFlow<Termination> {
        loop {
            let slope = self.turn(iterate.grad.as_slice().expect("a gradient lies without gaps"));
            let fresh = self.state == State::Fresh;
            if !fresh && (slope.is_nan() || slope >= F::zero()) {
                // Rounding has spoiled H.
                self.restart();
                continue;
            }
            let first = self.first_trial.length(iterate, slope, fresh, self.along.value_before);
            match self.along.search(&self.line_search, objective, iterate, &self.direction, slope, first) {
                ControlFlow::Continue(alpha) => {
                    self.state = if fresh { State::First(alpha) } else { State::Later(alpha) };
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
