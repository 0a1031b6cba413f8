//! L-BFGS: BFGS that remembers a few steps instead of a matrix.

use super::along::Along;
use super::{FirstTrial, Identity, Preconditioner, Scaling};
use crate::error::Result;
use crate::linalg::vector;
use crate::line_search::LineSearch;
use crate::objective::Differentiable;
use crate::optimizer::{Iterate, Optimizer, Saved};
use crate::real::Real;
use crate::stop::Termination;
use std::ops::ControlFlow;

/// L-BFGS (Nocedal 1980; Liu & Nocedal 1989; slide "L-BFGS"): the direction of BFGS from the last *m* pairs
/// (s, y) alone, by the two-loop recursion (Nocedal & Wright 2006, algorithm 7.4), from the initial matrix
/// γ·I with γ = sᵀy/yᵀy of the newest pair. Time 4*mn* an iteration, memory 2*mn*.
///
/// A pair with sᵀy ≤ ε·|sᵀ∇f| is left out (L-BFGS-B's condition). With *m* ≥ the number of iterations and
/// [`Scaling::Identity`] the iterates are those of [`Bfgs`](super::Bfgs).
///
/// With a preconditioner M ([`Lbfgs::preconditioned`]) the initial matrix is γ·M⁻¹ with γ = sᵀy/yᵀM⁻¹y, and
/// the first step is −M⁻¹∇f: the same method in coordinates where M is the identity, and where M comes near
/// the Hessian, fewer iterations.
///
/// ```
/// use gradus::prelude::*;
/// let mut problem = problems::Rosenbrock::new(100);
/// let x0 = problem.facts().start;
/// let found = minimize(&mut problem, &x0, Lbfgs::new(10), Stop::grad(1e-8)).unwrap();
/// assert!(found.termination.converged());
/// println!("{found}");
/// ```
#[derive(Debug, Clone)]
pub struct Lbfgs<F = f64, P = Identity> {
    memory: usize,
    preconditioner: P,
    line_search: LineSearch,
    first_trial: FirstTrial,
    scaling: Scaling,
    /// The pairs, each a row of *n*; the newest at `newest`, older ones before it, around the end.
    s: Vec<F>,
    y: Vec<F>,
    /// 1/sᵀy of each.
    rho: Vec<F>,
    /// The coefficients that the first loop leaves for the second.
    coefficients: Vec<F>,
    newest: usize,
    count: usize,
    gamma: F,
    direction: Vec<F>,
    /// M⁻¹y of the newest pair.
    preconditioned: Vec<F>,
    along: Along<F>,
}

impl<F: Real> Default for Lbfgs<F> {
    /// With a memory of 10 pairs.
    fn default() -> Self {
        Lbfgs::new(10)
    }
}

impl<F: Real> Lbfgs<F> {
    /// L-BFGS with a memory of `memory` pairs, usually 3 to 20; with 0 it is steepest descent.
    pub fn new(memory: usize) -> Self {
        Lbfgs {
            memory,
            preconditioner: Identity,
            line_search: LineSearch::default(),
            first_trial: FirstTrial::default(),
            scaling: Scaling::default(),
            s: Vec::new(),
            y: Vec::new(),
            rho: Vec::new(),
            coefficients: Vec::new(),
            newest: 0,
            count: 0,
            gamma: F::one(),
            direction: Vec::new(),
            preconditioned: Vec::new(),
            along: Along::new(0),
        }
    }
}

impl<F: Real, P> Lbfgs<F, P> {
    /// Sets the preconditioner, default none.
    #[must_use]
    pub fn preconditioned<Q>(self, preconditioner: Q) -> Lbfgs<F, Q> {
        Lbfgs {
            memory: self.memory,
            preconditioner,
            line_search: self.line_search,
            first_trial: self.first_trial,
            scaling: self.scaling,
            s: self.s,
            y: self.y,
            rho: self.rho,
            coefficients: self.coefficients,
            newest: self.newest,
            count: self.count,
            gamma: self.gamma,
            direction: self.direction,
            preconditioned: self.preconditioned,
            along: self.along,
        }
    }

    /// Sets the line search, default [`MoreThuente`](crate::line_search::MoreThuente).
    ///
    /// # Errors
    /// If one of its parameters is out of its range.
    pub fn line_search(self, search: impl Into<LineSearch>) -> Result<Self> {
        let line_search = search.into();
        line_search.validate()?;
        Ok(Lbfgs { line_search, ..self })
    }

    /// Sets which step length is tried first, default [`FirstTrial::Unit`].
    #[must_use]
    pub fn first_trial(self, first_trial: FirstTrial) -> Self {
        Lbfgs { first_trial, ..self }
    }

    /// Sets the initial matrix of each iteration, default [`Scaling::Pair`].
    #[must_use]
    pub fn scaling(self, scaling: Scaling) -> Self {
        Lbfgs { scaling, ..self }
    }

    /// Sets direction = −H∇f by the two loops. Each pass over the direction also takes the inner product that
    /// the next one needs, so a pair is read twice and the direction 2*m* times.
    fn turn<O: ?Sized>(&mut self, grad: &[F]) -> F
    where
        P: Preconditioner<F, O>,
    {
        let n = grad.len();
        let d = &mut self.direction[..];
        if self.count == 0 {
            vector::scale_to(grad, -F::one(), d);
            if P::IDENTITY {
                return -vector::dot(grad, grad);
            }
            self.preconditioner.apply(d);
            return vector::dot(grad, d);
        }
        let place = |age: usize| (self.newest + self.memory - age) % self.memory;
        let pair = |rows: &[F], age: usize| -> std::ops::Range<usize> {
            let start = place(age) * n;
            debug_assert!(start + n <= rows.len());
            start..start + n
        };
        // From the newest to the oldest pair: coefficient = ρ·sᵀq, q ← q − coefficient·y; q starts as −∇f.
        vector::scale_to(grad, -F::one(), d);
        let mut product = vector::dot(&self.s[pair(&self.s, 0)], d);
        for age in 0..self.count {
            let coefficient = self.rho[place(age)] * product;
            self.coefficients[age] = coefficient;
            let y = &self.y[pair(&self.y, age)];
            product = if age + 1 < self.count {
                vector::add_scale_dot(d, -coefficient, y, F::one(), &self.s[pair(&self.s, age + 1)])
            } else {
                vector::add_scale_dot(d, -coefficient, y, self.gamma, y)
            };
        }
        if !P::IDENTITY {
            // γ = sᵀy/yᵀM⁻¹y in place of sᵀy/yᵀy, by which the direction was multiplied.
            let newest = &self.y[pair(&self.y, 0)];
            self.preconditioned.clear();
            self.preconditioned.extend_from_slice(newest);
            self.preconditioner.apply(&mut self.preconditioned);
            let gamma = match self.scaling {
                Scaling::Identity => F::one(),
                _ => F::one() / (self.rho[place(0)] * vector::dot(newest, &self.preconditioned)),
            };
            self.preconditioner.apply(d);
            d.iter_mut().for_each(|d| *d *= gamma / self.gamma);
            product = vector::dot(&self.y[pair(&self.y, self.count - 1)], d);
        }
        // Back from the oldest to the newest: r ← r + (coefficient − ρ·yᵀr)·s.
        for age in (0..self.count).rev() {
            let change = self.coefficients[age] - self.rho[place(age)] * product;
            let s = &self.s[pair(&self.s, age)];
            let next = if age > 0 { &self.y[pair(&self.y, age - 1)] } else { grad };
            product = vector::add_scale_dot(d, change, s, F::one(), next);
        }
        product
    }

    /// Keeps the pair of the step just made, if its curvature is positive, in place of the oldest.
    fn remember(&mut self, grad: &[F], alpha: F, slope: F) {
        if self.memory == 0 {
            return;
        }
        let n = grad.len();
        let next = if self.count == 0 { 0 } else { (self.newest + 1) % self.memory };
        let row = next * n..(next + 1) * n;
        let before = self.along.grad.as_slice().expect("a gradient lies without gaps");
        let (s, y) = (&mut self.s[row.clone()], &mut self.y[row]);
        let (sy, yy) = vector::curvature_pair(alpha, &self.direction, before, grad, s, y);
        if sy <= F::epsilon() * alpha * slope.abs() || !yy.is_finite() {
            // The row that was written over is that of the oldest pair, if all rows are in use.
            self.count = self.count.min(self.memory - 1);
            return;
        }
        self.rho[next] = F::one() / sy;
        self.newest = next;
        self.count = (self.count + 1).min(self.memory);
        self.gamma = if self.scaling == Scaling::Identity { F::one() } else { sy / yy };
    }
}

impl<F: Real, O: Differentiable<F> + ?Sized, P: Preconditioner<F, O>> Optimizer<F, O> for Lbfgs<F, P> {
    fn name(&self) -> String {
        if P::IDENTITY { "lbfgs".into() } else { format!("lbfgs-{}", P::NAME) }
    }

    fn stays_finite(&self) -> bool {
        true
    }

    fn save(&self, saved: &mut Saved) {
        saved.put("s", self.s.iter().copied());
        saved.put("y", self.y.iter().copied());
        saved.put("rho", self.rho.iter().copied());
        saved.put("pairs", [self.newest as f64, self.count as f64, self.gamma.wide()]);
        self.along.save(saved);
        self.preconditioner.save(saved);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        saved.take("s", &mut self.s)?;
        saved.take("y", &mut self.y)?;
        saved.take("rho", &mut self.rho)?;
        let mut pairs = [0.0; 3];
        saved.take("pairs", &mut pairs)?;
        (self.newest, self.count, self.gamma) = (pairs[0] as usize, pairs[1] as usize, F::of(pairs[2]));
        self.preconditioner.restore(saved)?;
        self.along.restore(saved)
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<F>) {
        let dim = iterate.x.len();
        self.s = vec![F::zero(); self.memory * dim];
        self.y = vec![F::zero(); self.memory * dim];
        self.rho = vec![F::zero(); self.memory];
        self.coefficients = vec![F::zero(); self.memory];
        self.direction = vec![F::zero(); dim];
        self.along = Along::new(dim);
        (self.newest, self.count) = (0, 0);
        self.preconditioner.start();
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<F>) -> ControlFlow<Termination> {
        self.preconditioner.renew(objective, iterate);
        loop {
            let slope = self.turn::<O>(iterate.grad.as_slice().expect("a gradient lies without gaps"));
            let fresh = self.count == 0;
            if !fresh && (slope.is_nan() || slope >= F::zero()) {
                self.count = 0;
                continue;
            }
            let first =
                self.first_trial.length(iterate, slope, fresh && P::IDENTITY, self.along.value_before);
            match self.along.search(&self.line_search, objective, iterate, &self.direction, slope, first) {
                ControlFlow::Continue(alpha) => {
                    self.remember(
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
                // Old pairs may mislead: once more along the gradient.
                ControlFlow::Break(_) => self.count = 0,
            }
        }
    }
}
