//! A sheet to draw on in pixels with one decimal. Every shape and text is drawn by plotters' SVG backend, on a
//! sheet ten times as large (its coordinates are whole numbers); this file adds what the backend lacks: the card,
//! the alternative text, dashes, clipping and embedded images.

use super::png;
use super::style::{CARD, CARD_EDGE, Marker, Rgb};
use crate::error::{Error, Result};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::fmt::Write;

/// Units of the sheet in a pixel.
const UNITS: f64 = 10.0;

/// plotters divides the size of letters by this.
const LETTERS: f64 = 1.24;

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
        Rect { x: self.x - margin, y: self.y - margin, width: self.width + 2.0 * margin, height: self.height + 2.0 * margin }
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

    fn style(&self) -> ShapeStyle {
        rgb(self.color).stroke_width((self.width * UNITS).round() as u32)
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

/// The sheet.
pub(super) struct Canvas {
    width: f64,
    height: f64,
    body: String,
    failed: Option<String>,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

impl Canvas {
    pub fn new(width: f64, height: f64) -> Self {
        Canvas { width: width.ceil(), height: height.ceil(), body: String::new(), failed: None }
    }

    /// A line through points.
    pub fn line(&mut self, points: &[Point], stroke: Stroke) {
        if points.len() < 2 {
            return;
        }
        self.grouped(stroke.dash.map(|dash| format!("stroke-dasharray=\"{dash}\"")), |canvas| {
            canvas.plot(|area| area.draw(&PathElement::new(units(points), stroke.style())));
        });
    }

    /// A filled polygon.
    pub fn polygon(&mut self, points: &[Point], fill: Rgb, opacity: f64) {
        if points.len() >= 3 {
            self.plot(|area| area.draw(&Polygon::new(units(points), rgb(fill).mix(opacity).filled())));
        }
    }

    /// A filled rectangle.
    pub fn rectangle(&mut self, rect: Rect, fill: Rgb, opacity: f64) {
        let corners = [unit((rect.x, rect.y)), unit((rect.right(), rect.bottom()))];
        self.plot(|area| area.draw(&Rectangle::new(corners, rgb(fill).mix(opacity).filled())));
    }

    /// A disc.
    pub fn disc(&mut self, center: Point, radius: f64, fill: Rgb) {
        self.plot(|area| area.draw(&Circle::new(unit(center), (radius * UNITS).round() as u32, rgb(fill).filled())));
    }

    /// A circle.
    pub fn ring(&mut self, center: Point, radius: f64, stroke: Stroke) {
        self.plot(|area| area.draw(&Circle::new(unit(center), (radius * UNITS).round() as u32, stroke.style())));
    }

    /// A marker with a pale rim.
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
        if text.is_empty() {
            return;
        }
        let text: String = clean(text);
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
        self.grouped(letters.halo.then_some(rim), |canvas| {
            canvas.plot(|area| area.draw(&Text::new(text, unit(at), style)));
        });
    }

    /// An image of few pixels, stretched to a rectangle with its pixels kept sharp.
    pub fn image(&mut self, image: &png::Image, rect: Rect) {
        let (x, y) = unit((rect.x, rect.y));
        let (right, bottom) = unit((rect.right(), rect.bottom()));
        let data = png::base64(&image.encode());
        let _ = writeln!(
            self.body,
            "<image x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" \
             href=\"data:image/png;base64,{data}\"/>",
            (right - x).max(1),
            (bottom - y).max(1),
        );
    }

    /// Draws inside a rectangle: what lies outside is cut off (a nested sheet needs no name, unlike a clip path).
    pub fn clipped(&mut self, rect: Rect, draw: impl FnOnce(&mut Canvas)) {
        let (x, y) = unit((rect.x, rect.y));
        let (w, h) = ((rect.width * UNITS).round(), (rect.height * UNITS).round());
        let _ = writeln!(self.body, "<svg x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" viewBox=\"{x} {y} {w} {h}\">");
        draw(self);
        self.body.push_str("</svg>\n");
    }

    /// The document, with its title and alternative text.
    pub fn finish(self, title: &str, description: &str) -> Result<String> {
        if let Some(reason) = self.failed {
            return Err(Error::io("draw", title, std::io::Error::other(reason)));
        }
        let (width, height) = (self.width, self.height);
        let (w, h) = (width * UNITS, height * UNITS);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
             font-family=\"sans-serif\" stroke-linejoin=\"round\" stroke-linecap=\"round\" style=\"max-width:100%;height:auto\">\n"
        );
        let _ = writeln!(svg, "<title>{}</title>", escape(title));
        let _ = writeln!(svg, "<desc>{}</desc>", escape(description));
        let _ = writeln!(
            svg,
            "<rect x=\"5\" y=\"5\" width=\"{}\" height=\"{}\" rx=\"80\" fill=\"{}\" stroke=\"{}\" stroke-width=\"10\"/>",
            w - 10.0,
            h - 10.0,
            hex(CARD),
            hex(CARD_EDGE)
        );
        svg.push_str(&self.body);
        svg.push_str("</svg>\n");
        Ok(svg)
    }

    /// Draws inside a group with an attribute, if there is one.
    fn grouped(&mut self, attribute: Option<String>, draw: impl FnOnce(&mut Canvas)) {
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

/// Characters that no XML document may hold become spaces.
fn clean(text: &str) -> String {
    let allowed = |c: char| !c.is_control() && c != '\u{fffe}' && c != '\u{ffff}';
    text.chars().map(|c| if allowed(c) { c } else { ' ' }).collect()
}

/// A text as the content of an element.
fn escape(text: &str) -> String {
    clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
