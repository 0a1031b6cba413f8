//! The Fisher information of a network under a likelihood: its Kronecker factors, and its exact quadratic
//! forms.

use super::blocks::{BLOCK, Scratch};
use super::empirical_risk::EmpiricalRisk;
use crate::linalg::{Kernel, Rows, slice, slice_mut};
use crate::loss::Likelihood;
use crate::model::{Mlp, Model};
use crate::objective::{CrossFactors, KroneckerBlock, KroneckerFactored, KroneckerFactors};
use crate::rng::Stream;
use ndarray::{Array2, ArrayRef1};

impl<L: Likelihood> KroneckerFactored for EmpiricalRisk<f64, Mlp, L> {
    fn kronecker_blocks(&self) -> Vec<KroneckerBlock> {
        self.model.blocks().collect()
    }

    fn write_factors_and_cross(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        mut stream: Option<&mut Stream>,
        factors: &mut [KroneckerFactors],
        cross: &mut [CrossFactors],
    ) {
        let params = slice(x);
        self.scratch.prepare_tangent(&self.model);
        let widest = self.model.blocks().map(|block| block.inputs).max().unwrap_or(0);
        let mut gathered = std::mem::take(&mut self.hessian_memory.gathered);
        gathered.resize(BLOCK * widest, 0.0);
        let mut sums = Sums { factors, cross };
        sums.each(|matrix| matrix.fill(0.0));
        let (examples, scratch) = self.examples();
        for block in batch.chunks(BLOCK) {
            let rows = examples.forward(params, block, scratch);
            let inputs = |depth| examples.model.input(depth, rows, &scratch.model);
            sums.add_inputs(inputs, &mut gathered);
            let stream = stream.as_deref_mut();
            add_outputs(examples.model, examples.loss, params, block.len(), scratch, stream, &mut sums);
        }
        self.hessian_memory.gathered = gathered;
        let mean = 1.0 / batch.len() as f64;
        sums.each(|matrix| *matrix *= mean);
    }

    fn fisher_forms(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        u: &ArrayRef1<f64>,
        v: &ArrayRef1<f64>,
    ) -> [f64; 3] {
        let [params, u, v] = [x, u, v].map(|of| slice(of));
        self.scratch.prepare_tangent(&self.model);
        let (examples, scratch) = self.examples();
        let (model, mut forms) = (examples.model, [0.0; 3]);
        let classes = Model::<f64>::classes(model);
        for block in batch.chunks(BLOCK) {
            let rows = examples.forward(params, block, scratch);
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
        forms.map(|form| form / batch.len() as f64)
    }

    fn regularization_curvature(&self) -> f64 {
        self.regularizer.second_derivative()
    }
}

/// The sums over the examples: of each layer, and of each layer and the next one, unless these are left out.
struct Sums<'a> {
    factors: &'a mut [KroneckerFactors],
    cross: &'a mut [CrossFactors],
}

impl Sums<'_> {
    /// Changes every matrix.
    fn each(&mut self, change: impl Fn(&mut Array2<f64>)) {
        let of_layers = self.factors.iter_mut().flat_map(|f| [&mut f.a, &mut f.g]);
        of_layers.chain(self.cross.iter_mut().flat_map(|f| [&mut f.a, &mut f.g])).for_each(change);
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
