//! The step length that a line search tries first.

use crate::linalg::{slice, vector};
use crate::optimizer::Iterate;
use crate::real::Real;

/// The step length that a quasi-Newton iteration tries first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FirstTrial {
    /// 1, the right length once the quasi-Newton matrix is good. In the first iteration and after a restart,
    /// min(1, 1/‖∇f‖₂) as in L-BFGS-B, unless a preconditioner sets the scale.
    #[default]
    Unit,
    /// As `Unit`, but with min(1, 1/‖∇f‖₁) at the start, as in PyTorch.
    UnitOneNorm,
    /// min(1, 1.01·2(fₖ − fₖ₋₁)/φ′(0)): the minimum of the parabola that would repeat the last decrease
    /// (Nocedal & Wright 2006, equation 3.60), with f₋₁ = f₀ + ‖∇f₀‖₂/2, as in SciPy's BFGS.
    LastDecrease,
}

impl FirstTrial {
    /// Returns the first trial along a direction of this `slope`. `unscaled` tells that the direction is −∇f,
    /// whose length says nothing about the distance to the minimum. `value_before` is f before the last step,
    /// NaN if there was none.
    pub fn length<F: Real>(self, iterate: &Iterate<F>, slope: F, unscaled: bool, value_before: F) -> F {
        let grad = slice(&iterate.grad);
        let one = F::one();
        match self {
            FirstTrial::Unit if unscaled => one.min(one / vector::dot(grad, grad).sqrt()),
            FirstTrial::UnitOneNorm if unscaled => one.min(one / vector::one_norm(grad)),
            FirstTrial::Unit | FirstTrial::UnitOneNorm => one,
            FirstTrial::LastDecrease => {
                let before = if value_before.is_nan() {
                    iterate.value + vector::dot(grad, grad).sqrt() / F::of(2.0)
                } else {
                    value_before
                };
                let alpha = one.min(F::of(1.01 * 2.0) * (iterate.value - before) / slope);
                if alpha > F::zero() { alpha } else { one }
            }
        }
    }
}
