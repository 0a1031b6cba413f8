//! The legend, which is below the panels that it explains.

use super::canvas::Canvas;
use super::layers::Swatch;
use super::shapes::{Anchor, Letters, Point};
use super::style::{INK, LABEL, shorten, text_width};

/// A label and the look of its series.
pub(super) type Entry = (String, Swatch);

const ROW: f64 = 19.0;
const GAP: f64 = 20.0;
const BESIDE: f64 = 7.0;

/// Entries laid out in rows.
#[derive(Default)]
pub(super) struct Legend {
    placed: Vec<(f64, f64, Entry)>,
    /// The height of all rows in pixels.
    pub height: f64,
    /// The width of the widest row in pixels.
    pub width: f64,
}

impl Legend {
    /// Lays entries out in rows of at most `width` pixels, in columns if they need more than one row.
    pub fn new(entries: &[Entry], width: f64) -> Self {
        if entries.is_empty() {
            return Legend::default();
        }
        let labels: Vec<String> =
            entries.iter().map(|e| shorten(&e.0, LABEL, width - Swatch::WIDTH - BESIDE)).collect();
        let widths: Vec<f64> =
            labels.iter().map(|label| Swatch::WIDTH + BESIDE + text_width(label, LABEL)).collect();
        let per_row = (1..=entries.len()).rev().find(|&n| row_width(&widths, n) <= width).unwrap_or(1);
        let columns = column_widths(&widths, per_row);
        let place = |i: usize| {
            (
                columns[..i % per_row].iter().map(|w| w + GAP).sum::<f64>(),
                (i / per_row) as f64 * ROW + ROW / 2.0,
            )
        };
        let placed = labels
            .into_iter()
            .zip(entries)
            .enumerate()
            .map(|(i, (label, entry))| (place(i).0, place(i).1, (label, entry.1)))
            .collect();
        Legend {
            placed,
            height: entries.len().div_ceil(per_row) as f64 * ROW,
            width: row_width(&widths, per_row),
        }
    }

    /// Draws the legend with its upper left corner at a point.
    pub fn draw(&self, canvas: &mut Canvas, (left, top): Point) {
        for (x, y, (label, swatch)) in &self.placed {
            swatch.draw(canvas, (left + x, top + y));
            canvas.text(
                label,
                (left + x + Swatch::WIDTH + BESIDE, top + y),
                Letters::new(LABEL, INK, Anchor::Start),
            );
        }
    }
}

fn column_widths(widths: &[f64], per_row: usize) -> Vec<f64> {
    (0..per_row)
        .map(|column| widths.iter().skip(column).step_by(per_row).fold(0.0f64, |m, w| m.max(*w)))
        .collect()
}

fn row_width(widths: &[f64], per_row: usize) -> f64 {
    column_widths(widths, per_row).iter().sum::<f64>() + GAP * (per_row - 1) as f64
}

/// Returns one legend for the whole figure if no two panels use a label or a look differently; otherwise one
/// for each panel.
pub(super) fn shared(panels: &[Vec<Entry>]) -> Option<Vec<Entry>> {
    let largest = panels.iter().max_by_key(|entries| entries.len())?;
    let agree = panels.iter().flatten().all(|entry| largest.contains(entry));
    agree.then(|| largest.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(label: &str, place: usize) -> Entry {
        (label.to_string(), Swatch::Line { place, marked: true })
    }

    #[test]
    fn rows_are_no_wider_than_asked() {
        let entries: Vec<Entry> = (0..9).map(|i| entry(&"momentum ".repeat(1 + i % 3), i)).collect();
        let legend = Legend::new(&entries, 400.0);
        assert!(legend.width <= 400.0 && legend.height >= 2.0 * ROW);
        assert_eq!(legend.placed.len(), 9);
        assert_eq!(Legend::new(&[], 400.0).height, 0.0);
    }

    #[test]
    fn panels_that_mean_different_things_by_a_colour_do_not_share() {
        let (a, b) = (vec![entry("sgd", 0), entry("adam", 1)], vec![entry("sgd", 0)]);
        assert_eq!(shared(&[a.clone(), b.clone()]), Some(a.clone()));
        assert_eq!(shared(&[a, vec![entry("rate", 0)]]), None);
    }
}
