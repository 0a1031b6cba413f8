//! The products of a convolution: sums over shifted copies of planes.
//!
//! A plane is an image of one channel, row by row, with a border. In a convolution, each output channel is
//! a sum over input channels and taps of a weight times the input plane, shifted by the tap. Seen so, the
//! planes of outputs are a product of the weights with a matrix whose rows are shifted views of the inputs.
//! No such matrix is written: the tiles read the shifted rows where they lie.
//!
//! As in `simd.rs`, a tile of outputs × vectors of positions stays in registers while the loop runs over the
//! taps, and in the product for the gradient a tile of outputs × taps while the loop runs over positions.

use super::lanes::Lanes;
use super::level::level;
use super::simd::load;
use pulp::{Simd, WithSimd};
use std::array::from_fn;

/// The number of taps that a tile of the gradient holds, those of a row of a 3 × 3 kernel. The number of all
/// taps is a multiple of it.
const TAPS: usize = 3;

/// Planes that are read at shifted places, of one example or more.
#[derive(Clone, Copy)]
pub struct Planes<'a, F> {
    data: &'a [F],
    /// The number of entries of a plane.
    len: usize,
    channels: usize,
    /// For each tap, the place that position 0 of an output reads.
    shifts: &'a [usize],
    examples: usize,
    /// The number of entries from an example to the next one.
    stride: usize,
}

impl<'a, F> Planes<'a, F> {
    /// The number of positions must be a multiple of this number, the most lanes of a vector.
    pub const STEP: usize = 16;

    /// The planes of one example, of `len` entries each, one after another in `data`. They are read at
    /// `shifts`.
    pub fn new(data: &'a [F], len: usize, shifts: &'a [usize]) -> Self {
        assert!(data.len().is_multiple_of(len), "planes of {len} entries in {}", data.len());
        Planes { data, len, channels: data.len() / len, shifts, examples: 1, stride: 0 }
    }

    /// The planes of some examples, of `channels` planes of `len` entries each. Those of an example begin
    /// `stride` entries after those of the one before.
    pub fn of_examples(
        data: &'a [F],
        (channels, len): (usize, usize),
        shifts: &'a [usize],
        (examples, stride): (usize, usize),
    ) -> Self {
        let last = (examples.max(1) - 1) * stride + channels * len;
        assert!(last <= data.len(), "planes up to {last} in {} entries", data.len());
        Planes { data, len, channels, shifts, examples, stride }
    }

    /// Returns the number of weights of an output.
    fn weights(&self) -> usize {
        self.channels * self.shifts.len()
    }

    /// Panics unless every shift can be read at this number of positions.
    fn check(&self, positions: usize) {
        let last = self.shifts.iter().max().map_or(0, |shift| shift + positions);
        assert!(last <= self.len, "a plane of {} entries is read up to {last}", self.len);
        assert!(positions.is_multiple_of(Self::STEP), "{positions} positions are not whole vectors");
    }
}

/// Computes out[m, p] = start + Σ_{c,t} weights[m, c, t] · planes[c, p + shift_t]. The start is `bias[m]`, or
/// without a bias what is in `out`. The outputs have out.len() / M positions each, for M outputs.
pub fn correlate<F: Lanes>(planes: Planes<F>, weights: &[F], bias: Option<&[F]>, out: &mut [F]) {
    let outputs = weights.len() / planes.weights();
    let positions = out.len() / outputs;
    planes.check(positions);
    assert!(planes.examples == 1, "the outputs of one example at a time");
    assert!(
        weights.len() == outputs * planes.weights() && out.len() == outputs * positions,
        "the shapes of a convolution do not fit"
    );
    assert!(bias.is_none_or(|bias| bias.len() == outputs));
    level().dispatch(Correlate { planes, weights, bias, out, positions });
}

struct Correlate<'a, F> {
    planes: Planes<'a, F>,
    weights: &'a [F],
    bias: Option<&'a [F]>,
    out: &'a mut [F],
    positions: usize,
}

impl<F: Lanes> WithSimd for Correlate<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let lanes = size_of::<F::Vector<S>>() / size_of::<F>();
        let mut position = 0;
        while position + 3 * lanes <= self.positions {
            self.all_outputs::<S, 3>(simd, position);
            position += 3 * lanes;
        }
        while position + lanes <= self.positions {
            self.all_outputs::<S, 1>(simd, position);
            position += lanes;
        }
    }
}

impl<F: Lanes> Correlate<'_, F> {
    #[inline(always)]
    fn all_outputs<S: Simd, const V: usize>(&mut self, simd: S, position: usize) {
        let (mut output, outputs) = (0, self.weights.len() / self.planes.weights());
        if S::REGISTER_COUNT >= 32 {
            while output + 8 <= outputs {
                self.tile::<S, 8, V>(simd, output, position);
                output += 8;
            }
        }
        while output + 4 <= outputs {
            self.tile::<S, 4, V>(simd, output, position);
            output += 4;
        }
        while output < outputs {
            self.tile::<S, 1, V>(simd, output, position);
            output += 1;
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const M: usize, const V: usize>(&mut self, simd: S, output: usize, position: usize) {
        let vectors = size_of::<F::Vector<S>>() / size_of::<F>() * V;
        let (planes, taps) = (self.planes, self.planes.weights());
        let mut sums: [[F::Vector<S>; V]; M] = from_fn(|m| match self.bias {
            Some(bias) => [F::splat(simd, bias[output + m]); V],
            None => {
                load::<F, S, V, true>(simd, &self.out[(output + m) * self.positions + position..][..vectors])
            }
        });
        let weights = &self.weights[output * taps..(output + M) * taps];
        for channel in 0..planes.channels {
            // SAFETY: `correlate` has checked that `positions` entries from every shift on are in a plane,
            // of which there are `channels`; the vectors here are among them. `weights` has a row of `taps`
            // entries for each of M outputs, of which those of this channel begin at `first`.
            unsafe {
                let first = channel * planes.shifts.len();
                let plane = planes.data.as_ptr().add(channel * planes.len + position);
                for (tap, &shift) in planes.shifts.iter().enumerate() {
                    let x = std::slice::from_raw_parts(plane.add(shift), vectors);
                    let x: [F::Vector<S>; V] = load::<F, S, V, true>(simd, x);
                    for (m, sums) in sums.iter_mut().enumerate() {
                        let weight = F::splat(simd, *weights.get_unchecked(m * taps + first + tap));
                        for (sum, &x) in sums.iter_mut().zip(&x) {
                            *sum = F::mul_add(simd, weight, x, *sum);
                        }
                    }
                }
            }
        }
        for (m, sums) in sums.into_iter().enumerate() {
            let out = &mut self.out[(output + m) * self.positions + position..][..vectors];
            F::as_mut_simd::<S>(out).copy_from_slice(&sums);
        }
    }
}

/// Adds to `sums` the products errors[m, p] · planes[c, p + shift_t], lane by lane over examples and
/// positions p < `positions`. The planes of errors are read at one shift. `sums` has [`Planes::STEP`]
/// entries for each weight, of which a vector's lanes are used; [`add_sums`] adds them up.
pub fn correlate_errors<F: Lanes>(planes: Planes<F>, errors: Planes<F>, positions: usize, sums: &mut [F]) {
    planes.check(positions);
    errors.check(positions);
    let weights = errors.channels * planes.weights();
    assert_eq!(sums.len(), weights * Planes::<F>::STEP, "the shapes of the sums do not fit");
    assert!(planes.examples == errors.examples && errors.shifts.len() == 1, "errors of the same examples");
    assert!(planes.shifts.len().is_multiple_of(TAPS), "{} taps", planes.shifts.len());
    level().dispatch(CorrelateErrors { planes, errors, positions, sums });
}

struct CorrelateErrors<'a, F> {
    planes: Planes<'a, F>,
    errors: Planes<'a, F>,
    positions: usize,
    sums: &'a mut [F],
}

impl<F: Lanes> WithSimd for CorrelateErrors<'_, F> {
    type Output = ();

    /// Goes through all weights of some outputs, so that the errors of these stay in cache.
    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let (mut output, outputs) = (0, self.errors.channels);
        if S::REGISTER_COUNT >= 32 {
            while output + 8 <= outputs {
                self.all_weights::<S, 8>(simd, output);
                output += 8;
            }
        }
        while output + 4 <= outputs {
            self.all_weights::<S, 4>(simd, output);
            output += 4;
        }
        while output < outputs {
            self.all_weights::<S, 1>(simd, output);
            output += 1;
        }
    }
}

impl<F: Lanes> CorrelateErrors<'_, F> {
    #[inline(always)]
    fn all_weights<S: Simd, const M: usize>(&mut self, simd: S, output: usize) {
        for channel in 0..self.planes.channels {
            for tap in (0..self.planes.shifts.len()).step_by(TAPS) {
                self.tile::<S, M>(simd, output, channel, tap);
            }
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const M: usize>(&mut self, simd: S, output: usize, channel: usize, tap: usize) {
        let lanes = size_of::<F::Vector<S>>() / size_of::<F>();
        let (planes, errors) = (self.planes, self.errors);
        let place =
            |m: usize| ((output + m) * planes.weights() + channel * planes.shifts.len() + tap) * lanes;
        let mut sums: [[F::Vector<S>; TAPS]; M] =
            from_fn(|m| load::<F, S, TAPS, true>(simd, &self.sums[place(m)..][..TAPS * lanes]));
        for example in 0..planes.examples {
            // SAFETY: `correlate_errors` has checked that `positions` entries from every shift on are in a
            // plane, and `Planes` that every plane of every example is in its data. The positions are whole
            // vectors, which a slice of entries is read as.
            unsafe {
                let plane = planes.data.as_ptr().add(example * planes.stride + channel * planes.len);
                let first = errors.data.as_ptr().add(example * errors.stride + output * errors.len);
                let inputs: [*const F; TAPS] = from_fn(|t| plane.add(planes.shifts[tap + t]));
                let of_output: [*const F; M] = from_fn(|m| first.add(m * errors.len + errors.shifts[0]));
                for position in (0..self.positions).step_by(lanes) {
                    let vector = |start: *const F| {
                        let [vector] = load::<F, S, 1, true>(
                            simd,
                            std::slice::from_raw_parts(start.add(position), lanes),
                        );
                        vector
                    };
                    let x: [F::Vector<S>; TAPS] = from_fn(|t| vector(inputs[t]));
                    for (sums, &error) in sums.iter_mut().zip(&of_output) {
                        let error = vector(error);
                        for (sum, &x) in sums.iter_mut().zip(&x) {
                            *sum = F::mul_add(simd, error, x, *sum);
                        }
                    }
                }
            }
        }
        for (m, sums) in sums.into_iter().enumerate() {
            F::as_mut_simd::<S>(&mut self.sums[place(m)..][..TAPS * lanes]).copy_from_slice(&sums);
        }
    }
}

/// Adds the sums of [`correlate_errors`] over the lanes to `grad`, which has an entry for each weight.
pub fn add_sums<F: Lanes + std::ops::AddAssign>(sums: &[F], grad: &mut [F]) {
    assert_eq!(sums.len(), grad.len() * Planes::<F>::STEP);
    level().dispatch(AddSums { sums, grad });
}

struct AddSums<'a, F> {
    sums: &'a [F],
    grad: &'a mut [F],
}

impl<F: Lanes + std::ops::AddAssign> WithSimd for AddSums<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let vectors = F::as_simd::<S>(self.sums).0;
        for (grad, vectors) in self.grad.chunks_mut(4).zip(vectors.chunks(4)) {
            let four = from_fn(|i| vectors.get(i).map_or(F::splat(simd, F::ZERO), |&vector| vector));
            let sums = F::four_sums(simd, four);
            grad.iter_mut().zip(sums).for_each(|(grad, sum)| *grad += sum);
        }
    }
}
