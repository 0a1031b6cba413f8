//! What a data set is in memory.

use crate::error::{Error, Result};
use crate::real::Real;
use ndarray::Array2;

/// A labelled data set, split into a part to train on and a part to test on.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// The name, as in [`by_name`](super::by_name).
    pub name: String,
    /// The names of the classes; label *k* is `classes[k]`.
    pub classes: Vec<String>,
    /// How the features of one example form an image, if they do.
    pub shape: Option<ImageShape>,
    /// The largest value that a feature can have by its format, which scaling divides by: 255 for images of
    /// bytes, 16 for the digits, 1 for generated points.
    pub full_scale: f64,
    /// The examples to train on.
    pub train: Examples,
    /// The examples to test on: never seen in training, nor in the mean that is subtracted.
    pub test: Examples,
}

/// Examples with their labels: row *i* of the features belongs to `labels[i]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Examples {
    /// *N* × *D*, one example a row.
    pub features: Features,
    /// *N* labels, each the index of a class.
    pub labels: Vec<u8>,
}

/// Features as they are kept: images as bytes (an eighth of the memory), generated points as floats.
#[derive(Debug, Clone, PartialEq)]
pub enum Features {
    /// Pixels, *N* × *D*.
    Bytes(Array2<u8>),
    /// Coordinates, *N* × *D*.
    Real(Array2<f64>),
}

/// How the *D* = channels · height · width features of an image lie: channel after channel, each row-major.
///
/// Grey images have one channel. Those of CIFAR-10 have three, red, green and blue, in the order of its
/// files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageShape {
    /// Pixels from top to bottom.
    pub height: usize,
    /// Pixels from left to right.
    pub width: usize,
    /// 1 for grey, 3 for red, green, blue.
    pub channels: usize,
}

impl ImageShape {
    /// The shape of a grey image.
    pub const fn grey(height: usize, width: usize) -> Self {
        ImageShape { height, width, channels: 1 }
    }

    /// The number of features *D* of one image.
    pub const fn features(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// The feature that holds a channel of the pixel at a row (from the top) and a column (from the left).
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
    /// The number of features *D* of an example, as they are kept (without a bias feature).
    pub fn features(&self) -> usize {
        self.train.features.dim().1
    }
}

impl Examples {
    /// Examples from features and labels; their numbers must agree.
    pub fn new(features: Features, labels: Vec<u8>) -> Result<Self> {
        let rows = features.dim().0;
        if rows != labels.len() {
            return Err(Error::Shape { what: "labels", expected: vec![rows], got: vec![labels.len()] });
        }
        Ok(Examples { features, labels })
    }

    /// The number of examples *N*.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no examples.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The features as floats, *N* × *D*, in their original units (pixels from 0 to 255).
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

    /// How many examples each of `classes` classes has.
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
    /// The number of examples and of features.
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
