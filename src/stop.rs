//! When a run stops, and why: limits, and a termination that carries its evidence.

pub mod interrupt;
mod limits;
mod measurements;
mod norm;
mod reply;
mod termination;
#[cfg(test)]
mod tests;

pub use limits::Stop;
pub use measurements::Measurements;
pub use norm::Norm;
pub use reply::Reply;
pub use termination::Termination;
