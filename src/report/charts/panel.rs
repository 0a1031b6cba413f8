//! One panel: the room around its plot, its axes and its layers.

use super::canvas::Canvas;
use super::layers;
use super::plot::Plot;
use super::raster;
use super::scale::{self, Direction, Map, Range};
use super::shapes::{Anchor, Letters, Rect, Stroke};
use super::style::{AXIS, GRID, INK, LABEL, MUTED, PANEL_TITLE, TICK, shorten, text_width, wrap};
use super::ticks::Tick;
use crate::figure::{Axis, Better, Figure, Layer, Palette, Panel};

/// The desired distance between two ticks in pixels.
const TICK_X: f64 = 76.0;
const TICK_Y: f64 = 46.0;
/// Heights of lines of text.
const TITLE_ROW: f64 = 18.0;
const LABEL_ROW: f64 = 15.0;
/// The height of a row of a grid.
const GRID_ROW: f64 = 20.0;
/// The largest share of a panel's width for the names of categories.
const CATEGORIES: f64 = 0.5;
/// The color bar: its distance from the plot, and its width.
const BAR_GAP: f64 = 12.0;
const BAR: f64 = 11.0;

/// The room around a plot in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Margins {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

/// What the color bar shows: the palette, its limits, and the quantity.
struct ColorScale<'a> {
    palette: Palette,
    range: Range,
    label: &'a str,
}

/// A panel with its measures.
pub(super) struct Plan<'a> {
    panel: &'a Panel,
    x: Range,
    y: Range,
    title: Vec<String>,
    x_label: Vec<String>,
    y_label: Vec<String>,
    scale: Option<ColorScale<'a>>,
    pub margins: Margins,
    /// The width of the plot divided by its height.
    pub aspect: f64,
}

impl<'a> Plan<'a> {
    /// Measures a panel that is `width` pixels wide with all its labels.
    pub fn new(panel: &'a Panel, figure: &Figure, width: f64) -> Self {
        let hidden = (Axis::linear(""), Axis::linear(""));
        let (x_axis, y_axis) = panel.axes.as_ref().unwrap_or(&hidden);
        let title = wrap(&panel.title, PANEL_TITLE, width - 8.0);
        let mut plan = Plan {
            panel,
            x: scale::range(x_axis, panel, Direction::X),
            y: scale::range(y_axis, panel, Direction::Y),
            title,
            x_label: wrap(&described(x_axis, ["←", "→"]), LABEL, width - 60.0),
            y_label: wrap(&described(y_axis, ["↓", "↑"]), LABEL, width - 8.0),
            scale: panel.axes.as_ref().and(color_scale(&panel.layers)),
            margins: Margins::default(),
            aspect: natural_aspect(panel).unwrap_or(figure.aspect).clamp(0.1, 20.0),
        };
        plan.margins = plan.measured(width);
        plan
    }

    fn measured(&self, width: f64) -> Margins {
        let title = self.title.len() as f64 * TITLE_ROW;
        if self.panel.axes.is_none() {
            return Margins { left: 4.0, right: 4.0, top: title + 3.0, bottom: 6.0 };
        }
        let height = (width - 60.0) / self.aspect;
        let left = match self.categories() {
            Some(labels) => {
                labels.iter().fold(0.0f64, |m, label| m.max(text_width(label, TICK))).min(CATEGORIES * width)
                    + 10.0
            }
            None => widest(&self.y.ticks(height, TICK_Y)) + 11.0,
        };
        let last =
            self.x_ticks(width - left).iter().rev().find_map(|tick| tick.label.clone()).unwrap_or_default();
        let values = if self.categories().is_some() && self.grid_columns().is_none() { 34.0 } else { 0.0 };
        let names = self.grid_columns().map(|columns| {
            columns.iter().fold(0.0f64, |widest, name| widest.max(text_width(name, TICK))) + 10.0
        });
        let bar = self
            .scale
            .as_ref()
            .map_or(0.0, |scale| BAR_GAP + BAR + 6.0 + widest(&scale.range.ticks(height, TICK_Y)));
        Margins {
            left: left.max(16.0),
            right: (text_width(&last, TICK) / 2.0).max(10.0).max(values) + bar,
            top: title + self.label_rows() * LABEL_ROW + 8.0,
            bottom: names.unwrap_or(20.0) + self.x_label.len() as f64 * LABEL_ROW + 4.0,
        }
    }

    /// Returns the ticks of the x axis, so few that their labels do not overlap.
    fn x_ticks(&self, width: f64) -> Vec<Tick> {
        let apart = |ticks: &[Tick]| {
            ticks.iter().filter(|t| t.label.is_some()).count() as f64 * (widest(ticks) + 12.0) <= width + 24.0
        };
        let tried = (0..6).map(|more| self.x.ticks(width, TICK_X + 24.0 * f64::from(more)));
        let mut tried: Vec<Vec<Tick>> = tried.collect();
        let fitting = tried.iter().position(|ticks| apart(ticks)).unwrap_or(tried.len() - 1);
        tried.swap_remove(fitting)
    }

    /// Returns the number of rows above the plot, for the labels of the y axis and of the color bar.
    fn label_rows(&self) -> f64 {
        let of_scale = self.scale.as_ref().is_some_and(|scale| !scale.label.is_empty());
        self.y_label.len().max(usize::from(of_scale)) as f64
    }

    fn categories(&self) -> Option<&'a [String]> {
        self.panel.layers.iter().find_map(|layer| match layer {
            Layer::Bars { labels, .. } | Layer::Dots { labels, .. } => Some(labels.as_slice()),
            Layer::Grid { rows, .. } => Some(rows.as_slice()),
            _ => None,
        })
    }

    /// Returns the names of the columns of a grid.
    fn grid_columns(&self) -> Option<&'a [String]> {
        self.panel.layers.iter().find_map(|layer| match layer {
            Layer::Grid { columns, .. } => Some(columns.as_slice()),
            _ => None,
        })
    }

    /// Returns the height of the plot for a width. Each bar needs a row.
    pub fn plot_height(&self, width: f64) -> f64 {
        match self.categories() {
            Some(rows) if self.grid_columns().is_some() => rows.len().max(1) as f64 * GRID_ROW,
            Some(labels) => labels.len().max(1) as f64 * 27.0 + 8.0,
            None => (width / self.aspect).max(40.0),
        }
    }

    /// Returns whether the plot may become higher to match its neighbors.
    pub fn stretches(&self) -> bool {
        self.panel.axes.is_some() && self.categories().is_none()
    }

    /// Draws the panel. The plot fills `rect`, the labels are around it, and titles begin at `left`.
    pub fn draw(&self, canvas: &mut Canvas, rect: Rect, left: f64) {
        self.write_title(canvas, rect, left);
        let flipped = self.categories().is_some();
        let (start, end) = if flipped { (rect.y, rect.bottom()) } else { (rect.bottom(), rect.y) };
        let plot = Plot {
            rect,
            x: Map { range: self.x, start: rect.x, end: rect.right() },
            y: Map { range: self.y, start, end },
            marked: layers::marked(&self.panel.layers),
        };
        let full = self
            .panel
            .layers
            .iter()
            .any(|layer| matches!(layer, Layer::Contour { .. } | Layer::Raster { .. }));
        if self.panel.axes.is_some() {
            self.x_axis(canvas, &plot, !full);
            self.y_axis(canvas, &plot, !full);
        }
        let layers = |canvas: &mut Canvas| {
            self.panel.layers.iter().for_each(|layer| plot.draw(canvas, layer));
            if self.panel.axes.is_some() {
                frame(canvas, rect, full);
            }
            plot.annotate(canvas, &self.panel.layers);
        };
        if self.panel.axes.is_some() && self.panel.layers.iter().any(|l| matches!(l, Layer::Raster { .. })) {
            canvas.on_picture(layers);
        } else {
            layers(canvas);
        }
        self.color_bar(canvas, rect);
    }

    fn write_title(&self, canvas: &mut Canvas, rect: Rect, left: f64) {
        let image = self.panel.axes.is_none();
        let (x, anchor) =
            if image { (rect.x + rect.width / 2.0, Anchor::Middle) } else { (left, Anchor::Start) };
        let labels = if image { 0.0 } else { self.label_rows() * LABEL_ROW + 8.0 };
        let bottom = rect.y - labels - if image { 3.0 } else { 0.0 };
        let letters = Letters::new(PANEL_TITLE, INK, anchor);
        for (i, line) in self.title.iter().rev().enumerate() {
            canvas.text(
                line,
                (x, bottom - (i as f64 + 0.5) * TITLE_ROW),
                if image { letters } else { letters.bold() },
            );
        }
        if !image {
            for (i, line) in self.y_label.iter().rev().enumerate() {
                canvas.text(
                    line,
                    (x, rect.y - 8.0 - (i as f64 + 0.5) * LABEL_ROW),
                    Letters::new(LABEL, MUTED, Anchor::Start),
                );
            }
        }
    }

    fn x_axis(&self, canvas: &mut Canvas, plot: &Plot, grid: bool) {
        let rect = plot.rect;
        if let Some(columns) = self.grid_columns() {
            for (i, name) in columns.iter().enumerate() {
                let at = (plot.x.at(i as f64 + 0.5), rect.bottom() + 7.0);
                canvas.text(name, at, Letters::new(TICK, INK, Anchor::End).upward());
            }
            return;
        }
        for tick in self.x_ticks(rect.width) {
            let x = plot.x.at(tick.at);
            let length = if tick.label.is_some() { 4.0 } else { 2.5 };
            if grid && tick.label.is_some() {
                canvas.line(&[(x, rect.y), (x, rect.bottom())], Stroke::new(GRID, 1.0));
            }
            canvas.line(&[(x, rect.bottom()), (x, rect.bottom() + length)], Stroke::new(AXIS, 1.0));
            canvas.text(
                &tick.label.unwrap_or_default(),
                (x, rect.bottom() + 13.0),
                Letters::new(TICK, MUTED, Anchor::Middle),
            );
        }
        for (i, line) in self.x_label.iter().enumerate() {
            let y = rect.bottom() + 22.0 + (i as f64 + 0.5) * LABEL_ROW;
            canvas.text(line, (rect.x + rect.width / 2.0, y), Letters::new(LABEL, MUTED, Anchor::Middle));
        }
    }

    fn y_axis(&self, canvas: &mut Canvas, plot: &Plot, grid: bool) {
        let rect = plot.rect;
        if let Some(labels) = self.categories() {
            let slot = rect.height / labels.len().max(1) as f64;
            for (i, label) in labels.iter().enumerate() {
                let text = shorten(label, TICK, self.margins.left - 8.0);
                canvas.text(
                    &text,
                    (rect.x - 7.0, rect.y + (i as f64 + 0.5) * slot),
                    Letters::new(TICK, INK, Anchor::End),
                );
            }
            return;
        }
        for tick in self.y.ticks(rect.height, TICK_Y) {
            let y = plot.y.at(tick.at);
            let length = if tick.label.is_some() { 4.0 } else { 2.5 };
            if grid && tick.label.is_some() {
                canvas.line(&[(rect.x, y), (rect.right(), y)], Stroke::new(GRID, 1.0));
            }
            canvas.line(&[(rect.x - length, y), (rect.x, y)], Stroke::new(AXIS, 1.0));
            canvas.text(
                &tick.label.unwrap_or_default(),
                (rect.x - 7.0, y),
                Letters::new(TICK, MUTED, Anchor::End),
            );
        }
    }

    fn color_bar(&self, canvas: &mut Canvas, rect: Rect) {
        let Some(&ColorScale { palette, range, label }) = self.scale.as_ref() else { return };
        let bar = Rect { x: rect.right() + BAR_GAP, width: BAR, ..rect };
        canvas.image(&raster::bar(palette), bar);
        frame(canvas, bar, true);
        let right = rect.right() + self.margins.right;
        canvas.text(label, (right, rect.y - 8.0 - 0.5 * LABEL_ROW), Letters::new(LABEL, MUTED, Anchor::End));
        let map = Map { range, start: bar.bottom(), end: bar.y };
        for tick in range.ticks(bar.height, TICK_Y) {
            let y = map.at(tick.at);
            canvas.line(&[(bar.right(), y), (bar.right() + 3.0, y)], Stroke::new(AXIS, 1.0));
            canvas.text(
                &tick.label.unwrap_or_default(),
                (bar.right() + 6.0, y),
                Letters::new(TICK, MUTED, Anchor::Start),
            );
        }
    }
}

/// Draws the two axis lines, or all four sides if the data fill the plot.
fn frame(canvas: &mut Canvas, rect: Rect, full: bool) {
    let stroke = Stroke::new(AXIS, 1.0);
    let (left, right, top, bottom) = (rect.x, rect.right(), rect.y, rect.bottom());
    canvas.line(&[(left, top), (left, bottom), (right, bottom)], stroke);
    if full {
        canvas.line(&[(left, top), (right, top), (right, bottom)], stroke);
    }
}

/// Returns the label of an axis, with a note of which end is better. `arrows` point to its lower and its
/// higher end.
fn described(axis: &Axis, arrows: [&str; 2]) -> String {
    let hint = match axis.better {
        Some(Better::Lower) => format!("{} lower is better", arrows[0]),
        Some(Better::Higher) => format!("{} higher is better", arrows[1]),
        None => return axis.label.clone(),
    };
    if axis.label.is_empty() { hint } else { format!("{} · {hint}", axis.label) }
}

fn widest(ticks: &[Tick]) -> f64 {
    ticks
        .iter()
        .filter_map(|tick| tick.label.as_deref())
        .map(|label| text_width(label, TICK))
        .fold(0.0, f64::max)
}

/// Returns the aspect at which the pixels of an image are square.
fn natural_aspect(panel: &Panel) -> Option<f64> {
    match (&panel.axes, panel.layers.first()) {
        (None, Some(Layer::Raster { width, height, .. })) if *width > 0 && *height > 0 => {
            Some(*width as f64 / *height as f64)
        }
        _ => None,
    }
}

/// Returns the color scale of the first raster that shows a quantity.
fn color_scale(layers: &[Layer]) -> Option<ColorScale<'_>> {
    layers.iter().find_map(|layer| match layer {
        Layer::Raster { values, palette, label, .. }
            if matches!(palette, Palette::Sequential | Palette::Diverging) =>
        {
            let (from, to) = raster::limits(values, *palette);
            let range = Range { from, to, log: false, whole: false };
            Some(ColorScale { palette: *palette, range, label })
        }
        _ => None,
    })
}
