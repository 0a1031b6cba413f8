//! The numbers behind two things that run in a browser: the demo page (feature `page`: the lecture's linear
//! classifier in the plane, and a race of optimizers), and the figures of the site that move (feature
//! `live`).
//!
//! Everything is computed by the library `gradus`. This crate holds what the page has at hand
//! ([`Classifier`], [`Race`]), what the figures show ([`live`]), and hands numbers in and out. It never reads
//! a clock and draws no seed of its own: both come from the page.

#[cfg(feature = "page")]
mod check;
#[cfg(feature = "page")]
mod classifier;
#[cfg(feature = "page")]
pub mod exports;
#[cfg(feature = "page")]
mod history;
#[cfg(feature = "page")]
pub mod knobs;
#[cfg(any(feature = "page", feature = "live"))]
mod limits;
#[cfg(feature = "live")]
pub mod live;
pub mod panics;
mod plane_newton;
#[cfg(feature = "page")]
mod race;
#[cfg(feature = "live")]
mod report;
#[cfg(feature = "page")]
pub mod surface;

#[cfg(feature = "page")]
pub use check::{Agreement, GradientCheck};
#[cfg(feature = "page")]
pub use classifier::{CLASSES, Classifier, Evaluation, LOSSES, PARAMETERS};
#[cfg(feature = "page")]
pub use history::History;
pub use plane_newton::PlaneNewton;
#[cfg(feature = "page")]
pub use race::{ALGORITHMS, Entrant, Race, Run, algorithms};

// The names by which the library's chart files, which `report` compiles here, know the library.
#[cfg(feature = "live")]
use gradus::{error, figure};
