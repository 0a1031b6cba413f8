//! `gradus doctor`: checks the set-up, and names the commands that repair it.

mod check;
mod diagnosis;
mod kernel;
mod stock;
mod toolchain;

pub use diagnosis::Doctor;
