//! A step from one number towards another.

use crate::real::Real;

/// Returns a + w(b − a), the way from `a` to `b` of which the share `w` is gone; exactly `b` at w = 1, as
/// torch's `lerp`.
#[inline(always)]
pub(super) fn lerp<F: Real>(a: F, b: F, w: F) -> F {
    if w < F::of(0.5) { a + w * (b - a) } else { b - (b - a) * (F::one() - w) }
}
