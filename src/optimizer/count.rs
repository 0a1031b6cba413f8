//! The range of settings that count steps and are kept as an `f64`.

/// The range in words.
pub(super) const COUNT: &str = "a whole number from 1 to 10¹⁵";

/// Whether a number is in the range. Far beyond it, an `f64` cannot tell a count from the next one.
pub(super) fn is_count(value: f64) -> bool {
    value.fract() == 0.0 && (1.0..=1e15).contains(&value)
}
