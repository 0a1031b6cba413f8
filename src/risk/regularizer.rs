//! The penalty on large weights.

use crate::error::{Result, check_hyperparameter};
use crate::linalg::{FROM_MEMORY, join, vector};
use crate::real::{Real, check_fits};

/// The penalty on large weights, R(W) = `l2`·Σw² + `l1`·Σ|w| (slide "Regularization"). The sums are over the
/// weights; biases are not penalized. As on the slide, there is no factor ½.
///
/// The derivative is 2·`l2`·w + `l1`·sign w, and the second derivative 2·`l2`. Both factors are 0 by default.
///
/// ```
/// use gradus::model::Linear;
/// use gradus::prelude::*;
/// use gradus::risk::EmpiricalRisk;
/// let data = (array![[0.0, 0.0]], vec![0u8]);
/// let net = Regularizer::elastic(0.1, 0.01);
/// let mut risk = EmpiricalRisk::new(Linear::new(2, 2), MulticlassSvm, data.0, data.1, net)?;
/// // W = [3, −1; 0, 2]: the hinge at equal scores is 1, and R = .1·14 + .01·6.
/// let value: f64 = risk.value(&array![3.0, -1.0, 0.0, 2.0, 0.0, 0.0]);
/// assert!((value - 2.46).abs() < 1e-12);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Regularizer {
    /// The factor of Σw², finite and ≥ 0 (default 0).
    pub l2: f64,
    /// The factor of Σ|w|, finite and ≥ 0 (default 0). The derivative of |w| at 0 is taken as 0.
    pub l1: f64,
}

impl Regularizer {
    /// Returns the penalty λ‖W‖².
    pub fn l2(lambda: impl Into<f64>) -> Self {
        Regularizer { l2: lambda.into(), l1: 0.0 }
    }

    /// Returns the penalty λ‖W‖₁.
    pub fn l1(lambda: impl Into<f64>) -> Self {
        Regularizer { l2: 0.0, l1: lambda.into() }
    }

    /// Returns the elastic net `l2`·‖W‖² + `l1`·‖W‖₁ (Zou & Hastie 2005; slide "Regularization").
    pub fn elastic(l2: impl Into<f64>, l1: impl Into<f64>) -> Self {
        Regularizer { l2: l2.into(), l1: l1.into() }
    }

    /// Checks that both factors are finite and ≥ 0.
    ///
    /// # Errors
    /// If one of them is not.
    pub fn validate(&self) -> Result<()> {
        for (name, lambda) in [("l2", self.l2), ("l1", self.l1)] {
            check_hyperparameter(name, lambda, "finite and ≥ 0", |v| v.is_finite() && v >= 0.0)?;
        }
        Ok(())
    }

    /// Checks that both factors are numbers in the type `F` too, and not 0 there.
    ///
    /// # Errors
    /// If one of them is not.
    pub fn check_fits<F: Real>(&self) -> Result<()> {
        check_fits::<F>("l2", self.l2)?;
        check_fits::<F>("l1", self.l1).map(drop)
    }

    /// Returns R of one part of the parameters.
    pub(super) fn value<F: Real>(&self, weights: &[F]) -> F {
        let squares = || {
            // Always in halves, so that the result does not depend on which thread computes them.
            let ((upper, lower), mut sums) = (weights.split_at(weights.len() / 2), (F::zero(), F::zero()));
            join(
                FROM_MEMORY * weights.len(),
                || sums.0 = vector::dot(upper, upper),
                || sums.1 = vector::dot(lower, lower),
            );
            sums.0 + sums.1
        };
        let sizes = || vector::one_norm(weights);
        // A term with factor 0 is skipped, so that it costs nothing.
        let l2 = if self.l2 > 0.0 { F::of(self.l2) * squares() } else { F::zero() };
        l2 + if self.l1 > 0.0 { F::of(self.l1) * sizes() } else { F::zero() }
    }

    /// Overwrites `grad` with the derivative of R.
    pub(super) fn write_grad<F: Real>(&self, weights: &[F], grad: &mut [F]) {
        let (twice_l2, l1) = (F::of(2.0 * self.l2), F::of(self.l1));
        let middle = weights.len() / 2;
        let ((upper, lower), (of_upper, of_lower)) = (weights.split_at(middle), grad.split_at_mut(middle));
        if self.l2 > 0.0 {
            let scaled = |from: &[F], to: &mut [F]| vector::scale_to(from, twice_l2, to);
            join(FROM_MEMORY * weights.len(), || scaled(upper, of_upper), || scaled(lower, of_lower));
        } else {
            grad.fill(F::zero());
        }
        if self.l1 > 0.0 {
            grad.iter_mut()
                .zip(weights)
                .filter(|(_, w)| !w.is_zero())
                .for_each(|(g, w)| *g += l1 * w.signum());
        }
    }

    /// Returns the second derivative of R, which is constant except at the kinks of the l1 term.
    pub(super) fn second_derivative<F: Real>(&self) -> F {
        F::of(2.0 * self.l2)
    }
}
