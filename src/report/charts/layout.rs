//! The layout of a figure: the title, the panels in a grid with aligned plots, the legends below.

use super::backend::Backend;
use super::canvas::Canvas;
use super::layers;
use super::legend::{self, Legend};
use super::panel::{Margins, Plan};
use super::shapes::{Anchor, Letters, Rect};
use super::style::{FIGURE_TITLE, INK, wrap};
use crate::error::Result;
use crate::figure::{Figure, Panel};

/// The room in pixels between the card's edge and its content.
const EDGE: f64 = 18.0;
/// The room in pixels between panels.
const ACROSS: f64 = 22.0;
const DOWN: f64 = 18.0;
const TITLE_ROW: f64 = 22.0;
const ABOVE_LEGEND: f64 = 8.0;

/// The widths of a panel with all its labels, for one, two, and three or more panels in a row.
const WIDTHS: [f64; 4] = [560.0, 430.0, 330.0, 270.0];
/// The widths of a row of images and of the largest image.
const IMAGES: f64 = 720.0;
const IMAGE: f64 = 240.0;

/// Draws a figure on a backend, which is created when the size is known.
pub(super) fn draw(figure: &Figure, backend: impl FnOnce(f64, f64) -> Box<dyn Backend>) -> Result<Vec<u8>> {
    let columns = figure.columns.clamp(1, figure.panels.len().max(1));
    let cell = cell_width(figure, columns);
    let width = 2.0 * EDGE + columns as f64 * cell + (columns - 1) as f64 * gap(figure);
    let plans: Vec<Plan> = figure.panels.iter().map(|panel| Plan::new(panel, figure, cell)).collect();
    let entries: Vec<Vec<legend::Entry>> =
        figure.panels.iter().map(|panel| layers::entries(&panel.layers)).collect();
    let shared = legend::shared(&entries);
    let whole = Legend::new(shared.as_deref().unwrap_or_default(), width - 2.0 * EDGE);
    let own: Vec<Legend> = entries
        .iter()
        .map(|e| if shared.is_some() { Legend::default() } else { Legend::new(e, cell - 8.0) })
        .collect();

    let title = wrap(&figure.title, FIGURE_TITLE, width - 2.0 * EDGE);
    let rows = Rows::new(&plans, &own, columns, cell);
    let panels_top = EDGE - 4.0 + title.len() as f64 * TITLE_ROW + if title.is_empty() { 0.0 } else { 8.0 };
    let legend_room = if whole.height > 0.0 { whole.height + ABOVE_LEGEND } else { 0.0 };
    let mut canvas = Canvas::new(backend(width, panels_top + rows.height() + legend_room + EDGE - 6.0));
    for (i, line) in title.iter().enumerate() {
        let letters = Letters::new(FIGURE_TITLE, INK, Anchor::Start).bold();
        canvas.text(line, (EDGE + 4.0, EDGE - 4.0 + (i as f64 + 0.5) * TITLE_ROW), letters);
    }
    for (i, plan) in plans.iter().enumerate() {
        let (row, column) = (i / columns, i % columns);
        let margins = rows.margins(i);
        let left = EDGE + column as f64 * (cell + gap(figure));
        let top = panels_top + rows.top(row);
        let plot_width = cell - margins.left - margins.right;
        let height = if plan.stretches() {
            rows.plots[row]
        } else {
            rows.plots[row].min(plan.plot_height(plot_width))
        };
        let rect = Rect { x: left + margins.left, y: top + margins.top, width: plot_width, height };
        plan.draw(&mut canvas, rect, left + 4.0);
        own[i].draw(&mut canvas, (left + 4.0, rect.bottom() + margins.bottom + 4.0));
    }
    let middle = (width - whole.width) / 2.0;
    whole.draw(&mut canvas, (middle.max(EDGE), panels_top + rows.height() + ABOVE_LEGEND));
    canvas.finish(&figure.title, &figure.caption)
}

/// The heights of rows and the aligned margins of panels.
struct Rows {
    columns: usize,
    /// The left and right margins, by column.
    sides: Vec<(f64, f64)>,
    /// The top and bottom margins, by row.
    ends: Vec<(f64, f64)>,
    /// The heights of the plots, by row.
    plots: Vec<f64>,
    /// The heights of the legends, by row.
    legends: Vec<f64>,
}

impl Rows {
    fn new(plans: &[Plan], own: &[Legend], columns: usize, cell: f64) -> Self {
        let largest = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0f64, f64::max);
        let in_column = |c: usize| plans.iter().skip(c).step_by(columns);
        let sides: Vec<(f64, f64)> = (0..columns)
            .map(|c| {
                (
                    largest(&mut in_column(c).map(|p| p.margins.left)),
                    largest(&mut in_column(c).map(|p| p.margins.right)),
                )
            })
            .collect();
        let chunks: Vec<&[Plan]> = plans.chunks(columns).collect();
        let ends = chunks
            .iter()
            .map(|row| {
                (
                    largest(&mut row.iter().map(|p| p.margins.top)),
                    largest(&mut row.iter().map(|p| p.margins.bottom)),
                )
            })
            .collect();
        let height = |c: usize, plan: &Plan| plan.plot_height(cell - sides[c].0 - sides[c].1);
        let plots = chunks
            .iter()
            .map(|row| largest(&mut row.iter().enumerate().map(|(c, p)| height(c, p))))
            .collect();
        let legends = own
            .chunks(columns)
            .map(|row| largest(&mut row.iter().map(|l| if l.height > 0.0 { l.height + 4.0 } else { 0.0 })))
            .collect();
        Rows { columns, sides, ends, plots, legends }
    }

    fn margins(&self, panel: usize) -> Margins {
        let (left, right) = self.sides[panel % self.columns];
        let (top, bottom) = self.ends[panel / self.columns];
        Margins { left, right, top, bottom }
    }

    fn row_height(&self, row: usize) -> f64 {
        self.ends[row].0 + self.plots[row] + self.ends[row].1 + self.legends[row]
    }

    fn top(&self, row: usize) -> f64 {
        (0..row).map(|r| self.row_height(r) + DOWN).sum()
    }

    fn height(&self) -> f64 {
        let rows = self.plots.len();
        self.top(rows) - if rows > 0 { DOWN } else { 0.0 }
    }
}

fn only_images(figure: &Figure) -> bool {
    figure.panels.iter().all(|panel: &Panel| panel.axes.is_none())
}

fn gap(figure: &Figure) -> f64 {
    if only_images(figure) { 6.0 } else { ACROSS }
}

fn cell_width(figure: &Figure, columns: usize) -> f64 {
    if only_images(figure) {
        return ((IMAGES - (columns - 1) as f64 * gap(figure)) / columns as f64).clamp(72.0, IMAGE);
    }
    WIDTHS[columns.min(WIDTHS.len()) - 1]
}
