//! The examples seen block by block: forward, loss and backward while a block is in cache.

use crate::linalg::{Rows, both, gapless_rows};
use crate::loss::Loss;
use crate::model::Model;
use crate::real::Real;
use ndarray::Array2;

/// The most rows that go through forward, loss and backward together.
pub(super) const BLOCK: usize = 128;
/// Bytes of features of a block, so that it stays in a core's own cache together with the next, which is
/// fetched meanwhile.
const CACHED: usize = 400 << 10;

/// Rows that a loss may look at side by side: halves of a block are multiples of it.
const SIDE_BY_SIDE: usize = 16;
/// What the loss of a score weighs against a multiplication in a product.
const EXPONENTIAL: usize = 64;

/// Memory of one thread's blocks.
pub(super) struct Scratch<F> {
    pub scores: Vec<F>,
    pub model: Vec<F>,
    pub labels: Vec<u8>,
    pub errors: Vec<F>,
    pub scores_tangent: Vec<F>,
    pub tangent: Vec<F>,
}

impl<F: Real> Scratch<F> {
    /// What a gradient needs.
    pub(super) fn new(model: &impl Model<F>) -> Self {
        Scratch {
            scores: vec![F::zero(); BLOCK * model.classes()],
            model: vec![F::zero(); model.scratch_len(BLOCK)],
            labels: vec![0; BLOCK],
            errors: Vec::new(),
            scores_tangent: Vec::new(),
            tangent: Vec::new(),
        }
    }

    /// What a Hessian-vector product needs besides; allocated the first time, as few runs ask for it.
    pub(super) fn prepare_tangent(&mut self, model: &impl Model<F>) {
        self.errors.resize(BLOCK * model.classes(), F::zero());
        self.scores_tangent.resize(BLOCK * model.classes(), F::zero());
        self.tangent.resize(model.tangent_len(BLOCK), F::zero());
    }
}

/// A model and a loss with the examples they are held against.
pub(super) struct Examples<'a, F, M, L> {
    pub model: &'a M,
    loss: &'a L,
    features: &'a [F],
    stride: usize,
    columns: usize,
    labels: &'a [u8],
}

impl<'a, F: Real, M: Model<F>, L: Loss<F>> Examples<'a, F, M, L> {
    pub(super) fn new(model: &'a M, loss: &'a L, features: &'a Array2<F>, labels: &'a [u8]) -> Self {
        let ((features, stride), columns) = (gapless_rows(features), features.ncols());
        Examples { model, loss, features, stride, columns, labels }
    }

    /// Sum of the losses over the rows `index`, after which probably the rows `upcoming` are asked for; adds
    /// the gradient of `scale` times that sum to `grad`, if asked.
    pub(super) fn losses(
        &self,
        params: &[F],
        index: &[u32],
        upcoming: &[u32],
        scratch: &mut Scratch<F>,
        mut grad: Option<(&mut [F], F)>,
    ) -> f64 {
        let mut sum = 0.0;
        let size = self.rows_in_cache();
        for (block, next) in index.chunks(size).zip(index.chunks(size).skip(1).chain([upcoming])) {
            let rows = self.forward(params, block, scratch).before(next);
            let (scores, labels) =
                (&mut scratch.scores[..block.len() * self.model.classes()], &scratch.labels[..block.len()]);
            match &mut grad {
                None => sum += self.loss.value(scores, labels).wide(),
                Some((grad, scale)) => {
                    sum += self.scaled_errors(scores, labels, *scale);
                    self.model.backward(params, rows, &mut scratch.model, scores, grad);
                }
            }
        }
        sum
    }

    /// The sum of the losses of a block; its scores become errors times `scale`. A companion takes half of
    /// the rows.
    fn scaled_errors(&self, scores: &mut [F], labels: &[u8], scale: F) -> f64 {
        let middle = labels.len() / 2 / SIDE_BY_SIDE * SIDE_BY_SIDE;
        let half = |scores: &mut [F], labels: &[u8]| {
            let sum = self.loss.value_errors(scores, labels).wide();
            scores.iter_mut().for_each(|e| *e *= scale);
            sum
        };
        if middle == 0 {
            return half(scores, labels);
        }
        let (mut sums, size) = ((0.0, 0.0), EXPONENTIAL * scores.len());
        let ((upper, lower), (of_upper, of_lower)) =
            (scores.split_at_mut(middle * self.model.classes()), labels.split_at(middle));
        both(size, || sums.0 = half(upper, of_upper), || sums.1 = half(lower, of_lower));
        sums.0 + sums.1
    }

    /// Adds the product of `direction` with the Hessian of `scale` times the sum of the losses over the rows
    /// `index`.
    pub(super) fn hess_vec(
        &self,
        params: &[F],
        direction: &[F],
        index: &[u32],
        scratch: &mut Scratch<F>,
        product: &mut [F],
        scale: F,
    ) {
        let size = self.rows_in_cache();
        for (block, next) in index.chunks(size).zip(index.chunks(size).skip(1).chain([&[][..]])) {
            let rows = self.forward(params, block, scratch).before(next);
            let (len, labels) = (block.len() * self.model.classes(), &scratch.labels[..block.len()]);
            let (scores, errors, scores_tangent) =
                (&mut scratch.scores[..len], &mut scratch.errors[..len], &mut scratch.scores_tangent[..len]);
            let (forward, tangent) = (&mut scratch.model, &mut scratch.tangent);
            self.model.scores_tangent(params, direction, rows, forward, tangent, scores_tangent);
            errors.copy_from_slice(scores);
            self.loss.value_errors(errors, labels);
            self.loss.hess_vec(scores, labels, scores_tangent);
            errors.iter_mut().chain(scores_tangent.iter_mut()).for_each(|e| *e *= scale);
            self.model.backward_tangent(
                params,
                direction,
                rows,
                forward,
                tangent,
                errors,
                scores_tangent,
                product,
            );
        }
    }

    /// Writes `scale` times the Hessian of the loss in the scores of every row of `index`: C × C an example.
    pub(super) fn score_hessians(
        &self,
        params: &[F],
        index: &[u32],
        scratch: &mut Scratch<F>,
        hessians: &mut [F],
        scale: F,
    ) {
        let classes = self.model.classes();
        for (block, hessians) in index.chunks(BLOCK).zip(hessians.chunks_mut(BLOCK * classes * classes)) {
            self.forward(params, block, scratch);
            let (len, labels) = (block.len() * classes, &scratch.labels[..block.len()]);
            let (scores, again, column) =
                (&scratch.scores[..len], &mut scratch.errors[..len], &mut scratch.scores_tangent[..len]);
            for class in 0..classes {
                again.copy_from_slice(scores);
                column.fill(F::zero());
                column.iter_mut().skip(class).step_by(classes).for_each(|t| *t = scale);
                self.loss.hess_vec(again, labels, column);
                hessians.iter_mut().skip(class).step_by(classes).zip(&*column).for_each(|(h, &c)| *h = c);
            }
        }
    }

    /// Rows of a block that stays in cache between forward and backward, by the length of a row alone.
    fn rows_in_cache(&self) -> usize {
        (CACHED / size_of::<F>() / self.columns.max(1) / 16 * 16).clamp(16, BLOCK)
    }

    /// Scores and labels of a block, into the scratch.
    pub(super) fn forward<'b>(
        &'b self,
        params: &[F],
        block: &'b [u32],
        scratch: &mut Scratch<F>,
    ) -> Rows<'b, F> {
        let rows = Rows::new(self.features, self.columns, block).stride(self.stride);
        scratch.labels.iter_mut().zip(block).for_each(|(label, &row)| *label = self.labels[row as usize]);
        self.model.scores(
            params,
            rows,
            &mut scratch.model,
            &mut scratch.scores[..block.len() * self.model.classes()],
        );
        rows
    }
}
