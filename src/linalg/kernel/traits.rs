//! The interface of the kernels.

use super::planes::Planes;
use super::rows::Rows;

/// The number of rows that are transposed together.
const COLUMN: usize = 16;

/// The operations that each float type implements with SIMD. The shapes are `B` rows, `C` classes and `D`
/// features; all matrices are row-major.
///
/// Every layer of a network uses these products too. Its features are the units of the layer below, its
/// classes are its own units.
pub trait Kernel: Copy {
    /// Computes scores = X Wᵀ + b. `weights` is C × D, `bias` has C entries, and `scores`, B × C, is
    /// overwritten.
    fn scores(rows: Rows<Self>, weights: &[Self], bias: &[Self], scores: &mut [Self]);

    /// Computes grad += Eᵀ X as [`Kernel::accumulate`] does, for `grad` whose C rows begin `stride` ≥ D
    /// entries apart. `grad` may thus be a block of a larger matrix.
    fn accumulate_strided(rows: Rows<Self>, errors: &[Self], grad: &mut [Self], stride: usize);

    /// Computes the planes of outputs of a convolution, M × P: for output m and position p the start plus
    /// Σ_{c,t} weights[m, c, t] · planes[c, p + shift_t] over channels c and taps t. The start is `bias[m]`,
    /// or without a bias the present entry of `out`. P is a multiple of [`Planes::STEP`].
    fn correlate(planes: Planes<Self>, weights: &[Self], bias: Option<&[Self]>, out: &mut [Self]);

    /// Adds the products errors[m, p] · planes[c, p + shift_t] to `sums`, lane by lane over the examples and
    /// over the P positions p. The planes of errors are read at one shift, those of inputs at a multiple of
    /// three. `sums` has [`Planes::STEP`] entries for each of the weights, M × C × T, and starts at zero;
    /// [`Kernel::add_sums`] makes the gradient of it.
    fn correlate_errors(planes: Planes<Self>, errors: Planes<Self>, positions: usize, sums: &mut [Self]);

    /// Adds the `sums` of [`Kernel::correlate_errors`] to the gradient of the weights.
    fn add_sums(sums: &[Self], grad: &mut [Self]);

    /// Replaces every entry by its exponential, accurate to a few units in the last place. An argument below
    /// the logarithm of the smallest normal number gives that number; NaN stays NaN.
    fn exp_all(values: &mut [Self]);

    /// Computes grad += Eᵀ X. `errors` is B × C, `grad` is C × D.
    fn accumulate(rows: Rows<Self>, errors: &[Self], grad: &mut [Self]) {
        Self::accumulate_strided(rows, errors, grad, rows.features());
    }

    /// Computes propagated += E W. `errors` is B × C, `weights` is C × D, `propagated` is B × D. `scratch`
    /// has B·C entries.
    fn propagate(errors: &[Self], weights: Rows<Self>, scratch: &mut [Self], propagated: &mut [Self]) {
        let classes = weights.len();
        if classes == 0 {
            return;
        }
        let rows = errors.len() / classes;
        // E W is a sum of outer products over the classes, which is what `accumulate` computes for the
        // transposed errors. They are transposed by columns of some rows, which fill a cache line.
        for (block, some) in errors.chunks(COLUMN * classes).enumerate() {
            for class in 0..classes {
                let column = &mut scratch[class * rows + block * COLUMN..][..some.len() / classes];
                let entries = some[class..].iter().step_by(classes);
                column.iter_mut().zip(entries).for_each(|(out, &e)| *out = e);
            }
        }
        Self::accumulate(weights, &scratch[..errors.len()], propagated);
    }
}
