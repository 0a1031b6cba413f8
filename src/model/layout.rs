//! Names and shapes of the parts of a flat parameter vector.

use ndarray::{ArrayRef1, ArrayView2};
use std::borrow::Cow;
use std::ops::Range;

/// One named part of the parameter vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Name, such as "W" or "b1".
    pub name: Cow<'static, str>,
    /// Rows and columns; a vector has one row.
    pub shape: (usize, usize),
    /// Where it lies in the flat vector.
    pub range: Range<usize>,
    /// Whether the regularizer sees it: weights yes, biases no.
    pub regularized: bool,
}

/// The names and shapes of a flat parameter vector.
///
/// ```
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
    /// Parts laid one behind the other: name, (rows, columns), regularized or not.
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

    /// All parts in their order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The number of parameters.
    pub fn len(&self) -> usize {
        self.parts.last().map_or(0, |p| p.range.end)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A part as a matrix. Panics if there is no part of that name or `params` has another length.
    pub fn view<'a, F>(&self, params: &'a ArrayRef1<F>, name: &str) -> ArrayView2<'a, F> {
        let part =
            self.parts.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("no part named {name}"));
        assert_eq!(params.len(), self.len(), "the parameter vector has another length than its layout");
        let slice = &params.as_slice().expect("parameters lie without gaps")[part.range.clone()];
        ArrayView2::from_shape(part.shape, slice).expect("the range has the shape's size")
    }

    /// The name of one parameter, such as "W[2, 1]".
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
