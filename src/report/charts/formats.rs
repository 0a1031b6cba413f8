//! Figures as SVG and as PDF.

use super::backend::{Backend, Pdf, Svg};
use super::layout;
use crate::error::{Error, Result};
use crate::figure::{Figure, Layer};

/// Draws a figure as an SVG document.
///
/// The title and the caption become the document's `<title>` and `<desc>` for screen readers.
///
/// # Errors
///
/// [`Error::Shape`] if the columns of a layer differ in length.
///
/// ```
/// use gradus::figure::{Axis, Figure, Panel};
/// let loss = Panel::new("", Axis::linear("epoch"), Axis::log("loss").lower_is_better())
///     .line("sgd", [0.0, 1.0, 2.0], [1.0, 0.1, 0.01], 0);
/// let svg = gradus::report::charts::svg(&Figure::new("loss", "Loss", "The loss falls.").panel(loss))?;
/// assert!(svg.starts_with("<svg") && svg.contains("↓ lower is better"));
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub fn svg(figure: &Figure) -> Result<String> {
    let document = drawn(figure, |width, height| Box::new(Svg::new(width, height)))?;
    Ok(String::from_utf8(document).expect("SVG is text"))
}

/// Draws a figure as a PDF document of one page, as large as the SVG (96 pixels per inch), with the used
/// letters embedded.
///
/// The title and the caption become the document's title and subject.
///
/// # Errors
///
/// [`Error::Shape`] if the columns of a layer differ in length.
///
/// ```
/// use gradus::figure::{Axis, Figure, Panel};
/// let loss = Panel::new("", Axis::linear("epoch"), Axis::log("loss")).line(
///     "sgd",
///     [0.0, 1.0, 2.0],
///     [1.0, 0.1, 0.01],
///     0,
/// );
/// let pdf = gradus::report::charts::pdf(&Figure::new("loss", "Loss", "The loss falls.").panel(loss))?;
/// assert!(pdf.starts_with(b"%PDF-") && pdf.ends_with(b"%%EOF"));
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub fn pdf(figure: &Figure) -> Result<Vec<u8>> {
    drawn(figure, |width, height| Box::new(Pdf::new(width, height)))
}

fn drawn(figure: &Figure, backend: impl FnOnce(f64, f64) -> Box<dyn Backend>) -> Result<Vec<u8>> {
    for layer in figure.panels.iter().flat_map(|panel| &panel.layers) {
        check(layer)?;
    }
    layout::draw(figure, backend)
}

/// The width in pixels beyond which a drawing shrinks with the page.
const WIDE: u32 = 700;

/// Changes a wide document of [`svg`] so that it shrinks with the page, and never becomes wider than it is.
/// JupyterLab and nbconvert show it as an image, which does not shrink if its width is given in pixels.
pub(crate) fn flexible(svg: &str) -> String {
    let (head, rest) = svg.split_at(svg.find('>').unwrap_or(0));
    let between = |from: &str| {
        head.split_once(from).and_then(|(_, after)| after.split_once('"')).map(|(value, _)| value)
    };
    let (Some(width), Some(height)) = (between(" width=\""), between(" height=\"")) else {
        return svg.to_string();
    };
    if width.parse::<u32>().is_ok_and(|pixels| pixels <= WIDE) {
        return svg.to_string();
    }
    let fixed = format!(" width=\"{width}\" height=\"{height}\"");
    let head = head.replacen(&fixed, " width=\"100%\"", 1).replacen(
        "max-width:100%",
        &format!("max-width:{width}px"),
        1,
    );
    head + rest
}

/// Refuses a layer whose columns differ in length.
fn check(layer: &Layer) -> Result<()> {
    let equal = |what, expected: usize, got: usize| {
        if expected == got {
            Ok(())
        } else {
            Err(Error::Shape { what, expected: vec![expected], got: vec![got] })
        }
    };
    match layer {
        Layer::Line { x, y, .. } => equal("the y of a line", x.len(), y.len()),
        Layer::Points { x, y, .. } => equal("the y of points", x.len(), y.len()),
        Layer::Path { x, y, .. } => equal("the y of a path", x.len(), y.len()),
        Layer::Band { x, low, high, .. } => {
            equal("the lower edge of a band", x.len(), low.len())?;
            equal("the upper edge of a band", x.len(), high.len())
        }
        Layer::Contour { x, y, z, .. } => equal("the grid of a contour", x.len() * y.len(), z.len()),
        Layer::Raster { width, height, values, .. } => {
            equal("the values of a raster", width * height, values.len())
        }
        Layer::Bars { labels, values, low, high, .. } => {
            equal("the lengths of bars", labels.len(), values.len())?;
            equal("the lower ends of bars", labels.len(), low.len())?;
            equal("the upper ends of bars", labels.len(), high.len())
        }
        Layer::Dots { labels, values, low, high, targets, .. } => {
            equal("the places of dots", labels.len(), values.len())?;
            equal("the lower ends of dots", labels.len(), low.len())?;
            equal("the upper ends of dots", labels.len(), high.len())?;
            equal("the targets of dots", labels.len(), targets.len())
        }
        Layer::HorizontalMark { .. }
        | Layer::VerticalMark { .. }
        | Layer::Mark { .. }
        | Layer::Grid { .. } => Ok(()),
    }
}
