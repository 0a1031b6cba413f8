//! The float trait, for `f32` and `f64`.

use ndarray::{LinalgScalar, ScalarOperand};
use std::fmt::{Debug, Display, LowerExp};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A floating-point type in which the library computes: `f32` or `f64`. The default is `f64`; training uses
/// `f32`. No other type can implement the trait.
///
/// ```
/// use gradus::real::Real;
/// fn half<F: Real>(x: F) -> F { x * F::of(0.5) }
/// assert_eq!((half(3.0f32), half(3.0f64)), (1.5, 1.5));
/// ```
pub trait Real:
    sealed::Sealed
    + num_traits::Float
    + num_traits::NumAssign
    + LinalgScalar
    + ScalarOperand
    + std::iter::Sum
    + Default
    + Debug
    + Display
    + LowerExp
    + Send
    + Sync
    + crate::linalg::Kernel
{
    /// The name of the type: "f32" or "f64".
    const NAME: &'static str;

    /// Converts from `f64`, to the nearest value.
    fn of(value: f64) -> Self;

    /// Converts to `f64`, exactly.
    fn wide(self) -> f64;
}

impl Real for f32 {
    const NAME: &'static str = "f32";

    #[inline(always)]
    fn of(value: f64) -> Self {
        value as f32
    }

    #[inline(always)]
    fn wide(self) -> f64 {
        self.into()
    }
}

impl Real for f64 {
    const NAME: &'static str = "f64";

    #[inline(always)]
    fn of(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn wide(self) -> f64 {
        self
    }
}
