//! The look of every chart: colors, sizes, markers, and the widths of texts.

use crate::figure::{COLORS, Dash, look};
pub(super) use crate::figure::{Marker, Rgb};
use std::iter;

/// The card behind every chart, opaque for dark notebooks.
pub(super) const CARD: Rgb = (253, 253, 252);
/// The card's edge.
pub(super) const CARD_EDGE: Rgb = (226, 226, 222);
/// Titles.
pub(super) const INK: Rgb = (33, 33, 36);
/// Labels and ticks.
pub(super) const MUTED: Rgb = (84, 84, 90);
/// Axis lines and marks.
pub(super) const AXIS: Rgb = (128, 128, 134);
/// Grid lines.
pub(super) const GRID: Rgb = (232, 232, 230);
/// What theory predicts.
pub(super) const THEORY: Rgb = (40, 40, 44);
/// Bounds, thresholds and optima.
pub(super) const MARK: Rgb = (96, 96, 104);
/// Pixels of a raster without a number.
pub(super) const MISSING: Rgb = (214, 214, 214);

/// Sizes of letters in pixels.
pub(super) const FIGURE_TITLE: f64 = 16.0;
pub(super) const PANEL_TITLE: f64 = 13.0;
pub(super) const LABEL: f64 = 11.5;
pub(super) const TICK: f64 = 11.0;

/// The shades of contour lines, from low to high levels.
pub(super) const CONTOUR: [Rgb; 6] =
    [(112, 124, 140), (131, 141, 155), (149, 158, 170), (168, 176, 186), (186, 193, 201), (205, 210, 216)];

/// Returns the color at a place.
pub(super) fn color(place: usize) -> Rgb {
    COLORS[look(place).color].light
}

/// Returns the marker at a place.
pub(super) fn marker(place: usize) -> Marker {
    look(place).marker
}

/// Returns the dashes at a place, in tenths of a pixel.
pub(super) fn dash(place: usize) -> Option<&'static str> {
    match look(place).dash {
        Dash::Solid => None,
        Dash::Dashed => Some("70 45"),
        Dash::Dotted => Some("25 35"),
        Dash::DashDot => Some("80 40 20 40"),
        Dash::LongDashed => Some("150 45"),
        Dash::DashDotDot => Some("80 40 20 40 20 40"),
    }
}

/// Returns a pale tint of a color, for regions behind points.
pub(super) fn tint(place: usize) -> Rgb {
    mix(color(place), (255, 255, 255), 0.74)
}

/// Mixes `from` with a share of `to`.
pub(super) fn mix(from: Rgb, to: Rgb, share: f64) -> Rgb {
    let channel =
        |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share.clamp(0.0, 1.0)).round() as u8;
    (channel(from.0, to.0), channel(from.1, to.1), channel(from.2, to.2))
}

/// Estimates the width of a text from above, for any sans-serif font.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    let em = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 0.33,
        'f' | 't' | 'r' | 'I' | '(' | ')' | '[' | ']' | '-' | '/' => 0.42,
        '⁰'..='⁹' | '²' | '³' | '¹' | '⁻' => 0.43,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.95,
        '=' | '+' | '<' | '>' | '±' | '×' | '≤' | '≥' | '−' | '≈' | '→' | '↓' | '↑' => 0.84,
        c if c.is_uppercase() => 0.71,
        c if c.is_ascii() => 0.62,
        c if (c as u32) < 0x1100 || ('–'..='⋿').contains(&c) => 0.66,
        _ => 1.05,
    };
    text.chars().map(em).sum::<f64>() * size
}

/// Breaks a text into lines of at most `width`. A single word may be wider.
pub(super) fn wrap(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(line, size) + text_width(word, size) + 0.33 * size <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

/// Returns a text of at most `width`; a wider one is cut and ends with an ellipsis.
pub(super) fn shorten(text: &str, size: f64, width: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_string();
    }
    let room = width - size;
    let mut used = 0.0;
    let kept = text.chars().take_while(|c| {
        used += text_width(c.encode_utf8(&mut [0; 4]), size);
        used <= room
    });
    kept.chain(iter::once('…')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_no_wider_than_asked() {
        let text = "the learning rate at which the loss of the iterate averages no longer falls";
        let lines = wrap(text, 11.0, 150.0);
        assert!(lines.len() > 2 && lines.iter().all(|line| text_width(line, 11.0) <= 150.0), "{lines:?}");
        assert_eq!(lines.join(" "), text);
    }

    #[test]
    fn a_shortened_text_fits_and_says_so() {
        let short = shorten("a name that is far too long for its place", 11.0, 80.0);
        assert!(short.ends_with('…') && text_width(&short, 11.0) <= 80.0 + 11.0, "{short}");
        assert_eq!(shorten("adam", 11.0, 80.0), "adam");
    }
}
