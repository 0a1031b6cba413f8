//! The two products of a linear classifier with few classes, and the exponential.
//!
//! The rest of the code knows nothing of lanes: it calls [`Kernel`], which each float type implements with
//! SIMD picked at run time (crate `pulp`). The portable version beside it is the reference in the tests.

#[cfg(test)]
mod portable;
mod simd;

/// Some rows of a row-major matrix: those named by their numbers, a minibatch without a copy, or all of them.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a, F> {
    data: &'a [F],
    features: usize,
    index: Option<&'a [u32]>,
}

impl<'a, F> Rows<'a, F> {
    /// The rows `index` of the matrix `data` with `features` columns.
    pub fn new(data: &'a [F], features: usize, index: &'a [u32]) -> Self {
        Rows { data, features, index: Some(index) }
    }

    /// All rows of the matrix `data` with `features` columns, in their order.
    pub fn all(data: &'a [F], features: usize) -> Self {
        Rows { data, features, index: None }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.index.map_or(self.data.len() / self.features.max(1), <[u32]>::len)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Columns of the matrix.
    pub fn features(&self) -> usize {
        self.features
    }

    /// The `i`-th of the rows.
    #[inline(always)]
    pub fn row(&self, i: usize) -> &'a [F] {
        let start = self.index.map_or(i, |index| index[i] as usize) * self.features;
        &self.data[start..start + self.features]
    }

    /// The rows `from..to` of these.
    pub fn slice(&self, from: usize, to: usize) -> Self {
        match self.index {
            Some(index) => Rows { index: Some(&index[from..to]), ..*self },
            None => Rows { data: &self.data[from * self.features..to * self.features], ..*self },
        }
    }
}

/// What a float type computes fast. `C` classes, `D` features, `B` rows; all matrices are row-major.
///
/// These products serve every layer of a network: there, the features are the units of the layer below, the classes those
/// of the layer itself.
pub trait Kernel: Copy {
    /// scores = X Wᵀ + b: `weights` is C × D, `bias` has C entries, `scores` is B × C and is overwritten.
    fn scores(rows: Rows<Self>, weights: &[Self], bias: &[Self], scores: &mut [Self]);

    /// As [`Kernel::accumulate`] for `grad` whose C rows lie `stride` ≥ D apart, so that it may be a block of a larger matrix.
    fn accumulate_strided(rows: Rows<Self>, errors: &[Self], grad: &mut [Self], stride: usize);

    /// Replaces every entry by its exponential, to a few units in the last place; arguments below the
    /// logarithm of the smallest normal number give that number, NaN stays NaN.
    fn exp_all(values: &mut [Self]);

    /// grad += Eᵀ X: `errors` is B × C, `grad` is C × D.
    fn accumulate(rows: Rows<Self>, errors: &[Self], grad: &mut [Self]) {
        Self::accumulate_strided(rows, errors, grad, rows.features());
    }

    /// propagated += E W: `errors` is B × C, `weights` is C × D, `propagated` is B × D. `scratch` has B·C entries.
    fn propagate(errors: &[Self], weights: Rows<Self>, scratch: &mut [Self], propagated: &mut [Self]) {
        let classes = weights.len();
        if classes == 0 {
            return;
        }
        let rows = errors.len() / classes;
        // E W is a sum of outer products over the classes: what `accumulate` computes, of the transposed errors.
        for (i, row) in errors.chunks_exact(classes).enumerate() {
            row.iter().enumerate().for_each(|(c, &e)| scratch[c * rows + i] = e);
        }
        Self::accumulate(weights, &scratch[..errors.len()], propagated);
    }
}

impl Kernel for f32 {
    fn scores(rows: Rows<f32>, weights: &[f32], bias: &[f32], scores: &mut [f32]) {
        simd::single::scores(rows, weights, bias, scores);
    }

    fn accumulate_strided(rows: Rows<f32>, errors: &[f32], grad: &mut [f32], stride: usize) {
        simd::single::accumulate(rows, errors, grad, stride);
    }

    fn exp_all(values: &mut [f32]) {
        vectorized(|| values.iter_mut().for_each(|v| *v = exp_f32(*v)));
    }
}

impl Kernel for f64 {
    fn scores(rows: Rows<f64>, weights: &[f64], bias: &[f64], scores: &mut [f64]) {
        simd::double::scores(rows, weights, bias, scores);
    }

    fn accumulate_strided(rows: Rows<f64>, errors: &[f64], grad: &mut [f64], stride: usize) {
        simd::double::accumulate(rows, errors, grad, stride);
    }

    fn exp_all(values: &mut [f64]) {
        vectorized(|| values.iter_mut().for_each(|v| *v = exp_f64(*v)));
    }
}

/// Runs a loop over slices compiled for the widest vectors that this machine has.
#[inline(always)]
pub fn vectorized<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}

// exp x = 2ⁿ·eʳ with n = round(x / ln 2) and |r| ≤ ln 2 / 2. Adding and subtracting 1.5·2^(mantissa bits)
// rounds to the nearest integer and leaves it in the low bits, from where a shift makes it an exponent.
// ln 2 is split in two so that n·ln 2 is exact. eʳ is its Taylor polynomial: the remainder of degree 7
// (f32) and 13 (f64) is below half a unit in the last place on that interval. No branch, so it vectorizes.

#[inline(always)]
fn exp_f32(x: f32) -> f32 {
    const MAGIC: f32 = 12_582_912.0;
    let x = if x < -87.0 { -87.0 } else { x };
    let x = if x > 88.7 { f32::INFINITY } else { x };
    let shifted = x * std::f32::consts::LOG2_E + MAGIC;
    let n = shifted - MAGIC;
    let r = (x - n * 0.693_359_4) - n * -2.121_944_4e-4;
    let inverse_factorials = [1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    let power = inverse_factorials.iter().fold(0.0, |sum: f32, c| sum * r + c);
    let result = power * f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000));
    if x == f32::INFINITY { x } else { result }
}

#[inline(always)]
fn exp_f64(x: f64) -> f64 {
    const MAGIC: f64 = 6_755_399_441_055_744.0;
    let x = if x < -708.0 { -708.0 } else { x };
    let x = if x > 709.0 { f64::INFINITY } else { x };
    let shifted = x * std::f64::consts::LOG2_E + MAGIC;
    let n = shifted - MAGIC;
    let r = (x - n * 0.693_147_180_369_123_8) - n * 1.908_214_929_270_587_7e-10;
    let inverse_factorials = [
        1.0 / 6_227_020_800.0,
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ];
    let power = inverse_factorials.iter().fold(0.0, |sum: f64, c| sum * r + c);
    let result = power * f64::from_bits((shifted.to_bits() << 52).wrapping_add(0x3ff0_0000_0000_0000));
    if x == f64::INFINITY { x } else { result }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::real::Real;
    use crate::rng;

    /// Both products against the portable reference, over shapes that hit every tile and every tail.
    fn agree<F: Real>(tolerance: f64) {
        let mut stream = rng::stream(1, "kernel test", 0);
        for classes in 1..=17 {
            for features in (1..=40).chain([63, 64, 65, 127, 255, 784, 1000]) {
                for rows in [0, 1, 2, 3, 4, 5, 7, 8, 9, 129] {
                    let mut draw = |len: usize| rng::normal::<F>(&mut stream, len, 1.0).to_vec();
                    let (data, weights, bias) = (draw(200 * features), draw(classes * features), draw(classes));
                    let (errors, start) = (draw(rows * classes), draw(classes * features));
                    let index: Vec<u32> = (0..rows as u32).map(|r| (r * 37) % 200).collect();
                    let rows = Rows::new(&data, features, &index);

                    let mut scores = vec![F::zero(); index.len() * classes];
                    let mut expected = scores.clone();
                    F::scores(rows, &weights, &bias, &mut scores);
                    portable::scores(rows, &weights, &bias, &mut expected);
                    close(&scores, &expected, tolerance);

                    let (mut grad, mut expected) = (start.clone(), start);
                    F::accumulate(rows, &errors, &mut grad);
                    portable::accumulate(rows, &errors, &mut expected);
                    close(&grad, &expected, tolerance);
                }
            }
        }
    }

    #[test]
    fn a_block_of_a_larger_matrix_is_accumulated_and_the_rest_left_alone() {
        let (data, errors) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0, 10.0, 2.0, 20.0]);
        let mut whole = [0.5; 2 * 5];
        f64::accumulate_strided(Rows::all(&data, 3), &errors, &mut whole[1..], 5);
        assert_eq!(whole, [0.5, 9.5, 12.5, 15.5, 0.5, 0.5, 90.5, 120.5, 150.5, 0.5]);
    }

    #[test]
    fn errors_are_propagated_by_the_matrix_product() {
        let mut stream = rng::stream(2, "kernel test", 0);
        for (rows, classes, features) in [(1, 1, 1), (3, 2, 5), (128, 10, 100), (7, 33, 19), (0, 3, 4)] {
            let mut draw = |len: usize| rng::normal::<f64>(&mut stream, len, 1.0).to_vec();
            let (errors, weights, mut propagated) = (draw(rows * classes), draw(classes * features), draw(rows * features));
            let mut expected = propagated.clone();
            for (i, e) in expected.iter_mut().enumerate() {
                *e += (0..classes).map(|c| errors[i / features * classes + c] * weights[c * features + i % features]).sum::<f64>();
            }
            f64::propagate(&errors, Rows::all(&weights, features), &mut vec![0.0; rows * classes], &mut propagated);
            close(&propagated, &expected, 1e-13);
        }
    }

    fn close<F: Real>(got: &[F], expected: &[F], tolerance: f64) {
        for (g, e) in got.iter().zip(expected) {
            assert!((g.wide() - e.wide()).abs() <= tolerance, "{g} instead of {e}");
        }
    }

    #[test]
    fn simd_agrees_with_the_portable_kernel_in_f32() {
        agree::<f32>(2e-4);
    }

    #[test]
    fn simd_agrees_with_the_portable_kernel_in_f64() {
        agree::<f64>(3e-13);
    }

    #[test]
    fn the_exponential_is_right_to_a_few_units_in_the_last_place() {
        let points: Vec<f64> = (-70_000..=8_000).map(|i| f64::from(i) * 0.01).collect();
        let mut wide = points.clone();
        f64::exp_all(&mut wide);
        for (x, e) in points.iter().zip(&wide) {
            assert!((e / x.exp() - 1.0).abs() <= 4.0 * f64::EPSILON, "exp({x}) = {e}");
        }
        let mut narrow: Vec<f32> = points.iter().map(|&x| (x / 8.05) as f32).collect();
        let points = narrow.clone();
        f32::exp_all(&mut narrow);
        for (x, e) in points.iter().zip(&narrow) {
            assert!((f64::from(*e) / f64::from(*x).exp() - 1.0).abs() <= 4.0 * f64::from(f32::EPSILON), "exp({x}) = {e}");
        }
    }

    #[test]
    fn the_exponential_keeps_what_is_not_finite() {
        let mut values = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0];
        f32::exp_all(&mut values);
        assert!(values[0].is_nan() && values[1] == f32::INFINITY && values[2] < 1e-37 && values[3] == 1.0, "{values:?}");
        let mut values = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0];
        f64::exp_all(&mut values);
        assert!(values[0].is_nan() && values[1] == f64::INFINITY && values[2] < 1e-307 && values[3] == 1.0, "{values:?}");
    }
}
