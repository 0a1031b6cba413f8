//! Answers as JSON: texts, and lists of texts that are JSON already.

use std::fmt::Write;

/// Returns a text as JSON.
pub(super) fn text(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            c if c.is_control() => {
                // Writing to a string does not fail.
                let _ = write!(json, "\\u{:04x}", u32::from(c));
            }
            c => json.push(c),
        }
    }
    json.push('"');
    json
}

/// Returns a list. Its entries are JSON.
pub(super) fn list(entries: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", entries.into_iter().collect::<Vec<_>>().join(","))
}

/// Returns numbers as a list; one that is not finite as null.
pub(super) fn numbers(values: &[f64]) -> String {
    list(values.iter().map(|v| if v.is_finite() { format!("{v:?}") } else { "null".into() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_cannot_hold_is_written_otherwise() {
        assert_eq!(text("a \"b\" \\ c\nκ"), "\"a \\\"b\\\" \\\\ c\\u000aκ\"");
        assert_eq!(numbers(&[1.0, f64::NAN, -1e-300]), "[1.0,null,-1e-300]");
    }
}
