//! From a data set to what a classifier trains on.

use super::dataset::{Dataset, Examples, Features, ImageShape};
use crate::linalg::room_for;
use crate::real::Real;
use ndarray::{Array1, Array2, ArrayRef2, s};

/// What is done to the features before training, in this order.
///
/// The default is what the lecture's course does to images: scale, subtract the mean image. A bias is then a
/// term of its own in the model; with `bias_feature` it is one more feature that is always 1 (the "bias
/// trick" of the course's notes on linear classification, <https://cs231n.github.io/linear-classify/>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Preprocessing {
    /// Divide by the data set's full scale (255 for bytes, 16 for the digits), so that features lie in \[0,
    /// 1\].
    pub scale: bool,
    /// Subtract the mean of the *training* examples, feature by feature, from both parts.
    pub subtract_mean: bool,
    /// Append a last feature that is 1 for every example.
    pub bias_feature: bool,
}

impl Default for Preprocessing {
    fn default() -> Self {
        Preprocessing { scale: true, subtract_mean: true, bias_feature: false }
    }
}

/// A data set as a classifier trains on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared<F = f64> {
    /// The name of the data set.
    pub name: String,
    /// *N* × *D*, or *N* × (*D* + 1) with a bias feature; one example a row.
    pub train_x: Array2<F>,
    /// *N* labels.
    pub train_y: Vec<u8>,
    /// As `train_x`, of the test examples.
    pub test_x: Array2<F>,
    /// The labels of the test examples.
    pub test_y: Vec<u8>,
    /// What was subtracted, *D* numbers after scaling (the bias feature has no mean); zeros if nothing was.
    pub mean: Array1<F>,
    /// The names of the classes.
    pub classes: Vec<String>,
    /// How the first *D* features form an image, if they do.
    pub shape: Option<ImageShape>,
    /// What was done.
    pub preprocessing: Preprocessing,
}

impl Preprocessing {
    /// Nothing: the features as they are.
    pub const NONE: Preprocessing = Preprocessing { scale: false, subtract_mean: false, bias_feature: false };

    /// Prepares a data set. The mean is computed in `f64` (exactly, for bytes); then each part is read once.
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
        let factor = if self.scale { 1.0 / data.full_scale } else { 1.0 };
        let mean: Array1<F> = match self.subtract_mean {
            true => train_mean(&data.train.features).into_iter().map(|m| F::of(m * factor)).collect(),
            false => Array1::zeros(data.features()),
        };
        let prepare = |examples: &Examples| {
            self.transform(&examples.features, factor, mean.as_slice().expect("one row"))
        };
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

    fn transform<F: Real>(self, features: &Features, factor: f64, mean: &[F]) -> Array2<F> {
        match features {
            Features::Bytes(bytes) => {
                // Every value that a byte can become, so that each is rounded once from the exact quotient.
                let scaled: [F; 256] = std::array::from_fn(|byte| F::of(byte as f64 * factor));
                self.transform_rows(bytes, mean, |byte| scaled[usize::from(byte)])
            }
            Features::Real(values) => self.transform_rows(values, mean, |value| F::of(value * factor)),
        }
    }

    /// Each row scaled, less the mean, with the bias feature appended if there is one.
    fn transform_rows<T: Copy, F: Real>(
        self,
        raw: &ArrayRef2<T>,
        mean: &[F],
        scale: impl Fn(T) -> F,
    ) -> Array2<F> {
        let (rows, columns) = (raw.nrows(), raw.ncols() + usize::from(self.bias_feature));
        let (mut out, first) = room_for(rows * columns);
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

impl<F> Prepared<F> {
    /// The number of columns of `train_x`: *D*, or *D* + 1 with a bias feature.
    pub fn features(&self) -> usize {
        self.train_x.ncols()
    }
}

/// The mean of each column, in the original units.
fn train_mean(features: &Features) -> Vec<f64> {
    let rows = features.dim().0 as f64;
    match features {
        Features::Bytes(bytes) => column_sums(bytes).into_iter().map(|sum| sum as f64 / rows).collect(),
        Features::Real(values) => (0..values.ncols()).map(|j| values.column(j).sum() / rows).collect(),
    }
}

/// The exact sum of each column.
fn column_sums(bytes: &ArrayRef2<u8>) -> Vec<u64> {
    let mut sums = vec![0u64; bytes.ncols()];
    // Sums of up to 2¹⁶ bytes fit into 32 bits, in which twice as many are added at a time.
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
