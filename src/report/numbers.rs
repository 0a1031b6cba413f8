//! Numbers as people read them.

/// A number in the fewest digits that tell it to people: 0.02, 1,500, 2×10⁻⁷ (four significant digits).
pub(super) fn plain(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() { "–".into() } else { signed(if value > 0.0 { "∞" } else { "-∞" }) };
    }
    if value == 0.0 {
        return "0".into();
    }
    let exponent = format!("{value:.3e}").split_once('e').and_then(|(_, e)| e.parse::<i32>().ok()).unwrap_or(0);
    if !(-4..6).contains(&exponent) {
        let lead = trimmed(&format!("{:.3}", value / power(exponent)));
        let lead = signed(&lead);
        return if lead == "1" { format!("10{}", superscript(exponent)) } else { format!("{lead}×10{}", superscript(exponent)) };
    }
    let text = format!("{:.*}", (3 - exponent).max(0) as usize, value);
    signed(&grouped(&trimmed(&text)))
}

/// An exponent in raised digits.
pub(super) fn superscript(exponent: i32) -> String {
    let raised = |c: char| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        _ => char::from_u32(0x2070 + c.to_digit(10).unwrap_or(0)).unwrap_or(c),
    };
    exponent.to_string().chars().map(raised).collect()
}

/// `value` as a multiple of a power of ten: 2.5×10⁻⁷.
pub(super) fn scientific(value: f64, exponent: i32, decimals: usize) -> String {
    let lead = signed(&format!("{:.decimals$}", value / power(exponent)));
    format!("{lead}×10{}", superscript(exponent))
}

pub(super) fn power(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(f64::NAN)
}

/// Without zeros at the end of the decimals.
fn trimmed(text: &str) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text.to_string() }
}

/// Commas between thousands from 10,000 on.
pub(super) fn grouped(text: &str) -> String {
    let (whole, rest) = text.find('.').map_or((text, ""), |dot| text.split_at(dot));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    if digits.len() < 5 {
        return text.to_string();
    }
    let digits: Vec<String> = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    format!("{sign}{}{rest}", digits.join(","))
}

/// With a minus sign instead of a hyphen.
pub(super) fn signed(text: &str) -> String {
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

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
