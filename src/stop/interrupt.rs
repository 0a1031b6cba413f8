//! The request to end the runs of this process early.
//!
//! A program whose user interrupts a computation can end it and keep everything else: the notebook kernel
//! does so. It [`request`]s the end. Each run of [`minimize`](crate::minimize::minimize()),
//! [`train`](crate::train::train) and their kin looks for the request once an iteration, and then ends with
//! [`Termination::Interrupted`](super::Termination::Interrupted) and what it has found; a comparison ends
//! with [`Error::Interrupted`](crate::error::Error::Interrupted). Runs that begin later end at once, until
//! the program [`withdraw`]s the request.
//!
//! ```
//! use gradus::prelude::*;
//! use gradus::stop::interrupt;
//! let (x0, rule) = (array![-1.2, 1.0], || FirstOrder::new(Sgd, 1e-3));
//! interrupt::request();
//! let found = minimize(problems::Rosenbrock::new(2), &x0, rule()?, Stop::iterations(1000))?;
//! assert_eq!((found.termination.word(), found.iterations), ("interrupted", 0));
//! interrupt::withdraw();
//! let found = minimize(problems::Rosenbrock::new(2), &x0, rule()?, Stop::iterations(1000))?;
//! assert_eq!(found.iterations, 1000);
//! # Ok::<(), gradus::error::Error>(())
//! ```

use std::sync::atomic::{AtomicBool, Ordering};

/// Nothing is read because of the flag but the flag itself, so its loads and stores need no order.
static REQUESTED: AtomicBool = AtomicBool::new(false);

/// Asks all runs of this process to end, those of other threads too.
pub fn request() {
    REQUESTED.store(true, Ordering::Relaxed);
}

/// Lets runs go on again.
pub fn withdraw() {
    REQUESTED.store(false, Ordering::Relaxed);
}

/// Returns whether runs are asked to end. A loop of your own may ask once an iteration: it costs one load.
#[inline]
pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}
