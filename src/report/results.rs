//! The folder `results/`, which `gradus run` writes, notebooks and pages show, and `gradus verify` checks.

mod folder;
mod order;
mod pages;
mod read;
mod times;
mod write;

pub use folder::Results;
pub use read::{Svg, claims, figure_svg, table};
pub use times::{times, times_svg};

#[cfg(test)]
pub(crate) mod tests;
