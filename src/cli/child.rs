//! Other programs that the command calls: cargo, python.

use super::interrupt;
use crate::error::{Error, Result};
use std::env;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

/// Runs a program with its output shown, and waits for its end.
pub fn run(command: &mut Command) -> Result<ExitStatus> {
    let program = PathBuf::from(command.get_program());
    // Under `cargo run` we have the variables of our own package. A cargo that our child calls would hand them on to build
    // scripts that watch them, and compile half of the library again: each time, as without `cargo run` they are gone.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    interrupt::left_to_child(|| command.status()).map_err(|e| Error::io("run", program, e))
}

/// What a program prints on stdout, trimmed, if it can be run and succeeds.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
