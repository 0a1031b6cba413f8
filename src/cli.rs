//! The command `gradus`: arguments, files and processes around the library.
//!
//! What a subcommand does stands in a file of its own under `command/`; what they share (the form of an
//! answer, progress, the project's folder, Ctrl-C) stands here beside it. Only this floor prints.

#[cfg(feature = "cli")]
mod child;
#[cfg(feature = "cli")]
mod command;
#[cfg(feature = "cli")]
mod curved;
pub mod fetch;
#[cfg(feature = "cli")]
mod hessian;
#[cfg(feature = "cli")]
mod interrupt;
#[cfg(feature = "cli")]
mod limits;
#[cfg(feature = "cli")]
mod output;
#[cfg(feature = "cli")]
mod progress;
#[cfg(feature = "cli")]
mod project;
#[cfg(feature = "cli")]
mod rule_options;
#[cfg(feature = "cli")]
mod saving;
#[cfg(feature = "cli")]
mod settings;
#[cfg(feature = "cli")]
mod trace_file;

#[cfg(feature = "cli")]
pub use command::main;
