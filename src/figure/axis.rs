//! The axes of a panel.

/// Whether smaller or larger values of a quantity are better. The axis label shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// Smaller values are better ("↓ better").
    Lower,
    /// Larger values are better ("↑ better").
    Higher,
}

/// The spacing of values along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// Linear.
    #[default]
    Linear,
    /// Logarithmic to base ten. Values ≤ 0 are left out.
    Log,
}

/// An axis: its label with the unit, its scale, and optionally its range.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// The quantity, with the unit in parentheses.
    pub label: String,
    /// Linear or logarithmic.
    pub scale: Scale,
    /// The smallest and largest value shown. If absent, they follow from the data.
    pub range: Option<(f64, f64)>,
    /// Which direction is better, if one is.
    pub better: Option<Better>,
}

impl Axis {
    /// Returns a linear axis.
    pub fn linear(label: impl Into<String>) -> Self {
        Axis { label: label.into(), scale: Scale::Linear, range: None, better: None }
    }

    /// Returns a logarithmic axis.
    pub fn log(label: impl Into<String>) -> Self {
        Axis { scale: Scale::Log, ..Axis::linear(label) }
    }

    /// Sets the range that is shown.
    #[must_use]
    pub fn range(mut self, from: f64, to: f64) -> Self {
        self.range = Some((from, to));
        self
    }

    /// Marks smaller values as better.
    #[must_use]
    pub fn lower_is_better(mut self) -> Self {
        self.better = Some(Better::Lower);
        self
    }

    /// Marks larger values as better.
    #[must_use]
    pub fn higher_is_better(mut self) -> Self {
        self.better = Some(Better::Higher);
        self
    }
}
