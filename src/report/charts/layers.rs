//! Drawing the layers of a panel.

use super::canvas::Canvas;
use super::contour::{self, Grid};
use super::plot::Plot;
use super::polyline;
use super::raster;
use super::shapes::{Anchor, Letters, Point, Rect, Stroke};
use super::style::{self, CARD, CONTOUR, GRID, INK, LABEL, MARK, MUTED, THEORY, TICK};
use crate::figure::{Layer, Role};
use crate::report::numbers::plain;

/// Widths of lines in pixels.
pub(super) const MEASURED: f64 = 1.9;
pub(super) const THEORETICAL: f64 = 1.5;
/// The dashes of theory, in tenths of a pixel.
pub(super) const THEORY_DASH: &str = "55 40";
/// Lines of at most this many points carry a marker on each.
const FEW: usize = 14;
/// Markers along a line of many points.
const MARKERS_ALONG: usize = 6;

impl Plot {
    /// Draws one layer.
    pub fn draw(&self, canvas: &mut Canvas, layer: &Layer) {
        match layer {
            Layer::Line { x, y, role: Role::Theory, .. } => {
                let stroke = Stroke::new(THEORY, THEORETICAL).dashed(Some(THEORY_DASH));
                self.polyline(canvas, &self.points(x, y), stroke);
            }
            Layer::Line { label, x, y, color, role: Role::Measured } => {
                self.measured(canvas, &self.points(x, y), *color, !label.is_empty())
            }
            Layer::Band { x, low, high, color } => self.band(canvas, x, low, high, *color),
            Layer::Points { x, y, color, .. } => self.scatter(canvas, &self.points(x, y), *color),
            Layer::Path { x, y, color, .. } => self.path(canvas, &self.points(x, y), *color),
            Layer::Contour { x, y, z, levels } => self.contour(canvas, &Grid { x, y, z }, levels),
            Layer::Raster { width, height, values, x, y, palette, .. } => {
                let (left, right) = (self.x.at(x.0.min(x.1)), self.x.at(x.0.max(x.1)));
                let (top, bottom) = (self.y.at(y.0.max(y.1)), self.y.at(y.0.min(y.1)));
                let rect = Rect { x: left, y: top, width: right - left, height: bottom - top };
                if [left, right, top, bottom].iter().all(|v| v.abs() < 1e5) {
                    canvas.clipped(self.rect, |canvas| {
                        canvas.image(&raster::image(*width, *height, values, *palette), rect)
                    });
                }
            }
            Layer::Bars { labels, values, low, high, color } => {
                self.bars(canvas, labels, [values, low, high], *color)
            }
            Layer::Dots { labels, values, low, high, targets, color } => {
                self.dots(canvas, labels.len(), [values, low, high, targets], *color);
            }
            Layer::Grid { rows, columns } => self.grid(canvas, rows.len(), columns.len()),
            Layer::HorizontalMark { .. } | Layer::VerticalMark { .. } | Layer::Mark { .. } => {}
        }
    }

    /// Draws a line through the middle of each row and each column.
    fn grid(&self, canvas: &mut Canvas, rows: usize, columns: usize) {
        let (rect, stroke) = (self.rect, Stroke::new(GRID, 1.0));
        for y in (0..rows).map(|i| self.y.at(i as f64 + 0.5)) {
            canvas.line(&[(rect.x, y), (rect.right(), y)], stroke);
        }
        for x in (0..columns).map(|i| self.x.at(i as f64 + 0.5)) {
            canvas.line(&[(x, rect.y), (x, rect.bottom())], stroke);
        }
    }

    /// Draws the layers that explain others, so that nothing covers them.
    pub fn annotate(&self, canvas: &mut Canvas, layers: &[Layer]) {
        let mut taken = Taken {
            labels: layers.iter().filter_map(|layer| self.marked_line(layer)).collect(),
            data: layers.iter().flat_map(|layer| self.drawn_points(layer)).collect(),
        };
        for layer in layers {
            match layer {
                Layer::HorizontalMark { label, y } => self.horizontal_mark(canvas, label, *y, &mut taken),
                Layer::VerticalMark { label, x } => self.vertical_mark(canvas, label, *x, &mut taken),
                Layer::Mark { label, x, y } => self.mark(canvas, label, self.at(*x, *y), &mut taken),
                _ => {}
            }
        }
    }

    fn polyline(&self, canvas: &mut Canvas, points: &[Point], stroke: Stroke) {
        for piece in polyline::visible(points, self.rect.grown(0.5)) {
            canvas.line(&piece, stroke);
        }
    }

    fn measured(&self, canvas: &mut Canvas, points: &[Point], place: usize, named: bool) {
        let color = style::color(place);
        self.polyline(canvas, points, Stroke::new(color, MEASURED).dashed(style::dash(place)));
        let markers = if points.len() <= FEW && named {
            points.to_vec()
        } else if self.marked && named {
            along(points, self.rect, place)
        } else {
            isolated(points)
        };
        for point in markers.into_iter().filter(|p| self.holds(*p)) {
            canvas.marker(style::marker(place), point, 3.1, color);
        }
    }

    fn band(&self, canvas: &mut Canvas, x: &[f64], low: &[f64], high: &[f64], place: usize) {
        let near = self.rect.grown(1000.0);
        let within = |(x, y): Point| (x.clamp(near.x, near.right()), y.clamp(near.y, near.bottom()));
        let edges: Vec<(Point, Point)> = self.points(x, low).into_iter().zip(self.points(x, high)).collect();
        let whole =
            |(low, high): &(Point, Point)| [low.0, low.1, high.0, high.1].iter().all(|v| v.is_finite());
        canvas.clipped(self.rect, |canvas| {
            for run in edges.split(|pair| !whole(pair)) {
                let lower: Vec<Point> = run.iter().map(|pair| within(pair.0)).collect();
                let upper: Vec<Point> = run.iter().map(|pair| within(pair.1)).collect();
                let mut outline = polyline::simplified(&lower);
                outline.extend(polyline::simplified(&upper).into_iter().rev());
                canvas.polygon(&outline, style::color(place), 0.17);
            }
        });
    }

    fn scatter(&self, canvas: &mut Canvas, points: &[Point], place: usize) {
        let mut shown: Vec<Point> = points.iter().copied().filter(|p| self.holds(*p)).collect();
        let pixel = |p: &Point| ((p.0 * 2.0).round() as i64, (p.1 * 2.0).round() as i64);
        let mut seen = std::collections::BTreeSet::new();
        shown.retain(|p| seen.insert(pixel(p)));
        let radius = if shown.len() > 250 { 2.1 } else { 3.2 };
        for point in shown {
            canvas.marker(style::marker(place), point, radius + 0.9, CARD);
            canvas.marker(style::marker(place), point, radius, style::color(place));
        }
    }

    fn path(&self, canvas: &mut Canvas, points: &[Point], place: usize) {
        let color = style::color(place);
        self.polyline(canvas, points, Stroke::new(color, 1.7).dashed(style::dash(place)));
        let mut last: Option<Point> = None;
        for &point in points.iter().filter(|p| self.holds(**p)) {
            if last.is_none_or(|(x, y)| (x - point.0).hypot(y - point.1) >= 5.0) {
                canvas.disc(point, 2.0, color);
                last = Some(point);
            }
        }
        let ends = |p: &&Point| p.0.is_finite() && p.1.is_finite();
        if let Some(&start) = points.first().filter(ends).filter(|p| self.holds(**p)) {
            canvas.disc(start, 5.0, CARD);
            canvas.ring(start, 5.0, Stroke::new(color, 2.0));
        }
        if let Some(&end) = points.iter().rev().find(ends).filter(|p| points.len() > 1 && self.holds(**p)) {
            canvas.marker(style::marker(place), end, 6.6, CARD);
            canvas.marker(style::marker(place), end, 5.0, color);
        }
    }

    fn contour(&self, canvas: &mut Canvas, grid: &Grid, levels: &[f64]) {
        let (count, last) = (levels.len().max(2) - 1, CONTOUR.len() - 1);
        for (i, &level) in levels.iter().enumerate() {
            let stroke = Stroke::new(CONTOUR[(i * last + count / 2) / count], 1.0);
            for line in contour::lines(grid, level) {
                let points: Vec<Point> = line.iter().map(|&(x, y)| self.at(x, y)).collect();
                self.polyline(canvas, &points, stroke);
            }
        }
    }

    fn bars(&self, canvas: &mut Canvas, labels: &[String], [values, low, high]: [&[f64]; 3], place: usize) {
        let color = style::color(place);
        let zero =
            if self.x.range.log { self.rect.x } else { self.x.at(0.0).clamp(self.rect.x, self.rect.right()) };
        let slot = self.rect.height / labels.len().max(1) as f64;
        let height = (0.62 * slot).min(22.0);
        for i in 0..labels.len() {
            let middle = self.rect.y + (i as f64 + 0.5) * slot;
            let end = self.x.at(values[i]);
            if !end.is_finite() {
                canvas.text("no value", (zero + 4.0, middle), Letters::new(TICK, MUTED, Anchor::Start));
                continue;
            }
            let end = end.clamp(self.rect.x, self.rect.right());
            let rect = Rect { x: zero.min(end), y: middle - height / 2.0, width: (end - zero).abs(), height };
            canvas.rectangle(rect, CARD, 1.0);
            canvas.rectangle(rect, color, 0.65);
            let whisker =
                [self.x.at(low[i]), self.x.at(high[i])].map(|v| v.clamp(self.rect.x, self.rect.right()));
            let spread = whisker.iter().all(|v| v.is_finite());
            if spread && (whisker[1] - whisker[0]).abs() > 0.3 {
                self.whisker(canvas, whisker, middle, (height / 4.0).min(4.0));
            }
            let right = if spread { end.max(whisker[1]) } else { end }.max(zero);
            canvas.text(
                &plain(values[i]),
                (right + 6.0, middle),
                Letters::new(TICK, MUTED, Anchor::Start).halo(),
            );
        }
    }

    /// Returns points, a few pixels apart, along the lines and marks that a layer draws.
    fn drawn_points(&self, layer: &Layer) -> Vec<Point> {
        match layer {
            Layer::Line { x, y, .. } | Layer::Path { x, y, .. } => {
                polyline::sampled(&self.points(x, y), self.rect)
            }
            Layer::Points { x, y, .. } => self.points(x, y),
            _ => Vec::new(),
        }
    }

    /// Returns the line of a horizontal mark, which the labels of other marks must not cover.
    fn marked_line(&self, layer: &Layer) -> Option<Rect> {
        match layer {
            Layer::HorizontalMark { y, .. } => {
                Some(Rect { y: self.y.at(*y) - 0.5, height: 1.0, ..self.rect })
                    .filter(|line| line.y.is_finite())
            }
            _ => None,
        }
    }

    fn horizontal_mark(&self, canvas: &mut Canvas, label: &str, y: f64, taken: &mut Taken) {
        let (rect, y) = (self.rect, self.y.at(y));
        if !y.is_finite() || !self.holds((rect.x, y)) {
            return;
        }
        canvas.line(&[(rect.x, y), (rect.right(), y)], Stroke::new(MARK, 1.2).dashed(Some("15 35")));
        let text = style::shorten(label, LABEL, rect.width - 12.0);
        let width = style::text_width(&text, LABEL);
        let (right, left) = (rect.right() - 6.0 - width, rect.x + 6.0);
        let places: Vec<Point> = [y - 15.0, y + 3.0, y - 30.0, y + 18.0]
            .into_iter()
            .flat_map(|top| [(right, top), (left, top), ((left + right) / 2.0, top)])
            .collect();
        self.label(canvas, &text, width, &places, taken);
    }

    fn vertical_mark(&self, canvas: &mut Canvas, label: &str, x: f64, taken: &mut Taken) {
        let (rect, x) = (self.rect, self.x.at(x));
        if !x.is_finite() || !self.holds((x, rect.y)) {
            return;
        }
        canvas.line(&[(x, rect.y), (x, rect.bottom())], Stroke::new(MARK, 1.2).dashed(Some("15 35")));
        let text = style::shorten(label, LABEL, rect.width - 12.0);
        let width = style::text_width(&text, LABEL);
        let places: Vec<Point> = (0..4)
            .flat_map(|i| [x + 5.0, x - 5.0 - width].map(|left| (left, rect.y + 4.0 + 15.0 * f64::from(i))))
            .collect();
        self.label(canvas, &text, width, &places, taken);
    }

    fn mark(&self, canvas: &mut Canvas, label: &str, (x, y): Point, taken: &mut Taken) {
        if !(x.is_finite() && y.is_finite() && self.holds((x, y))) {
            return;
        }
        for (color, width) in [(CARD, 4.4), (INK, 2.0)] {
            for slope in [-1.0, 1.0] {
                canvas.line(
                    &[(x - 4.5, y - 4.5 * slope), (x + 4.5, y + 4.5 * slope)],
                    Stroke::new(color, width),
                );
            }
        }
        let text = style::shorten(label, LABEL, self.rect.width - 12.0);
        let width = style::text_width(&text, LABEL);
        let heights = [y - 20.0, y + 8.0, y - 6.0, y - 32.0, y + 20.0];
        let places: Vec<Point> =
            heights.into_iter().flat_map(|top| [(x + 8.0, top), (x - 8.0 - width, top)]).collect();
        self.label(canvas, &text, width, &places, taken);
    }

    /// Writes a label at the place, among several inside the plot, where it covers the least.
    fn label(&self, canvas: &mut Canvas, text: &str, width: f64, places: &[Point], taken: &mut Taken) {
        if text.is_empty() {
            return;
        }
        let boxed = |&(x, y): &Point| Rect { x, y, width, height: 13.0 };
        let inside = |r: &Rect| {
            r.x >= self.rect.x
                && r.right() <= self.rect.right()
                && r.y >= self.rect.y - 2.0
                && r.bottom() <= self.rect.bottom()
        };
        let boxes: Vec<Rect> = places.iter().map(boxed).collect();
        let fitting = || boxes.iter().filter(|r| inside(r));
        let choice = fitting().min_by_key(|r| taken.under(r)).or(boxes.first());
        if let Some(&rect) = choice {
            let x = rect.x.min(self.rect.right() - width - 2.0).max(self.rect.x + 2.0);
            canvas.text(text, (x, rect.y + 6.5), Letters::new(LABEL, INK, Anchor::Start).halo());
            taken.labels.push(Rect { x, ..rect });
        }
    }
}

/// What labels should not cover.
struct Taken {
    /// Other labels and the lines of marks.
    labels: Vec<Rect>,
    /// Points of the data.
    data: Vec<Point>,
}

impl Taken {
    /// Returns how much a label at a place would cover. Other labels count more than any data.
    fn under(&self, r: &Rect) -> usize {
        let near = r.grown(2.0);
        let labels = self
            .labels
            .iter()
            .filter(|t| r.x < t.right() && t.x < r.right() && r.y < t.bottom() && t.y < r.bottom())
            .count();
        let data = self
            .data
            .iter()
            .filter(|p| p.0 >= near.x && p.0 <= near.right() && p.1 >= near.y && p.1 <= near.bottom())
            .count();
        labels * 100_000 + data
    }
}

/// Returns points on a line, spread over the plot and shifted from series to series, so that markers do not
/// coincide.
fn along(points: &[Point], rect: Rect, place: usize) -> Vec<Point> {
    let shift = (place % 6) as f64 / 6.0;
    let target = |k: usize| rect.x + rect.width * (k as f64 + 0.15 + 0.8 * shift) / MARKERS_ALONG as f64;
    let mut markers = Vec::new();
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        // A line may run from right to left, for example over falling learning rates.
        let within = |k: &usize| {
            (from.0 < target(*k) && target(*k) <= to.0) || (to.0 < target(*k) && target(*k) <= from.0)
        };
        for k in (0..MARKERS_ALONG).filter(within) {
            let share = (target(k) - from.0) / (to.0 - from.0);
            markers.push((target(k), from.1 + share * (to.1 - from.1)));
        }
    }
    markers
}

/// Returns the points that have no neighbor to draw a line to.
fn isolated(points: &[Point]) -> Vec<Point> {
    let there =
        |i: Option<usize>| i.and_then(|i| points.get(i)).is_some_and(|p| p.0.is_finite() && p.1.is_finite());
    (0..points.len())
        .filter(|&i| there(Some(i)) && !there(i.checked_sub(1)) && !there(Some(i + 1)))
        .map(|i| points[i])
        .collect()
}

/// The look of a series in the legend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Swatch {
    Line { place: usize, marked: bool },
    Theory,
    Points { place: usize },
    Path { place: usize },
}

impl Swatch {
    /// The width of every swatch in pixels.
    pub const WIDTH: f64 = 26.0;

    /// Draws the swatch with its left end at a point.
    pub fn draw(&self, canvas: &mut Canvas, (x, y): Point) {
        let (ends, middle) = ([(x, y), (x + Self::WIDTH, y)], (x + Self::WIDTH / 2.0, y));
        match *self {
            Swatch::Theory => canvas.line(&ends, Stroke::new(THEORY, THEORETICAL).dashed(Some(THEORY_DASH))),
            Swatch::Line { place, marked } => {
                canvas.line(&ends, Stroke::new(style::color(place), MEASURED).dashed(style::dash(place)));
                if marked {
                    canvas.marker(style::marker(place), middle, 3.4, style::color(place));
                }
            }
            Swatch::Points { place } => canvas.marker(style::marker(place), middle, 3.6, style::color(place)),
            Swatch::Path { place } => {
                let color = style::color(place);
                canvas.line(
                    &[(x + 3.0, y), (x + Self::WIDTH - 3.0, y)],
                    Stroke::new(color, 1.7).dashed(style::dash(place)),
                );
                canvas.disc((x + 4.0, y), 3.4, CARD);
                canvas.ring((x + 4.0, y), 3.4, Stroke::new(color, 1.6));
                canvas.marker(style::marker(place), (x + Self::WIDTH - 4.0, y), 3.8, color);
            }
        }
    }
}

/// Returns whether the lines of a panel carry markers: if they have several colors, or few points.
pub(super) fn marked(layers: &[Layer]) -> bool {
    let mut colors = layers.iter().filter_map(|layer| match layer {
        Layer::Line { color, role: Role::Measured, .. } => Some(*color),
        _ => None,
    });
    colors.next().is_some_and(|first| colors.any(|color| color != first))
}

/// Returns the legend's entries of a panel in their order, each of them once.
pub(super) fn entries(layers: &[Layer]) -> Vec<(String, Swatch)> {
    let several = marked(layers);
    let mut entries: Vec<(String, Swatch)> = Vec::new();
    for layer in layers {
        let entry = match layer {
            Layer::Line { label, role: Role::Theory, .. } => (label, Swatch::Theory),
            Layer::Line { label, color, x, .. } => {
                (label, Swatch::Line { place: *color, marked: several || x.len() <= FEW })
            }
            Layer::Points { label, color, .. } => (label, Swatch::Points { place: *color }),
            Layer::Path { label, color, .. } => (label, Swatch::Path { place: *color }),
            _ => continue,
        };
        if !entry.0.is_empty() && !entries.iter().any(|known| known.0 == *entry.0 && known.1 == entry.1) {
            entries.push((entry.0.clone(), entry.1));
        }
    }
    entries
}
