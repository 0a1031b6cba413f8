//! A caption as lines of text under a drawing, for notebooks, which show nothing but the drawing.

use crate::report::tables::pages::escape;
use std::fmt::Write;

/// The size of the letters, and the distance between two lines, in units of the drawing (ten to a pixel).
const SIZE: usize = 120;
const LINE: usize = 170;
/// The distance of the text from the edges of the drawing.
const MARGIN: usize = 220;
/// The mean width of a letter, rounded up so that no line leaves the drawing.
const LETTER: usize = 63;

/// Returns a document of [`svg`](super::svg), made taller, with the caption under the drawing. A document in
/// another form is returned as it is.
pub(crate) fn captioned(svg: &str, caption: &str) -> String {
    let Some((width, height)) = size(svg) else { return svg.to_string() };
    let lines = wrapped(caption, (width.saturating_sub(2 * MARGIN) / LETTER).max(1));
    if lines.is_empty() {
        return svg.to_string();
    }
    let taller = height + lines.len() * LINE + LINE / 2 + 5;
    let mut text = String::new();
    for (i, line) in lines.iter().enumerate() {
        let y = height + i * LINE + LINE / 2;
        let _ = writeln!(
            text,
            "<text x=\"{MARGIN}\" y=\"{y}\" font-size=\"{SIZE}\" fill=\"#54545a\">{}</text>",
            escape(line)
        );
    }
    let taller = svg
        .replacen(&format!(" height=\"{}\"", height / 10), &format!(" height=\"{}\"", taller / 10), 1)
        .replacen(&format!("0 0 {width} {height}"), &format!("0 0 {width} {taller}"), 1)
        // The card behind the drawing.
        .replacen(&format!(" height=\"{}\"", height - 10), &format!(" height=\"{}\"", taller - 10), 1);
    // The end of the document: what ends before it is a nested one, which clips the bands of a panel, say.
    let Some((drawing, after)) = taller.rsplit_once("</svg>") else { return taller };
    format!("{drawing}<g class=\"caption\">\n{text}</g>\n</svg>{after}")
}

/// Returns the width and height of a document, from its `viewBox`.
fn size(svg: &str) -> Option<(usize, usize)> {
    let (numbers, _) = svg.split_once("viewBox=\"0 0 ")?.1.split_once('"')?;
    let (width, height) = numbers.split_once(' ')?;
    Some((width.parse().ok()?, height.parse().ok().filter(|&height| height > 10)?))
}

/// Breaks a text into lines of at most so many letters. A longer word has a line of its own.
fn wrapped(text: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::svg;
    use super::*;
    use crate::figure::{Axis, Figure, Layer, Panel};

    fn drawing() -> String {
        let panel = Panel::new("", Axis::linear("x"), Axis::linear("y")).line("a", [1.0, 2.0], [2.0, 3.0], 0);
        svg(&Figure::new("f", "Title", "").panel(panel)).unwrap()
    }

    #[test]
    fn a_caption_stands_below_the_drawing_and_within_the_document() {
        let (plain, caption) = (drawing(), "A rate below 2 & above 1 converges. ".repeat(9));
        let shown = captioned(&plain, &caption);
        let ((width, before), (same, after)) = (size(&plain).unwrap(), size(&shown).unwrap());
        assert_eq!(width, same);
        let places: Vec<usize> = shown
            .split("<g class=\"caption\">")
            .nth(1)
            .unwrap()
            .split(" y=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
            .collect();
        assert!(places.len() > 2, "{shown}");
        assert!(places.iter().all(|&y| before < y && y < after), "{places:?} in {before}..{after}");
        assert!(shown.contains(&format!(" height=\"{}\"", after / 10)), "{shown}");
        assert!(shown.contains(&format!(" height=\"{}\"", after - 10)), "the card is as tall: {shown}");
        assert!(shown.contains("below 2 &amp; above 1") && shown.trim_end().ends_with("</svg>"));
    }

    #[test]
    fn no_panel_clips_the_caption() {
        let band = Layer::Band { x: vec![1.0, 2.0], low: vec![1.0, 1.0], high: vec![2.0, 2.0], color: 0 };
        let panel = Panel::new("", Axis::linear("x"), Axis::linear("y")).with(band);
        let plain = svg(&Figure::new("f", "Title", "").panel(panel)).unwrap();
        assert!(plain.matches("<svg").count() > 1, "the band is clipped: {plain}");
        let shown = captioned(&plain, "The band.");
        let before = shown.split("<g class=\"caption\">").next().unwrap();
        assert_eq!(before.matches("<svg").count(), before.matches("</svg>").count() + 1, "{shown}");
        assert_eq!(shown.matches("The band.").count(), 1);
    }

    #[test]
    fn nothing_changes_without_a_caption_or_without_a_drawing() {
        let plain = drawing();
        assert_eq!(captioned(&plain, ""), plain);
        assert_eq!(captioned("no drawing", "caption"), "no drawing");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("a bb ccc dddd", 4), ["a bb", "ccc", "dddd"]);
        assert_eq!(wrapped("", 4), Vec::<String>::new());
    }
}
