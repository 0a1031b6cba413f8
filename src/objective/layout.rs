//! Names and shapes of the parts of a flat parameter vector.

use crate::linalg::slice;
use ndarray::{ArrayRef1, ArrayView2};
use std::borrow::Cow;
use std::ops::Range;

/// Where a layer stands in its model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// It sees the features, and other layers follow.
    First,
    /// It stands between two layers.
    Between,
    /// It gives the scores, and other layers come before.
    Last,
    /// It is the only one.
    Only,
}

/// What a part of the parameters is in its model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// The weights of a layer: a matrix with a row for each output.
    Weights(Depth),
    /// The biases of a layer.
    Bias,
    /// All parameters of an objective that names no layers.
    Whole,
}

/// A named part of the parameter vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The name, such as "W" or "b1".
    pub name: Cow<'static, str>,
    /// What it is in its model.
    pub kind: PartKind,
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
/// use gradus::objective::{Depth, PartKind};
/// let layout = ParamLayout::new([("W", (3, 2), true), ("b", (1, 3), false)]);
/// assert_eq!(layout.len(), 9);
/// assert_eq!(layout.parts()[0].kind, PartKind::Weights(Depth::Only));
/// assert_eq!(layout.name_of(5), "W[2, 1]");
/// let params = Array1::from_iter((0..9).map(f64::from));
/// assert_eq!(layout.view(&params, "b")[[0, 2]], 8.0);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamLayout {
    parts: Vec<Part>,
}

impl ParamLayout {
    /// Places parts one after another, each given as (name, (rows, columns), whether it is regularized). The
    /// regularized parts are the weights of the layers, from the first layer to the last; the others are
    /// biases.
    pub fn new(
        parts: impl IntoIterator<Item = (impl Into<Cow<'static, str>>, (usize, usize), bool)>,
    ) -> Self {
        let mut start = 0;
        let laid = parts.into_iter().map(|(name, shape, regularized)| {
            let range = start..start + shape.0 * shape.1;
            start = range.end;
            let kind = if regularized { PartKind::Weights(Depth::Between) } else { PartKind::Bias };
            Part { name: name.into(), kind, shape, range, regularized }
        });
        let mut parts: Vec<Part> = laid.collect();
        let mut weights: Vec<&mut Part> = parts.iter_mut().filter(|part| part.regularized).collect();
        match weights.as_mut_slice() {
            [] => {}
            [only] => only.kind = PartKind::Weights(Depth::Only),
            [first, .., last] => {
                first.kind = PartKind::Weights(Depth::First);
                last.kind = PartKind::Weights(Depth::Last);
            }
        }
        ParamLayout { parts }
    }

    /// Returns the layout of an objective that names no layers: one part "x" of `dim` numbers.
    ///
    /// ```
    /// use gradus::model::ParamLayout;
    /// assert_eq!(ParamLayout::whole(7).parts()[0].shape, (1, 7));
    /// ```
    pub fn whole(dim: usize) -> Self {
        let (name, kind, shape) = ("x".into(), PartKind::Whole, (1, dim));
        ParamLayout { parts: vec![Part { name, kind, shape, range: 0..dim, regularized: false }] }
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
