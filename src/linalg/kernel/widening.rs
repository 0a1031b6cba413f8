//! Floats from bytes: x = byte · factor − mean, with the bits of a table of products.

use super::level::{has_fused_arithmetic, vectorized};
use super::part::Strided;
use super::rows::Rows;
use crate::real::Real;
use std::array::from_fn;
use std::ops::Range;

/// How features follow from bytes: feature j is round(byte · factor) − meanⱼ, where the product is rounded
/// once from `f64`.
///
/// The 256 products in a table are the definition. A vector of them cannot be looked up, so vectors compute
/// them, with the factor as a sum of two numbers.
#[derive(Debug, Clone)]
pub struct Widening<F> {
    products: [F; 256],
    factor: [F; 2],
    mean: Vec<F>,
}

impl<F: Real> Widening<F> {
    /// Returns the widening by a factor, with the mean of each column. `None` if the factor as a sum of two
    /// numbers does not give all products exactly.
    pub fn new(factor: f64, mean: Vec<F>) -> Option<Self> {
        let products: [F; 256] = from_fn(|byte| F::of(byte as f64 * factor));
        let high = F::of(factor);
        let factor = [high, F::of(factor - high.wide())];
        let is_exact = (0..256).all(|byte| product(byte as u8, factor) == products[byte]);
        is_exact.then_some(Widening { products, factor, mean })
    }

    /// Returns the number of columns.
    pub fn columns(&self) -> usize {
        self.mean.len()
    }

    /// Returns the feature of a column that follows from a byte.
    pub fn feature(&self, byte: u8, column: usize) -> F {
        self.products[usize::from(byte)] - self.mean[column]
    }

    /// Writes some columns of the features of all rows to `room`.
    pub fn widen(&self, rows: Rows<u8>, columns: Range<usize>, mut room: Strided<F>) {
        assert!(rows.features() == self.columns() && room.holds(rows.len(), columns.len()));
        let (rows, mean, factor) = (rows.columns(columns.clone()), &self.mean[columns], self.factor);
        if !has_fused_arithmetic() {
            for i in 0..rows.len() {
                let entries = room.part(i, 0, mean.len()).iter_mut().zip(rows.row(i)).zip(mean);
                entries.for_each(|((x, &byte), &mean)| *x = self.products[usize::from(byte)] - mean);
            }
            return;
        }
        vectorized(
            #[inline(always)]
            || {
                for i in 0..rows.len() {
                    widen_row(rows.row(i), factor, mean, room.part(i, 0, mean.len()));
                }
            },
        );
    }
}

/// Writes the features that follow from a row of bytes.
#[inline(always)]
fn widen_row<F: Real>(bytes: &[u8], factor: [F; 2], mean: &[F], out: &mut [F]) {
    for ((x, &byte), &mean) in out.iter_mut().zip(bytes).zip(mean) {
        *x = product(byte, factor) - mean;
    }
}

/// Returns byte · factor.
#[inline(always)]
fn product<F: Real>(byte: u8, [high, low]: [F; 2]) -> F {
    let byte = F::of(f64::from(byte));
    byte.mul_add(high, byte * low)
}

#[cfg(test)]
mod tests {
    use super::super::level::tests::on_every_level;
    use super::*;

    fn rows_have_the_bits_of_the_table<F: Real>(factor: f64) {
        let (columns, count) = (100, 7);
        let mean: Vec<F> = (0..columns).map(|j| F::of(0.37 / (j + 1) as f64)).collect();
        let widening = Widening::new(factor, mean.clone()).unwrap();
        let bytes: Vec<u8> = (0..20 * columns).map(|i| (i * 37 % 256) as u8).collect();
        let index: Vec<u32> = (0..count).map(|i| (i * 5 % 20) as u32).collect();
        on_every_level(|| {
            for some in [0..columns, 16..columns, 3..50, 99..100, 7..7] {
                let (rows, stride) = (Rows::new(&bytes, columns, &index), some.len() + 3);
                let mut room = vec![F::zero(); count * stride];
                widening.widen(rows, some.clone(), Strided::new(&mut room, count, some.len(), stride));
                for (i, &row) in index.iter().enumerate() {
                    for (place, j) in some.clone().enumerate() {
                        let byte = bytes[row as usize * columns + j];
                        let expected = F::of(f64::from(byte) * factor) - mean[j];
                        assert_eq!(room[i * stride + place], expected, "row {row}, column {j} of {some:?}");
                        assert_eq!(widening.feature(byte, j), expected);
                    }
                    assert!(room[i * stride + some.len()..][..3].iter().all(|gap| gap.is_zero()));
                }
            }
        });
    }

    #[test]
    fn features_have_the_bits_of_the_table_on_every_instruction_set() {
        for factor in [1.0 / 255.0, 1.0 / 16.0, 1.0, 0.3] {
            rows_have_the_bits_of_the_table::<f32>(factor);
            rows_have_the_bits_of_the_table::<f64>(factor);
        }
    }

    #[test]
    fn a_factor_whose_products_are_not_exact_is_refused() {
        // The low part of this factor is below the smallest number.
        assert!(Widening::<f32>::new(1.000_000_01e-38 / 3.0, vec![0.0]).is_none());
        assert!(Widening::<f64>::new(f64::NAN, vec![0.0]).is_none());
    }
}
