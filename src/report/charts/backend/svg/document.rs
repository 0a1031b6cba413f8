//! An SVG document that plotters draws on.
//!
//! plotters's own SVG backend has no place for clipping, dashes, images or a title, and owns its text until
//! it is dropped. This one implements the same interface, and its owner adds those elements between
//! plotters's.

use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};
use std::convert::Infallible;
use std::fmt::{Arguments, Write};

/// The elements of an SVG document, in the order in which they were drawn.
pub(super) struct Document {
    size: (u32, u32),
    elements: String,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Document {
    /// Starts an empty document of a size in its own units.
    pub fn new(size: (u32, u32)) -> Self {
        Document { size, elements: String::new() }
    }

    /// Adds a line of markup.
    pub fn add(&mut self, markup: Arguments) {
        // Writing to a string does not fail.
        let _ = self.elements.write_fmt(markup);
        self.elements.push('\n');
    }

    /// Returns the elements, a line each.
    pub fn elements(&self) -> &str {
        &self.elements
    }

    /// Adds an element unless it is invisible.
    fn draw(&mut self, color: BackendColor, element: Arguments) -> Drawn {
        if color.alpha > 0.0 {
            self.add(element);
        }
        Ok(())
    }
}

impl DrawingBackend for Document {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.draw_rect((x, y), (x + 1, y + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (width, height, paint) = (right - left, bottom - top, paint(style, fill));
        self.draw(
            style.color(),
            format_args!("<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"{paint}/>"),
        )
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let (opacity, stroke) = (opacity(style.color()), stroke(style));
        let points = points(path);
        let line = format_args!("<polyline fill=\"none\"{opacity}{stroke} points=\"{points}\"/>");
        self.draw(style.color(), line)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let paint = paint(style, fill);
        self.draw(style.color(), format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"{paint}/>"))
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let (paint, points) = (paint(style, true), points(path));
        self.draw(style.color(), format_args!("<polygon{paint} points=\"{points}\"/>"))
    }

    /// Writes a text whose vertical anchor is half the height of an x.
    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Drawn {
        let anchor = match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        let weight = if matches!(style.style(), FontStyle::Bold) { " font-weight=\"bold\"" } else { "" };
        let (size, opacity, fill) = (style.size(), opacity(style.color()), hex(style.color()));
        self.draw(
            style.color(),
            format_args!(
                "<text x=\"{x}\" y=\"{y}\" dy=\"0.5ex\" text-anchor=\"{anchor}\" \
                 font-size=\"{size}\"{opacity} fill=\"{fill}\"{weight}>{}</text>",
                escape(text)
            ),
        )
    }
}

/// Returns the attributes of a shape that is either filled or outlined.
fn paint(style: &impl BackendStyle, fill: bool) -> String {
    let (opacity, color) = (opacity(style.color()), hex(style.color()));
    if fill {
        format!("{opacity} fill=\"{color}\"")
    } else {
        format!("{opacity} fill=\"none\"{}", stroke(style))
    }
}

fn stroke(style: &impl BackendStyle) -> String {
    format!(" stroke=\"{}\" stroke-width=\"{}\"", hex(style.color()), style.stroke_width())
}

/// Returns the attribute for a color's opacity; empty for an opaque color, which is SVG's default.
fn opacity(color: BackendColor) -> String {
    if color.alpha == 1.0 { String::new() } else { format!(" opacity=\"{}\"", color.alpha) }
}

fn hex(color: BackendColor) -> String {
    let (r, g, b) = color.rgb;
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn points(path: impl IntoIterator<Item = BackendCoord>) -> String {
    path.into_iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")
}

/// Returns a text as the content of an element.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
