//! Nonlinear conjugate gradients.

use super::along::Along;
use crate::error::{Error, Result};
use crate::linalg::vector;
use crate::line_search::{LineSearch, MoreThuente};
use crate::objective::Differentiable;
use crate::optimizer::{Iterate, Optimizer, Saved};
use crate::real::Real;
use crate::stop::Termination;
use std::ops::ControlFlow;

/// How much of the last direction d is kept: d₊ = −g₊ + β·d, with y = g₊ − g.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Conjugacy {
    /// β = g₊ᵀg₊/gᵀg (Fletcher & Reeves 1964); after a bad step it stays bad.
    FletcherReeves,
    /// β = max(0, g₊ᵀy/gᵀg) (Polak & Ribière 1969, with Powell's restart where it is negative).
    PolakRibierePlus,
    /// β = max(βᴺ, −1/(‖d‖·min(.01, ‖g‖))) with βᴺ = (y − 2d·yᵀy/dᵀy)ᵀg₊/dᵀy (Hager & Zhang 2005, equations
    /// 1.5 and 1.6), with which every direction descends.
    #[default]
    HagerZhang,
}

impl Conjugacy {
    /// Names on the command line.
    pub const NAMES: &[&str] = &["hager-zhang", "polak-ribiere", "fletcher-reeves"];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Conjugacy::HagerZhang => "hager-zhang",
            Conjugacy::PolakRibierePlus => "polak-ribiere",
            Conjugacy::FletcherReeves => "fletcher-reeves",
        }
    }

    /// The formula of that name.
    pub fn by_name(name: &str) -> Result<Self> {
        match name {
            "hager-zhang" => Ok(Conjugacy::HagerZhang),
            "polak-ribiere" => Ok(Conjugacy::PolakRibierePlus),
            "fletcher-reeves" => Ok(Conjugacy::FletcherReeves),
            _ => Err(Error::unknown("conjugacy", name, Self::NAMES)),
        }
    }
}

/// Nonlinear conjugate gradients: d ← −∇f + β·d, x ← x + α·d (Nocedal & Wright 2006, section 5.2). Four
/// vectors of memory.
///
/// The line search must be sharper than that of BFGS: by default [`MoreThuente`] with curvature .1. The first
/// trial of an iteration is the length that would repeat the last change to first order, α·φ′/φ′₊ (equation
/// 3.59 there), at most ten times the last. After *n* iterations, or where a direction would not descend, it
/// starts anew from −∇f.
///
/// ```
/// use gradus::prelude::*;
/// let mut problem = problems::Rosenbrock::new(10);
/// let x0 = problem.facts().start;
/// let found = minimize(&mut problem, &x0, ConjugateGradient::new(Conjugacy::HagerZhang), Stop::grad(1e-8)).unwrap();
/// assert!(found.termination.converged(), "{found}");
/// ```
#[derive(Debug, Clone)]
pub struct ConjugateGradient<F = f64> {
    conjugacy: Conjugacy,
    line_search: LineSearch,
    direction: Vec<F>,
    along: Along<F>,
    /// Step length and slope of the last iteration; none after a start.
    last: Option<(F, F)>,
    since_restart: usize,
}

impl<F: Real> Default for ConjugateGradient<F> {
    fn default() -> Self {
        ConjugateGradient::new(Conjugacy::default())
    }
}

impl<F: Real> ConjugateGradient<F> {
    /// Conjugate gradients by this formula.
    pub fn new(conjugacy: Conjugacy) -> Self {
        let line_search = MoreThuente { curvature: 0.1, ..MoreThuente::default() }.into();
        ConjugateGradient {
            conjugacy,
            line_search,
            direction: Vec::new(),
            along: Along::new(0),
            last: None,
            since_restart: 0,
        }
    }

    /// Sets the line search, default [`MoreThuente`] with curvature .1.
    ///
    /// # Errors
    /// If one of its parameters is out of its range.
    pub fn line_search(self, search: impl Into<LineSearch>) -> Result<Self> {
        let line_search = search.into();
        line_search.validate()?;
        Ok(ConjugateGradient { line_search, ..self })
    }

    /// Sets the direction from the last one, and gives its slope.
    fn turn(&mut self, grad: &[F]) -> F {
        let squared = vector::dot(grad, grad);
        if self.last.is_some() {
            let beta = self.beta(grad, squared);
            let slope = vector::turn_from_gradient(&mut self.direction, beta, grad);
            if slope < F::zero() {
                return slope;
            }
            self.restart();
        }
        vector::scale_to(grad, -F::one(), &mut self.direction);
        -squared
    }

    fn beta(&self, grad: &[F], squared: F) -> F {
        let before = self.along.grad.as_slice().expect("a gradient lies without gaps");
        let of_before = vector::dot(before, before);
        match self.conjugacy {
            Conjugacy::FletcherReeves => squared / of_before,
            Conjugacy::PolakRibierePlus => F::zero().max((squared - vector::dot(grad, before)) / of_before),
            Conjugacy::HagerZhang => {
                let d = &self.direction;
                let (dg, dg_before, mixed) =
                    (vector::dot(d, grad), vector::dot(d, before), vector::dot(grad, before));
                let (dy, yg, yy) =
                    (dg - dg_before, squared - mixed, squared - F::of(2.0) * mixed + of_before);
                let least = -F::one() / (vector::dot(d, d).sqrt() * of_before.sqrt().min(F::of(0.01)));
                ((yg - F::of(2.0) * dg * yy / dy) / dy).max(least)
            }
        }
    }

    fn restart(&mut self) {
        (self.last, self.since_restart) = (None, 0);
    }
}

impl<F: Real, O: Differentiable<F> + ?Sized> Optimizer<F, O> for ConjugateGradient<F> {
    fn name(&self) -> String {
        "cg".into()
    }

    fn stays_finite(&self) -> bool {
        true
    }

    fn save(&self, saved: &mut Saved) {
        saved.put("direction", self.direction.iter().copied());
        let (alpha, slope) = self.last.unwrap_or((F::nan(), F::nan()));
        saved.put("last", [alpha, slope]);
        saved.put_one("since_restart", self.since_restart as f64);
        self.along.save(saved);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        saved.take("direction", &mut self.direction)?;
        let mut last = [F::nan(); 2];
        saved.take("last", &mut last)?;
        self.last = (!last[0].is_nan()).then_some((last[0], last[1]));
        self.since_restart = saved.take_one("since_restart")? as usize;
        self.along.restore(saved)
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<F>) {
        let dim = iterate.x.len();
        self.direction = vec![F::zero(); dim];
        self.along = Along::new(dim);
        self.restart();
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<F>) -> ControlFlow<Termination> {
        loop {
            let slope = self.turn(iterate.grad.as_slice().expect("a gradient lies without gaps"));
            let first = match self.last {
                Some((alpha, slope_before)) => (alpha * slope_before / slope).min(F::of(10.0) * alpha),
                None => F::one().min(F::one() / (-slope).sqrt()),
            };
            match self.along.search(&self.line_search, objective, iterate, &self.direction, slope, first) {
                ControlFlow::Continue(alpha) => {
                    self.last = Some((alpha, slope));
                    self.since_restart += 1;
                    if self.since_restart >= iterate.x.len().max(2) {
                        self.restart();
                    }
                    return ControlFlow::Continue(());
                }
                ControlFlow::Break(failure) if self.last.is_none() => {
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
