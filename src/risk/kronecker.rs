//! The Fisher information of a network under a likelihood: its Kronecker factors, and its exact quadratic
//! forms.

use super::blocks::{BLOCK, Examples, Scratch};
use super::empirical_risk::EmpiricalRisk;
use super::share::{PARALLEL_ROWS, PIECES, rows_of_piece};
use crate::linalg::{Kernel, Rows, slice, slice_mut};
use crate::loss::Likelihood;
use crate::model::{Mlp, Model};
use crate::objective::{CrossFactors, KroneckerBlock, KroneckerFactored, KroneckerFactors};
use crate::ranks::{Alone, Ranks, add_in_order};
use crate::rng::{self, Stream};
use ndarray::{Array2, ArrayRef1};
use rand::RngExt;
use rayon::prelude::*;
use std::ops::Range;
use std::sync::Arc;

impl<L: Likelihood> KroneckerFactored for EmpiricalRisk<f64, Mlp, L> {
    fn kronecker_blocks(&self) -> Vec<KroneckerBlock> {
        self.model.blocks().collect()
    }

    fn write_factors_and_cross(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        stream: Option<&mut Stream>,
        factors: &mut [KroneckerFactors],
        cross: &mut [CrossFactors],
    ) {
        let params = slice(x);
        let mut sums = Sums { factors, cross };
        sums.matrices().for_each(|matrix| matrix.fill(0.0));
        if self.in_pieces(batch) {
            self.add_pieces(params, batch, stream, &mut sums);
        } else {
            self.scratch.prepare_tangent(&self.model);
            let mut gathered = std::mem::take(&mut self.hessian_memory.gathered);
            gathered.resize(BLOCK * widest(&self.model), 0.0);
            let (examples, scratch) = self.examples();
            add_rows(&examples, params, batch, scratch, stream, &mut gathered, &mut sums);
            self.hessian_memory.gathered = gathered;
        }
        let mean = 1.0 / batch.len() as f64;
        sums.matrices().for_each(|matrix| *matrix *= mean);
    }

    fn fisher_forms(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        u: &ArrayRef1<f64>,
        v: &ArrayRef1<f64>,
    ) -> [f64; 3] {
        let [params, u, v] = [x, u, v].map(|of| slice(of));
        let mut forms = [0.0; 3];
        if self.in_pieces(batch) {
            let (own, _) = self.waves();
            let of_pieces = self.each_piece(batch, own, |examples, index, scratch, _| {
                sum_of_forms(examples, params, [u, v], index, scratch)
            });
            add_in_order(&*self.all_ranks(), &mut forms, |segment, sum| {
                for of_piece in &of_pieces {
                    sum.iter_mut().zip(&of_piece[segment.clone()]).for_each(|(sum, form)| *sum += form);
                }
            });
        } else {
            self.scratch.prepare_tangent(&self.model);
            let (examples, scratch) = self.examples();
            forms = sum_of_forms(&examples, params, [u, v], batch, scratch);
        }
        forms.map(|form| form / batch.len() as f64)
    }

    fn regularization_curvature(&self) -> f64 {
        self.regularizer.second_derivative()
    }
}

impl<L: Likelihood> EmpiricalRisk<f64, Mlp, L> {
    /// Returns whether the sums over a batch consist of the pieces of a full pass.
    fn in_pieces(&self, batch: &[u32]) -> bool {
        !self.pieces.is_empty() && batch.len() >= PARALLEL_ROWS
    }

    /// Returns the processes that share the pieces.
    fn all_ranks(&self) -> Arc<dyn Ranks> {
        self.sharers().map_or(Arc::new(Alone), |share| share.ranks.clone())
    }

    /// Returns the pieces that this process computes, and how many of them at a time. One process keeps the
    /// outcomes of as many as it has threads. Of several, each keeps all of its own, until the outcomes of
    /// the one before it have come.
    fn waves(&self) -> (Range<usize>, usize) {
        match self.sharers() {
            Some(share) => (share.pieces(), PIECES),
            None => (0..PIECES, rayon::current_num_threads().clamp(1, PIECES)),
        }
    }

    /// Runs `work` on some pieces of a batch, with their numbers, and returns the outcomes in order.
    ///
    /// # Panics
    /// If several processes share the examples, and the batch is not all of them.
    fn each_piece<T: Send>(
        &mut self,
        batch: &[u32],
        numbers: Range<usize>,
        work: impl Fn(&Examples<f64, Mlp, L>, &[u32], &mut Scratch<f64>, usize) -> T + Sync,
    ) -> Vec<T> {
        let ((terms, first), (own, _)) = (self.extent(), self.waves());
        let is_shared = self.sharers().is_some();
        assert!(!is_shared || batch.len() == terms, "processes that share examples draw no batches");
        let examples = Examples::new(&self.model, &self.loss, &self.features, &self.targets);
        let rows = |number| match is_shared {
            true => &self.all[rows_of_piece(terms, first, number)],
            false => &batch[rows_of_piece(batch.len(), 0, number)],
        };
        let pieces = &mut self.pieces[numbers.start - own.start..numbers.end - own.start];
        let outcomes = pieces.par_iter_mut().enumerate().map(|(i, piece)| {
            piece.scratch.prepare_tangent(&self.model);
            work(&examples, rows(numbers.start + i), &mut piece.scratch, numbers.start + i)
        });
        outcomes.collect()
    }

    /// Adds the sums over a batch by pieces. Each piece draws its labels from a stream of its own, so that
    /// they do not depend on who computes the others.
    fn add_pieces(&mut self, params: &[f64], batch: &[u32], stream: Option<&mut Stream>, sums: &mut Sums) {
        let seed = stream.map(|stream| stream.random::<u64>());
        let (blocks, ranks, (own, wave)) = (self.kronecker_blocks(), self.all_ranks(), self.waves());
        let with_cross = !sums.cross.is_empty();
        for start in own.clone().step_by(wave) {
            let numbers = start..own.end.min(start + wave);
            let of_pieces = self.each_piece(batch, numbers, |examples, index, scratch, number| {
                let mut own = OwnSums::zeros(&blocks, with_cross);
                let mut stream = seed.map(|seed| rng::stream(seed, "labels of a piece", number as u64));
                let mut gathered = vec![0.0; BLOCK * widest(examples.model)];
                add_rows(examples, params, index, scratch, stream.as_mut(), &mut gathered, &mut own.sums());
                own
            });
            let mut left: Vec<_> = of_pieces.iter().map(OwnSums::matrices).collect();
            for total in sums.matrices() {
                let parts: Vec<&[f64]> =
                    left.iter_mut().filter_map(Iterator::next).map(|matrix| slice(matrix)).collect();
                add_in_order(&*ranks, slice_mut(total), |segment, sum| {
                    for part in &parts {
                        let part = &part[segment.clone()];
                        sum.iter_mut().zip(part).for_each(|(sum, entry)| *sum += entry);
                    }
                });
            }
        }
    }
}

/// Returns the largest number of inputs of a layer.
fn widest(model: &Mlp) -> usize {
    model.blocks().map(|block| block.inputs).max().unwrap_or(0)
}

/// Adds the sums over the rows `index`.
fn add_rows<L: Likelihood>(
    examples: &Examples<f64, Mlp, L>,
    params: &[f64],
    index: &[u32],
    scratch: &mut Scratch<f64>,
    mut stream: Option<&mut Stream>,
    gathered: &mut [f64],
    sums: &mut Sums,
) {
    let mut memory = std::mem::take(&mut scratch.block);
    for block in index.chunks(BLOCK) {
        let rows = examples.whole_rows(block, &mut memory);
        examples.forward(params, rows, block, scratch);
        let inputs = |depth| examples.model.input(depth, rows, &scratch.model);
        sums.add_inputs(inputs, gathered);
        let stream = stream.as_deref_mut();
        add_outputs(examples.model, examples.loss, params, block.len(), scratch, stream, sums);
    }
    scratch.block = memory;
}

/// Returns the sums of uᵀFu, uᵀFv and vᵀFv over the rows `index`.
fn sum_of_forms<L: Likelihood>(
    examples: &Examples<f64, Mlp, L>,
    params: &[f64],
    [u, v]: [&[f64]; 2],
    index: &[u32],
    scratch: &mut Scratch<f64>,
) -> [f64; 3] {
    let (model, mut forms) = (examples.model, [0.0; 3]);
    let (classes, mut memory) = (Model::<f64>::classes(model), std::mem::take(&mut scratch.block));
    for block in index.chunks(BLOCK) {
        let rows = examples.whole_rows(block, &mut memory);
        examples.forward(params, rows, block, scratch);
        let len = block.len() * classes;
        let (of_u, of_v) = (&mut scratch.errors[..len], &mut scratch.scores_tangent[..len]);
        model.scores_tangent(params, u, rows, &mut scratch.model, &mut scratch.tangent, of_u);
        model.scores_tangent(params, v, rows, &mut scratch.model, &mut scratch.tangent, of_v);
        let scores = &mut scratch.scores[..len];
        examples.loss.means(scores, classes);
        let of_examples = of_u.chunks_exact(classes).zip(of_v.chunks_exact(classes));
        for (means, (a, b)) in scores.chunks_exact(classes).zip(of_examples) {
            let of_example = examples.loss.fisher_forms(means, a, b);
            forms.iter_mut().zip(of_example).for_each(|(sum, form)| *sum += form);
        }
    }
    scratch.block = memory;
    forms
}

/// The sums of one piece.
struct OwnSums {
    factors: Vec<KroneckerFactors>,
    cross: Vec<CrossFactors>,
}

impl OwnSums {
    fn zeros(blocks: &[KroneckerBlock], with_cross: bool) -> Self {
        OwnSums {
            factors: blocks.iter().map(KroneckerFactors::zeros).collect(),
            cross: if with_cross { CrossFactors::zeros(blocks) } else { Vec::new() },
        }
    }

    fn sums(&mut self) -> Sums<'_> {
        Sums { factors: &mut self.factors, cross: &mut self.cross }
    }

    /// Returns every matrix, in the order of [`Sums::matrices`].
    fn matrices(&self) -> impl Iterator<Item = &Array2<f64>> {
        let of_layers = self.factors.iter().flat_map(|f| [&f.a, &f.g]);
        of_layers.chain(self.cross.iter().flat_map(|f| [&f.a, &f.g]))
    }
}

/// The sums over the examples: of each layer, and of each layer and the next one, unless these are left out.
struct Sums<'a> {
    factors: &'a mut [KroneckerFactors],
    cross: &'a mut [CrossFactors],
}

impl Sums<'_> {
    /// Returns every matrix.
    fn matrices(&mut self) -> impl Iterator<Item = &mut Array2<f64>> {
        let of_layers = self.factors.iter_mut().flat_map(|f| [&mut f.a, &mut f.g]);
        of_layers.chain(self.cross.iter_mut().flat_map(|f| [&mut f.a, &mut f.g]))
    }

    /// Adds ā āᵀ and ā ā₊ᵀ of every row, for the inputs of each layer.
    fn add_inputs<'r>(&mut self, inputs: impl Fn(usize) -> Rows<'r, f64>, gathered: &mut [f64]) {
        for (depth, of_layer) in self.factors.iter_mut().enumerate() {
            let rows = inputs(depth);
            add_inputs(rows, gathered, &mut of_layer.a);
            if let Some(of_pair) = self.cross.get_mut(depth) {
                let gathered = &gathered[..rows.len() * rows.features()];
                add_neighbouring_inputs(gathered, inputs(depth + 1), &mut of_pair.a);
            }
        }
    }

    /// Adds g gᵀ and g g₊ᵀ of every row, for the derivatives at the outputs of each layer.
    fn add_outputs<'r>(&mut self, rows: usize, delta: impl Fn(usize) -> &'r [f64]) {
        let add = |g: &mut Array2<f64>, lower: &[f64], upper: &[f64]| {
            f64::accumulate(Rows::all(upper, upper.len() / rows), lower, slice_mut(g));
        };
        for (depth, of_layer) in self.factors.iter_mut().enumerate() {
            add(&mut of_layer.g, delta(depth), delta(depth));
        }
        for (depth, of_pair) in self.cross.iter_mut().enumerate() {
            add(&mut of_pair.g, delta(depth), delta(depth + 1));
        }
    }
}

/// Adds ā āᵀ of every row to `a`, with ā = (row, 1).
fn add_inputs(rows: Rows<f64>, gathered: &mut [f64], a: &mut Array2<f64>) {
    let (inputs, width) = (rows.features(), rows.features() + 1);
    let gathered = &mut gathered[..rows.len() * inputs];
    for (i, copy) in gathered.chunks_exact_mut(inputs).enumerate() {
        copy.copy_from_slice(rows.row(i));
    }
    let a = slice_mut(a);
    f64::accumulate_strided(rows, gathered, a, width);
    for row in gathered.chunks_exact(inputs) {
        for (j, &value) in row.iter().enumerate() {
            a[j * width + inputs] += value;
            a[inputs * width + j] += value;
        }
    }
    a[width * width - 1] += rows.len() as f64;
}

/// Adds ā ā₊ᵀ of every row to `a`, with ā = (row, 1) of a layer and ā₊ of the next one. The rows of the layer
/// are gathered.
fn add_neighbouring_inputs(gathered: &[f64], next: Rows<f64>, a: &mut Array2<f64>) {
    let (inputs, of_next) = (a.nrows() - 1, next.features());
    let (width, a) = (of_next + 1, slice_mut(a));
    f64::accumulate_strided(next, gathered, &mut a[..inputs * width], width);
    for (i, row) in gathered.chunks_exact(inputs).enumerate() {
        row.iter().enumerate().for_each(|(j, value)| a[j * width + of_next] += value);
        next.row(i).iter().enumerate().for_each(|(k, value)| a[inputs * width + k] += value);
    }
    a[(inputs + 1) * width - 1] += next.len() as f64;
}

/// Adds the products of the derivatives at the outputs, for the block whose forward pass filled the scratch.
fn add_outputs(
    model: &Mlp,
    loss: &impl Likelihood,
    params: &[f64],
    rows: usize,
    scratch: &mut Scratch<f64>,
    stream: Option<&mut Stream>,
    sums: &mut Sums,
) {
    let classes = Model::<f64>::classes(model);
    let (means, errors) =
        (&mut scratch.errors[..rows * classes], &mut scratch.scores_tangent[..rows * classes]);
    means.copy_from_slice(&scratch.scores[..rows * classes]);
    loss.means(means, classes);
    let forward = &mut scratch.model;
    let mut add = |errors: &[f64]| {
        model.propagate(params, rows, forward, errors);
        sums.add_outputs(rows, |depth| model.delta(depth, rows, forward, errors));
    };
    if let Some(stream) = stream {
        for (errors, means) in errors.chunks_exact_mut(classes).zip(means.chunks_exact(classes)) {
            loss.draw_errors(means, stream, errors);
        }
        return add(errors);
    }
    // E[g gᵀ] is the sum over the columns r of a root of the Fisher information of the scores, since g is
    // linear in the errors.
    for class in 0..classes {
        for (errors, means) in errors.chunks_exact_mut(classes).zip(means.chunks_exact(classes)) {
            loss.fisher_root(means, class, errors);
        }
        add(errors);
    }
}
