//! The two kinds of sheet on which a canvas draws.

mod pdf;
mod svg;

use super::canvas::{Letters, Point, Rect, Stroke};
use super::png;
use super::style::Rgb;
use crate::error::Result;

pub(super) use pdf::Pdf;
pub(super) use svg::Svg;

/// A sheet of a size in pixels, whose upper left corner is the origin. See [`Canvas`](super::canvas::Canvas)
/// for what each shape is.
pub(super) trait Sheet {
    fn line(&mut self, points: &[Point], stroke: Stroke);
    fn polygon(&mut self, points: &[Point], fill: Rgb, opacity: f64);
    fn rectangle(&mut self, rect: Rect, fill: Rgb, opacity: f64);
    fn disc(&mut self, center: Point, radius: f64, fill: Rgb);
    fn ring(&mut self, center: Point, radius: f64, stroke: Stroke);
    fn text(&mut self, text: &str, at: Point, letters: Letters);
    fn image(&mut self, image: &png::Image, rect: Rect);

    /// What is drawn from here to [`unclip`](Sheet::unclip) is cut off at a rectangle.
    fn clip(&mut self, rect: Rect);
    fn unclip(&mut self);

    /// The bytes of the document.
    fn finish(self: Box<Self>, title: &str, description: &str) -> Result<Vec<u8>>;
}
