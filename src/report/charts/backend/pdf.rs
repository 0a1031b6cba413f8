//! PDF for papers: one page as large as the figure, without the card.
//!
//! Each document embeds the letters that it uses from the fonts in `pdf/fonts`, so that it looks the same on
//! every machine and its text can be searched. This is our own code because the converters from SVG to PDF
//! bring twenty times as much to compile.

mod font;

use super::Backend;
use crate::error::Result;
use crate::report::charts::png::{self, deflate};
use crate::report::charts::shapes::{Anchor, Letters, Point, Rect, Stroke};
use crate::report::charts::style::{CARD, Rgb};
use font::Font;
use pdf_writer::types::{LineCapStyle, LineJoinStyle, TextRenderingMode};
use pdf_writer::{Content, Filter, Finish, Name, Ref, Str, TextStr};
use std::collections::BTreeSet;

/// The length of a pixel (1/96 inch) in points (1/72 inch).
const POINTS: f64 = 0.75;
/// The number of units of a dash in a pixel, as in SVG.
const UNITS: f64 = 10.0;
/// Half the height of an x, which is the middle of a text, relative to the size of the letters.
const MIDDLE: f64 = 0.5 * 0.547;
/// The width in pixels of the pale rim of letters.
const RIM: f64 = 3.0;
/// The distance of the control points of a circle's four curves from their ends, in radii.
const HANDLE: f64 = 0.552_284_75;

/// A chart that is being drawn as PDF.
pub(in crate::report::charts) struct Pdf {
    width: f64,
    height: f64,
    content: Content,
    fonts: [Font; 2],
    /// The opacities in use, in percent.
    opacities: BTreeSet<u8>,
    images: Vec<(usize, usize, Vec<u8>)>,
}

impl Pdf {
    pub fn new(width: f64, height: f64) -> Self {
        let (width, height) = (width.ceil(), height.ceil());
        let mut content = Content::new();
        content.transform([POINTS, 0.0, 0.0, -POINTS, 0.0, POINTS * height].map(short));
        content.set_line_cap(LineCapStyle::RoundCap).set_line_join(LineJoinStyle::RoundJoin);
        Pdf {
            width,
            height,
            content,
            fonts: [Font::regular(), Font::bold()],
            opacities: BTreeSet::new(),
            images: Vec::new(),
        }
    }

    fn path(&mut self, points: &[Point]) {
        for (i, &(x, y)) in points.iter().enumerate() {
            let (x, y) = (short(x), short(y));
            if i == 0 {
                self.content.move_to(x, y)
            } else {
                self.content.line_to(x, y)
            };
        }
    }

    fn circle(&mut self, (x, y): Point, radius: f64) {
        let around = |a: f64, b: f64| (short(x + radius * a), short(y + radius * b));
        let start = around(1.0, 0.0);
        self.content.move_to(start.0, start.1);
        for (a, b) in [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)] {
            let (first, second, end) = (
                around(a - HANDLE * b, b + HANDLE * a),
                around(HANDLE * a - b, HANDLE * b + a),
                around(-b, a),
            );
            self.content.cubic_to(first.0, first.1, second.0, second.1, end.0, end.1);
        }
        self.content.close_path();
    }

    /// Fills the path and restores the state that [`see_through`](Self::see_through) saved.
    fn fill(&mut self, color: Rgb, opacity: f64) {
        let [r, g, b] = channels(color);
        self.content.set_fill_rgb(r, g, b).fill_nonzero();
        if opacity < 1.0 {
            self.content.restore_state();
        }
    }

    /// Saves the state and sets the opacity, if it is below 1, for the path that follows.
    fn see_through(&mut self, opacity: f64) {
        if opacity < 1.0 {
            let percent = (100.0 * opacity.max(0.0)).round() as u8;
            self.opacities.insert(percent);
            self.content.save_state().set_parameters(Name(opacity_name(percent).as_bytes()));
        }
    }

    fn stroke(&mut self, stroke: Stroke) {
        let [r, g, b] = channels(stroke.color);
        self.content.set_stroke_rgb(r, g, b).set_line_width(short(stroke.width));
        let dash =
            stroke.dash.map(|dash| dash.split_whitespace().filter_map(|units| units.parse::<f64>().ok()));
        match dash {
            Some(dash) => self.content.set_dash_pattern(dash.map(|units| short(units / UNITS)), 0.0),
            None => self.content.set_dash_pattern([], 0.0),
        };
    }

    fn write(self, title: &str, description: &str) -> Vec<u8> {
        let Pdf { width, height, content, fonts, opacities, images } = self;
        let mut next = Ref::new(1);
        let [catalog, pages, page, body, info] = [(); 5].map(|()| next.bump());
        let mut file = pdf_writer::Pdf::new();
        file.catalog(catalog).pages(pages);
        file.pages(pages).kids([page]).count(1);
        file.document_info(info)
            .title(TextStr(title))
            .subject(TextStr(description))
            .creator(TextStr("gradus"));
        let content = deflate(&content.finish());
        file.stream(body, &content).filter(Filter::FlateDecode);
        let fonts: Vec<(&str, Ref)> = fonts
            .iter()
            .filter(|font| font.is_used())
            .map(|font| (font.name(), font.embed(&mut file, &mut next)))
            .collect();
        let opacities: Vec<(String, Ref)> = opacities
            .iter()
            .map(|&percent| (opacity_name(percent), opacity(percent, &mut file, &mut next)))
            .collect();
        let images: Vec<(String, Ref)> = images
            .iter()
            .enumerate()
            .map(|(i, image)| (image_name(i), embed(image, &mut file, &mut next)))
            .collect();
        let mut page = file.page(page);
        page.media_box(pdf_writer::Rect::new(0.0, 0.0, short(POINTS * width), short(POINTS * height)))
            .parent(pages)
            .contents(body);
        let mut resources = page.resources();
        resources.fonts().pairs(fonts.iter().map(|(name, font)| (Name(name.as_bytes()), font)));
        resources.ext_g_states().pairs(opacities.iter().map(|(name, state)| (Name(name.as_bytes()), state)));
        resources.x_objects().pairs(images.iter().map(|(name, image)| (Name(name.as_bytes()), image)));
        resources.finish();
        page.finish();
        file.finish()
    }
}

impl Backend for Pdf {
    fn line(&mut self, points: &[Point], stroke: Stroke) {
        self.stroke(stroke);
        self.path(points);
        self.content.stroke();
    }

    fn polygon(&mut self, points: &[Point], fill: Rgb, opacity: f64) {
        self.see_through(opacity);
        self.path(points);
        self.content.close_path();
        self.fill(fill, opacity);
    }

    fn rectangle(&mut self, rect: Rect, fill: Rgb, opacity: f64) {
        self.see_through(opacity);
        self.content.rect(short(rect.x), short(rect.y), short(rect.width), short(rect.height));
        self.fill(fill, opacity);
    }

    fn disc(&mut self, center: Point, radius: f64, fill: Rgb) {
        self.circle(center, radius);
        self.fill(fill, 1.0);
    }

    fn ring(&mut self, center: Point, radius: f64, stroke: Stroke) {
        self.stroke(stroke);
        self.circle(center, radius);
        self.content.stroke();
    }

    fn text(&mut self, text: &str, (x, y): Point, letters: Letters) {
        let font = &mut self.fonts[usize::from(letters.bold)];
        let (codes, width) = font.set(text);
        let shift = match letters.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => 0.5,
            Anchor::End => 1.0,
        };
        let (before, below) = (shift * width * letters.size, MIDDLE * letters.size);
        // The chart's y axis points down, but the letters must not be upside down.
        let (turn, x, y) = if letters.upward {
            ([0.0, -1.0, -1.0, 0.0], x + below, y + before)
        } else {
            ([1.0, 0.0, 0.0, -1.0], x - before, y + below)
        };
        let name = Name(font.name().as_bytes());
        let show = |content: &mut Content, mode| {
            content.begin_text().set_font(name, short(letters.size)).set_text_rendering_mode(mode);
            let [a, b, c, d] = turn;
            content.set_text_matrix([a, b, c, d, short(x), short(y)]).show(Str(&codes)).end_text();
        };
        if letters.halo {
            let [r, g, b] = channels(CARD);
            self.content.set_stroke_rgb(r, g, b).set_line_width(short(RIM)).set_dash_pattern([], 0.0);
            // Hide the rim from copying and from screen readers, so that the text occurs only once.
            self.content
                .begin_marked_content_with_properties(Name(b"Span"))
                .properties()
                .actual_text(TextStr(""));
            show(&mut self.content, TextRenderingMode::Stroke);
            self.content.end_marked_content();
        }
        let [r, g, b] = channels(letters.color);
        self.content.set_fill_rgb(r, g, b);
        show(&mut self.content, TextRenderingMode::Fill);
    }

    fn image(&mut self, image: &png::Image, rect: Rect) {
        if image.pixels.is_empty() {
            return;
        }
        let bytes: Vec<u8> = image.pixels.iter().flat_map(|&(r, g, b)| [r, g, b]).collect();
        let (width, height) = (rect.width.max(1.0 / UNITS), rect.height.max(1.0 / UNITS));
        self.content.save_state().transform([width, 0.0, 0.0, -height, rect.x, rect.y + height].map(short));
        self.content.x_object(Name(image_name(self.images.len()).as_bytes())).restore_state();
        self.images.push((image.width, image.height, deflate(&bytes)));
    }

    fn clip(&mut self, rect: Rect) {
        self.content.save_state().rect(short(rect.x), short(rect.y), short(rect.width), short(rect.height));
        self.content.clip_nonzero().end_path();
    }

    fn unclip(&mut self) {
        self.content.restore_state();
    }

    fn finish(self: Box<Self>, title: &str, description: &str) -> Result<Vec<u8>> {
        Ok(self.write(title, description))
    }
}

/// Rounds a number to three decimals, which is enough at the size of a page. NaN and infinity become 0.
fn short(value: f64) -> f32 {
    if value.is_finite() { ((value * 1e3).round() / 1e3) as f32 } else { 0.0 }
}

fn channels((r, g, b): Rgb) -> [f32; 3] {
    [r, g, b].map(|channel| short(f64::from(channel) / 255.0))
}

fn opacity_name(percent: u8) -> String {
    format!("O{percent}")
}

fn opacity(percent: u8, file: &mut pdf_writer::Pdf, next: &mut Ref) -> Ref {
    let place = next.bump();
    file.ext_graphics(place).non_stroking_alpha(f32::from(percent) / 100.0);
    place
}

fn image_name(place: usize) -> String {
    format!("I{place}")
}

fn embed(
    (width, height, bytes): &(usize, usize, Vec<u8>),
    file: &mut pdf_writer::Pdf,
    next: &mut Ref,
) -> Ref {
    let place = next.bump();
    let mut image = file.image_xobject(place, bytes);
    image.filter(Filter::FlateDecode);
    image.width(*width as i32).height(*height as i32).bits_per_component(8).interpolate(false);
    image.color_space().device_rgb();
    place
}
