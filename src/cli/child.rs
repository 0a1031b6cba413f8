//! Other programs that the command runs: cargo and python.

use super::interrupt;
use crate::error::{Error, Result};
use std::env;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

/// Runs a program, shows its output, and waits for its end.
pub fn run(command: &mut Command) -> Result<ExitStatus> {
    let program = PathBuf::from(command.get_program());
    forget_our_package(command);
    interrupt::left_to_child(|| command.status()).map_err(|e| Error::io("run", program, e))
}

/// Removes from a program's environment what `cargo run` has set for this package. A cargo called by the
/// child would pass it on to build scripts that watch these variables (`ring`'s watches `OUT_DIR`), and
/// almost everything would be compiled again, since a run without `cargo run` does not set them.
fn forget_our_package(command: &mut Command) {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| {
            name == "OUT_DIR" || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        }) {
            command.env_remove(name);
        }
    }
}

/// Returns what a program prints on stdout, trimmed; `None` if it cannot be run or fails.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_not_told_of_our_package() {
        // Cargo sets the same variables for a test as for a program that it runs.
        assert!(env::var_os("CARGO_PKG_NAME").is_some() && env::var_os("OUT_DIR").is_some());
        let mut command = Command::new("env");
        forget_our_package(&mut command);
        let told = answer(&mut command).unwrap();
        let of_ours: Vec<&str> = told
            .lines()
            .filter(|line| line.starts_with("CARGO_PKG_") || line.starts_with("OUT_DIR="))
            .collect();
        assert!(of_ours.is_empty() && told.contains("PATH="), "{of_ours:?}");
    }
}
