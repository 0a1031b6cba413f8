//! A figure: panels in a grid.

use super::panel::Panel;

/// A figure: panels in a grid, read from left to right and from top to bottom.
///
/// ```
/// use gradus::figure::{Axis, Figure, Panel};
/// let panel = Panel::new("Descent", Axis::linear("iteration"), Axis::log("f").lower_is_better())
///     .line("measured", [0.0, 1.0, 2.0], [1.0, 0.1, 0.01], 0)
///     .theory("10⁻ᵏ", [0.0, 2.0], [1.0, 0.01]);
/// let figure = Figure::new("descent", "Gradient descent", "f falls tenfold an iteration.").panel(panel);
/// assert_eq!(figure.panels[0].layers.len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The file name without its extension.
    pub name: String,
    /// The title of the whole figure.
    pub title: String,
    /// A description of what the figure shows, in one or two sentences. It is also the alternative text.
    pub caption: String,
    /// The panels, row by row.
    pub panels: Vec<Panel>,
    /// The number of panels per row.
    pub columns: usize,
    /// The width of a panel divided by its height.
    pub aspect: f64,
}

impl Figure {
    /// Returns a figure without panels.
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

    /// Sets the number of panels per row (default 2).
    #[must_use]
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = columns.max(1);
        self
    }

    /// Sets the width of each panel divided by its height (default 1.4).
    #[must_use]
    pub fn aspect(mut self, aspect: f64) -> Self {
        self.aspect = aspect;
        self
    }
}
