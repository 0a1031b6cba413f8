//! What a canvas needs of a format.

use crate::error::Result;
use crate::report::charts::png;
use crate::report::charts::shapes::{Letters, Point, Rect, Stroke};
use crate::report::charts::style::Rgb;

/// A document of a fixed size in pixels, on which shapes are drawn one after the other.
pub(in crate::report::charts) trait Backend {
    /// Draws a line through at least two points.
    fn line(&mut self, points: &[Point], stroke: Stroke);

    /// Fills a polygon.
    fn polygon(&mut self, points: &[Point], fill: Rgb, opacity: f64);

    /// Fills a rectangle.
    fn rectangle(&mut self, rect: Rect, fill: Rgb, opacity: f64);

    /// Fills a circle.
    fn disc(&mut self, center: Point, radius: f64, fill: Rgb);

    /// Draws the outline of a circle.
    fn ring(&mut self, center: Point, radius: f64, stroke: Stroke);

    /// Writes a text whose anchor, at half the height of its small letters, is at a point.
    fn text(&mut self, text: &str, at: Point, letters: Letters);

    /// Stretches an image to a rectangle and keeps its pixels sharp.
    fn image(&mut self, image: &png::Image, rect: Rect);

    /// Cuts off at a rectangle whatever is drawn before the matching [`unclip`](Backend::unclip).
    fn clip(&mut self, rect: Rect);

    /// Ends the innermost [`clip`](Backend::clip).
    fn unclip(&mut self);

    /// Begins what is drawn on a picture, whose colors must not follow a theme.
    fn begin_picture(&mut self) {}

    /// Ends what is drawn on a picture.
    fn end_picture(&mut self) {}

    /// Returns the bytes of the document, with its title and alternative text.
    fn finish(self: Box<Self>, title: &str, description: &str) -> Result<Vec<u8>>;
}
