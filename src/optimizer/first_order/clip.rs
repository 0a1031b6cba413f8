//! Gradient clipping: shortens a gradient that is too long.

use crate::error::{Result, check_hyperparameter, few_digits};
use crate::linalg;
use crate::real::Real;
use ndarray::aview1;

/// How a gradient that is too long is shortened.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Clip {
    /// Gradients are not clipped.
    #[default]
    Off,
    /// g ← g · c/‖g‖₂ if ‖g‖₂ > c (Pascanu et al. 2013; optax. torch.optim divides by ‖g‖₂ + 1e-6 instead). c
    /// finite, > 0.
    Norm(f64),
    /// Each entry is limited to [−c, c], which changes the direction of the gradient. c finite, > 0.
    Value(f64),
}

impl Clip {
    /// Clips the gradient in place, and returns whether that changed it. A gradient that is not finite stays
    /// as it is, so that the caller notices.
    pub fn apply<F: Real>(&self, grad: &mut [F]) -> bool {
        match *self {
            Clip::Off => false,
            Clip::Norm(most) => {
                let norm = linalg::norm(&aview1(grad));
                if !norm.is_finite() || norm < F::of(1e3) * F::min_positive_value().sqrt() {
                    return by_shares(grad, F::of(most));
                }
                if norm <= F::of(most) {
                    return false;
                }
                scale(grad, F::of(most) / norm);
                true
            }
            Clip::Value(most) => {
                let largest = linalg::max_norm(&aview1(grad));
                let clipped = largest.is_finite() && largest > F::of(most);
                if clipped {
                    let most = F::of(most);
                    linalg::vectorized(|| grad.iter_mut().for_each(|g| *g = g.max(-most).min(most)));
                }
                clipped
            }
        }
    }

    /// Checks that the bound is finite and > 0.
    pub fn validate(&self) -> Result<()> {
        let check = |name, bound| {
            check_hyperparameter(name, bound, "finite and > 0", |v| v.is_finite() && v > 0.0).map(drop)
        };
        match *self {
            Clip::Off => Ok(()),
            Clip::Norm(most) => check("clip-norm", most),
            Clip::Value(most) => check("clip-value", most),
        }
    }

    /// Describes the clipping for a summary or a caption: "gradient clipped to norm 1"; empty if nothing is
    /// clipped.
    pub fn words(&self) -> String {
        match self {
            Clip::Off => String::new(),
            Clip::Norm(most) => format!("gradient clipped to norm {}", few_digits(*most)),
            Clip::Value(most) => format!("gradient entries clipped to ±{}", few_digits(*most)),
        }
    }
}

/// Clips a gradient whose squares are too large or too small for the type although its entries are not, by
/// the norm of their shares of the largest one.
fn by_shares<F: Real>(grad: &mut [F], most: F) -> bool {
    let largest = linalg::max_norm(&aview1(grad));
    if !largest.is_finite() || largest.is_zero() {
        return false;
    }
    let norm = grad.iter().map(|&g| (g / largest) * (g / largest)).sum::<F>().sqrt();
    if norm <= most / largest {
        return false;
    }
    let factor = most / norm;
    grad.iter_mut().for_each(|g| *g = *g / largest * factor);
    true
}

fn scale<F: Real>(grad: &mut [F], factor: F) {
    linalg::vectorized(|| grad.iter_mut().for_each(|g| *g *= factor));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_norm_the_direction_stays_and_by_value_each_entry_is_cut() {
        let mut grad = [3.0f64, -4.0];
        assert!(Clip::Norm(1.0).apply(&mut grad));
        assert!((grad[0] - 0.6).abs() < 1e-15 && (grad[1] + 0.8).abs() < 1e-15);
        assert!(!Clip::Norm(1.1).apply(&mut grad) && !Clip::Off.apply(&mut grad));
        let mut grad = [3.0f32, -4.0, 0.5];
        assert!(Clip::Value(1.0).apply(&mut grad));
        assert_eq!(grad, [1.0, -1.0, 0.5]);
        assert!(!Clip::Value(1.0).apply(&mut grad));
        let mut huge = [3e30f32, -4e30];
        assert!(Clip::Norm(1.0).apply(&mut huge) && (huge[0] - 0.6).abs() < 1e-6, "{huge:?}");
    }

    #[test]
    fn squares_that_over_or_underflow_do_not_decide() {
        // Their norm is 2e20, far below the bound: clipping must not make them longer.
        let mut long = [1e20f32; 4];
        assert!(!Clip::Norm(1e30).apply(&mut long));
        assert_eq!(long, [1e20; 4]);
        assert!(Clip::Norm(1e20).apply(&mut long));
        assert!(long.iter().all(|g| (g / 5e19 - 1.0).abs() < 1e-6), "{long:?}");
        // Their norm is 2e-25, although their squares are 0.
        let mut short = [1e-25f32; 4];
        assert!(!Clip::Norm(1e-20).apply(&mut short) && Clip::Norm(1e-30).apply(&mut short));
        assert!(short.iter().all(|g| (g / 5e-31 - 1.0).abs() < 1e-6), "{short:?}");
        assert!(!Clip::Norm(1e-30).apply(&mut [0.0f32; 4]));
    }

    #[test]
    fn a_gradient_that_is_not_finite_is_not_hidden() {
        for clip in [Clip::Norm(1.0), Clip::Value(1.0)] {
            let mut grad = [1e9, f64::INFINITY, 2.0];
            assert!(!clip.apply(&mut grad));
            assert_eq!(grad, [1e9, f64::INFINITY, 2.0]);
            let mut grad = [1e9, f64::NAN];
            assert!(!clip.apply(&mut grad) && grad[1].is_nan());
        }
    }
}
