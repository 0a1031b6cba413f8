//! The things that a panel can draw.

/// The role of a line. Each role has the same look in all figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// A measurement: a solid line.
    #[default]
    Measured,
    /// A theoretical prediction: a dashed dark line.
    Theory,
}

/// How the numbers of a raster are mapped to colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Palette {
    /// Dark (small) to light (large), legible to colour-blind readers (viridis).
    Sequential,
    /// Blue below zero, white at zero, orange above zero, symmetric about zero.
    Diverging,
    /// White (small) to black (large), like ink on paper.
    Ink,
    /// The number is a class: pale tints of the colours of series.
    Class,
}

/// One thing drawn in a panel. Layers are drawn in order. `color` is the place of a [`look`](super::look):
/// that of an optimizer from [`optimizer`](super::optimizer()), or a small number in a cycle of colours that
/// colour-blind readers can tell apart. Equal numbers mean the same in all panels of a figure.
#[derive(Debug, Clone, PartialEq)]
pub enum Layer {
    /// A line through points.
    Line {
        /// The entry in the legend. Empty for none.
        label: String,
        /// Abscissae.
        x: Vec<f64>,
        /// Ordinates.
        y: Vec<f64>,
        /// The place of the look.
        color: usize,
        /// Measured or theory.
        role: Role,
    },
    /// A pale band between two curves, such as quartiles over seeds.
    Band {
        /// Abscissae.
        x: Vec<f64>,
        /// Lower edge.
        low: Vec<f64>,
        /// Upper edge.
        high: Vec<f64>,
        /// The place of the look.
        color: usize,
    },
    /// Points without a line.
    Points {
        /// The entry in the legend. Empty for none.
        label: String,
        /// Abscissae.
        x: Vec<f64>,
        /// Ordinates.
        y: Vec<f64>,
        /// The place of the look.
        color: usize,
    },
    /// The path of an optimizer in the plane: a line that marks every step, and distinguishes the first and
    /// the last iterate.
    Path {
        /// The entry in the legend.
        label: String,
        /// First coordinate of each iterate.
        x: Vec<f64>,
        /// Second coordinate of each iterate.
        y: Vec<f64>,
        /// The place of the look.
        color: usize,
    },
    /// Contour lines of a function sampled on a grid (`z[row][column]`, rows along y).
    Contour {
        /// Grid abscissae.
        x: Vec<f64>,
        /// Grid ordinates.
        y: Vec<f64>,
        /// The values row by row: `y.len()` rows of `x.len()` values.
        z: Vec<f64>,
        /// The levels that are drawn.
        levels: Vec<f64>,
    },
    /// A picture of numbers: an image, a template, a heat map, or decision regions.
    Raster {
        /// The number of pixels across.
        width: usize,
        /// The number of pixels down.
        height: usize,
        /// Values row by row; the first row is drawn at the top.
        values: Vec<f64>,
        /// The left and right edge in units of the axis.
        x: (f64, f64),
        /// The bottom and top edge in units of the axis.
        y: (f64, f64),
        /// How numbers are mapped to colours. NaN is gray.
        palette: Palette,
        /// The quantity, which stands at the colour bar. Empty for none.
        label: String,
    },
    /// A horizontal line with a label, such as a bound or a target.
    HorizontalMark {
        /// The text at the line.
        label: String,
        /// The position of the line.
        y: f64,
    },
    /// A vertical line with a label, such as a threshold.
    VerticalMark {
        /// The text at the line.
        label: String,
        /// The position of the line.
        x: f64,
    },
    /// A marked point with a label, such as an optimum.
    Mark {
        /// The text at the point. Empty for none.
        label: String,
        /// Abscissa.
        x: f64,
        /// Ordinate.
        y: f64,
    },
    /// The grid of a table: the names of its rows from top to bottom, and of its columns from left to right.
    /// The middle of the first cell is at (½, ½), that of the next one in the row at (1½, ½): there, a layer
    /// of points marks cells.
    Grid {
        /// The names of the rows.
        rows: Vec<String>,
        /// The names of the columns, which are written upward below the grid.
        columns: Vec<String>,
    },
    /// A point with its interval for each category, from top to bottom, and its target.
    Dots {
        /// Categories.
        labels: Vec<String>,
        /// The positions of the points. NaN for a category that was not measured.
        values: Vec<f64>,
        /// Lower end of each interval.
        low: Vec<f64>,
        /// Upper end of each interval.
        high: Vec<f64>,
        /// The target of each category. NaN for none.
        targets: Vec<f64>,
        /// The place of the look.
        color: usize,
    },
    /// Horizontal bars with an interval, one bar per category, from top to bottom.
    Bars {
        /// Categories.
        labels: Vec<String>,
        /// Lengths.
        values: Vec<f64>,
        /// Lower end of each interval.
        low: Vec<f64>,
        /// Upper end of each interval.
        high: Vec<f64>,
        /// The place of the look.
        color: usize,
    },
}
