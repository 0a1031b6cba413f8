//! The diagonal blocks of the Hessian of a linear classifier, one for each class.

use super::blocks::BLOCK;
use super::empirical_risk::EmpiricalRisk;
use super::targets::Targets;
use crate::linalg::{DesignMatrix, Kernel, Rows, slice, slice_mut};
use crate::loss::Loss;
use crate::model::{Linear, Model};
use crate::objective::BlockCurvature;
use ndarray::{Array2, ArrayRef1};
use rayon::prelude::*;
use std::ops::Range;

/// The number of columns whose products are computed together. A strip extends past the diagonal of its
/// block, where half of its products are not needed.
const STRIP: usize = 96;

impl<L: Loss<f64>> BlockCurvature for EmpiricalRisk<f64, Linear, L> {
    fn curvature_blocks(&self) -> Vec<Vec<Range<usize>>> {
        let (classes, columns) = (Model::<f64>::classes(&self.model), Model::<f64>::features(&self.model));
        let bias = classes * columns;
        (0..classes).map(|c| vec![c * columns..(c + 1) * columns, bias + c..bias + c + 1]).collect()
    }

    /// The block of class c is (1/m) Σᵢ hᵢ x̄ᵢx̄ᵢᵀ + R″ over the m examples, where x̄ = (x, 1) and hᵢ is the
    /// second derivative of the loss of example i with respect to its score of c.
    fn write_curvature_blocks(&mut self, x: &ArrayRef1<f64>, batch: &[u32], blocks: &mut [Array2<f64>]) {
        let classes = Model::<f64>::classes(&self.model);
        assert_eq!(blocks.len(), classes, "a block for each class");
        if let Some(share) = self.sharers().filter(|share| share.rows.len() < share.terms).cloned() {
            // The sample is of all examples; then each process computes the same.
            let (features, labels) = self.gathered(&share, batch);
            let own = (&mut self.features, &mut self.targets);
            let features = std::mem::replace(own.0, DesignMatrix::from(features).cache_aligned());
            let targets = std::mem::replace(own.1, Targets::Labels(labels.into()));
            self.write_blocks(x, &(0..batch.len() as u32).collect::<Vec<_>>(), blocks);
            (self.features, self.targets) = (features, targets);
        } else {
            self.write_blocks(x, batch, blocks);
        }
    }
}

impl<L: Loss<f64>> EmpiricalRisk<f64, Linear, L> {
    /// Writes the blocks of the rows `batch` that this process holds.
    fn write_blocks(&mut self, x: &ArrayRef1<f64>, batch: &[u32], blocks: &mut [Array2<f64>]) {
        let columns = Model::<f64>::features(&self.model);
        let classes = blocks.len();
        self.write_score_hessians(slice(x), batch);
        let (data, stride, index) = self.features.rows_of_features().some(batch);
        let second = &self.hessian_memory.score_hessians;
        let regularization = self.regularizer.second_derivative::<f64>();
        // Each class is one piece of work, so that the result does not depend on the number of threads.
        blocks.par_iter_mut().enumerate().for_each(|(class, block)| {
            assert_eq!(
                block.dim(),
                (columns + 1, columns + 1),
                "a block has a row for each feature, and one for the bias"
            );
            let block = slice_mut(block);
            block.fill(0.0);
            let mut weighted = vec![0.0; BLOCK * STRIP];
            for (rows, number) in index.chunks(BLOCK).zip(0..) {
                let rows = Rows::new(&data, columns, rows).stride(stride);
                let h: Vec<f64> = (0..rows.len())
                    .map(|i| second[((number * BLOCK + i) * classes + class) * classes + class])
                    .collect();
                add_lower_triangle(rows, &h, &mut weighted, block);
            }
            (0..columns).for_each(|j| block[j * (columns + 1) + j] += regularization);
        });
    }
}

/// Adds Σᵢ hᵢ x̄ᵢx̄ᵢᵀ to the lower triangle of a block.
fn add_lower_triangle(rows: Rows<f64>, h: &[f64], weighted: &mut [f64], block: &mut [f64]) {
    let (columns, width) = (rows.features(), rows.features() + 1);
    for from in (0..columns).step_by(STRIP) {
        let to = columns.min(from + STRIP);
        let weighted = &mut weighted[..rows.len() * (to - from)];
        for (i, out) in weighted.chunks_exact_mut(to - from).enumerate() {
            out.iter_mut().zip(&rows.row(i)[from..to]).for_each(|(o, &x)| *o = h[i] * x);
        }
        f64::accumulate_strided(rows.columns(0..to), weighted, &mut block[from * width..], width);
    }
    f64::accumulate(rows, h, &mut block[columns * width..columns * width + columns]);
    block[width * width - 1] += h.iter().sum::<f64>();
}
