//! A figure in the parts that a page needs: each panel as a drawing of its own, so that panels can stack on a
//! phone, and the entries of the legend, so that they can wrap. Compiled as a part of `report::charts`.

use super::canvas::Canvas;
use super::layers;
use super::legend::{self, Entry, Legend};
use super::panel::{Margins, Plan};
use super::shapes::Rect;
use super::sheet::Sheet;
use crate::error::Result;
use crate::figure::Figure;

/// The widths of a panel with all its labels, for one, two and three panels in a row, as in the library's
/// layout.
const WIDTHS: [f64; 3] = [560.0, 430.0, 330.0];
/// The room around a panel in pixels.
const EDGE: f64 = 4.0;
/// The room above a legend that belongs to one panel.
const ABOVE_LEGEND: f64 = 4.0;

/// A figure in parts, as SVG.
pub(crate) struct Drawn {
    /// The panels.
    pub panels: Vec<String>,
    /// The number of panels in a row.
    pub columns: usize,
    /// The entries of the legend of all panels: the swatch, and the label.
    pub keys: Vec<(String, String)>,
}

/// Draws a figure. Panels of a row are equally high, and those of a column equally wide, as in the library's
/// layout.
pub(crate) fn drawn(figure: &Figure) -> Result<Drawn> {
    let columns = figure.columns.clamp(1, figure.panels.len().clamp(1, WIDTHS.len()));
    let cell = WIDTHS[columns - 1];
    let plans: Vec<Plan> = figure.panels.iter().map(|panel| Plan::new(panel, figure, cell)).collect();
    let entries: Vec<Vec<Entry>> = figure.panels.iter().map(|panel| layers::entries(&panel.layers)).collect();
    let shared = legend::shared(&entries);
    let mut panels = Vec::new();
    let sides = |column: usize| {
        let in_column = || plans.iter().skip(column).step_by(columns).map(|plan| plan.margins);
        let (left, right) = (in_column().map(|m| m.left), in_column().map(|m| m.right));
        (left.fold(0.0, f64::max), right.fold(0.0, f64::max))
    };
    let width = |i: usize| cell - sides(i % columns).0 - sides(i % columns).1;
    for (i, plan) in plans.iter().enumerate() {
        let own = if shared.is_some() { Legend::default() } else { Legend::new(&entries[i], cell - 8.0) };
        let first = i - i % columns;
        let row = first..(first + columns).min(plans.len());
        let largest = |of: &dyn Fn(usize) -> f64| row.clone().map(of).fold(0.0, f64::max);
        let margins = Margins {
            left: sides(i % columns).0,
            right: sides(i % columns).1,
            top: largest(&|k| plans[k].margins.top),
            bottom: largest(&|k| plans[k].margins.bottom),
        };
        let height = largest(&|k| plans[k].plot_height(width(k)));
        let rect = Rect { x: margins.left, y: margins.top, width: width(i), height };
        let below = rect.bottom() + margins.bottom;
        let room = if own.height > 0.0 { ABOVE_LEGEND + own.height } else { 0.0 };
        let shown = Rect { x: -EDGE, y: -EDGE, width: cell + 2.0 * EDGE, height: below + room + 2.0 * EDGE };
        let mut canvas = Canvas::new(Box::new(Sheet::new(shown, "role=\"img\"")));
        plan.draw(&mut canvas, rect, 4.0);
        own.draw(&mut canvas, (4.0, below + ABOVE_LEGEND));
        let name = match plans.len() {
            1 => figure.title.clone(),
            count => format!("{}, panel {} of {count}", figure.title, i + 1),
        };
        panels.push(text(canvas.finish(&name, if i == 0 { &figure.caption } else { "" })?));
    }
    let keys = shared.unwrap_or_default().into_iter().map(key).collect::<Result<_>>()?;
    Ok(Drawn { panels, columns, keys })
}

/// Draws an entry of a legend.
fn key((label, swatch): Entry) -> Result<(String, String)> {
    let shown = Rect { x: -1.0, y: -8.0, width: layers::Swatch::WIDTH + 2.0, height: 16.0 };
    let mut canvas = Canvas::new(Box::new(Sheet::new(shown, "aria-hidden=\"true\"")));
    swatch.draw(&mut canvas, (0.0, 0.0));
    Ok((text(canvas.finish("", "")?), label))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}
