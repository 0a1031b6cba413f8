//! Second derivatives of the empirical risk.

use super::blocks::BLOCK;
use super::empirical_risk::EmpiricalRisk;
use crate::linalg::{Rows, gapless_rows, slice, slice_mut};
use crate::loss::Loss;
use crate::model::Model;
use crate::objective::{BatchHessVec, HessVec, TwiceDifferentiable};
use crate::real::Real;
use ndarray::{Array1, ArrayRef1, ArrayRef2};
use rayon::prelude::*;

impl<F: Real, M: Model<F>, L: Loss<F>> EmpiricalRisk<F, M, L> {
    /// Overwrites `product` with the product of `v` and the Hessian of the mean over `batch`, with the
    /// regularization of the whole objective.
    pub fn batch_hess_vec(
        &mut self,
        x: &ArrayRef1<F>,
        batch: &[u32],
        v: &ArrayRef1<F>,
        product: &mut ArrayRef1<F>,
    ) {
        let (params, direction) = slices(x, v);
        let out = slice_mut(product);
        self.write_regularization_hess_vec(direction, out);
        self.scratch.prepare_tangent(&self.model);
        let (examples, scratch) = self.examples();
        examples.hess_vec(params, direction, batch, scratch, out, F::of(1.0 / batch.len() as f64));
    }

    fn write_regularization_hess_vec(&self, direction: &[F], product: &mut [F]) {
        let second = self.regularizer.second_derivative::<F>();
        for part in self.layout.parts() {
            let factor = if part.regularized { second } else { F::zero() };
            let pairs = product[part.range.clone()].iter_mut().zip(&direction[part.range.clone()]);
            pairs.for_each(|(p, &d)| *p = factor * d);
        }
    }

    /// Writes the Hessian of a linear model. Classes a and b have the block Xᵀ diag(h_ab) X, where h_ab are
    /// the second derivatives of the loss of each example with respect to its scores of a and b. The upper
    /// triangle is computed and mirrored.
    fn write_class_blocks(&mut self, params: &[F], hessian: &mut [F]) {
        let (classes, columns, rows) = (self.model.classes(), self.model.features(), self.all.len());
        let (dim, weights) = (self.layout.len(), classes * columns);
        let all = std::mem::take(&mut self.all);
        self.write_score_hessians(params, &all);
        self.all = all;
        self.hessian_memory
            .weighted
            .resize_with(classes, || vec![F::zero(); BLOCK * columns + (BLOCK + columns) * classes]);
        let second = &self.hessian_memory.score_hessians;
        let ((data, stride), all) = (gapless_rows(self.features.floats()), &self.all);
        let (of_weights, of_biases) = hessian.split_at_mut(weights * dim);
        // Each class writes its own rows, so that the result does not depend on the number of threads.
        let classes_rows =
            of_weights.par_chunks_mut(columns * dim).zip(&mut self.hessian_memory.weighted).enumerate();
        classes_rows.for_each(|(a, (of_class, memory))| {
            let (weighted, memory) = memory.split_at_mut(BLOCK * columns);
            let (errors, biases) = memory.split_at_mut(BLOCK * classes);
            of_class.fill(F::zero());
            biases.fill(F::zero());
            for (block, number) in all.chunks(BLOCK).zip(0..) {
                let rows = Rows::new(data, columns, block).stride(stride);
                let h = |i: usize, b: usize| second[((number * BLOCK + i) * classes + a) * classes + b];
                for b in a..classes {
                    for (i, out) in weighted.chunks_exact_mut(columns).enumerate().take(block.len()) {
                        out.iter_mut().zip(rows.row(i)).for_each(|(o, &x)| *o = h(i, b) * x);
                    }
                    F::accumulate_strided(
                        rows,
                        &weighted[..block.len() * columns],
                        &mut of_class[b * columns..],
                        dim,
                    );
                }
                for (i, errors) in errors.chunks_exact_mut(classes).enumerate().take(block.len()) {
                    errors.iter_mut().enumerate().for_each(|(b, e)| *e = h(i, b));
                }
                F::accumulate(rows, &errors[..block.len() * classes], biases);
            }
            for (b, row) in biases.chunks_exact(columns).enumerate() {
                row.iter().enumerate().for_each(|(d, &value)| of_class[d * dim + weights + b] = value);
            }
        });
        for (a, row) in of_biases.chunks_exact_mut(dim).enumerate() {
            for b in a..classes {
                row[weights + b] = (0..rows).map(|i| second[(i * classes + a) * classes + b]).sum();
            }
        }
        mirror(hessian, dim);
    }

    /// Writes the Hessian of the loss with respect to the scores for every row of `index`, divided by the
    /// number of rows.
    pub(super) fn write_score_hessians(&mut self, params: &[F], index: &[u32]) {
        let (classes, rows) = (self.model.classes(), index.len());
        let mut hessians = std::mem::take(&mut self.hessian_memory.score_hessians);
        hessians.resize(rows * classes * classes, F::zero());
        self.scratch.prepare_tangent(&self.model);
        let (examples, scratch) = self.examples();
        examples.score_hessians(params, index, scratch, &mut hessians, F::of(1.0 / rows as f64));
        self.hessian_memory.score_hessians = hessians;
    }

    /// Writes the Hessian of any model, column by column from its products with the unit vectors, and makes
    /// it exactly symmetric.
    fn write_columns(&mut self, x: &ArrayRef1<F>, hessian: &mut ArrayRef2<F>) {
        let dim = self.layout.len();
        let zeros = || Array1::zeros(dim);
        let mut unit = Some(std::mem::take(&mut self.hessian_memory.unit))
            .filter(|u| u.len() == dim)
            .unwrap_or_else(zeros);
        let mut column = Some(std::mem::take(&mut self.hessian_memory.column))
            .filter(|c| c.len() == dim)
            .unwrap_or_else(zeros);
        for j in 0..dim {
            unit[j] = F::one();
            self.hess_vec(x, &unit, &mut column);
            unit[j] = F::zero();
            hessian.row_mut(j).assign(&column);
        }
        (self.hessian_memory.unit, self.hessian_memory.column) = (unit, column);
        let half = F::of(0.5);
        for i in 0..dim {
            for j in 0..i {
                let mean = half * (hessian[[i, j]] + hessian[[j, i]]);
                (hessian[[i, j]], hessian[[j, i]]) = (mean, mean);
            }
        }
    }
}

/// Copies the upper triangle to the lower one.
fn mirror<F: Copy>(matrix: &mut [F], dim: usize) {
    for i in 1..dim {
        let (above, row) = matrix.split_at_mut(i * dim);
        row[..i].iter_mut().enumerate().for_each(|(j, entry)| *entry = above[j * dim + i]);
    }
}

fn slices<'a, F: Real>(x: &'a ArrayRef1<F>, v: &'a ArrayRef1<F>) -> (&'a [F], &'a [F]) {
    (slice(x), slice(v))
}

impl<F: Real, M: Model<F>, L: Loss<F>> HessVec<F> for EmpiricalRisk<F, M, L> {
    fn hess_vec(&mut self, x: &ArrayRef1<F>, v: &ArrayRef1<F>, product: &mut ArrayRef1<F>) {
        let (params, direction) = slices(x, v);
        let out = slice_mut(product);
        self.write_regularization_hess_vec(direction, out);
        self.scratch.prepare_tangent(&self.model);
        for piece in &mut self.pieces {
            piece.scratch.prepare_tangent(&self.model);
        }
        let scale = F::of(1.0 / self.examples_of_all() as f64);
        self.every_row(Some(out), |examples, index, scratch, product| {
            examples.hess_vec(params, direction, index, scratch, product, scale);
            0.0
        });
    }
}

impl<F: Real, M: Model<F>, L: Loss<F>> BatchHessVec<F> for EmpiricalRisk<F, M, L> {
    fn batch_hess_vec(
        &mut self,
        x: &ArrayRef1<F>,
        batch: &[u32],
        v: &ArrayRef1<F>,
        product: &mut ArrayRef1<F>,
    ) {
        EmpiricalRisk::batch_hess_vec(self, x, batch, v, product);
    }
}

impl<F: Real, M: Model<F>, L: Loss<F>> TwiceDifferentiable<F> for EmpiricalRisk<F, M, L> {
    fn hessian(&mut self, x: &ArrayRef1<F>, hessian: &mut ArrayRef2<F>) {
        // Products with the Hessian are shared by all processes, the blocks of classes are not.
        if !self.model.is_linear() || self.sharers().is_some() {
            return self.write_columns(x, hessian);
        }
        let params = slice(x);
        self.write_class_blocks(params, slice_mut(hessian));
        let second = self.regularizer.second_derivative::<F>();
        for part in self.layout.parts().iter().filter(|part| part.regularized) {
            part.range.clone().for_each(|i| hessian[[i, i]] += second);
        }
    }
}
