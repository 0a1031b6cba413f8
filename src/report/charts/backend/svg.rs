//! SVG, in pixels with one decimal: plotters draws on a document ten times as large, since its coordinates
//! are whole numbers. This file adds what plotters does not know: the card, the title and alternative text,
//! dashes, clipping and embedded images.

mod document;

use super::Backend;
use crate::error::{Error, Result};
use crate::report::charts::png;
use crate::report::charts::shapes::{Anchor, Letters, Point, Rect, Stroke};
use crate::report::charts::style::{CARD, CARD_EDGE, Rgb};
use crate::report::charts::theme::{ON_PICTURE, hex};
use document::{Document, escape};
use plotters::coord::Shift;
use plotters::element::{Drawable, PointCollection};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_backend::BackendCoord;
use std::cell::RefCell;
use std::rc::Rc;

/// Units of the document in a pixel.
const UNITS: f64 = 10.0;

/// A chart that is being drawn as SVG.
pub(in crate::report::charts) struct Svg {
    width: f64,
    height: f64,
    document: Rc<RefCell<Document>>,
    area: DrawingArea<Document, Shift>,
    failed: Option<String>,
}

impl Svg {
    /// Starts an empty chart of a size in pixels, rounded up to whole ones.
    pub fn new(width: f64, height: f64) -> Self {
        let (width, height) = (width.ceil(), height.ceil());
        let document = Document::new(((width * UNITS) as u32, (height * UNITS) as u32));
        let document = Rc::new(RefCell::new(document));
        Svg { width, height, area: DrawingArea::from(&document), document, failed: None }
    }

    /// Draws one of plotters's elements.
    fn draw<E>(&mut self, element: E)
    where
        E: Drawable<Document>,
        for<'e> &'e E: PointCollection<'e, (i32, i32)>,
    {
        if let Err(error) = self.area.draw(&element) {
            self.failed.get_or_insert(error.to_string());
        }
    }

    /// Adds a line of markup of our own.
    fn add(&mut self, markup: std::fmt::Arguments) {
        self.document.borrow_mut().add(markup);
    }

    /// Draws one of plotters's elements in a group with attributes, or without a group where there are none.
    fn draw_in_group<E>(&mut self, attributes: Option<String>, element: E)
    where
        E: Drawable<Document>,
        for<'e> &'e E: PointCollection<'e, (i32, i32)>,
    {
        let Some(attributes) = attributes else { return self.draw(element) };
        self.add(format_args!("<g {attributes}>"));
        self.draw(element);
        self.add(format_args!("</g>"));
    }
}

impl Backend for Svg {
    fn line(&mut self, points: &[Point], stroke: Stroke) {
        let dash = stroke.dash.map(|dash| format!("stroke-dasharray=\"{dash}\""));
        self.draw_in_group(dash, PathElement::new(units(points), style(&stroke)));
    }

    fn polygon(&mut self, points: &[Point], fill: Rgb, opacity: f64) {
        self.draw(Polygon::new(units(points), rgb(fill).mix(opacity).filled()));
    }

    fn rectangle(&mut self, rect: Rect, fill: Rgb, opacity: f64) {
        let corners = [unit((rect.x, rect.y)), unit((rect.right(), rect.bottom()))];
        self.draw(Rectangle::new(corners, rgb(fill).mix(opacity).filled()));
    }

    fn disc(&mut self, center: Point, radius: f64, fill: Rgb) {
        self.draw(Circle::new(unit(center), length(radius), rgb(fill).filled()));
    }

    fn ring(&mut self, center: Point, radius: f64, stroke: Stroke) {
        self.draw(Circle::new(unit(center), length(radius), style(&stroke)));
    }

    fn text(&mut self, text: &str, at: Point, letters: Letters) {
        let horizontal = match letters.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let weight = if letters.bold { FontStyle::Bold } else { FontStyle::Normal };
        let font = FontDesc::new(FontFamily::SansSerif, letters.size * UNITS, weight);
        let color = rgb(letters.color).to_backend_color();
        let style = TextStyle { font, color, pos: Pos::new(horizontal, VPos::Center) };
        let halo = letters.halo.then(|| {
            format!("paint-order=\"stroke\" stroke=\"{}\" stroke-width=\"{}\"", hex(CARD), 3.0 * UNITS)
        });
        let turn = letters.upward.then(|| format!("transform=\"rotate(-90 {} {})\"", unit(at).0, unit(at).1));
        let attributes = [halo, turn].into_iter().flatten().reduce(|a, b| format!("{a} {b}"));
        self.draw_in_group(attributes, Text::new(text.to_owned(), unit(at), style));
    }

    fn image(&mut self, image: &png::Image, rect: Rect) {
        let (x, y) = unit((rect.x, rect.y));
        let (right, bottom) = unit((rect.right(), rect.bottom()));
        let data = png::base64(&image.encode());
        self.add(format_args!(
            "<image x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{data}\"/>",
            (right - x).max(1),
            (bottom - y).max(1),
        ));
    }

    /// Opens a nested document, which clips and, unlike a clip path, needs no name.
    fn clip(&mut self, rect: Rect) {
        let (x, y) = unit((rect.x, rect.y));
        let (w, h) = ((rect.width * UNITS).round(), (rect.height * UNITS).round());
        self.add(format_args!(
            "<svg x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" viewBox=\"{x} {y} {w} {h}\">"
        ));
    }

    fn unclip(&mut self) {
        self.add(format_args!("</svg>"));
    }

    fn begin_picture(&mut self) {
        self.add(format_args!("<g class=\"{ON_PICTURE}\">"));
    }

    fn end_picture(&mut self) {
        self.add(format_args!("</g>"));
    }

    fn finish(self: Box<Self>, title: &str, description: &str) -> Result<Vec<u8>> {
        if let Some(reason) = self.failed {
            return Err(Error::io("draw", title, std::io::Error::other(reason)));
        }
        let (width, height) = (self.width, self.height);
        let (w, h) = (width * UNITS, height * UNITS);
        let head = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {w} {h}\" role=\"img\" font-family=\"sans-serif\" stroke-linejoin=\"round\" \
             stroke-linecap=\"round\" style=\"max-width:100%;height:auto\">"
        );
        let card = format!(
            "<rect x=\"5\" y=\"5\" width=\"{}\" height=\"{}\" rx=\"80\" fill=\"{}\" stroke=\"{}\" \
             stroke-width=\"10\"/>",
            w - 10.0,
            h - 10.0,
            hex(CARD),
            hex(CARD_EDGE)
        );
        let (title, description) = (escape(title), escape(description));
        let elements = self.document.borrow();
        let elements = elements.elements();
        let svg =
            format!("{head}\n<title>{title}</title>\n<desc>{description}</desc>\n{card}\n{elements}</svg>\n");
        Ok(svg.into_bytes())
    }
}

fn style(stroke: &Stroke) -> ShapeStyle {
    rgb(stroke.color).stroke_width(length(stroke.width))
}

fn rgb((r, g, b): Rgb) -> RGBColor {
    RGBColor(r, g, b)
}

/// Converts a length in pixels to units of the document.
fn length(pixels: f64) -> u32 {
    (pixels * UNITS).round() as u32
}

/// Converts a point in pixels to units of the document.
fn unit((x, y): Point) -> BackendCoord {
    ((x * UNITS).round() as i32, (y * UNITS).round() as i32)
}

/// Converts points to units of the document, each different from its predecessor.
fn units(points: &[Point]) -> Vec<BackendCoord> {
    let mut units: Vec<BackendCoord> = points.iter().copied().map(unit).collect();
    units.dedup();
    if units.len() == 1 {
        units.push(units[0]);
    }
    units
}
