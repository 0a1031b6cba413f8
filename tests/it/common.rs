//! The command `gradus` as a process, for the tests of several files.

use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Returns the command in a folder of its own, without the user's settings.
pub fn gradus(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gradus"));
    command.current_dir(folder);
    for setting in ["GRADUS_DATA", "GRADUS_SIMD", "CARGO_TARGET_DIR", "OPENBLAS_NUM_THREADS"] {
        command.env_remove(setting);
    }
    command
}

/// Creates a temporary folder.
pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Converts the output of the command to text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs the command, checks that it succeeds without a word on stderr, and returns what it prints on stdout.
pub fn succeeds(folder: &Path, arguments: &[&str]) -> String {
    let output = gradus(folder).args(arguments).output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""), "{arguments:?}");
    text(&output.stdout)
}
