//! One stage of a convolutional net: a convolution, and the pooling after it.

use crate::linalg::Planes;
use crate::real::Real;
use std::ops::Range;

/// The taps of a kernel: 3 × 3.
pub const TAPS: usize = 9;

/// A convolution of square planes with a kernel of 3 × 3 taps, and pooling by 2 × 2: its sizes and the places
/// of its numbers.
///
/// Planes have a border of one zero at each side. Pixel (y, x) is at (y + 1)·w + x + 1, where w = side + 2
/// is the width of a plane. An output has the same width, and pixel (y, x) at y·w + x; the two entries
/// after each row mean nothing. Seen so, tap (i, j) reads the input at the place of the output plus i·w +
/// j.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    pub inputs: usize,
    pub outputs: usize,
    /// The height and the width of an image.
    pub side: usize,
    /// The height and the width after pooling.
    pub pooled: usize,
    pub weights: Range<usize>,
    pub bias: Range<usize>,
    /// The length of a plane.
    pub plane: usize,
    /// The length of an output.
    pub positions: usize,
    shifts: [usize; TAPS],
    /// The place of the first pixel in a plane.
    first: [usize; 1],
}

impl Stage {
    /// Returns the stage whose parameters begin at `first`; `None` if its sizes cannot be counted.
    pub fn new(inputs: usize, outputs: usize, side: usize, first: usize) -> Option<Self> {
        let width = side.checked_add(2)?;
        let positions = side.checked_mul(width)?.checked_next_multiple_of(STEP)?;
        let plane = (positions.checked_add(2 * width + 2)?).checked_next_multiple_of(STEP)?;
        let weights = outputs.checked_mul(inputs.checked_mul(TAPS)?)?;
        let largest = inputs.max(outputs).checked_mul(plane)?.max(weights);
        if largest as u64 >= COUNTED {
            return None;
        }
        let end = first + weights;
        let bias = end..end + outputs;
        let shifts = std::array::from_fn(|tap| tap / 3 * width + tap % 3);
        Some(Stage {
            inputs,
            outputs,
            side,
            pooled: side / 2,
            weights: first..end,
            bias,
            plane,
            positions,
            shifts,
            first: [width + 1],
        })
    }

    /// Returns the number of inputs of a unit.
    pub fn fan_in(&self) -> usize {
        TAPS * self.inputs
    }

    /// Returns the number of entries of the planes of inputs.
    pub fn planes(&self) -> usize {
        self.inputs * self.plane
    }

    /// Returns the number of entries after pooling.
    pub fn units(&self) -> usize {
        self.outputs * self.pooled * self.pooled
    }

    fn width(&self) -> usize {
        self.side + 2
    }

    /// Returns the planes of one example as a convolution reads them.
    pub fn read<'a, F>(&'a self, planes: &'a [F]) -> Planes<'a, F> {
        Planes::new(planes, self.plane, &self.shifts)
    }

    /// Adds the gradient of the weights for some examples to `sums`, lane by lane. `inputs` begins with the
    /// planes of the first one; those of the next begin `stride` entries further on. The errors of outputs
    /// are in planes too, those of an example right after those of the one before.
    pub fn add_gradient<F: Real>(&self, inputs: &[F], stride: usize, errors: &[F], sums: &mut [F]) {
        let of_example = self.outputs * self.plane;
        let examples = errors.len() / of_example;
        let planes = Planes::of_examples(inputs, (self.inputs, self.plane), &self.shifts, (examples, stride));
        let errors =
            Planes::of_examples(errors, (self.outputs, self.plane), &self.first, (examples, of_example));
        F::correlate_errors(planes, errors, self.positions, sums);
    }

    /// Returns how many examples share the sums of a gradient in registers: as many as have enough positions
    /// for it to be worth while.
    pub fn together(&self) -> usize {
        (ENOUGH / self.positions).clamp(1, TOGETHER)
    }

    /// Writes an image, channel by channel, into planes with a border of zeros.
    pub fn pad<F: Real>(&self, image: &[F], planes: &mut [F]) {
        planes.fill(F::zero());
        let (side, width) = (self.side, self.width());
        for (plane, image) in planes.chunks_exact_mut(self.plane).zip(image.chunks_exact(side * side)) {
            let rows = plane[width + 1..].chunks_mut(width).zip(image.chunks_exact(side));
            rows.for_each(|(out, row)| out[..side].copy_from_slice(row));
        }
    }

    /// Writes outputs of a convolution as images, without what stands between their rows.
    pub fn unpad<F: Real>(&self, outputs: &[F], images: &mut [F]) {
        let (side, width) = (self.side, self.width());
        for (output, image) in outputs.chunks_exact(self.positions).zip(images.chunks_exact_mut(side * side))
        {
            let rows = image.chunks_exact_mut(side).zip(output.chunks(width));
            rows.for_each(|(row, output)| row.copy_from_slice(&output[..side]));
        }
    }

    /// Takes the largest of each 2 × 2 outputs, and notes which one it is, from 0 to 3. NaN counts as
    /// largest.
    #[inline(always)]
    pub fn pool<F: Real>(&self, outputs: &[F], pooled: &mut [F], places: &mut [F]) {
        let numbers = [0.0, 1.0, 2.0, 3.0].map(F::of);
        self.of_rows(
            outputs,
            pooled,
            places,
            #[inline(always)]
            |[upper, lower], pooled, places| {
                let squares = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
                for ((largest, place), (upper, lower)) in pooled.iter_mut().zip(places).zip(squares) {
                    let upper = larger((upper[0], numbers[0]), (upper[1], numbers[1]));
                    let lower = larger((lower[0], numbers[2]), (lower[1], numbers[3]));
                    (*largest, *place) = larger(upper, lower);
                }
            },
        );
    }

    /// Takes of each 2 × 2 outputs the one that was the largest.
    #[inline(always)]
    pub fn pick<F: Real>(&self, outputs: &[F], places: &mut [F], picked: &mut [F]) {
        let numbers = [0.0, 1.0, 2.0].map(F::of);
        self.of_rows(
            outputs,
            picked,
            places,
            #[inline(always)]
            |[upper, lower], picked, places| {
                let squares = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
                for ((picked, place), (upper, lower)) in picked.iter_mut().zip(places).zip(squares) {
                    let left = if *place == numbers[0] { upper[0] } else { lower[0] };
                    let right = if *place == numbers[1] { upper[1] } else { lower[1] };
                    *picked = if *place == numbers[0] || *place == numbers[2] { left } else { right };
                }
            },
        );
    }

    /// Calls `work` with the two rows of outputs above each row of pooled ones, this row, and its places.
    #[inline(always)]
    fn of_rows<F: Real>(
        &self,
        outputs: &[F],
        pooled: &mut [F],
        places: &mut [F],
        work: impl Fn([&[F]; 2], &mut [F], &mut [F]),
    ) {
        let (size, width) = (self.pooled * self.pooled, self.width());
        let channels = pooled.chunks_exact_mut(size).zip(places.chunks_exact_mut(size));
        for (output, (pooled, places)) in outputs.chunks_exact(self.positions).zip(channels) {
            let rows = pooled.chunks_exact_mut(self.pooled).zip(places.chunks_exact_mut(self.pooled));
            for (pair, (pooled, places)) in output.chunks(2 * width).zip(rows) {
                let (upper, lower) = pair.split_at(width);
                work([&upper[..2 * self.pooled], &lower[..2 * self.pooled]], pooled, places);
            }
        }
    }

    /// Writes the errors of pooled outputs to the planes: each to the place of the largest of its four.
    #[inline(always)]
    pub fn unpool<F: Real>(&self, errors: &[F], places: &[F], planes: &mut [F]) {
        planes.fill(F::zero());
        let numbers = [0.0, 1.0, 2.0, 3.0].map(F::of);
        let (size, width) = (self.pooled * self.pooled, self.width());
        let channels = errors.chunks_exact(size).zip(places.chunks_exact(size));
        for (plane, (errors, places)) in planes.chunks_exact_mut(self.plane).zip(channels) {
            let rows = errors.chunks_exact(self.pooled).zip(places.chunks_exact(self.pooled));
            for (pair, (errors, places)) in plane[width + 1..].chunks_mut(2 * width).zip(rows) {
                let (upper, lower) = pair.split_at_mut(width);
                let squares = upper.as_chunks_mut::<2>().0.iter_mut().zip(lower.as_chunks_mut::<2>().0);
                for ((upper, lower), (&error, &place)) in squares.zip(errors.iter().zip(places)) {
                    let at = |number: F| if place == number { error } else { F::zero() };
                    *upper = [at(numbers[0]), at(numbers[1])];
                    *lower = [at(numbers[2]), at(numbers[3])];
                }
            }
        }
    }

    /// Writes the weights as the convolution needs them that takes errors of outputs to errors of inputs: the
    /// channels exchanged, and the taps in reverse.
    pub fn reverse<F: Real>(&self, weights: &[F], reversed: &mut [F]) {
        for (output, weights) in weights.chunks_exact(self.fan_in()).enumerate() {
            for (input, taps) in weights.chunks_exact(TAPS).enumerate() {
                let start = (input * self.outputs + output) * TAPS;
                let place = &mut reversed[start..start + TAPS];
                place.iter_mut().zip(taps.iter().rev()).for_each(|(r, &w)| *r = w);
            }
        }
    }
}

/// This number of positions is enough for a tile of the gradient.
const ENOUGH: usize = 900;
/// The largest number of examples that go through the passes together.
pub const TOGETHER: usize = 4;

/// Returns the larger of two numbers, each with its place. The first one is returned of two that are equal,
/// and NaN counts as larger.
#[inline(always)]
fn larger<F: Real>(a: (F, F), b: (F, F)) -> (F, F) {
    if b.0 > a.0 || b.0.is_nan() { b } else { a }
}

/// What is as large or larger cannot be counted: the sums of a few such numbers must fit into one.
const COUNTED: u64 = if usize::BITS < 64 { 1 << 20 } else { 1 << 40 };
/// Positions and planes are multiples of this number.
const STEP: usize = Planes::<f64>::STEP;

#[cfg(test)]
mod tests {
    use super::*;

    /// A stage of one channel and images of 5 × 5: pooling leaves 2 × 2.
    fn stage() -> Stage {
        Stage::new(1, 1, 5, 0).unwrap()
    }

    #[test]
    fn an_image_with_its_border_comes_back_from_a_convolution_with_one() {
        let stage = stage();
        let image: Vec<f64> = (1..=25).map(f64::from).collect();
        let (mut planes, mut outputs, mut back) =
            (vec![f64::NAN; stage.planes()], vec![0.0; stage.positions], vec![0.0; 25]);
        stage.pad(&image, &mut planes);
        assert_eq!(planes.iter().sum::<f64>(), 325.0);
        let mut middle = [0.0; TAPS];
        middle[4] = 1.0;
        <f64 as crate::linalg::Kernel>::correlate(stage.read(&planes), &middle, Some(&[0.0]), &mut outputs);
        stage.unpad(&outputs, &mut back);
        assert_eq!(back, image);
    }

    #[test]
    fn the_largest_of_four_is_found_and_gets_the_error() {
        let stage = stage();
        let mut outputs = vec![9.0; stage.positions];
        let rows: [[f64; 5]; 5] = [
            [1.0, 2.0, 0.0, 0.0, 9.0],
            [4.0, 3.0, 0.0, 0.0, 9.0],
            [-1.0, -2.0, 5.0, 6.0, 9.0],
            [-3.0, -4.0, 8.0, f64::NAN, 9.0],
            [9.0; 5],
        ];
        rows.iter().enumerate().for_each(|(y, row)| outputs[7 * y..7 * y + 5].copy_from_slice(row));
        let (mut pooled, mut places) = ([0.0; 4], [0.0; 4]);
        stage.pool(&outputs, &mut pooled, &mut places);
        assert_eq!((pooled[..3].to_vec(), places), (vec![4.0, 0.0, -1.0], [2.0, 0.0, 0.0, 3.0]));
        assert!(pooled[3].is_nan());

        let mut picked = [0.0; 4];
        stage.pick(&outputs, &mut places, &mut picked);
        assert_eq!(picked[..3], [4.0, 0.0, -1.0]);

        let mut planes = vec![f64::NAN; stage.plane];
        stage.unpool(&[1.0, 2.0, 3.0, 4.0], &places, &mut planes);
        let pixel = |y: usize, x: usize| planes[(y + 1) * 7 + x + 1];
        assert_eq!([pixel(1, 0), pixel(0, 2), pixel(2, 0), pixel(3, 3)], [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(planes.iter().sum::<f64>(), 10.0);
    }
}
