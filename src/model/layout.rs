//! Names and shapes of the parts of a flat parameter vector.

use crate::linalg::slice;
use ndarray::{ArrayRef1, ArrayView2};
use std::borrow::Cow;
use std::ops::Range;

/// A named part of the parameter vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The name, such as "W" or "b1".
    pub name: Cow<'static, str>,
    /// The numbers of rows and columns. A vector has one row.
    pub shape: (usize, usize),
    /// The range in the flat vector.
    pub range: Range<usize>,
    /// Whether the regularizer applies to it. It applies to weights and not to biases.
    pub regularized: bool,
}

/// The names and shapes of the parts of a flat parameter vector.
///
/// ```
/// use gradus::model::ParamLayout;
/// use gradus::prelude::*;
/// let layout = ParamLayout::new([("W", (3, 2), true), ("b", (1, 3), false)]);
/// assert_eq!(layout.len(), 9);
/// assert_eq!(layout.name_of(5), "W[2, 1]");
/// let params = Array1::from_iter((0..9).map(f64::from));
/// assert_eq!(layout.view(&params, "b")[[0, 2]], 8.0);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamLayout {
    parts: Vec<Part>,
}

impl ParamLayout {
    /// Places parts one after another, each given as (name, (rows, columns), whether it is regularized).
    pub fn new(
        parts: impl IntoIterator<Item = (impl Into<Cow<'static, str>>, (usize, usize), bool)>,
    ) -> Self {
        let mut start = 0;
        let laid = parts.into_iter().map(|(name, shape, regularized)| {
            let range = start..start + shape.0 * shape.1;
            start = range.end;
            Part { name: name.into(), shape, range, regularized }
        });
        ParamLayout { parts: laid.collect() }
    }

    /// Returns the parts in their order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Returns the number of parameters.
    pub fn len(&self) -> usize {
        self.parts.last().map_or(0, |p| p.range.end)
    }

    /// Returns whether there are no parameters.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns a part of `params` as a matrix.
    ///
    /// # Panics
    /// If there is no part of that name, or the length of `params` is not [`ParamLayout::len`].
    pub fn view<'a, F>(&self, params: &'a ArrayRef1<F>, name: &str) -> ArrayView2<'a, F> {
        let part =
            self.parts.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("no part named {name}"));
        assert_eq!(params.len(), self.len(), "the parameter vector has another length than its layout");
        let slice = &slice(params)[part.range.clone()];
        ArrayView2::from_shape(part.shape, slice).expect("the range has the shape's size")
    }

    /// Returns the name of one parameter, such as `W[2, 1]` or `b[0]`.
    pub fn name_of(&self, index: usize) -> String {
        let Some(part) = self.parts.iter().find(|p| p.range.contains(&index)) else {
            return format!("#{index}");
        };
        let within = index - part.range.start;
        match part.shape {
            (1, _) => format!("{}[{within}]", part.name),
            (_, columns) => format!("{}[{}, {}]", part.name, within / columns, within % columns),
        }
    }
}
