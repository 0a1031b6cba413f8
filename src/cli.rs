//! The command `gradus`: arguments, files and processes around the library.
//!
//! Each subcommand has a file in `command/`. The files beside it hold what subcommands share: the form of an
//! answer, progress, the project's folder, Ctrl-C. Only this floor prints.

#[cfg(feature = "cli")]
mod child;
#[cfg(feature = "cli")]
mod command;
pub mod fetch;
#[cfg(feature = "cli")]
mod interrupt;
#[cfg(feature = "cli")]
mod limits;
#[cfg(feature = "cli")]
mod numbers;
#[cfg(feature = "cli")]
mod optimizer_options;
#[cfg(feature = "cli")]
mod output;
#[cfg(feature = "cli")]
mod progress;
#[cfg(feature = "cli")]
mod project;
#[cfg(feature = "cli")]
mod saving;
#[cfg(feature = "cli")]
mod task;
#[cfg(feature = "cli")]
mod trace_file;

#[cfg(feature = "cli")]
pub use command::{main, main_with, run_with, train_among};
