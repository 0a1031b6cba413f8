//! One coordinate system of a figure.

use super::axis::Axis;
use super::layer::{Layer, Palette, Role};

/// One coordinate system with its layers.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// A short title above the panel. Empty for none.
    pub title: String,
    /// The horizontal and the vertical axis. `None` hides both, as for an image.
    pub axes: Option<(Axis, Axis)>,
    /// The layers, in the order in which they are drawn.
    pub layers: Vec<Layer>,
}

impl Panel {
    /// Returns a panel with axes.
    pub fn new(title: impl Into<String>, x: Axis, y: Axis) -> Self {
        Panel { title: title.into(), axes: Some((x, y)), layers: Vec::new() }
    }

    /// Returns a panel that shows only an image, given by its values row by row from the top.
    pub fn image(
        title: impl Into<String>,
        width: usize,
        height: usize,
        values: Vec<f64>,
        palette: Palette,
    ) -> Self {
        let layer = Layer::Raster {
            width,
            height,
            values,
            x: (0.0, width as f64),
            y: (0.0, height as f64),
            palette,
            label: String::new(),
        };
        Panel { title: title.into(), axes: None, layers: vec![layer] }
    }

    /// Adds a layer.
    #[must_use]
    pub fn with(mut self, layer: Layer) -> Self {
        self.layers.push(layer);
        self
    }

    /// Adds a line of measurements.
    #[must_use]
    pub fn line(
        self,
        label: impl Into<String>,
        x: impl Into<Vec<f64>>,
        y: impl Into<Vec<f64>>,
        color: usize,
    ) -> Self {
        self.with(Layer::Line { label: label.into(), x: x.into(), y: y.into(), color, role: Role::Measured })
    }

    /// Adds a line of theoretical predictions.
    #[must_use]
    pub fn theory(self, label: impl Into<String>, x: impl Into<Vec<f64>>, y: impl Into<Vec<f64>>) -> Self {
        self.with(Layer::Line { label: label.into(), x: x.into(), y: y.into(), color: 0, role: Role::Theory })
    }

    /// Adds a path in the plane.
    #[must_use]
    pub fn path(
        self,
        label: impl Into<String>,
        x: impl Into<Vec<f64>>,
        y: impl Into<Vec<f64>>,
        color: usize,
    ) -> Self {
        self.with(Layer::Path { label: label.into(), x: x.into(), y: y.into(), color })
    }

    /// Adds contour lines of `f` over the axes of the panel. There are `levels` lines, evenly spaced in the
    /// square root of the height over the lowest value.
    ///
    /// # Panics
    ///
    /// If the panel has no axes, or an axis without a range.
    #[must_use]
    pub fn contour(self, f: impl Fn(f64, f64) -> f64, levels: usize) -> Self {
        let (x, y) = self.axes.as_ref().expect("a contour needs axes");
        let along = |axis: &Axis| -> Vec<f64> {
            let (from, to) = axis.range.expect("a contour needs axes with ranges");
            (0..CONTOUR_GRID).map(|i| from + (to - from) * i as f64 / (CONTOUR_GRID - 1) as f64).collect()
        };
        let (x, y) = (along(x), along(y));
        let z: Vec<f64> = y.iter().flat_map(|&b| x.iter().map(|&a| f(a, b)).collect::<Vec<_>>()).collect();
        let levels = spaced_levels(&z, levels);
        self.with(Layer::Contour { x, y, z, levels })
    }
}

/// The number of samples along each axis of the grid of a contour.
const CONTOUR_GRID: usize = 161;

/// Returns levels evenly spaced in the square root of the height, which shows both flat and steep regions.
fn spaced_levels(z: &[f64], count: usize) -> Vec<f64> {
    let finite = || z.iter().copied().filter(|v| v.is_finite());
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    (1..=count).map(|i| low + (high - low) * (i as f64 / (count + 1) as f64).powi(2)).collect()
}
