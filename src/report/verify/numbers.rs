//! Comparing two numbers.

use crate::report::numbers::digits;

/// Returns whether two numbers differ by at most `room`. NaN equals NaN, and an infinity equals itself.
pub(super) fn near(old: f64, new: f64, room: f64) -> bool {
    (old.is_nan() && new.is_nan()) || old == new || (old - new).abs() <= room
}

/// Returns the relative change of a number: "+3.8 %"; empty if there is none or it is not finite.
pub(super) fn relative(old: f64, new: f64) -> String {
    let change = 100.0 * (new - old) / old.abs();
    if !change.is_finite() || change == 0.0 {
        return String::new();
    }
    format!("{}{} %", if change > 0.0 { "+" } else { "" }, digits(change, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn infinities_and_missing_values_equal_only_their_like() {
        assert!(near(f64::NAN, f64::NAN, 0.0) && near(f64::INFINITY, f64::INFINITY, 0.0));
        assert!(!near(f64::NAN, 1.0, 9.0) && !near(1.0, f64::NAN, 9.0) && !near(f64::INFINITY, 1.0, 9.0));
        assert!(!near(f64::INFINITY, f64::NEG_INFINITY, 9.0));
    }
}
