//! Passes over the examples block by block: forward pass, loss and backward pass run while a block is in
//! cache.

use super::targets::{BlockTargets, Targets};
use crate::linalg::{Block, FeatureRows, Reader, Rows, join, vectorized};
use crate::loss::Loss;
use crate::model::Model;
use crate::real::Real;

/// The largest number of rows of a block.
pub(super) const BLOCK: usize = 128;
/// The largest number of bytes of the features of a block. The block and the next one, which is prefetched,
/// then fit into a core's own cache.
const CACHED: usize = 400 << 10;

/// The number of rows that a loss may process together. The halves of a block are multiples of it.
const SIDE_BY_SIDE: usize = 16;
/// The cost of the loss of one score, in multiplications of a matrix product.
const EXPONENTIAL: usize = 64;

/// The scratch memory of one thread.
pub(super) struct Scratch<F> {
    /// Rows of features that are kept as bytes.
    pub block: Block<F>,
    pub scores: Vec<F>,
    pub model: Vec<F>,
    pub labels: Vec<u8>,
    pub errors: Vec<F>,
    pub scores_tangent: Vec<F>,
    pub tangent: Vec<F>,
}

impl<F: Real> Scratch<F> {
    /// Allocates the memory that a gradient needs.
    pub(super) fn new(model: &impl Model<F>) -> Self {
        Scratch {
            block: Block::default(),
            scores: vec![F::zero(); BLOCK * model.classes()],
            model: vec![F::zero(); model.scratch_len(BLOCK)],
            labels: vec![0; BLOCK],
            errors: Vec::new(),
            scores_tangent: Vec::new(),
            tangent: Vec::new(),
        }
    }

    /// Allocates the additional memory that a Hessian-vector product needs, unless this was done before.
    pub(super) fn prepare_tangent(&mut self, model: &impl Model<F>) {
        self.errors.resize(BLOCK * model.classes(), F::zero());
        self.scores_tangent.resize(BLOCK * model.classes(), F::zero());
        self.tangent.resize(model.tangent_len(BLOCK), F::zero());
    }
}

/// Multiplies errors by `scale`. Those that would be denormal numbers, or nearly so, become 0: no sum of
/// errors feels them, but Intel's processors take a hundred times as long for a product with a denormal
/// number. The probabilities of a diverged classifier are full of them.
fn scale_errors<F: Real>(errors: &mut [F], scale: F) {
    let least = F::min_positive_value() * F::of(f64::from(1u32 << 26)) / scale;
    vectorized(
        #[inline(always)]
        || errors.iter_mut().for_each(|e| *e = if e.abs() < least { F::zero() } else { *e } * scale),
    );
}

/// A model and a loss with the examples on which they are evaluated.
pub(super) struct Examples<'a, F, M, L> {
    pub model: &'a M,
    pub loss: &'a L,
    features: FeatureRows<'a, F>,
    targets: &'a Targets,
}

impl<'a, F: Real, M: Model<F>, L: Loss<F>> Examples<'a, F, M, L> {
    pub(super) fn new(
        model: &'a M,
        loss: &'a L,
        features: impl Into<FeatureRows<'a, F>>,
        targets: &'a Targets,
    ) -> Self {
        Examples { model, loss, features: features.into(), targets }
    }

    /// Returns what the scores of a block are compared with. Its labels are in `labels`, if it has any.
    fn block_targets<'b>(&'b self, rows: Rows<'b, F>, labels: &'b [u8]) -> BlockTargets<'b, F, L> {
        match self.targets {
            Targets::Labels(_) => BlockTargets::Labels(self.loss, &labels[..rows.len()]),
            Targets::Features => BlockTargets::rows(self.loss, rows),
        }
    }

    /// Returns the sum of the losses over the rows `index`. If `grad` is given as (gradient, scale), adds the
    /// gradient of `scale` times that sum. The rows `upcoming` are a hint for prefetching.
    pub(super) fn losses(
        &self,
        params: &[F],
        index: &[u32],
        upcoming: &[u32],
        scratch: &mut Scratch<F>,
        mut grad: Option<(&mut [F], F)>,
    ) -> f64 {
        let mut sum = 0.0;
        let (size, mut memory) = (self.rows_in_cache(), std::mem::take(&mut scratch.block));
        for (block, next) in index.chunks(size).zip(index.chunks(size).skip(1).chain([upcoming])) {
            let rows = self.rows(block, next, &mut memory);
            self.forward(params, rows, block, scratch);
            let (scores, targets) = (
                &mut scratch.scores[..block.len() * self.model.classes()],
                self.block_targets(rows, &scratch.labels),
            );
            match &mut grad {
                None => sum += targets.value(scores),
                Some((grad, scale)) => {
                    sum += self.scaled_errors(scores, targets, *scale);
                    self.model.backward(params, rows, &mut scratch.model, scores, grad);
                }
            }
        }
        scratch.block = memory;
        sum
    }

    /// Returns the sum of the losses of a block, and replaces its scores by the errors times `scale`. A
    /// helper thread computes half of the rows.
    fn scaled_errors(&self, scores: &mut [F], targets: BlockTargets<F, L>, scale: F) -> f64 {
        let middle = targets.len() / 2 / SIDE_BY_SIDE * SIDE_BY_SIDE;
        let half = |scores: &mut [F], targets: BlockTargets<F, L>| {
            let sum = targets.value_errors(scores);
            scale_errors(scores, scale);
            sum
        };
        if middle == 0 {
            return half(scores, targets);
        }
        let (mut sums, size) = ((0.0, 0.0), EXPONENTIAL * scores.len());
        let ((upper, lower), (of_upper, of_lower)) =
            (scores.split_at_mut(middle * self.model.classes()), targets.split_at(middle));
        join(size, || sums.0 = half(upper, of_upper), || sums.1 = half(lower, of_lower));
        sums.0 + sums.1
    }

    /// Adds to `product` the product of `direction` with the Hessian of `scale` times the sum of the losses
    /// over the rows `index`.
    pub(super) fn hess_vec(
        &self,
        params: &[F],
        direction: &[F],
        index: &[u32],
        scratch: &mut Scratch<F>,
        product: &mut [F],
        scale: F,
    ) {
        let (size, mut memory) = (self.rows_in_cache(), std::mem::take(&mut scratch.block));
        for (block, next) in index.chunks(size).zip(index.chunks(size).skip(1).chain([&[][..]])) {
            let rows = self.rows(block, next, &mut memory);
            self.forward(params, rows, block, scratch);
            let (len, targets) =
                (block.len() * self.model.classes(), self.block_targets(rows, &scratch.labels));
            let (scores, errors, scores_tangent) =
                (&mut scratch.scores[..len], &mut scratch.errors[..len], &mut scratch.scores_tangent[..len]);
            let (forward, tangent) = (&mut scratch.model, &mut scratch.tangent);
            self.model.scores_tangent(params, direction, rows, forward, tangent, scores_tangent);
            errors.copy_from_slice(scores);
            targets.value_errors(errors);
            targets.hess_vec(scores, scores_tangent);
            scale_errors(errors, scale);
            scale_errors(scores_tangent, scale);
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
        scratch.block = memory;
    }

    /// Writes `scale` times the Hessian of the loss with respect to the scores, C × C for every row of
    /// `index`.
    pub(super) fn score_hessians(
        &self,
        params: &[F],
        index: &[u32],
        scratch: &mut Scratch<F>,
        hessians: &mut [F],
        scale: F,
    ) {
        let (classes, mut memory) = (self.model.classes(), std::mem::take(&mut scratch.block));
        for (block, hessians) in index.chunks(BLOCK).zip(hessians.chunks_mut(BLOCK * classes * classes)) {
            let rows = self.rows(block, &[], &mut memory);
            self.forward(params, rows, block, scratch);
            let (len, targets) = (block.len() * classes, self.block_targets(rows, &scratch.labels));
            let (scores, again, column) =
                (&scratch.scores[..len], &mut scratch.errors[..len], &mut scratch.scores_tangent[..len]);
            for class in 0..classes {
                again.copy_from_slice(scores);
                column.fill(F::zero());
                column.iter_mut().skip(class).step_by(classes).for_each(|t| *t = scale);
                targets.hess_vec(again, column);
                hessians.iter_mut().skip(class).step_by(classes).zip(&*column).for_each(|(h, &c)| *h = c);
            }
        }
        scratch.block = memory;
    }

    /// Returns the number of rows of a block that stays in cache between the forward and the backward pass.
    /// It depends on the length of a row only.
    fn rows_in_cache(&self) -> usize {
        (CACHED / size_of::<F>() / self.features.dim().1.max(1) / 16 * 16).clamp(16, BLOCK)
    }

    /// Returns the rows of a block for the passes of the model, before the `upcoming` ones. Features that are
    /// kept as bytes are widened into `memory`.
    fn rows<'b>(&'b self, block: &'b [u32], upcoming: &'b [u32], memory: &'b mut Block<F>) -> Rows<'b, F> {
        let reader = match self.targets {
            Targets::Labels(_) if !self.model.reads_rows() => Reader::Products(self.model.classes()),
            _ => Reader::Any,
        };
        self.features.block(block, upcoming, reader, memory)
    }

    /// Returns the rows of a block, of which [`Rows::row`] can be read.
    pub(super) fn whole_rows<'b>(&'b self, block: &'b [u32], memory: &'b mut Block<F>) -> Rows<'b, F> {
        self.features.block(block, &[], Reader::Any, memory)
    }

    /// Writes the scores of the rows of a block, and its labels if it has any, into the scratch memory.
    pub(super) fn forward(&self, params: &[F], rows: Rows<F>, block: &[u32], scratch: &mut Scratch<F>) {
        if let Targets::Labels(labels) = self.targets {
            scratch.labels.iter_mut().zip(block).for_each(|(label, &row)| *label = labels[row as usize]);
        }
        self.model.scores(
            params,
            rows,
            &mut scratch.model,
            &mut scratch.scores[..block.len() * self.model.classes()],
        );
    }
}
