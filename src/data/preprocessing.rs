//! Turns a data set into the matrices on which a classifier trains.

use super::dataset::{Dataset, Examples, Features, ImageShape};
use crate::linalg::{DesignMatrix, aligned_capacity, slice};
use crate::ranks::{Alone, Ranks, add_in_order};
use crate::real::Real;
use ndarray::{Array1, Array2, ArrayRef2, s};

/// The steps that are applied to the features before training, in the order of the fields.
///
/// By default, as in the lecture's course, features are scaled and the mean image is subtracted. The models
/// have a bias of their own. With `bias_feature`, the data get one more feature that is always 1 (the "bias
/// trick" of the course's notes on linear classification, <https://cs231n.github.io/linear-classify/>).
///
/// ```
/// use gradus::prelude::*;
/// let raw = Preprocessing::NONE.prepare::<f32>(&data::digits());
/// assert_eq!(raw.train_x.iter().fold(0.0, |a: f32, &b| a.max(b)), 16.0);
/// let only_scale = Preprocessing { subtract_mean: false, ..Preprocessing::default() };
/// let scaled = only_scale.prepare::<f32>(&data::digits());
/// assert_eq!(scaled.train_x.iter().fold(0.0, |a: f32, &b| a.max(b)), 1.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Preprocessing {
    /// Whether features are divided by [`Dataset::full_scale`] (255 for bytes, 16 for the digits), so that
    /// they lie in \[0, 1\] (default true).
    pub scale: bool,
    /// Whether the mean of the *training* examples is subtracted from each feature of all examples (default
    /// true).
    pub subtract_mean: bool,
    /// Whether a last feature, 1 for every example, is appended (default false).
    pub bias_feature: bool,
}

impl Default for Preprocessing {
    fn default() -> Self {
        Preprocessing { scale: true, subtract_mean: true, bias_feature: false }
    }
}

/// A preprocessed data set, on which a model trains.
///
/// ```
/// use gradus::data::Prepared;
/// use gradus::prelude::*;
/// let ready: Prepared<f32> = Preprocessing::default().prepare(&data::digits());
/// assert_eq!((ready.train_x.dim(), ready.test_y.len()), ((1438, 64), 359));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared<F: Real = f64> {
    /// The name of the data set.
    pub name: String,
    /// The features of the training examples, one example in each row: *N* × *D*, or *N* × (*D* + 1) with a
    /// bias feature. Those of 8 MB or more that are bytes in the data set are kept as bytes; see
    /// [`DesignMatrix`].
    pub train_x: DesignMatrix<F>,
    /// The *N* labels of the training examples. Empty if there are no classes.
    pub train_y: Vec<u8>,
    /// The features of the test examples, in the same form.
    pub test_x: DesignMatrix<F>,
    /// The labels of the test examples.
    pub test_y: Vec<u8>,
    /// The subtracted mean after scaling, of length *D* (the bias feature has no mean). Zero if no mean was
    /// subtracted.
    pub mean: Array1<F>,
    /// The names of the classes. Empty if the examples have no labels.
    pub classes: Vec<String>,
    /// The shape of an image, if the first *D* features form one.
    pub shape: Option<ImageShape>,
    /// The steps that were applied.
    pub preprocessing: Preprocessing,
}

/// The size as floats, in bytes, from which on features that are bytes are kept so. Smaller ones stay in
/// cache as floats.
const KEPT_AS_BYTES: usize = 8 << 20;

impl Preprocessing {
    /// No step: the features stay as they are.
    pub const NONE: Preprocessing = Preprocessing { scale: false, subtract_mean: false, bias_feature: false };

    /// Applies the steps to a data set. The mean is computed in `f64`, and is exact for bytes.
    ///
    /// ```
    /// use gradus::data::{self, Preprocessing};
    /// let digits = data::digits();
    /// let ready = Preprocessing { bias_feature: true, ..Preprocessing::default() }.prepare::<f64>(&digits);
    /// assert_eq!(ready.train_x.dim(), (1438, 65));
    /// assert!(ready.train_x.column(64).iter().all(|&one| one == 1.0));
    /// assert!(ready.train_x.column(20).mean().unwrap().abs() < 1e-12);
    /// ```
    pub fn prepare<F: Real>(self, data: &Dataset) -> Prepared<F> {
        self.prepare_among(data, &Alone, data.train.len())
    }

    /// Applies the steps to a data set whose training examples are those that this process holds of `count`,
    /// which several processes share. The mean is that of all.
    pub fn prepare_among<F: Real>(self, data: &Dataset, ranks: &dyn Ranks, count: usize) -> Prepared<F> {
        let factor = if self.scale { 1.0 / data.full_scale } else { 1.0 };
        let mean: Array1<F> = match self.subtract_mean {
            true => {
                let sums = train_sums(&data.train.features, ranks);
                sums.into_iter().map(|sum| F::of(sum / count as f64 * factor)).collect()
            }
            false => Array1::zeros(data.features()),
        };
        let prepare = |examples: &Examples| self.transform(&examples.features, factor, slice(&mean));
        Prepared {
            name: data.name.clone(),
            train_x: prepare(&data.train),
            train_y: data.train.labels.clone(),
            test_x: prepare(&data.test),
            test_y: data.test.labels.clone(),
            mean,
            classes: data.classes.clone(),
            shape: data.shape,
            preprocessing: self,
        }
    }

    fn transform<F: Real>(self, features: &Features, factor: f64, mean: &[F]) -> DesignMatrix<F> {
        match features {
            Features::Bytes(bytes) if bytes.len() * size_of::<F>() >= KEPT_AS_BYTES => {
                self.keep_bytes(bytes, factor, mean.to_vec())
            }
            Features::Bytes(bytes) => {
                // A table of the scaled value of every byte, each rounded once from the exact quotient.
                let scaled: [F; 256] = std::array::from_fn(|byte| F::of(byte as f64 * factor));
                self.transform_rows(bytes, mean, |byte| scaled[usize::from(byte)]).into()
            }
            Features::Real(values) => self.transform_rows(values, mean, |value| F::of(value * factor)).into(),
        }
    }

    /// Returns the features as bytes. The bias feature is 0 − (−1).
    fn keep_bytes<F: Real>(self, bytes: &Array2<u8>, factor: f64, mut mean: Vec<F>) -> DesignMatrix<F> {
        if !self.bias_feature {
            return DesignMatrix::of_bytes(bytes, factor, mean);
        }
        let mut wider = Array2::zeros((bytes.nrows(), bytes.ncols() + 1));
        wider.slice_mut(s![.., ..bytes.ncols()]).assign(bytes);
        mean.push(-F::one());
        DesignMatrix::of_bytes(&wider, factor, mean)
    }

    /// Scales each row, subtracts the mean, and appends the bias feature if there is one.
    fn transform_rows<T: Copy, F: Real>(
        self,
        raw: &ArrayRef2<T>,
        mean: &[F],
        scale: impl Fn(T) -> F,
    ) -> Array2<F> {
        let (rows, columns) = (raw.nrows(), raw.ncols() + usize::from(self.bias_feature));
        let (mut out, first) = aligned_capacity(rows * columns);
        out.resize(first, F::zero());
        for row in raw.rows() {
            out.extend(row.iter().zip(mean).map(|(&value, &mean)| scale(value) - mean));
            if self.bias_feature {
                out.push(F::one());
            }
        }
        let aligned = Array1::from(out).slice_move(s![first..]);
        aligned.into_shape_with_order((rows, columns)).expect("each row gave its columns")
    }
}

impl<F: Real> Prepared<F> {
    /// Returns the number of columns of `train_x`: *D*, or *D* + 1 with a bias feature.
    pub fn features(&self) -> usize {
        self.train_x.ncols()
    }
}

/// Returns the sum of each column over the examples of all processes, in the original units.
fn train_sums(features: &Features, ranks: &dyn Ranks) -> Vec<f64> {
    let mut sums = vec![0.0; features.dim().1];
    match features {
        Features::Bytes(bytes) => {
            // Whole numbers are exact in any order.
            let own = column_sums(bytes);
            add_in_order(ranks, &mut sums, |segment, part| {
                part.iter_mut().zip(&own[segment]).for_each(|(sum, &own)| *sum += own as f64);
            });
        }
        Features::Real(values) => add_in_order(ranks, &mut sums, |segment, part| {
            for row in values.rows() {
                part.iter_mut().zip(row.slice(s![segment.clone()])).for_each(|(sum, value)| *sum += value);
            }
        }),
    }
    sums
}

/// Returns the exact sum of each column.
fn column_sums(bytes: &ArrayRef2<u8>) -> Vec<u64> {
    let mut sums = vec![0u64; bytes.ncols()];
    // The sum of 2¹⁶ bytes fits into 32 bits, and a SIMD instruction adds twice as many numbers of 32 bits as
    // of 64.
    let mut partial = vec![0u32; bytes.ncols()];
    for block in bytes.axis_chunks_iter(ndarray::Axis(0), 1 << 16) {
        partial.fill(0);
        for row in block.rows() {
            partial.iter_mut().zip(row).for_each(|(sum, &byte)| *sum += u32::from(byte));
        }
        sums.iter_mut().zip(&partial).for_each(|(sum, &part)| *sum += u64::from(part));
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn tiny() -> Dataset {
        let train = Examples::new(Features::Bytes(array![[0, 51], [102, 255]]), vec![0, 1]).unwrap();
        let test = Examples::new(Features::Bytes(array![[255, 0]]), vec![1]).unwrap();
        let classes = vec!["a".into(), "b".into()];
        Dataset { name: "tiny".into(), classes, shape: None, full_scale: 255.0, train, test }
    }

    fn close(a: &ArrayRef2<f64>, b: &ArrayRef2<f64>) -> bool {
        a.shape() == b.shape() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-15)
    }

    #[test]
    fn the_mean_of_the_training_examples_is_subtracted_from_both_parts() {
        let ready = Preprocessing::default().prepare::<f64>(&tiny());
        assert!((ready.mean[0] - 0.2).abs() < 1e-15 && (ready.mean[1] - 0.6).abs() < 1e-15, "{}", ready.mean);
        assert!(close(&ready.train_x, &array![[-0.2, -0.4], [0.2, 0.4]]), "{}", ready.train_x);
        assert!(close(&ready.test_x, &array![[0.8, -0.6]]), "{}", ready.test_x);
    }

    #[test]
    fn large_bytes_stay_bytes_and_have_the_same_features() {
        let (rows, columns) = (2_000, 600);
        let bytes = Array2::from_shape_fn((rows, columns), |(i, j)| ((i * 17 + j * 5) % 256) as u8);
        let train = Examples::new(Features::Bytes(bytes.clone()), vec![0; rows]).unwrap();
        let few = Examples::new(Features::Bytes(bytes.slice(s![..9, ..]).to_owned()), vec![0; 9]).unwrap();
        let data = Dataset { full_scale: 255.0, train, test: few, ..tiny() };
        for bias_feature in [false, true] {
            let steps = Preprocessing { bias_feature, ..Preprocessing::default() };
            let ready = steps.prepare::<f64>(&data);
            assert!(ready.train_x.is_kept_as_bytes() && !ready.test_x.is_kept_as_bytes());
            assert_eq!(ready.train_x.dim(), (rows, columns + usize::from(bias_feature)));
            // The test examples are the first training examples, and were transformed one by one.
            assert_eq!(ready.train_x.slice(s![..9, ..]), *ready.test_x);
            assert_eq!(
                ready.train_x.row(8)[columns - 1],
                f64::from(bytes[[8, columns - 1]]) * (1.0 / 255.0) - ready.mean[columns - 1]
            );
        }
        assert!(!Preprocessing::default().prepare::<f32>(&data).train_x.is_kept_as_bytes(), "4.8 MB");
    }

    #[test]
    fn each_step_can_be_left_out() {
        let raw = Preprocessing::NONE.prepare::<f32>(&tiny());
        assert_eq!(raw.train_x, array![[0.0, 51.0], [102.0, 255.0]]);
        assert_eq!(raw.mean, array![0.0, 0.0]);
        let bias = Preprocessing { bias_feature: true, ..Preprocessing::NONE }.prepare::<f32>(&tiny());
        assert_eq!(bias.test_x, array![[255.0, 0.0, 1.0]]);
        assert_eq!((bias.features(), bias.mean.len()), (3, 2));
    }

    #[test]
    fn the_sums_of_many_bytes_do_not_overflow() {
        assert_eq!(column_sums(&Array2::from_elem((70_000, 1), 255)), [70_000 * 255]);
    }
}
