//! What a chart is drawn on, in pixels: shapes and texts, which a sheet (SVG or PDF) puts down.

use super::png;
use super::sheet::Sheet;
use super::style::{Marker, Rgb};
use crate::error::Result;

/// A point in pixels, from the upper left.
pub(super) type Point = (f64, f64);

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// The rectangle with `margin` more on every side.
    pub fn grown(&self, margin: f64) -> Rect {
        Rect {
            x: self.x - margin,
            y: self.y - margin,
            width: self.width + 2.0 * margin,
            height: self.height + 2.0 * margin,
        }
    }
}

/// How a line looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stroke {
    pub color: Rgb,
    pub width: f64,
    pub dash: Option<&'static str>,
}

impl Stroke {
    pub fn new(color: Rgb, width: f64) -> Self {
        Stroke { color, width, dash: None }
    }

    pub fn dashed(self, dash: Option<&'static str>) -> Self {
        Stroke { dash, ..self }
    }
}

/// Where a text stands relative to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letters {
    pub size: f64,
    pub color: Rgb,
    pub anchor: Anchor,
    pub bold: bool,
    /// A pale rim, so that it reads on top of lines.
    pub halo: bool,
}

impl Letters {
    pub fn new(size: f64, color: Rgb, anchor: Anchor) -> Self {
        Letters { size, color, anchor, bold: false, halo: false }
    }

    pub fn bold(self) -> Self {
        Letters { bold: true, ..self }
    }

    pub fn halo(self) -> Self {
        Letters { halo: true, ..self }
    }
}

/// The canvas.
pub(super) struct Canvas {
    sheet: Box<dyn Sheet>,
}

impl Canvas {
    pub fn new(sheet: Box<dyn Sheet>) -> Self {
        Canvas { sheet }
    }

    /// A line through points.
    pub fn line(&mut self, points: &[Point], stroke: Stroke) {
        if points.len() >= 2 {
            self.sheet.line(points, stroke);
        }
    }

    /// A filled polygon.
    pub fn polygon(&mut self, points: &[Point], fill: Rgb, opacity: f64) {
        if points.len() >= 3 {
            self.sheet.polygon(points, fill, opacity);
        }
    }

    /// A filled rectangle.
    pub fn rectangle(&mut self, rect: Rect, fill: Rgb, opacity: f64) {
        self.sheet.rectangle(rect, fill, opacity);
    }

    /// A disc.
    pub fn disc(&mut self, center: Point, radius: f64, fill: Rgb) {
        self.sheet.disc(center, radius, fill);
    }

    /// A circle.
    pub fn ring(&mut self, center: Point, radius: f64, stroke: Stroke) {
        self.sheet.ring(center, radius, stroke);
    }

    /// A marker.
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

    /// A text whose middle is at the height of its point.
    pub fn text(&mut self, text: &str, at: Point, letters: Letters) {
        if !text.is_empty() {
            self.sheet.text(&clean(text), at, letters);
        }
    }

    /// An image of few pixels, stretched to a rectangle with its pixels kept sharp.
    pub fn image(&mut self, image: &png::Image, rect: Rect) {
        self.sheet.image(image, rect);
    }

    /// Draws inside a rectangle: what lies outside is cut off.
    pub fn clipped(&mut self, rect: Rect, draw: impl FnOnce(&mut Canvas)) {
        self.sheet.clip(rect);
        draw(self);
        self.sheet.unclip();
    }

    /// The document, with its title and alternative text.
    pub fn finish(self, title: &str, description: &str) -> Result<Vec<u8>> {
        self.sheet.finish(&clean(title), &clean(description))
    }
}

/// The outline of a plus sign.
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

/// Characters that no document may hold become spaces.
fn clean(text: &str) -> String {
    let allowed = |c: char| !c.is_control() && c != '\u{fffe}' && c != '\u{ffff}';
    text.chars().map(|c| if allowed(c) { c } else { ' ' }).collect()
}
