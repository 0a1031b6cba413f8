//! Gradient checking: compares analytic derivatives with differences of the function (slide "gradient
//! check").
//!
//! An analytic gradient is exact and fast, but easy to get wrong. A numeric gradient is slow and approximate,
//! but hard to get wrong. Therefore, use the analytic gradient and check it against the numeric one. For a
//! function of your own, one call is enough:
//!
//! ```
//! use gradus::gradcheck::check_function;
//! use gradus::prelude::*;
//! let report = check_function(&array![1.0, 2.0], |x, grad| {
//!     grad[0] = 2.0 * x[0];
//!     grad[1] = 3.0 * x[1]; // should be 6.0
//!     x[0] * x[0] + 3.0 * x[1] * x[1]
//! })?;
//! assert!(!report.passes());
//! assert_eq!(report.worst(1)[0].index, 1);
//! println!("{report}");
//! # Ok::<(), gradus::error::Error>(())
//! ```
//!
//! A naive check reports three kinds of correct entries as wrong: entries with a *kink* between the points of
//! the difference (hinge, ReLU, |w|), entries for which the step is *too coarse* for the curvature of the
//! function, and entries for which it is *too fine* for its rounding. This check therefore examines each
//! disagreeing entry with other steps (see [`Finding`]), and reports an error only if none of them explains
//! the disagreement.

mod checks;
mod diagnosis;
mod entries;
mod judge;
mod report;
mod second_order;
mod settings;
mod sweep;
mod tolerance;

#[cfg(test)]
mod tests;

pub use checks::{
    check_function, check_gradient, check_gradient_sparse, check_hess_vec, check_second_derivatives,
};
pub use entries::Entries;
pub use report::{Entry, Finding, Report, Subject};
pub use settings::GradCheck;
pub use sweep::Sweep;
pub use tolerance::{Band, Tolerance};
