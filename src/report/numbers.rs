//! Numbers in a form for readers.

/// Returns a number with at most four significant digits: 0.02, 1500, 2×10⁻⁷.
pub(crate) fn plain(value: f64) -> String {
    digits(value, 4)
}

/// Returns a number with at most `count` significant digits. A very large or very small number has a power of
/// ten.
pub(crate) fn digits(value: f64, count: usize) -> String {
    if value.is_nan() {
        return "–".into();
    }
    if !value.is_finite() {
        return if value > 0.0 { "∞".into() } else { "−∞".into() };
    }
    if value == 0.0 {
        return "0".into();
    }
    let after = count.max(1) - 1;
    let rounded = format!("{value:.after$e}");
    let (lead, exponent) = rounded
        .split_once('e')
        .map_or((rounded.as_str(), 0), |(lead, e)| (lead, e.parse::<i32>().unwrap_or(0)));
    if !(-4..6).contains(&exponent) {
        let lead = signed(&trimmed(lead));
        let power = format!("10{}", superscript(exponent));
        return if lead == "1" { power } else { format!("{lead}×{power}") };
    }
    let decimals = (after as i32 - exponent).max(0) as usize;
    signed(&grouped(&trimmed(&format!("{value:.decimals$}"))))
}

/// Returns a time given in seconds, with its interval, in a suitable unit: "51.5 µs [50.2, 55.5]". The text
/// for NaN is a dash.
pub(crate) fn time_within(seconds: f64, [low, high]: [f64; 2]) -> String {
    if seconds.is_nan() {
        return digits(seconds, 3);
    }
    let (unit, scale) = match seconds {
        s if s >= 1.0 => ("s", 1.0),
        s if s >= 1e-3 => ("ms", 1e-3),
        s if s >= 1e-6 => ("µs", 1e-6),
        _ => ("ns", 1e-9),
    };
    let [middle, low, high] = [seconds, low, high].map(|v| digits(v / scale, 3));
    format!("{middle} {unit} [{low}, {high}]")
}

/// Returns an exponent in superscript digits.
pub(crate) fn superscript(exponent: i32) -> String {
    let raised = |c: char| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        _ => char::from_u32(0x2070 + c.to_digit(10).unwrap_or(0)).unwrap_or(c),
    };
    exponent.to_string().chars().map(raised).collect()
}

/// Returns `value` as a multiple of a power of ten: 2.5×10⁻⁷.
pub(crate) fn scientific(value: f64, exponent: i32, decimals: usize) -> String {
    let lead = signed(&format!("{:.decimals$}", value / power(exponent)));
    format!("{lead}×10{}", superscript(exponent))
}

pub(crate) fn power(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(f64::NAN)
}

/// Removes the zeros at the end of the decimals.
fn trimmed(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        text.to_string()
    }
}

/// Puts commas between thousands, from 10,000 on.
pub(crate) fn grouped(text: &str) -> String {
    let (whole, rest) = text.find('.').map_or((text, ""), |dot| text.split_at(dot));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    if digits.len() < 5 {
        return text.to_string();
    }
    let digits: Vec<String> =
        digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    format!("{sign}{}{rest}", digits.join(","))
}

/// Replaces hyphens by minus signs.
pub(crate) fn signed(text: &str) -> String {
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_stand_with_their_intervals_in_one_unit() {
        assert_eq!(time_within(5.15e-5, [5.02e-5, 1.2e-3]), "51.5 µs [50.2, 1200]");
        assert_eq!(time_within(2.0, [1.9, 2.1]), "2 s [1.9, 2.1]");
        assert_eq!(time_within(f64::NAN, [f64::NAN; 2]), "–");
    }

    #[test]
    fn plain_numbers_have_four_digits() {
        let cases = [
            (0.0, "0"),
            (1234.5678, "1235"),
            (0.0123456, "0.01235"),
            (-2.5, "−2.5"),
            (12345.6, "12,346"),
            (1e-9, "10⁻⁹"),
            (2.34567e8, "2.346×10⁸"),
            (999_999.9, "10⁶"),
            (f64::NAN, "–"),
        ];
        for (value, text) in cases {
            assert_eq!(plain(value), text);
        }
    }
}
