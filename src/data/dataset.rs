//! A data set in memory.

use crate::error::{Error, Result};
use crate::real::Real;
use ndarray::{Array2, s};
use std::ops::Range;

/// A data set, split into training and test examples.
///
/// ```
/// use gradus::prelude::*;
/// let digits: Dataset = data::by_name("digits", 0)?;
/// assert_eq!((digits.train.len(), digits.test.len()), (1438, 359));
/// assert_eq!((digits.features(), digits.classes.len()), (64, 10));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// The name, as in [`by_name`](super::by_name).
    pub name: String,
    /// The names of the classes. Label *k* is `classes[k]`. Empty if the examples have no labels.
    pub classes: Vec<String>,
    /// The shape of an image, if the features of an example form one.
    pub shape: Option<ImageShape>,
    /// The largest possible value of a feature, by which scaling divides: 255 for images of bytes, 16 for the
    /// digits, the largest code for texts, 1 for generated points.
    pub full_scale: f64,
    /// The training examples.
    pub train: Examples,
    /// The test examples. Neither training nor the subtracted mean uses them.
    pub test: Examples,
}

/// Examples with their labels, if they have any. Row *i* of the features has the label `labels[i]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Examples {
    /// The features, *N* × *D*, one example in each row.
    pub features: Features,
    /// The *N* labels, each the index of a class. Empty if the examples have none.
    pub labels: Vec<u8>,
}

/// Features in memory: images are bytes, which take an eighth of the memory of `f64`, and generated points
/// are `f64`.
#[derive(Debug, Clone, PartialEq)]
pub enum Features {
    /// Pixels, or codes of characters, *N* × *D*.
    Bytes(Array2<u8>),
    /// Coordinates, *N* × *D*.
    Real(Array2<f64>),
}

/// The shape of an image. Its *D* = channels · height · width features are stored channel by channel, and
/// each channel row by row.
///
/// Grey images have one channel. The images of CIFAR-10 have three (red, green and blue), in the order of its
/// files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageShape {
    /// The height in pixels.
    pub height: usize,
    /// The width in pixels.
    pub width: usize,
    /// The number of channels: 1 for grey, 3 for red, green and blue.
    pub channels: usize,
}

impl ImageShape {
    /// Returns the shape of a grey image.
    pub const fn grey(height: usize, width: usize) -> Self {
        ImageShape { height, width, channels: 1 }
    }

    /// Returns the number of features *D* of one image.
    pub const fn features(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// Returns the index of the feature for a row (from the top), a column (from the left) and a channel.
    ///
    /// ```
    /// use gradus::data::ImageShape;
    /// let cifar = ImageShape { height: 32, width: 32, channels: 3 };
    /// assert_eq!(cifar.index(0, 0, 0), 0);
    /// assert_eq!(cifar.index(1, 0, 0), 32);
    /// assert_eq!(cifar.index(0, 0, 2), 2048);
    /// ```
    pub const fn index(&self, row: usize, column: usize, channel: usize) -> usize {
        (channel * self.height + row) * self.width + column
    }
}

impl Dataset {
    /// Returns the number of features *D* of an example, without a bias feature.
    pub fn features(&self) -> usize {
        self.train.features.dim().1
    }
}

impl Examples {
    /// Returns examples from features and labels.
    ///
    /// # Errors
    /// If the numbers of rows and labels differ.
    pub fn new(features: Features, labels: Vec<u8>) -> Result<Self> {
        let rows = features.dim().0;
        if rows != labels.len() {
            return Err(Error::Shape { what: "labels", expected: vec![rows], got: vec![labels.len()] });
        }
        Ok(Examples { features, labels })
    }

    /// Returns some of the examples.
    pub(super) fn rows(self, rows: Range<usize>) -> Self {
        if rows == (0..self.len()) {
            return self;
        }
        let features = match &self.features {
            Features::Bytes(bytes) => Features::Bytes(bytes.slice(s![rows.clone(), ..]).to_owned()),
            Features::Real(values) => Features::Real(values.slice(s![rows.clone(), ..]).to_owned()),
        };
        let labels = self.labels.get(rows).map_or(Vec::new(), <[u8]>::to_vec);
        Examples { features, labels }
    }

    /// Returns the number of examples *N*.
    pub fn len(&self) -> usize {
        self.features.dim().0
    }

    /// Returns whether there are no examples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the features as floats, *N* × *D*, in their original units (for images, pixel values from 0 to
    /// [`Dataset::full_scale`]).
    ///
    /// ```
    /// let digits = gradus::data::digits();
    /// let pixels = digits.test.features::<f64>();
    /// assert_eq!(pixels.dim(), (359, 64));
    /// assert!(pixels.iter().all(|p| (0.0..=16.0).contains(p)));
    /// ```
    pub fn features<F: Real>(&self) -> Array2<F> {
        match &self.features {
            Features::Bytes(bytes) => bytes.mapv(|b| F::of(f64::from(b))),
            Features::Real(values) => values.mapv(F::of),
        }
    }

    /// Returns the number of examples of each of `classes` classes.
    ///
    /// # Panics
    /// If a label is not below `classes`.
    pub fn class_counts(&self, classes: usize) -> Vec<usize> {
        let mut counts = vec![0; classes];
        for &label in &self.labels {
            counts[usize::from(label)] += 1;
        }
        counts
    }
}

impl Features {
    /// Returns the numbers of examples and of features.
    pub fn dim(&self) -> (usize, usize) {
        match self {
            Features::Bytes(bytes) => bytes.dim(),
            Features::Real(values) => values.dim(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_need_a_label_each() {
        let features = Features::Bytes(Array2::zeros((3, 2)));
        assert!(Examples::new(features.clone(), vec![0, 1, 1]).is_ok());
        let refused = Examples::new(features, vec![0, 1]).unwrap_err();
        assert!(matches!(refused, Error::Shape { what: "labels", .. }), "{refused}");
    }
}
