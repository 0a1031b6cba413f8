//! Minimization: the loop around an optimizer, which evaluates, observes, checks the limits, and iterates.

mod clock;
mod loop_state;
mod minimization;
mod minimum;
mod moment;
mod record;
mod saved_run;
mod summary;
#[cfg(test)]
mod tests;

pub use loop_state::LoopState;
pub use minimization::{Minimization, minimize, minimize_observed};
pub use minimum::Minimum;
pub use moment::Moment;
pub use saved_run::{SavedPoint, SavedRun};
pub use summary::coordinate;
