//! L-BFGS: BFGS that remembers a few steps instead of a matrix.

use super::first_trial::FirstTrial;
use super::line_search_method::{LineSearchMethod, QuasiNewton};
use super::preconditioner::{Identity, Preconditioner};
use super::scaling::Scaling;
use super::search_direction::{SearchDirection, Step};
use crate::error::Result;
use crate::linalg::{bytes_of, vector};
use crate::line_search::LineSearch;
use crate::optimizer::{Iterate, Saved};
use crate::real::Real;

/// L-BFGS (Nocedal 1980; Liu & Nocedal 1989; slide "L-BFGS"): the direction of BFGS from the last *m* pairs
/// (s, y) alone, by the two-loop recursion (Nocedal & Wright 2006, algorithm 7.4). The initial matrix is γ·I
/// with γ = sᵀy/yᵀy of the newest pair. Time 4*mn* per iteration, memory 2*mn*.
///
/// A pair with sᵀy ≤ ε·|sᵀ∇f| is skipped (the condition of L-BFGS-B). If *m* is at least the number of
/// iterations, the iterates with [`Scaling::Identity`] are those of [`Bfgs`](super::Bfgs).
///
/// With a preconditioner M ([`Lbfgs::preconditioned`]) the initial matrix is γ·M⁻¹ with γ = sᵀy/yᵀM⁻¹y, and
/// the first step goes along −M⁻¹∇f. This is the same method in coordinates in which M is the identity; it
/// takes fewer iterations if M is close to the Hessian.
///
/// ```
/// use gradus::prelude::*;
/// let mut problem = problems::Rosenbrock::new(100);
/// let x0 = problem.facts().start;
/// let found = minimize(&mut problem, &x0, Lbfgs::new(10), Stop::grad(1e-8)).unwrap();
/// assert!(found.termination.converged());
/// println!("{found}");
/// ```
pub type Lbfgs<F = f64, P = Identity> = LineSearchMethod<F, LimitedMemoryBfgs<F, P>>;

/// The directions of [`Lbfgs`].
#[derive(Debug, Clone)]
pub struct LimitedMemoryBfgs<F, P> {
    memory: usize,
    preconditioner: P,
    scaling: Scaling,
    /// The pairs, each in a row of *n*. The newest is row `newest`; the older ones stand before it, and go on
    /// at the end.
    s: Vec<F>,
    y: Vec<F>,
    /// 1/sᵀy of each pair.
    rho: Vec<F>,
    /// The coefficients that the first loop computes for the second one.
    coefficients: Vec<F>,
    newest: usize,
    count: usize,
    gamma: F,
    /// M⁻¹y of the newest pair.
    preconditioned: Vec<F>,
}

impl<F: Real> Default for Lbfgs<F> {
    /// With a memory of 10 pairs.
    fn default() -> Self {
        Lbfgs::new(10)
    }
}

impl<F: Real> Lbfgs<F> {
    /// L-BFGS with a memory of `memory` pairs, usually 3 to 20. With 0 it is steepest descent.
    pub fn new(memory: usize) -> Self {
        let method = LimitedMemoryBfgs::new(memory, Scaling::default(), Identity);
        LineSearchMethod::from_direction(method, LineSearch::default())
    }
}

impl<F: Real, P> Lbfgs<F, P> {
    /// Sets the preconditioner, by default none.
    #[must_use]
    pub fn preconditioned<Q>(self, preconditioner: Q) -> Lbfgs<F, Q> {
        self.with_direction(|method| LimitedMemoryBfgs::new(method.memory, method.scaling, preconditioner))
    }
}

impl<F: Real, P> LimitedMemoryBfgs<F, P> {
    fn new(memory: usize, scaling: Scaling, preconditioner: P) -> Self {
        let empty = Vec::new;
        LimitedMemoryBfgs {
            memory,
            preconditioner,
            scaling,
            s: empty(),
            y: empty(),
            rho: empty(),
            coefficients: empty(),
            newest: 0,
            count: 0,
            gamma: F::one(),
            preconditioned: empty(),
        }
    }
}

impl<F, P> QuasiNewton for LimitedMemoryBfgs<F, P> {
    fn scaling_mut(&mut self) -> &mut Scaling {
        &mut self.scaling
    }
}

impl<F: Real, O: ?Sized, P: Preconditioner<F, O>> SearchDirection<F, O> for LimitedMemoryBfgs<F, P> {
    const KEEPS_DIRECTION: bool = false;
    const SCALE_FREE: bool = P::IDENTITY;

    fn bytes(&self, dim: usize) -> u128 {
        bytes_of::<F>(&[2 * (dim as u128 + 1), self.memory as u128])
    }

    fn name(&self) -> String {
        if P::IDENTITY { "lbfgs".into() } else { format!("lbfgs-{}", P::NAME) }
    }

    fn start(&mut self, dim: usize) {
        self.s = vec![F::zero(); self.memory * dim];
        self.y = vec![F::zero(); self.memory * dim];
        self.rho = vec![F::zero(); self.memory];
        self.coefficients = vec![F::zero(); self.memory];
        (self.newest, self.count) = (0, 0);
        self.preconditioner.start();
    }

    fn prepare(&mut self, objective: &mut O, iterate: &Iterate<F>) {
        self.preconditioner.renew(objective, iterate);
    }

    fn is_fresh(&self) -> bool {
        self.count == 0
    }

    fn forget(&mut self) {
        self.count = 0;
    }

    fn first_trial(&self, setting: FirstTrial, iterate: &Iterate<F>, slope: F, value_before: F) -> F {
        setting.length(iterate, slope, self.count == 0 && P::IDENTITY, value_before)
    }

    /// Sets the direction to −H∇f by the two loops. Each pass over the direction also computes the inner
    /// product that the next pass needs, so that each pair is read twice and the direction 2*m* times.
    fn update_direction(&mut self, d: &mut [F], grad: &[F], _before: &[F]) -> F {
        let n = grad.len();
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
        // From the newest to the oldest pair: coefficient = ρ·sᵀq, q ← q − coefficient·y, from q = −∇f.
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
            // The direction was multiplied by sᵀy/yᵀy; replace this factor by γ = sᵀy/yᵀM⁻¹y.
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

    /// Stores the pair of the step in place of the oldest one, if its curvature is positive.
    fn learn(&mut self, step: Step<F>) {
        if self.memory == 0 {
            return;
        }
        let Step { alpha, direction, slope, grad_before, grad } = step;
        let n = grad.len();
        let next = if self.count == 0 { 0 } else { (self.newest + 1) % self.memory };
        let row = next * n..(next + 1) * n;
        let (s, y) = (&mut self.s[row.clone()], &mut self.y[row]);
        let (sy, yy) = vector::curvature_pair(alpha, direction, grad_before, grad, s, y);
        if sy <= F::epsilon() * alpha * slope.abs() || !yy.is_finite() {
            // The row that was overwritten held the oldest pair if all rows are in use.
            self.count = self.count.min(self.memory - 1);
            return;
        }
        self.rho[next] = F::one() / sy;
        self.newest = next;
        self.count = (self.count + 1).min(self.memory);
        self.gamma = if self.scaling == Scaling::Identity { F::one() } else { sy / yy };
    }

    fn save(&self, saved: &mut Saved) {
        saved.put("s", self.s.iter().copied());
        saved.put("y", self.y.iter().copied());
        saved.put("rho", self.rho.iter().copied());
        saved.put("pairs", [self.newest as f64, self.count as f64, self.gamma.wide()]);
        self.preconditioner.save(saved);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        saved.take("s", &mut self.s)?;
        saved.take("y", &mut self.y)?;
        saved.take("rho", &mut self.rho)?;
        let mut pairs = [0.0; 3];
        saved.take("pairs", &mut pairs)?;
        self.newest = Saved::whole("pairs", pairs[0], self.memory.saturating_sub(1))?;
        self.count = Saved::whole("pairs", pairs[1], self.memory)?;
        self.gamma = F::of(pairs[2]);
        self.preconditioner.restore(saved)
    }
}
