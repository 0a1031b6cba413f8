//! Nonlinear conjugate gradients.

use super::first_trial::FirstTrial;
use super::line_search_method::LineSearchMethod;
use super::search_direction::{SearchDirection, Step};
use crate::error::{Error, Result};
use crate::linalg::vector;
use crate::line_search::MoreThuente;
use crate::optimizer::{Iterate, Saved};
use crate::real::Real;

/// The formula for β in d₊ = −g₊ + β·d, with y = g₊ − g: the share of the last direction d that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Conjugacy {
    /// β = g₊ᵀg₊/gᵀg (Fletcher & Reeves 1964). After one bad step, the following ones are bad too.
    FletcherReeves,
    /// β = max(0, g₊ᵀy/gᵀg) (Polak & Ribière 1969, with Powell's restart where β would be negative).
    PolakRibierePlus,
    /// β = max(βᴺ, −1/(‖d‖·min(.01, ‖g‖))) with βᴺ = (y − 2d·yᵀy/dᵀy)ᵀg₊/dᵀy (Hager & Zhang 2005, equations
    /// 1.5 and 1.6). Every direction descends.
    #[default]
    HagerZhang,
}

impl Conjugacy {
    /// The names on the command line.
    pub const NAMES: &[&str] = &["hager-zhang", "polak-ribiere", "fletcher-reeves"];

    /// Returns the name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Conjugacy::HagerZhang => "hager-zhang",
            Conjugacy::PolakRibierePlus => "polak-ribiere",
            Conjugacy::FletcherReeves => "fletcher-reeves",
        }
    }

    /// Returns the formula of this name.
    ///
    /// # Errors
    /// If no formula has this name.
    pub fn by_name(name: &str) -> Result<Self> {
        match name {
            "hager-zhang" => Ok(Conjugacy::HagerZhang),
            "polak-ribiere" => Ok(Conjugacy::PolakRibierePlus),
            "fletcher-reeves" => Ok(Conjugacy::FletcherReeves),
            _ => Err(Error::unknown("conjugacy", name, Self::NAMES)),
        }
    }
}

/// Nonlinear conjugate gradients: d ← −∇f + β·d, x ← x + α·d (Nocedal & Wright 2006, section 5.2). Memory for
/// four vectors.
///
/// The line search must be more accurate than that of BFGS, and is by default [`MoreThuente`] with curvature
/// .1. The first trial of an iteration is the length that would repeat the last change of f to first order,
/// α·φ′/φ′₊ (equation 3.59 there), and at most ten times the last length. The method starts again from −∇f
/// after *n* iterations, and where a direction would not descend.
///
/// ```
/// use gradus::optimizer::second_order::{Conjugacy, ConjugateGradient};
/// use gradus::prelude::*;
/// let mut problem = problems::Rosenbrock::new(10);
/// let x0 = problem.facts().start;
/// let found =
///     minimize(&mut problem, &x0, ConjugateGradient::new(Conjugacy::HagerZhang), Stop::grad(1e-8)).unwrap();
/// assert!(found.termination.converged(), "{found}");
/// ```
pub type ConjugateGradient<F = f64> = LineSearchMethod<F, ConjugateDirection<F>>;

/// The directions of [`ConjugateGradient`].
#[derive(Debug, Clone)]
pub struct ConjugateDirection<F> {
    conjugacy: Conjugacy,
    /// The step length and the slope of the last iteration; `None` after a start or restart.
    last: Option<(F, F)>,
    since_restart: usize,
}

impl<F: Real> Default for ConjugateGradient<F> {
    fn default() -> Self {
        ConjugateGradient::new(Conjugacy::default())
    }
}

impl<F: Real> ConjugateGradient<F> {
    /// Conjugate gradients with this formula for β.
    pub fn new(conjugacy: Conjugacy) -> Self {
        let method = ConjugateDirection { conjugacy, last: None, since_restart: 0 };
        let line_search = MoreThuente { curvature: 0.1, ..MoreThuente::default() };
        LineSearchMethod::from_direction(method, line_search.into())
    }
}

impl<F: Real> ConjugateDirection<F> {
    /// Returns β for the last direction d and the gradients before and after the step along it. `squared` is
    /// ‖grad‖².
    fn beta(&self, d: &[F], grad: &[F], before: &[F], squared: F) -> F {
        let of_before = vector::dot(before, before);
        match self.conjugacy {
            Conjugacy::FletcherReeves => squared / of_before,
            Conjugacy::PolakRibierePlus => F::zero().max((squared - vector::dot(grad, before)) / of_before),
            Conjugacy::HagerZhang => {
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

impl<F: Real, O: ?Sized> SearchDirection<F, O> for ConjugateDirection<F> {
    const SCALE_FREE: bool = true;

    fn name(&self) -> String {
        "cg".into()
    }

    fn start(&mut self, _dim: usize) {
        self.restart();
    }

    fn is_fresh(&self) -> bool {
        self.last.is_none()
    }

    fn forget(&mut self) {
        self.restart();
    }

    fn update_direction(&mut self, direction: &mut [F], grad: &[F], before: &[F]) -> F {
        let squared = vector::dot(grad, grad);
        if self.last.is_some() {
            let beta = self.beta(direction, grad, before, squared);
            return vector::conjugate_direction(direction, beta, grad);
        }
        vector::scale_to(grad, -F::one(), direction);
        -squared
    }

    fn first_trial(&self, _setting: FirstTrial, _iterate: &Iterate<F>, slope: F, _value_before: F) -> F {
        match self.last {
            Some((alpha, slope_before)) => (alpha * slope_before / slope).min(F::of(10.0) * alpha),
            None => F::one().min(F::one() / (-slope).sqrt()),
        }
    }

    fn learn(&mut self, Step { alpha, slope, grad, .. }: Step<F>) {
        self.last = Some((alpha, slope));
        self.since_restart += 1;
        if self.since_restart >= grad.len().max(2) {
            self.restart();
        }
    }

    fn save(&self, saved: &mut Saved) {
        let (alpha, slope) = self.last.unwrap_or((F::nan(), F::nan()));
        saved.put("last", [alpha, slope]);
        saved.put_one("since_restart", self.since_restart as f64);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        let mut last = [F::nan(); 2];
        saved.take("last", &mut last)?;
        self.last = (!last[0].is_nan()).then_some((last[0], last[1]));
        self.since_restart = saved.take_one("since_restart")? as usize;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polak_and_ribieres_share_is_never_negative() {
        // g₊ᵀ(g₊ − g) = 1 − 3 < 0: without the bound β would be −2/9.
        let (direction, grad, before) = ([-3.0f64, 0.0], [1.0, 0.0], [3.0, 0.0]);
        let beta = |conjugacy| {
            let method = ConjugateDirection { conjugacy, last: None, since_restart: 0 };
            method.beta(&direction, &grad, &before, 1.0)
        };
        assert_eq!(beta(Conjugacy::PolakRibierePlus), 0.0);
        assert!((beta(Conjugacy::FletcherReeves) - 1.0 / 9.0).abs() < 1e-15);
        let method =
            ConjugateDirection { conjugacy: Conjugacy::PolakRibierePlus, last: None, since_restart: 0 };
        assert!((method.beta(&direction, &[0.0, 6.0], &before, 36.0) - 4.0).abs() < 1e-15);
    }
}
