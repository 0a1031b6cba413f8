//! A sheet of SVG, in pixels with one decimal. Every shape and text is drawn by plotters' SVG backend, on a
//! sheet ten times as large (its coordinates are whole numbers); this file adds what the backend lacks: the
//! card, the alternative text, dashes, clipping and embedded images.

use super::Sheet;
use crate::error::{Error, Result};
use crate::report::charts::canvas::{Anchor, Letters, Point, Rect, Stroke};
use crate::report::charts::png;
use crate::report::charts::style::{CARD, CARD_EDGE, Rgb};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::fmt::Write;

/// Units of the sheet in a pixel.
const UNITS: f64 = 10.0;

/// plotters divides the size of letters by this.
const LETTERS: f64 = 1.24;

/// An SVG document in the making.
pub(in crate::report::charts) struct Svg {
    width: f64,
    height: f64,
    body: String,
    failed: Option<String>,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

impl Svg {
    pub fn new(width: f64, height: f64) -> Self {
        Svg { width: width.ceil(), height: height.ceil(), body: String::new(), failed: None }
    }

    /// Draws inside a group with an attribute, if there is one.
    fn grouped(&mut self, attribute: Option<String>, draw: impl FnOnce(&mut Svg)) {
        if let Some(attribute) = &attribute {
            let _ = writeln!(self.body, "<g {attribute}>");
        }
        draw(self);
        if attribute.is_some() {
            self.body.push_str("</g>\n");
        }
    }

    /// Lets plotters draw, and keeps what it wrote between the tags of its document.
    fn plot<E: std::fmt::Display>(&mut self, draw: impl FnOnce(&Area) -> std::result::Result<(), E>) {
        let mut document = String::new();
        let size = ((self.width * UNITS) as u32, (self.height * UNITS) as u32);
        let area = SVGBackend::with_string(&mut document, size).into_drawing_area();
        if let Err(error) = draw(&area) {
            self.failed.get_or_insert(error.to_string());
        }
        drop(area);
        let start = document.find('\n').map_or(document.len(), |at| at + 1);
        let end = document.rfind("</svg>").unwrap_or(document.len()).max(start);
        self.body.push_str(&terse(&document[start..end]));
    }
}

impl Sheet for Svg {
    fn line(&mut self, points: &[Point], stroke: Stroke) {
        self.grouped(stroke.dash.map(|dash| format!("stroke-dasharray=\"{dash}\"")), |sheet| {
            sheet.plot(|area| area.draw(&PathElement::new(units(points), style(&stroke))));
        });
    }

    fn polygon(&mut self, points: &[Point], fill: Rgb, opacity: f64) {
        self.plot(|area| area.draw(&Polygon::new(units(points), rgb(fill).mix(opacity).filled())));
    }

    fn rectangle(&mut self, rect: Rect, fill: Rgb, opacity: f64) {
        let corners = [unit((rect.x, rect.y)), unit((rect.right(), rect.bottom()))];
        self.plot(|area| area.draw(&Rectangle::new(corners, rgb(fill).mix(opacity).filled())));
    }

    fn disc(&mut self, center: Point, radius: f64, fill: Rgb) {
        self.plot(|area| {
            area.draw(&Circle::new(unit(center), (radius * UNITS).round() as u32, rgb(fill).filled()))
        });
    }

    fn ring(&mut self, center: Point, radius: f64, stroke: Stroke) {
        self.plot(|area| {
            area.draw(&Circle::new(unit(center), (radius * UNITS).round() as u32, style(&stroke)))
        });
    }

    fn text(&mut self, text: &str, at: Point, letters: Letters) {
        let horizontal = match letters.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let slant = if letters.bold { FontStyle::Bold } else { FontStyle::Normal };
        let font = FontDesc::new(FontFamily::SansSerif, letters.size * UNITS * LETTERS, slant);
        let color = rgb(letters.color);
        let style = TextStyle::from(font).color(&color).pos(Pos::new(horizontal, VPos::Center));
        let rim = format!("paint-order=\"stroke\" stroke=\"{}\" stroke-width=\"{}\"", hex(CARD), 3.0 * UNITS);
        self.grouped(letters.halo.then_some(rim), |sheet| {
            sheet.plot(|area| area.draw(&Text::new(text, unit(at), style)));
        });
    }

    fn image(&mut self, image: &png::Image, rect: Rect) {
        let (x, y) = unit((rect.x, rect.y));
        let (right, bottom) = unit((rect.right(), rect.bottom()));
        let data = png::base64(&image.encode());
        let _ = writeln!(
            self.body,
            "<image x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering:pixelated\" \
             href=\"data:image/png;base64,{data}\"/>",
            (right - x).max(1),
            (bottom - y).max(1),
        );
    }

    /// A nested sheet needs no name, unlike a clip path.
    fn clip(&mut self, rect: Rect) {
        let (x, y) = unit((rect.x, rect.y));
        let (w, h) = ((rect.width * UNITS).round(), (rect.height * UNITS).round());
        let _ = writeln!(
            self.body,
            "<svg x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" viewBox=\"{x} {y} {w} {h}\">"
        );
    }

    fn unclip(&mut self) {
        self.body.push_str("</svg>\n");
    }

    fn finish(self: Box<Self>, title: &str, description: &str) -> Result<Vec<u8>> {
        if let Some(reason) = self.failed {
            return Err(Error::io("draw", title, std::io::Error::other(reason)));
        }
        let (width, height) = (self.width, self.height);
        let (w, h) = (width * UNITS, height * UNITS);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 \
             {w} {h}\" role=\"img\" \
             font-family=\"sans-serif\" stroke-linejoin=\"round\" stroke-linecap=\"round\" \
             style=\"max-width:100%;height:auto\">\n"
        );
        let _ = writeln!(svg, "<title>{}</title>", escape(title));
        let _ = writeln!(svg, "<desc>{}</desc>", escape(description));
        let _ = writeln!(
            svg,
            "<rect x=\"5\" y=\"5\" width=\"{}\" height=\"{}\" rx=\"80\" fill=\"{}\" stroke=\"{}\" \
             stroke-width=\"10\"/>",
            w - 10.0,
            h - 10.0,
            hex(CARD),
            hex(CARD_EDGE)
        );
        svg.push_str(&self.body);
        svg.push_str("</svg>\n");
        Ok(svg.into_bytes())
    }
}

fn style(stroke: &Stroke) -> ShapeStyle {
    rgb(stroke.color).stroke_width((stroke.width * UNITS).round() as u32)
}

/// Leaves out what SVG takes for granted.
fn terse(drawn: &str) -> String {
    drawn
        .replace(" opacity=\"1\"", "")
        .replace(" stroke=\"none\" stroke-width=\"1\"", "")
        .replace(" stroke=\"none\"", "")
        .replace(" font-family=\"sans-serif\"", "")
        .replace(" \"/>", "\"/>")
        .replace(">\n", ">")
        .replace("\n</text>", "</text>")
        .replace("/>", "/>\n")
        .replace("</text>", "</text>\n")
}

fn rgb((r, g, b): Rgb) -> RGBColor {
    RGBColor(r, g, b)
}

fn hex((r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn unit((x, y): Point) -> (i32, i32) {
    ((x * UNITS).round() as i32, (y * UNITS).round() as i32)
}

fn units(points: &[Point]) -> Vec<(i32, i32)> {
    let mut units: Vec<(i32, i32)> = points.iter().copied().map(unit).collect();
    units.dedup();
    if units.len() == 1 {
        units.push(units[0]);
    }
    units
}

/// A text as the content of an element.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
