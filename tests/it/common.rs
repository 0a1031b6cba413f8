//! The command `gradus` as a process, for the tests of several files.

use std::path::Path;
use std::process::{Command, Output};
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

/// Splits a line of arguments.
pub fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// Runs the command with the arguments of a line, as [`succeeds`] does.
pub fn says(folder: &Path, line: &str) -> String {
    succeeds(folder, &words(line))
}

/// Runs the command with the arguments of a line.
pub fn output(folder: &Path, line: &str) -> Output {
    gradus(folder).args(words(line)).output().unwrap()
}

/// Checks that the exit code is 2, and that stderr has one sentence with these words.
pub fn assert_refusal(output: &Output, words: &[&str]) {
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{complaint} {}", text(&output.stdout));
    assert!(complaint.starts_with("error: ") && complaint.lines().count() == 1, "{complaint}");
    assert!(words.iter().all(|word| complaint.contains(word)), "{words:?} in {complaint}");
}
