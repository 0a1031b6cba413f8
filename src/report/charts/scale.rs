//! The range of an axis, and the map from data to pixels.

use super::ticks::{self, Tick};
use crate::figure::{Axis, Layer, Panel, Scale};

/// The room between the data and the edge, as a share of the range.
const ROOM: f64 = 0.04;

/// The largest number that is shown at its place. Larger ones are shown at the edge, because their
/// differences would overflow.
const LARGEST: f64 = 1e300;

/// The range of one axis and whether it is logarithmic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    pub from: f64,
    pub to: f64,
    pub log: bool,
    /// Whether all values are whole numbers, so that halves would mean nothing.
    pub whole: bool,
}

/// A range laid over pixels from `start` (where the range begins) to `end`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Map {
    pub range: Range,
    pub start: f64,
    pub end: f64,
}

/// The coordinate that an axis shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    X,
    Y,
}

impl Range {
    /// Returns the ticks of an axis of `length` pixels, about `spacing` pixels apart.
    pub fn ticks(&self, length: f64, spacing: f64) -> Vec<Tick> {
        let count = (length / spacing).round().max(2.0) as usize;
        match (self.log, self.whole) {
            (true, _) => ticks::logarithmic(self.from, self.to, count),
            (false, true) => {
                ticks::linear(self.from, self.to, count.min((self.to - self.from).floor().max(1.0) as usize))
            }
            (false, false) => ticks::linear(self.from, self.to, count),
        }
    }
}

impl Map {
    /// Returns the pixel of a value; NaN if it cannot be shown, for example zero on a logarithmic axis.
    pub fn at(&self, value: f64) -> f64 {
        let place = |v: f64| if self.range.log { v.log10() } else { v.clamp(-LARGEST, LARGEST) };
        if !value.is_finite() || (self.range.log && value <= 0.0) {
            return f64::NAN;
        }
        let (from, to) = (place(self.range.from), place(self.range.to));
        self.start + (place(value) - from) / (to - from) * (self.end - self.start)
    }
}

/// Returns the range that an axis shows: the requested one, or that of the data with a little room.
pub(super) fn range(axis: &Axis, panel: &Panel, direction: Direction) -> Range {
    let log = axis.scale == Scale::Log;
    let usable = |v: f64| v.is_finite() && v.abs() <= LARGEST && (!log || v >= 1.0 / LARGEST);
    let mut extent = Extent { low: f64::INFINITY, high: f64::NEG_INFINITY, log, exact: false, whole: true };
    panel.layers.iter().for_each(|layer| extent.include(layer, direction));
    if let Some((from, to)) = axis.range
        && usable(from)
        && usable(to)
        && from != to
    {
        return Range {
            from: from.min(to),
            to: from.max(to),
            log,
            whole: extent.whole && !extent.exact && to - from >= 3.0,
        };
    }
    extent.range()
}

struct Extent {
    low: f64,
    high: f64,
    log: bool,
    /// Returns whether the data fill the panel to its edges, as an image does.
    exact: bool,
    whole: bool,
}

impl Extent {
    fn values(&mut self, values: &[f64]) {
        for v in values.iter().copied().filter(|v| v.is_finite() && (!self.log || *v > 0.0)) {
            let v = if self.log { v.clamp(1.0 / LARGEST, LARGEST) } else { v.clamp(-LARGEST, LARGEST) };
            self.whole &= v.fract() == 0.0;
            self.low = self.low.min(v);
            self.high = self.high.max(v);
        }
    }

    /// Includes one unit for each category.
    fn places(&mut self, categories: &[String]) {
        self.values(&[0.0, categories.len().max(1) as f64]);
        self.exact = true;
    }

    fn include(&mut self, layer: &Layer, direction: Direction) {
        let first = direction == Direction::X;
        match layer {
            Layer::Line { x, y, .. } | Layer::Points { x, y, .. } | Layer::Path { x, y, .. } => {
                self.values(if first { x } else { y })
            }
            Layer::Band { x, .. } if first => self.values(x),
            Layer::Band { low, high, .. } => {
                self.values(low);
                self.values(high);
            }
            Layer::Contour { x, y, .. } => {
                self.values(if first { x } else { y });
                self.exact = true;
            }
            Layer::Raster { x, y, .. } => {
                let (from, to) = if first { *x } else { *y };
                self.values(&[from, to]);
                self.exact = true;
            }
            Layer::HorizontalMark { y, .. } if !first => self.values(&[*y]),
            Layer::VerticalMark { x, .. } if first => self.values(&[*x]),
            Layer::HorizontalMark { .. } | Layer::VerticalMark { .. } => {}
            Layer::Mark { x, y, .. } => self.values(&[if first { *x } else { *y }]),
            Layer::Bars { values, low, high, .. } if first => {
                self.values(&[0.0]);
                [values, low, high].into_iter().for_each(|v| self.values(v));
            }
            Layer::Dots { values, low, high, targets, .. } if first => {
                [values, low, high, targets].into_iter().for_each(|v| self.values(v));
            }
            Layer::Bars { labels, .. } | Layer::Dots { labels, .. } => self.places(labels),
            Layer::Grid { rows, columns } => self.places(if first { columns } else { rows }),
        }
    }

    fn range(self) -> Range {
        let Extent { low, high, log, exact, whole } = self;
        let (from, to) = match (log, low <= high) {
            (false, false) => (0.0, 1.0),
            (true, false) => (0.1, 10.0),
            (false, true) if low == high => {
                (low - (0.1 * low.abs()).max(0.5), high + (0.1 * high.abs()).max(0.5))
            }
            (true, true) if low == high => (low / 2.0, high * 2.0),
            _ if exact => (low, high),
            (true, true) => {
                let room = (high / low).powf(ROOM);
                (low / room, high * room)
            }
            (false, true) => {
                let room = (high - low) * ROOM;
                let from = if low >= 0.0 { (low - room).max(0.0) } else { low - room };
                (from, if high <= 0.0 { (high + room).min(0.0) } else { high + room })
            }
        };
        Range { from, to, log, whole: whole && !exact && high - low >= 3.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Role;

    fn shown(axis: Axis, y: &[f64]) -> Range {
        let x = (0..y.len()).map(|i| i as f64).collect();
        let line = Layer::Line { label: String::new(), x, y: y.to_vec(), color: 0, role: Role::Measured };
        let panel = Panel::new("", Axis::linear(""), axis.clone()).with(line);
        range(&axis, &panel, Direction::Y)
    }

    #[test]
    fn every_range_can_be_mapped() {
        let hard: [&[f64]; 7] = [
            &[],
            &[3.0],
            &[0.0, 0.0],
            &[f64::NAN, f64::INFINITY],
            &[-1e308, 1e308],
            &[1e-320, 1e-310],
            &[-5.0, 0.0],
        ];
        for y in hard {
            for axis in [Axis::linear("y"), Axis::log("y")] {
                let range = shown(axis, y);
                let map = Map { range, start: 300.0, end: 20.0 };
                assert!(range.from < range.to, "{range:?} of {y:?}");
                assert!(
                    (map.at(range.from) - 300.0).abs() < 1e-6 && (map.at(range.to) - 20.0).abs() < 1e-6,
                    "{range:?} of {y:?}"
                );
            }
        }
    }

    #[test]
    fn a_logarithmic_axis_is_even_in_the_exponent_and_leaves_out_zero() {
        let map =
            Map { range: Range { from: 1e-4, to: 1.0, log: true, whole: false }, start: 0.0, end: 400.0 };
        assert!((map.at(1e-3) - 100.0).abs() < 1e-9 && (map.at(0.1) - 300.0).abs() < 1e-9);
        assert!(map.at(0.0).is_nan() && map.at(-1.0).is_nan());
        assert_eq!(shown(Axis::log(""), &[0.0, 1.0, 100.0]).from.log10().round(), -0.0);
    }

    #[test]
    fn a_range_asked_for_is_kept_and_nonsense_is_not() {
        assert_eq!(
            shown(Axis::linear("").range(2.0, 5.0), &[0.0, 9.5]),
            Range { from: 2.0, to: 5.0, log: false, whole: false }
        );
        assert_eq!(shown(Axis::log("").range(0.0, 5.0), &[1.0, 100.0]).to.round(), 120.0);
    }

    #[test]
    fn whole_numbers_have_whole_ticks() {
        let labels = |y: &[f64]| {
            shown(Axis::linear("epoch"), y)
                .ticks(600.0, 50.0)
                .into_iter()
                .filter_map(|t| t.label)
                .collect::<Vec<_>>()
        };
        assert_eq!(labels(&[1.0, 2.0, 3.0, 4.0]), ["1", "2", "3", "4"]);
        assert!(labels(&[1.0, 2.5, 4.0]).contains(&"1.2".to_string()));
    }
}
