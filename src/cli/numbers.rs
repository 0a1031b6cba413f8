//! Numbers on the command line.

use std::str::FromStr;

/// Reads a number.
pub fn number(text: &str) -> Result<f64, &'static str> {
    text.trim().parse().map_err(|_| "write a number, such as 0.02 or 1e-4")
}

/// Reads a whole number.
pub fn whole<T: FromStr>(text: &str) -> Result<T, &'static str> {
    text.trim().parse().map_err(|_| "write a whole number from 0 on")
}

/// Checks that a text is a number, and keeps the text.
pub fn number_text(text: &str) -> Result<String, &'static str> {
    number(text).map(|_| text.into())
}

/// Checks that a text is a whole number, and keeps the text.
pub fn whole_text(text: &str) -> Result<String, &'static str> {
    whole::<usize>(text).map(|_| text.into())
}
