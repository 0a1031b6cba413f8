//! Numbers on the command line.

use crate::error::{Error, Result};
use std::str::FromStr;

/// Reads a number.
pub fn number(text: &str) -> Result<f64, &'static str> {
    text.trim().parse().map_err(|_| "write a number, such as 0.02 or 1e-4")
}

/// Reads a whole number.
pub fn whole<T: FromStr>(text: &str) -> Result<T, &'static str> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.trim().parse().map_err(|_| match digits(text.trim()) {
        true => "it is too large, write a smaller whole number",
        false => "write a whole number from 0 on",
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_about_a_whole_number_is_true_of_it() {
        assert_eq!((whole::<usize>(" 12 "), whole::<u16>("65535")), (Ok(12), Ok(65535)));
        for large in ["65536", "99999999999999999999"] {
            assert!(whole::<u16>(large).unwrap_err().contains("too large"), "{large}");
        }
        for wrong in ["", "-1", "1.5", "1e3", "one", "١"] {
            assert!(whole::<u16>(wrong).unwrap_err().contains("from 0 on"), "{wrong}");
        }
    }

    #[test]
    fn a_point_has_as_many_finite_numbers_as_coordinates() {
        assert_eq!(point(" -5, .5,1e-320", 3).unwrap(), [-5.0, 0.5, 1e-320]);
        for wrong in
            ["", "1,", ",1", "1,,2", "1;2", "1 2", "1e400,1", "nan,1", "inf,1", "0x1,1", "−5,−2", "١,٢"]
        {
            assert!(matches!(point(wrong, 2), Err(Error::Syntax { .. })), "{wrong}");
        }
        assert!(matches!(point("1,2,3", 2), Err(Error::Shape { .. })));
    }
}
