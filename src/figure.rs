//! Figures as data: panels, axes, layers, marks. No drawing: `report` alone draws, so that the same
//! figure looks the same in a notebook, on the web and in a paper.

mod sweep;

/// Which of several values of a quantity one would rather have; drawn into the axis label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// Smaller values are better ("↓ better").
    Lower,
    /// Larger values are better ("↑ better").
    Higher,
}

/// How values are laid along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// Evenly.
    #[default]
    Linear,
    /// By their decimal logarithm; values ≤ 0 are left out.
    Log,
}

/// An axis: its label with the unit, its scale, and optionally its range.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What is measured, with the unit in parentheses.
    pub label: String,
    /// Linear or logarithmic.
    pub scale: Scale,
    /// Smallest and largest value shown; from the data where absent.
    pub range: Option<(f64, f64)>,
    /// Which direction is better, where there is one.
    pub better: Option<Better>,
}

/// The role of a series; a role has one look everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// A measurement: a solid line.
    #[default]
    Measured,
    /// What theory predicts: a dashed dark line.
    Theory,
}

/// How the numbers of a raster become colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Palette {
    /// Dark (small) to light (large), the same for colour-blind readers (viridis).
    Sequential,
    /// Blue below zero, white at zero, orange above; symmetric about zero.
    Diverging,
    /// White (small) to black (large), as ink on paper.
    Ink,
    /// The number is a class; pale tints of the series colours.
    Class,
}

/// One thing drawn in a panel. Layers are drawn in order. `color` is the place in the colour-blind-safe
/// cycle (Okabe–Ito): equal numbers mean the same optimizer or data set in every panel of a figure.
#[derive(Debug, Clone, PartialEq)]
pub enum Layer {
    /// A line through points.
    Line {
        /// The legend's entry; empty for none.
        label: String,
        /// Abscissae.
        x: Vec<f64>,
        /// Ordinates.
        y: Vec<f64>,
        /// Place in the colour cycle.
        color: usize,
        /// Measured or theory.
        role: Role,
    },
    /// A band between two curves, such as quartiles over seeds; drawn pale.
    Band {
        /// Abscissae.
        x: Vec<f64>,
        /// Lower edge.
        low: Vec<f64>,
        /// Upper edge.
        high: Vec<f64>,
        /// Place in the colour cycle.
        color: usize,
    },
    /// Points without a line.
    Points {
        /// The legend's entry; empty for none.
        label: String,
        /// Abscissae.
        x: Vec<f64>,
        /// Ordinates.
        y: Vec<f64>,
        /// Place in the colour cycle.
        color: usize,
    },
    /// The path of an optimizer in the plane: a line with its steps marked, first and last distinguished.
    Path {
        /// The legend's entry.
        label: String,
        /// First coordinate of each iterate.
        x: Vec<f64>,
        /// Second coordinate of each iterate.
        y: Vec<f64>,
        /// Place in the colour cycle.
        color: usize,
    },
    /// Contour lines of a function sampled on a grid (`z[row][column]`, rows along y).
    Contour {
        /// Grid abscissae.
        x: Vec<f64>,
        /// Grid ordinates.
        y: Vec<f64>,
        /// Values, row by row, `y.len()` rows of `x.len()`.
        z: Vec<f64>,
        /// The levels drawn.
        levels: Vec<f64>,
    },
    /// A picture of numbers: an image, a template, a heat map, decision regions.
    Raster {
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
        /// Values row by row; the first row is drawn at the top.
        values: Vec<f64>,
        /// Left and right edge in axis units.
        x: (f64, f64),
        /// Bottom and top edge in axis units.
        y: (f64, f64),
        /// How numbers become colours.
        palette: Palette,
    },
    /// A horizontal line with a label, such as a bound or a target.
    HorizontalMark {
        /// Text beside the line.
        label: String,
        /// Where.
        y: f64,
    },
    /// A vertical line with a label, such as a threshold.
    VerticalMark {
        /// Text beside the line.
        label: String,
        /// Where.
        x: f64,
    },
    /// A marked point with a label, such as an optimum.
    Mark {
        /// Text beside the point; empty for none.
        label: String,
        /// Abscissa.
        x: f64,
        /// Ordinate.
        y: f64,
    },
    /// A point with its interval for each category, from the top down, and the target that it should reach.
    Dots {
        /// Categories.
        labels: Vec<String>,
        /// Where the points are; NaN for one that was not measured.
        values: Vec<f64>,
        /// Lower end of each interval.
        low: Vec<f64>,
        /// Upper end of each interval.
        high: Vec<f64>,
        /// The target of each; NaN for none.
        targets: Vec<f64>,
        /// Place in the colour cycle.
        color: usize,
    },
    /// Horizontal bars with an interval, one a category, from the top down.
    Bars {
        /// Categories.
        labels: Vec<String>,
        /// Lengths.
        values: Vec<f64>,
        /// Lower end of each interval.
        low: Vec<f64>,
        /// Upper end of each interval.
        high: Vec<f64>,
        /// Place in the colour cycle.
        color: usize,
    },
}

/// One coordinate system with its layers.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Short title above the panel; empty for none.
    pub title: String,
    /// Horizontal axis; `None` hides both axes (an image).
    pub axes: Option<(Axis, Axis)>,
    /// What is drawn, in order.
    pub layers: Vec<Layer>,
}

/// A figure: panels in a grid, read from the left to the right and from the top down.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// File name without ending.
    pub name: String,
    /// Title over the whole figure.
    pub title: String,
    /// What there is to see, in a sentence or two; becomes the alternative text.
    pub caption: String,
    /// Panels, row by row.
    pub panels: Vec<Panel>,
    /// Panels in a row.
    pub columns: usize,
    /// Width over height of one panel.
    pub aspect: f64,
}

impl Axis {
    /// A linear axis.
    pub fn linear(label: impl Into<String>) -> Self {
        Axis { label: label.into(), scale: Scale::Linear, range: None, better: None }
    }

    /// A logarithmic axis.
    pub fn log(label: impl Into<String>) -> Self {
        Axis { scale: Scale::Log, ..Axis::linear(label) }
    }

    /// Fixes the range shown.
    #[must_use]
    pub fn range(mut self, from: f64, to: f64) -> Self {
        self.range = Some((from, to));
        self
    }

    /// Says that smaller is better.
    #[must_use]
    pub fn lower_is_better(mut self) -> Self {
        self.better = Some(Better::Lower);
        self
    }

    /// Says that larger is better.
    #[must_use]
    pub fn higher_is_better(mut self) -> Self {
        self.better = Some(Better::Higher);
        self
    }
}

impl Panel {
    /// A panel with axes.
    pub fn new(title: impl Into<String>, x: Axis, y: Axis) -> Self {
        Panel { title: title.into(), axes: Some((x, y)), layers: Vec::new() }
    }

    /// A panel that shows only an image: values row by row from the top.
    pub fn image(
        title: impl Into<String>,
        width: usize,
        height: usize,
        values: Vec<f64>,
        palette: Palette,
    ) -> Self {
        let layer =
            Layer::Raster { width, height, values, x: (0.0, width as f64), y: (0.0, height as f64), palette };
        Panel { title: title.into(), axes: None, layers: vec![layer] }
    }

    /// Adds a layer.
    #[must_use]
    pub fn with(mut self, layer: Layer) -> Self {
        self.layers.push(layer);
        self
    }

    /// Adds a measured line.
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

    /// Adds what theory predicts.
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

    /// Adds contour lines of `f` over the panel's axes, which must have ranges; `levels` lines, evenly
    /// spaced in the square root of the height over the lowest value.
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

/// Samples along each axis of a contour's grid.
const CONTOUR_GRID: usize = 161;

/// Levels evenly spaced in the square root of the height, which shows both the floor and the walls.
fn spaced_levels(z: &[f64], count: usize) -> Vec<f64> {
    let finite = || z.iter().copied().filter(|v| v.is_finite());
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    (1..=count).map(|i| low + (high - low) * (i as f64 / (count + 1) as f64).powi(2)).collect()
}

impl Figure {
    /// A figure of one row of panels.
    pub fn new(name: impl Into<String>, title: impl Into<String>, caption: impl Into<String>) -> Self {
        Figure {
            name: name.into(),
            title: title.into(),
            caption: caption.into(),
            panels: Vec::new(),
            columns: 2,
            aspect: 1.4,
        }
    }

    /// Adds a panel.
    #[must_use]
    pub fn panel(mut self, panel: Panel) -> Self {
        self.panels.push(panel);
        self
    }

    /// Sets how many panels stand in a row (default 2).
    #[must_use]
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = columns.max(1);
        self
    }

    /// Sets width over height of each panel (default 1.4).
    #[must_use]
    pub fn aspect(mut self, aspect: f64) -> Self {
        self.aspect = aspect;
        self
    }
}
