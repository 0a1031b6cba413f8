//! The features of examples as a matrix, which may be kept as bytes.

mod bytes;
mod feature_rows;

pub use feature_rows::{Block, FeatureRows, Reader};

use super::helper_thread::ONE_THREAD;
use super::memory::cache_aligned;
use crate::real::Real;
use bytes::Bytes;
use ndarray::{Array2, s};
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// The design matrix: the features of N examples, a row each, N × D.
///
/// It is a matrix of floats, or of bytes from which the floats follow, xᵢⱼ = round(byteᵢⱼ · factor) − meanⱼ.
/// Images are kept as bytes: they take a quarter of the memory of `f32` and an eighth of that of `f64`, and a
/// step of training widens the rows that it reads. The floats have the same bits either way.
///
/// A design matrix may be used as an [`Array2`]: the first such use of one that is kept as bytes computes all
/// floats and keeps them too. Clones share the memory.
///
/// ```
/// use gradus::linalg::DesignMatrix;
/// use gradus::prelude::*;
/// let floats: DesignMatrix<f64> = array![[0.0, 1.0], [0.25, 0.5]].into();
/// assert_eq!((floats.dim(), floats.row(1).sum()), ((2, 2), 0.75));
/// let bytes = DesignMatrix::of_bytes(&array![[0, 255], [51, 102]], 1.0 / 255.0, vec![0.5f32, 0.0]);
/// assert!(bytes.is_kept_as_bytes());
/// assert_eq!(bytes[[1, 1]], 0.4);
/// ```
#[derive(Clone)]
pub struct DesignMatrix<F> {
    stored: Arc<Stored<F>>,
}

struct Stored<F> {
    bytes: Option<Bytes<F>>,
    /// The floats, always if there are no bytes, else from the first use on.
    floats: OnceLock<Arc<Array2<F>>>,
}

impl<F: Real> DesignMatrix<F> {
    /// Returns the matrix whose features follow from `bytes` by a factor and the mean of each column, kept as
    /// bytes. If vectors cannot compute the exact products of a factor, and on a web page, it keeps floats
    /// instead.
    ///
    /// # Panics
    /// If there is not a mean for each column.
    pub fn of_bytes(bytes: &Array2<u8>, factor: f64, mean: Vec<F>) -> Self {
        assert_eq!(bytes.ncols(), mean.len(), "a mean for each column");
        // A web page has no large data, and no code for bytes.
        let kept = if ONE_THREAD { None } else { Bytes::new(bytes, factor, mean.clone()) };
        match kept {
            Some(bytes) => Self::kept_as(bytes),
            None => {
                let mut floats = bytes.mapv(|byte| F::of(f64::from(byte) * factor));
                floats.rows_mut().into_iter().for_each(|mut row| {
                    row.iter_mut().zip(&mean).for_each(|(x, &mean)| *x -= mean);
                });
                floats.into()
            }
        }
    }

    fn kept_as(bytes: Bytes<F>) -> Self {
        DesignMatrix { stored: Arc::new(Stored { bytes: Some(bytes), floats: OnceLock::new() }) }
    }

    /// Returns whether the features are kept as bytes.
    pub fn is_kept_as_bytes(&self) -> bool {
        self.stored.bytes.is_some()
    }

    /// Returns the numbers of examples N and of features D.
    pub fn dim(&self) -> (usize, usize) {
        self.rows_of_features().dim()
    }

    /// Returns the number of examples N.
    pub fn nrows(&self) -> usize {
        self.dim().0
    }

    /// Returns the number of features D.
    pub fn ncols(&self) -> usize {
        self.dim().1
    }

    /// Returns the rows, in the form in which a pass over examples reads them.
    ///
    /// # Panics
    /// If a matrix of floats is not stored row by row.
    pub fn rows_of_features(&self) -> FeatureRows<'_, F> {
        match &self.stored.bytes {
            Some(bytes) => FeatureRows::Bytes(bytes),
            None => FeatureRows::from(self.floats()),
        }
    }

    /// Returns the first `count` examples.
    ///
    /// # Panics
    /// If there are fewer.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        match &self.stored.bytes {
            Some(bytes) => Self::kept_as(bytes.first(count)),
            None => self.floats().slice(s![..count, ..]).to_owned().into(),
        }
    }

    /// Returns the matrix where it can be read fastest: floats that nobody else has are moved there, see
    /// [`cache_aligned`].
    #[must_use]
    pub fn cache_aligned(self) -> Self {
        if self.is_kept_as_bytes() {
            return self;
        }
        match Arc::try_unwrap(self.stored) {
            Err(stored) => DesignMatrix { stored },
            Ok(Stored { floats, .. }) => {
                let floats = floats.into_inner().expect("floats, as there are no bytes");
                Arc::try_unwrap(floats).map_or_else(Self::from, |own| cache_aligned(own).into())
            }
        }
    }

    /// Returns the floats, N × D. Computes them the first time, if the matrix is kept as bytes.
    pub fn floats(&self) -> &Array2<F> {
        self.stored.floats.get_or_init(|| {
            Arc::new(self.stored.bytes.as_ref().expect("bytes, as there are no floats").to_floats())
        })
    }

    /// Returns the matrix as one of floats.
    #[must_use]
    pub fn into_floats(self) -> Array2<F> {
        self.floats();
        match Arc::try_unwrap(self.stored) {
            Ok(Stored { floats, .. }) => Arc::unwrap_or_clone(floats.into_inner().expect("the floats")),
            Err(stored) => DesignMatrix { stored }.floats().clone(),
        }
    }
}

impl<F: Real> Deref for DesignMatrix<F> {
    type Target = Array2<F>;

    fn deref(&self) -> &Array2<F> {
        self.floats()
    }
}

impl<F: Real> From<Array2<F>> for DesignMatrix<F> {
    fn from(floats: Array2<F>) -> Self {
        Arc::new(floats).into()
    }
}

impl<F: Real> From<Arc<Array2<F>>> for DesignMatrix<F> {
    fn from(floats: Arc<Array2<F>>) -> Self {
        DesignMatrix { stored: Arc::new(Stored { bytes: None, floats: OnceLock::from(floats) }) }
    }
}

impl<'a, F: Real> From<&'a DesignMatrix<F>> for FeatureRows<'a, F> {
    fn from(matrix: &'a DesignMatrix<F>) -> Self {
        matrix.rows_of_features()
    }
}

impl<F: Real> PartialEq for DesignMatrix<F> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<F: Real> PartialEq<Array2<F>> for DesignMatrix<F> {
    fn eq(&self, other: &Array2<F>) -> bool {
        **self == *other
    }
}

impl<F: Real> fmt::Display for DesignMatrix<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl<F: Real> fmt::Debug for DesignMatrix<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
