//! The prebuilt facade that notebook cells link against, in place of compiling `gradus` in every kernel.
//! Cells name it `gradus`; CONTRIBUTING.md tells how.
#![allow(clippy::single_component_path_imports)]
pub use gradus::*;
