//! A sheet of SVG for a page. Its units are those of the library's SVG files, ten to a pixel, and its colors
//! have names that the site's light and dark themes define. Compiled as a part of `report::charts`.

use super::backend::Backend;
use super::png;
use super::shapes::{Anchor, Letters, Point, Rect, Stroke};
use super::style::{CARD, Rgb};
use crate::error::Result;
use std::fmt::{Arguments, Write};

/// Units in a pixel.
const UNITS: f64 = 10.0;

/// A drawing of a part of the plane.
pub(super) struct Sheet {
    /// The part that is shown, in pixels.
    shown: Rect,
    /// Attributes of the whole drawing.
    attributes: &'static str,
    elements: String,
}

impl Sheet {
    pub fn new(shown: Rect, attributes: &'static str) -> Self {
        Sheet { shown, attributes, elements: String::new() }
    }

    fn add(&mut self, markup: Arguments) {
        // Writing to a string does not fail.
        let _ = self.elements.write_fmt(markup);
    }
}

impl Backend for Sheet {
    fn line(&mut self, points: &[Point], stroke: Stroke) {
        let dash = stroke.dash.map(|dash| format!(" stroke-dasharray=\"{dash}\"")).unwrap_or_default();
        let (look, points) = (outline(&stroke), list(points));
        self.add(format_args!("<polyline fill=\"none\"{look}{dash} points=\"{points}\"/>"));
    }

    fn polygon(&mut self, points: &[Point], fill: Rgb, opacity: f64) {
        let (fill, points) = (color(fill), list(points));
        self.add(format_args!("<polygon fill=\"{fill}\" opacity=\"{opacity}\" points=\"{points}\"/>"));
    }

    fn rectangle(&mut self, rect: Rect, fill: Rgb, opacity: f64) {
        let (box_, fill) = (extent(rect), color(fill));
        self.add(format_args!("<rect{box_} fill=\"{fill}\" opacity=\"{opacity}\"/>"));
    }

    fn disc(&mut self, center: Point, radius: f64, fill: Rgb) {
        let (place, fill) = (circle(center, radius), color(fill));
        self.add(format_args!("<circle{place} fill=\"{fill}\"/>"));
    }

    fn ring(&mut self, center: Point, radius: f64, stroke: Stroke) {
        let (place, look) = (circle(center, radius), outline(&stroke));
        self.add(format_args!("<circle{place} fill=\"none\"{look}/>"));
    }

    fn text(&mut self, text: &str, (x, y): Point, letters: Letters) {
        let anchor = match letters.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let bold = if letters.bold { " font-weight=\"bold\"" } else { "" };
        let halo = if letters.halo {
            let (rim, width) = (color(CARD), 3.0 * UNITS);
            format!(" paint-order=\"stroke\" stroke=\"{rim}\" stroke-width=\"{width}\"")
        } else {
            String::new()
        };
        let (x, y, size, fill, text) =
            (unit(x), unit(y), unit(letters.size), color(letters.color), escaped(text));
        self.add(format_args!(
            "<text x=\"{x}\" y=\"{y}\" dy=\"0.5ex\" text-anchor=\"{anchor}\" font-size=\"{size}\" \
             fill=\"{fill}\"{bold}{halo}>{text}</text>"
        ));
    }

    /// Draws nothing: no live figure has a raster.
    fn image(&mut self, _image: &png::Image, _rect: Rect) {}

    fn clip(&mut self, rect: Rect) {
        let (x, y, w, h) = (unit(rect.x), unit(rect.y), unit(rect.width), unit(rect.height));
        self.add(format_args!(
            "<svg x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" viewBox=\"{x} {y} {w} {h}\">"
        ));
    }

    fn unclip(&mut self) {
        self.add(format_args!("</svg>"));
    }

    fn finish(self: Box<Self>, title: &str, description: &str) -> Result<Vec<u8>> {
        let Rect { x, y, width, height } = self.shown;
        let view = [x, y, width, height].map(|v| unit(v).to_string()).join(" ");
        let title = tag("title", title);
        let description = tag("desc", description);
        let (attributes, elements) = (self.attributes, self.elements);
        let svg = format!(
            "<svg width=\"{width}\" height=\"{height}\" viewBox=\"{view}\" {attributes} \
             font-family=\"sans-serif\" stroke-linejoin=\"round\" stroke-linecap=\"round\">\
             {title}{description}{elements}</svg>"
        );
        Ok(svg.into_bytes())
    }
}

/// Returns an element with a text, or nothing if the text is empty.
fn tag(name: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<{name}>{}</{name}>", escaped(text)) }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Returns a color as the library writes it. The site's rules for dark paper know it in this form.
fn color((r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn outline(stroke: &Stroke) -> String {
    format!(" stroke=\"{}\" stroke-width=\"{}\"", color(stroke.color), unit(stroke.width))
}

fn circle((x, y): Point, radius: f64) -> String {
    format!(" cx=\"{}\" cy=\"{}\" r=\"{}\"", unit(x), unit(y), unit(radius))
}

fn extent(rect: Rect) -> String {
    let [x, y, w, h] = [rect.x, rect.y, rect.width, rect.height].map(unit);
    format!(" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"")
}

/// Converts pixels to units of the drawing.
fn unit(pixels: f64) -> i64 {
    (pixels * UNITS).round() as i64
}

/// Writes points in units of the drawing, each different from its predecessor, and at least two.
fn list(points: &[Point]) -> String {
    let mut units: Vec<(i64, i64)> = points.iter().map(|&(x, y)| (unit(x), unit(y))).collect();
    units.dedup();
    if units.len() == 1 {
        units.push(units[0]);
    }
    units.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")
}
