//! Points with intervals and targets, one for each category.

use super::canvas::Canvas;
use super::plot::Plot;
use super::shapes::{Anchor, Letters, Stroke};
use super::style::{self, CARD, MARK, MUTED, TICK};
use crate::report::numbers::digits;

impl Plot {
    /// Draws a row for each of `count` categories: the target as an upright stroke, the interval, the point,
    /// and its number.
    pub(super) fn dots(
        &self,
        canvas: &mut Canvas,
        count: usize,
        [values, low, high, targets]: [&[f64]; 4],
        place: usize,
    ) {
        let slot = self.rect.height / count.max(1) as f64;
        for i in 0..count {
            let middle = self.rect.y + (i as f64 + 0.5) * slot;
            let target = self.x.at(targets[i]);
            if target.is_finite() {
                let half = 0.42 * slot;
                canvas.line(&[(target, middle - half), (target, middle + half)], Stroke::new(MARK, 2.2));
            }
            let at = self.x.at(values[i]);
            if !at.is_finite() {
                canvas.text(
                    "not measured",
                    (self.rect.x + 4.0, middle),
                    Letters::new(TICK, MUTED, Anchor::Start).halo(),
                );
                continue;
            }
            let [from, to] =
                [self.x.at(low[i]), self.x.at(high[i])].map(|v| if v.is_finite() { v } else { at });
            if to - from > 0.3 {
                self.whisker(canvas, [from, to], middle, 3.0);
            }
            canvas.marker(style::marker(place), (at, middle), 5.0, CARD);
            canvas.marker(style::marker(place), (at, middle), 4.0, style::color(place));
            // The number must not cover the stroke of a target nearby.
            let near = target > to && target - to < 45.0;
            let x = if near { target } else { to } + 7.0;
            canvas.text(&digits(values[i], 3), (x, middle), Letters::new(TICK, MUTED, Anchor::Start).halo());
        }
    }
}
