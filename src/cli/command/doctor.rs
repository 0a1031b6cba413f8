//! `gradus doctor`: what is there, what is missing, and the command that mends it.

mod check;
mod diagnosis;
mod kernel;
mod stock;
mod toolchain;

pub use diagnosis::Doctor;
