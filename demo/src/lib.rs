//! The numbers behind the demo page: the lecture's linear classifier in the plane, and a race of optimizers.
//!
//! Everything is computed by the library `gradus`; this crate holds what the page has at hand
//! ([`Classifier`], [`Race`]) and hands numbers in and out ([`exports`]). It never reads a clock and draws no
//! seed of its own: both come from the page.

mod check;
mod classifier;
pub mod exports;
mod history;
pub mod knobs;
mod plane_newton;
mod race;
pub mod surface;

pub use check::{Agreement, GradientCheck};
pub use classifier::{CLASSES, Classifier, Evaluation, LOSSES, PARAMETERS};
pub use history::History;
pub use plane_newton::PlaneNewton;
pub use race::{ALGORITHMS, Entrant, Race, Run, algorithms};
