//! The rectangle in which the layers of a panel are drawn, and the map from their numbers to pixels.

use super::canvas::Canvas;
use super::scale::Map;
use super::shapes::{Point, Rect, Stroke};
use super::style::INK;

/// The place where a panel's layers are drawn.
pub(super) struct Plot {
    pub rect: Rect,
    pub x: Map,
    pub y: Map,
    /// Whether lines carry markers because several must be told apart.
    pub marked: bool,
}

impl Plot {
    /// Returns the pixel of a point given in the units of the axes.
    pub(super) fn at(&self, x: f64, y: f64) -> Point {
        (self.x.at(x), self.y.at(y))
    }

    /// Returns the pixels of points given in the units of the axes.
    pub(super) fn points(&self, x: &[f64], y: &[f64]) -> Vec<Point> {
        x.iter().zip(y).map(|(&x, &y)| self.at(x, y)).collect()
    }

    /// Returns whether a pixel is inside the plot or on its edge.
    pub(super) fn holds(&self, (x, y): Point) -> bool {
        let rect = self.rect.grown(0.6);
        x >= rect.x && x <= rect.right() && y >= rect.y && y <= rect.bottom()
    }

    /// Draws a horizontal interval with a stroke at both ends.
    pub(super) fn whisker(&self, canvas: &mut Canvas, [from, to]: [f64; 2], middle: f64, half: f64) {
        let stroke = Stroke::new(INK, 1.3);
        canvas.line(&[(from, middle), (to, middle)], stroke);
        for end in [from, to] {
            canvas.line(&[(end, middle - half), (end, middle + half)], stroke);
        }
    }
}
