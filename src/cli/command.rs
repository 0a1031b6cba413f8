//! The subcommands, one a file, and the entry point of the command.

mod archive;
mod bench;
mod claims;
mod compare;
mod completions;
mod definition;
mod demo;
mod doctor;
mod entry_point;
mod fetch;
mod gradcheck;
mod list;
mod minimize;
mod new;
mod notebook;
mod reproduce;
mod run;
mod session;
mod train;
mod verify;

pub use entry_point::{main, main_with, run_with, train_among};
