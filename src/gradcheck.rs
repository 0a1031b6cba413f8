//! Gradient checking: derivatives as they were written, against differences of the function (slide "gradient
//! check").
//!
//! An analytic gradient is exact and fast, and easily written wrong; a numeric one is slow and approximate,
//! and hard to get wrong. So use the first, and hold it against the second. In one line, for a function of
//! your own:
//!
//! ```
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
//! Three things are called wrong by a naive check that are not: a *kink* between the points of a difference
//! (hinge, ReLU,
//! |w|), a step *too coarse* for the function's curvature, and one *too fine* for its rounding. Each entry that fails is
//! therefore looked at with other steps (see [`Finding`]), and what is left is an error.

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
