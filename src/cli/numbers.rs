//! Numbers on the command line.

use crate::error::{Error, Result};
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

/// Reads a point of `dim` finite numbers with commas between them.
pub fn point(text: &str, dim: usize) -> Result<Vec<f64>> {
    let numbers: Option<Vec<f64>> =
        text.split(',').map(|number| number.trim().parse().ok().filter(|x: &f64| x.is_finite())).collect();
    let point = numbers.ok_or_else(|| Error::Syntax {
        what: "point",
        text: text.into(),
        form: "finite numbers with commas, such as --x0=-5,-2",
    })?;
    match point.len() == dim {
        true => Ok(point),
        false => Err(Error::Shape { what: "x0", expected: vec![dim], got: vec![point.len()] }),
    }
}
