//! A line of a file of runs: a checksum of the rest, a word for the version, the key, and the run.

use super::key::{Key, hashed};

/// Returns the line with its checksum and its line feed. `word` has no spaces.
pub(in crate::compare::suite) fn sealed(word: &str, key: Key, payload: &str) -> String {
    let body = format!("{word} {:032x} {payload}", key.0);
    format!("{:016x} {body}\n", hashed(0, body.as_bytes()))
}

/// Returns the word, the key and the run of a line; `None` if the line is damaged, or was cut short.
pub(in crate::compare::suite) fn unsealed(line: &[u8]) -> Option<(&str, Key, &str)> {
    let text = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let (sum, body) = text.split_once(' ')?;
    (u64::from_str_radix(sum, 16).ok()? == hashed(0, body.as_bytes())).then_some(())?;
    let (word, rest) = body.split_once(' ')?;
    let (key, payload) = rest.split_once(' ')?;
    Some((word, Key(u128::from_str_radix(key, 16).ok()?), payload))
}
