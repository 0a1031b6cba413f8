//! The surface that layouts and layers draw on, whatever the format of the document.

use super::backend::Backend;
use super::png;
use super::shapes::{Letters, Point, Rect, Stroke};
use super::style::{Marker, Rgb};
use crate::error::Result;

/// A surface in pixels, from the upper left corner, that leaves the format to a [`Backend`].
pub(super) struct Canvas {
    backend: Box<dyn Backend>,
}

impl Canvas {
    pub fn new(backend: Box<dyn Backend>) -> Self {
        Canvas { backend }
    }

    /// Draws a line through points; nothing if there are fewer than two.
    pub fn line(&mut self, points: &[Point], stroke: Stroke) {
        if points.len() >= 2 {
            self.backend.line(points, stroke);
        }
    }

    /// Fills a polygon; nothing if there are fewer than three points.
    pub fn polygon(&mut self, points: &[Point], fill: Rgb, opacity: f64) {
        if points.len() >= 3 {
            self.backend.polygon(points, fill, opacity);
        }
    }

    /// Fills a rectangle.
    pub fn rectangle(&mut self, rect: Rect, fill: Rgb, opacity: f64) {
        self.backend.rectangle(rect, fill, opacity);
    }

    /// Fills a circle.
    pub fn disc(&mut self, center: Point, radius: f64, fill: Rgb) {
        self.backend.disc(center, radius, fill);
    }

    /// Draws the outline of a circle.
    pub fn ring(&mut self, center: Point, radius: f64, stroke: Stroke) {
        self.backend.ring(center, radius, stroke);
    }

    /// Draws a marker, filled.
    pub fn marker(&mut self, marker: Marker, (x, y): Point, radius: f64, fill: Rgb) {
        let around = |count: usize, turn: f64, radius: f64| -> Vec<Point> {
            let angle = |i: usize| (i as f64 / count as f64 + turn) * std::f64::consts::TAU;
            (0..count).map(|i| (x + radius * angle(i).cos(), y + radius * angle(i).sin())).collect()
        };
        let corners = match marker {
            Marker::Circle => return self.disc((x, y), radius, fill),
            Marker::Square => around(4, 0.125, 1.25 * radius),
            Marker::Triangle => around(3, 0.75, 1.35 * radius),
            Marker::Diamond => around(4, 0.0, 1.4 * radius),
            Marker::Down => around(3, 0.25, 1.35 * radius),
            Marker::Plus => plus((x, y), radius),
        };
        self.polygon(&corners, fill, 1.0);
    }

    /// Writes a text whose anchor, at half its height, is at a point.
    pub fn text(&mut self, text: &str, at: Point, letters: Letters) {
        if !text.is_empty() {
            self.backend.text(&clean(text), at, letters);
        }
    }

    /// Stretches an image of few pixels to a rectangle and keeps its pixels sharp.
    pub fn image(&mut self, image: &png::Image, rect: Rect) {
        self.backend.image(image, rect);
    }

    /// Draws inside a rectangle and cuts off what lies outside.
    pub fn clipped(&mut self, rect: Rect, draw: impl FnOnce(&mut Canvas)) {
        self.backend.clip(rect);
        draw(self);
        self.backend.unclip();
    }

    /// Draws a picture and what lies on it, so that their colors do not follow a theme.
    pub fn on_picture(&mut self, draw: impl FnOnce(&mut Canvas)) {
        self.backend.begin_picture();
        draw(self);
        self.backend.end_picture();
    }

    /// Returns the bytes of the document, with its title and alternative text.
    pub fn finish(self, title: &str, description: &str) -> Result<Vec<u8>> {
        self.backend.finish(&clean(title), &clean(description))
    }
}

/// Returns the outline of a plus sign.
fn plus((x, y): Point, radius: f64) -> Vec<Point> {
    let (far, near) = (1.3 * radius, 0.48 * radius);
    let quarter = [(far, near), (near, near), (near, far)];
    let turned = |turn: usize, (a, b): Point| match turn {
        0 => (a, b),
        1 => (-b, a),
        2 => (-a, -b),
        _ => (b, -a),
    };
    (0..4).flat_map(|turn| quarter.map(|p| turned(turn, p))).map(|(a, b)| (x + a, y + b)).collect()
}

/// Replaces the characters that no document may contain by spaces.
fn clean(text: &str) -> String {
    let allowed = |c: char| !c.is_control() && c != '\u{fffe}' && c != '\u{ffff}';
    text.chars().map(|c| if allowed(c) { c } else { ' ' }).collect()
}
