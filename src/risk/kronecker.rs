//! The Fisher information of a network under a likelihood: its Kronecker factors, and its exact quadratic
//! forms.

use super::blocks::{BLOCK, Scratch};
use super::empirical_risk::EmpiricalRisk;
use crate::linalg::{Kernel, Rows, slice, slice_mut};
use crate::loss::Likelihood;
use crate::model::{Mlp, Model};
use crate::objective::{KroneckerBlock, KroneckerFactored, KroneckerFactors};
use crate::rng::Stream;
use ndarray::{Array2, ArrayRef1};

impl<L: Likelihood> KroneckerFactored for EmpiricalRisk<f64, Mlp, L> {
    fn kronecker_blocks(&self) -> Vec<KroneckerBlock> {
        self.model.blocks().collect()
    }

    fn write_factors(
        &mut self,
        x: &ArrayRef1<f64>,
        batch: &[u32],
        mut stream: Option<&mut Stream>,
        factors: &mut [KroneckerFactors],
    ) {
        let params = slice(x);
        self.scratch.prepare_tangent(&self.model);
        let widest = self.model.blocks().map(|block| block.inputs).max().unwrap_or(0);
        let mut gathered = std::mem::take(&mut self.hessian_memory.gathered);
        gathered.resize(BLOCK * widest, 0.0);
        for of_layer in factors.iter_mut() {
            of_layer.a.fill(0.0);
            of_layer.g.fill(0.0);
        }
        let (examples, scratch) = self.examples();
        for block in batch.chunks(BLOCK) {
            let rows = examples.forward(params, block, scratch);
            for (depth, of_layer) in factors.iter_mut().enumerate() {
                add_inputs(examples.model.input(depth, rows, &scratch.model), &mut gathered, &mut of_layer.a);
            }
            add_outputs(
                examples.model,
                examples.loss,
                params,
                block.len(),
                scratch,
                stream.as_deref_mut(),
                factors,
            );
        }
        self.hessian_memory.gathered = gathered;
        let mean = 1.0 / batch.len() as f64;
        for of_layer in factors {
            of_layer.a *= mean;
            of_layer.g *= mean;
        }
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

/// Adds g gᵀ of every row to every G, for the block whose forward pass filled the scratch.
fn add_outputs(
    model: &Mlp,
    loss: &impl Likelihood,
    params: &[f64],
    rows: usize,
    scratch: &mut Scratch<f64>,
    stream: Option<&mut Stream>,
    factors: &mut [KroneckerFactors],
) {
    let classes = Model::<f64>::classes(model);
    let (means, errors) =
        (&mut scratch.errors[..rows * classes], &mut scratch.scores_tangent[..rows * classes]);
    means.copy_from_slice(&scratch.scores[..rows * classes]);
    loss.means(means, classes);
    let forward = &mut scratch.model;
    let mut add = |errors: &[f64]| {
        model.propagate(params, rows, forward, errors);
        for (depth, of_layer) in factors.iter_mut().enumerate() {
            let delta = model.delta(depth, rows, forward, errors);
            let g = slice_mut(&mut of_layer.g);
            f64::accumulate(Rows::all(delta, delta.len() / rows), delta, g);
        }
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
