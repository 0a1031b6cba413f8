//! What charts are made of, in pixels from the upper left corner: points, rectangles, and the look of lines
//! and texts.

use super::style::Rgb;

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

    /// Returns the rectangle with `margin` added on every side.
    pub fn grown(&self, margin: f64) -> Rect {
        Rect {
            x: self.x - margin,
            y: self.y - margin,
            width: self.width + 2.0 * margin,
            height: self.height + 2.0 * margin,
        }
    }
}

/// The look of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stroke {
    pub color: Rgb,
    /// The width in pixels.
    pub width: f64,
    /// The lengths of dashes and gaps in tenths of a pixel, separated by spaces; solid without them.
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

/// The part of a text that stands at its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The look of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letters {
    /// The size of the letters in pixels.
    pub size: f64,
    pub color: Rgb,
    pub anchor: Anchor,
    pub bold: bool,
    /// Whether a pale rim keeps the text readable on top of lines.
    pub halo: bool,
    /// Whether the text runs upward.
    pub upward: bool,
}

impl Letters {
    pub fn new(size: f64, color: Rgb, anchor: Anchor) -> Self {
        Letters { size, color, anchor, bold: false, halo: false, upward: false }
    }

    pub fn bold(self) -> Self {
        Letters { bold: true, ..self }
    }

    pub fn halo(self) -> Self {
        Letters { halo: true, ..self }
    }

    pub fn upward(self) -> Self {
        Letters { upward: true, ..self }
    }
}
