//! The float trait, for `f32` and `f64`.

use crate::error::{Result, check_hyperparameter};
use crate::ranks::{Numbers, NumbersMut};
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

    /// Returns the numbers in the form in which they are sent to other processes.
    fn numbers(numbers: &[Self]) -> Numbers<'_>;

    /// Returns the room for numbers in the form in which other processes fill it.
    fn numbers_mut(room: &mut [Self]) -> NumbersMut<'_>;
}

/// Returns the hyperparameter if it is as finite in the type `F` as in `f64`, and not 0 there unless it is 0.
///
/// ```
/// use gradus::real::check_fits;
/// assert!(check_fits::<f64>("lr", 1e-50).is_ok() && check_fits::<f32>("lr", 1e-50).is_err());
/// assert!(check_fits::<f32>("l2", 0.0).is_ok() && check_fits::<f32>("l2", 1e39).is_err());
/// ```
///
/// # Errors
/// [`Error::Hyperparameter`](crate::error::Error::Hyperparameter) otherwise.
pub fn check_fits<F: Real>(name: &'static str, value: f64) -> Result<f64> {
    let converted = F::of(value);
    // A setting may be infinite by design; whether it may, its own range says.
    let fits = converted.is_finite() == value.is_finite() && converted.is_zero() == (value == 0.0);
    check_hyperparameter(name, value, "0 or from 1e-45 to 3e38 in f32, which f64 is not limited to", |_| fits)
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

    fn numbers(numbers: &[Self]) -> Numbers<'_> {
        Numbers::F32(numbers)
    }

    fn numbers_mut(room: &mut [Self]) -> NumbersMut<'_> {
        NumbersMut::F32(room)
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

    fn numbers(numbers: &[Self]) -> Numbers<'_> {
        Numbers::F64(numbers)
    }

    fn numbers_mut(room: &mut [Self]) -> NumbersMut<'_> {
        NumbersMut::F64(room)
    }
}
