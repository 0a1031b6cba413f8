//! The ticks of an axis and their labels.

use crate::report::numbers::{grouped, plain, power, scientific, signed, superscript};

/// A tick: its place in the units of the data, and its label (none for a minor tick).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub at: f64,
    pub label: Option<String>,
}

/// The largest number of ticks. More of them mean that the range makes no sense, and none are drawn.
const LIMIT: f64 = 60.0;

/// Returns about `count` ticks of a linear axis, at multiples of 1, 2 or 5 times a power of ten.
pub(super) fn linear(from: f64, to: f64, count: usize) -> Vec<Tick> {
    let step = nice((to - from) / count.max(1) as f64);
    let (first, last) = ((from / step - 1e-9).ceil(), (to / step + 1e-9).floor());
    if !(step > 0.0 && first.is_finite() && last.is_finite() && last - first <= LIMIT) {
        return Vec::new();
    }
    let places: Vec<f64> = (0..=(last - first).max(-1.0) as i64).map(|i| (first + i as f64) * step).collect();
    let largest = places.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    places.into_iter().map(|at| Tick { at, label: Some(written(at, step, largest)) }).collect()
}

/// Returns the ticks of a logarithmic axis at powers of ten, about `count` of them with labels. An axis of
/// less than two decades has ticks at 1, 2 and 5 times a power of ten.
pub(super) fn logarithmic(from: f64, to: f64, count: usize) -> Vec<Tick> {
    if !(from > 0.0 && to > from && to.is_finite()) {
        return Vec::new();
    }
    let (low, high) = ((from.log10() - 1e-9).ceil() as i32, (to.log10() + 1e-9).floor() as i32);
    let powers = high - low + 1;
    if powers >= 3 || (powers == 2 && to / from > 80.0) {
        let stride = (powers as usize).div_ceil(count.max(2)) as i32;
        return decades(from, to, low, high, stride);
    }
    let inside = |v: &f64| *v >= from * (1.0 - 1e-9) && *v <= to * (1.0 + 1e-9);
    let steps: Vec<f64> =
        (low - 1..=high).flat_map(|e| [1.0, 2.0, 5.0].map(|m| m * power(e))).filter(inside).collect();
    if steps.len() >= 2 {
        return steps.into_iter().map(|at| Tick { at, label: Some(plain(at)) }).collect();
    }
    linear(from, to, count.min(4)).into_iter().filter(|tick| tick.at > 0.0).collect()
}

fn decades(from: f64, to: f64, low: i32, high: i32, stride: i32) -> Vec<Tick> {
    let mut ticks: Vec<Tick> = Vec::new();
    for exponent in low - 1..=high {
        let labelled = exponent >= low && exponent.rem_euclid(stride) == 0;
        if exponent >= low {
            ticks.push(Tick {
                at: power(exponent),
                label: labelled.then(|| format!("10{}", superscript(exponent))),
            });
        }
        if stride == 1 && high - low <= 5 {
            ticks.extend((2..10).map(|m| Tick { at: f64::from(m) * power(exponent), label: None }));
        }
    }
    ticks.retain(|tick| tick.at >= from * (1.0 - 1e-9) && tick.at <= to * (1.0 + 1e-9));
    ticks
}

/// Returns the nearest of 1, 2, 5 and 10 times a power of ten.
fn nice(step: f64) -> f64 {
    let scale = power(step.log10().floor() as i32);
    let lead = step / scale;
    let round = [(1.5, 1.0), (3.5, 2.0), (7.5, 5.0)]
        .into_iter()
        .find(|(below, _)| lead < *below)
        .map_or(10.0, |(_, round)| round);
    scale * round
}

/// Returns the number of a tick with as many decimals as the step needs.
fn written(value: f64, step: f64, largest: f64) -> String {
    if value.abs() < step * 1e-6 {
        return "0".into();
    }
    let fine = (step.log10() + 1e-9).floor() as i32;
    let coarse = (largest.log10() + 1e-9).floor() as i32;
    if !(-3..6).contains(&coarse) {
        return scientific(value, coarse, (coarse - fine).clamp(0, 15) as usize);
    }
    signed(&grouped(&format!("{:.*}", (-fine).clamp(0, 15) as usize, value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().filter_map(|tick| tick.label.as_deref()).collect()
    }

    #[test]
    fn linear_ticks_carry_no_noise() {
        assert_eq!(labels(&linear(0.0, 0.5, 5)), ["0", "0.1", "0.2", "0.3", "0.4", "0.5"]);
        assert_eq!(
            labels(&linear(-0.3, 0.31, 4)),
            ["−0.2", "0.0", "0.2"].map(|l| if l == "0.0" { "0" } else { l })
        );
        assert_eq!(labels(&linear(0.0, 40_000.0, 4)), ["0", "10,000", "20,000", "30,000", "40,000"]);
        assert_eq!(labels(&linear(0.0, 3e-7, 3)), ["0", "1×10⁻⁷", "2×10⁻⁷", "3×10⁻⁷"]);
        assert_eq!(labels(&linear(2.0e7, 3.0e7, 2)), ["2.0×10⁷", "2.5×10⁷", "3.0×10⁷"]);
    }

    #[test]
    fn logarithmic_ticks_are_powers_of_ten_and_thin_out() {
        let ticks = logarithmic(1e-3, 10.0, 8);
        assert_eq!(labels(&ticks), ["10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"]);
        assert!(ticks.iter().any(|t| t.label.is_none() && (t.at - 0.02).abs() < 1e-12));
        assert_eq!(labels(&logarithmic(1e-16, 1.0, 6)), ["10⁻¹⁵", "10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "10⁰"]);
        assert_eq!(labels(&logarithmic(0.15, 2.5, 6)), ["0.2", "0.5", "1", "2"]);
        assert_eq!(labels(&logarithmic(2.2, 2.9, 6)), ["2.2", "2.4", "2.6", "2.8"]);
    }

    #[test]
    fn nonsense_ranges_give_no_ticks_and_no_panic() {
        for (from, to) in
            [(0.0, 0.0), (f64::NAN, 1.0), (1.0, f64::INFINITY), (1.0, -1.0), (1e308, -1e308), (0.0, 5e-324)]
        {
            let _ = linear(from, to, 5);
            let _ = logarithmic(from, to, 5);
        }
    }
}
