//! The empirical risk: the mean loss of a model over a data set, plus regularization.

use crate::error::{Error, Result};
use crate::linalg::Rows;
use crate::loss::Loss;
use crate::model::{Model, ParamLayout};
use crate::objective::{Differentiable, FiniteSum, Objective};
use crate::real::Real;
use ndarray::{Array2, ArrayRef1};
use rayon::prelude::*;
use std::sync::Arc;

/// Rows that go through forward, loss and backward while they are in cache.
const BLOCK: usize = 128;
/// Pieces of a full pass. Fixed, and summed in order, so that the bits do not depend on the threads.
const PIECES: usize = 16;
/// From here on a pass is worth waking other threads.
const PARALLEL_ROWS: usize = 4096;

/// How large weights are penalized: R(W) = `l2`·Σw² + `l1`·Σ|w| over the regularized parts (no half, as on
/// the slides; biases are left out).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Regularizer {
    /// λ of Σw² (≥ 0, default 0).
    pub l2: f64,
    /// λ of Σ|w| (≥ 0, default 0); its derivative at 0 is taken as 0.
    pub l1: f64,
}

impl Regularizer {
    /// λ‖W‖².
    pub fn l2(lambda: f64) -> Self {
        Regularizer { l2: lambda, l1: 0.0 }
    }

    /// λ‖W‖₁.
    pub fn l1(lambda: f64) -> Self {
        Regularizer { l2: 0.0, l1: lambda }
    }

    /// R of one part of the parameters.
    fn value<F: Real>(&self, weights: &[F]) -> F {
        let squares = || weights.iter().map(|&w| w * w).sum::<F>();
        let sizes = || weights.iter().map(|w| w.abs()).sum::<F>();
        // A term of λ = 0 is left out rather than multiplied, so that it costs nothing.
        let l2 = if self.l2 > 0.0 { F::of(self.l2) * squares() } else { F::zero() };
        l2 + if self.l1 > 0.0 { F::of(self.l1) * sizes() } else { F::zero() }
    }

    /// Writes the derivative of R over `grad`.
    fn write_grad<F: Real>(&self, weights: &[F], grad: &mut [F]) {
        let (twice_l2, l1) = (F::of(2.0 * self.l2), F::of(self.l1));
        grad.iter_mut().zip(weights).for_each(|(g, &w)| *g = twice_l2 * w);
        if self.l1 > 0.0 {
            grad.iter_mut().zip(weights).filter(|(_, w)| !w.is_zero()).for_each(|(g, w)| *g += l1 * w.signum());
        }
    }
}

/// Memory of one thread's blocks.
struct Scratch<F> {
    scores: Vec<F>,
    model: Vec<F>,
    labels: Vec<u8>,
}

/// One piece of a full pass: its own gradient and scratch.
struct Piece<F> {
    scratch: Scratch<F>,
    grad: Vec<F>,
    sum: f64,
}

/// L(w) = 1/N Σᵢ Lᵢ(model(xᵢ; w), yᵢ) + R(W) (slide "Full loss"), as an objective of the flat parameters.
///
/// Data is read once an evaluation: blocks of rows pass forward, loss and backward while they are in cache.
/// A batch is evaluated on the calling thread, a full pass of thousands of rows on all cores, with the same
/// bits whatever their number. Nothing is allocated after construction.
///
/// ```
/// use gradus::prelude::*;
/// let x = array![[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
/// let mut risk = EmpiricalRisk::new(Linear::new(2, 3), Softmax, x, vec![0, 1, 2], Regularizer::default())?;
/// let at_zero = risk.value(&Array1::zeros(risk.dim()));
/// assert!((at_zero - 3f64.ln()).abs() < 1e-12);
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub struct EmpiricalRisk<F: Real = f64, M = crate::model::Linear, L = crate::loss::Softmax> {
    model: M,
    loss: L,
    features: Arc<Array2<F>>,
    labels: Arc<[u8]>,
    regularizer: Regularizer,
    layout: ParamLayout,
    all: Vec<u32>,
    scratch: Scratch<F>,
    pieces: Vec<Piece<F>>,
}

impl<F: Real, M: Model<F>, L: Loss<F>> EmpiricalRisk<F, M, L> {
    /// The risk of `model` under `loss` over the rows of `features` (N × D) with their `labels` (N classes).
    ///
    /// # Errors
    /// If the numbers of rows, labels and features disagree, a label is no class of the model, there are no
    /// rows, or λ is negative or not finite.
    pub fn new(
        model: M,
        loss: L,
        features: impl Into<Arc<Array2<F>>>,
        labels: impl Into<Arc<[u8]>>,
        regularizer: Regularizer,
    ) -> Result<Self> {
        let (features, labels) = (features.into(), labels.into());
        let (rows, columns) = features.dim();
        check_shape("the label vector", &[rows], &[labels.len()])?;
        check_shape("a row of features", &[model.features()], &[columns])?;
        if rows == 0 {
            return Err(Error::Shape { what: "the feature matrix", expected: vec![1, columns], got: vec![0, columns] });
        }
        if let Some(&label) = labels.iter().find(|&&y| usize::from(y) >= model.classes()) {
            return Err(Error::Hyperparameter { name: "label", value: label.into(), range: "below the model's number of classes" });
        }
        for (name, lambda) in [("l2", regularizer.l2), ("l1", regularizer.l1)] {
            crate::error::check_hyperparameter(name, lambda, "finite and ≥ 0", |v| v.is_finite() && v >= 0.0)?;
        }
        assert!(features.is_standard_layout(), "the feature matrix lies row by row");
        let layout = model.layout();
        let scratch = || Scratch {
            scores: vec![F::zero(); BLOCK * model.classes()],
            model: vec![F::zero(); model.scratch_len(BLOCK)],
            labels: vec![0; BLOCK],
        };
        let piece = || Piece { scratch: scratch(), grad: vec![F::zero(); layout.len()], sum: 0.0 };
        let pieces = if rows >= PARALLEL_ROWS { (0..PIECES).map(|_| piece()).collect() } else { Vec::new() };
        Ok(EmpiricalRisk {
            all: (0..rows as u32).collect(),
            scratch: scratch(),
            pieces,
            model,
            loss,
            features,
            labels,
            regularizer,
            layout,
        })
    }

    /// The model.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// Names and shapes of the parameters.
    pub fn layout(&self) -> &ParamLayout {
        &self.layout
    }

    /// The regularization term R(W) alone.
    pub fn regularization(&self, x: &ArrayRef1<F>) -> F {
        let params = x.as_slice().expect("parameters lie without gaps");
        let parts = self.layout.parts().iter().filter(|p| p.regularized);
        parts.map(|p| self.regularizer.value(&params[p.range.clone()])).sum()
    }

    fn write_regularization_grad(&self, params: &[F], grad: &mut [F]) {
        for part in self.layout.parts() {
            let grad = &mut grad[part.range.clone()];
            if part.regularized {
                self.regularizer.write_grad(&params[part.range.clone()], grad);
            } else {
                grad.fill(F::zero());
            }
        }
    }

    /// The full pass in fixed pieces; `with_grad` or the sum of losses alone.
    fn full_pass(&mut self, params: &[F], with_grad: bool) -> f64 {
        let rows = self.all.len();
        let scale = F::of(1.0 / rows as f64);
        let (model, loss, features, labels, all) = (&self.model, &self.loss, &*self.features, &*self.labels, &self.all);
        self.pieces.par_iter_mut().enumerate().for_each(|(i, piece)| {
            let index = &all[rows * i / PIECES..rows * (i + 1) / PIECES];
            let grad = with_grad.then(|| {
                piece.grad.fill(F::zero());
                (&mut piece.grad[..], scale)
            });
            piece.sum = pass(model, loss, features, labels, params, index, &mut piece.scratch, grad);
        });
        self.pieces.iter().map(|p| p.sum).sum()
    }
}

/// Sum of the losses over the rows `index`; adds the gradient of `scale` times that sum to `grad`, if asked.
#[allow(clippy::too_many_arguments)]
fn pass<F: Real>(
    model: &impl Model<F>,
    loss: &impl Loss<F>,
    features: &Array2<F>,
    labels: &[u8],
    params: &[F],
    index: &[u32],
    scratch: &mut Scratch<F>,
    mut grad: Option<(&mut [F], F)>,
) -> f64 {
    let data = features.as_slice().expect("checked at construction");
    let mut sum = 0.0;
    for block in index.chunks(BLOCK) {
        let rows = Rows::new(data, features.ncols(), block);
        let scores = &mut scratch.scores[..block.len() * model.classes()];
        let of_block = &mut scratch.labels[..block.len()];
        of_block.iter_mut().zip(block).for_each(|(label, &row)| *label = labels[row as usize]);
        model.scores(params, rows, &mut scratch.model, scores);
        match &mut grad {
            None => sum += loss.value(scores, of_block).wide(),
            Some((grad, scale)) => {
                sum += loss.value_errors(scores, of_block).wide();
                scores.iter_mut().for_each(|e| *e *= *scale);
                model.backward(params, rows, &mut scratch.model, scores, grad);
            }
        }
    }
    sum
}

fn check_shape(what: &'static str, expected: &[usize], got: &[usize]) -> Result<()> {
    if expected == got { Ok(()) } else { Err(Error::Shape { what, expected: expected.to_vec(), got: got.to_vec() }) }
}

impl<F: Real, M: Model<F>, L: Loss<F>> Objective<F> for EmpiricalRisk<F, M, L> {
    fn dim(&self) -> usize {
        self.layout.len()
    }

    fn value(&mut self, x: &ArrayRef1<F>) -> F {
        let params = x.as_slice().expect("parameters lie without gaps");
        let sum = if self.pieces.is_empty() {
            let index = &self.all;
            pass(&self.model, &self.loss, &self.features, &self.labels, params, index, &mut self.scratch, None)
        } else {
            self.full_pass(params, false)
        };
        F::of(sum / self.all.len() as f64) + self.regularization(x)
    }
}

impl<F: Real, M: Model<F>, L: Loss<F>> Differentiable<F> for EmpiricalRisk<F, M, L> {
    fn value_grad(&mut self, x: &ArrayRef1<F>, grad: &mut ArrayRef1<F>) -> F {
        if self.pieces.is_empty() {
            let all = std::mem::take(&mut self.all);
            let value = self.batch_value_grad(x, &all, grad);
            self.all = all;
            return value;
        }
        let params = x.as_slice().expect("parameters lie without gaps");
        let sum = self.full_pass(params, true);
        let out = grad.as_slice_mut().expect("the gradient lies without gaps");
        self.write_regularization_grad(params, out);
        for piece in &self.pieces {
            out.iter_mut().zip(&piece.grad).for_each(|(g, &p)| *g += p);
        }
        F::of(sum / self.all.len() as f64) + self.regularization(x)
    }
}

impl<F: Real, M: Model<F>, L: Loss<F>> FiniteSum<F> for EmpiricalRisk<F, M, L> {
    fn terms(&self) -> usize {
        self.labels.len()
    }

    fn batch_value_grad(&mut self, x: &ArrayRef1<F>, batch: &[u32], grad: &mut ArrayRef1<F>) -> F {
        let params = x.as_slice().expect("parameters lie without gaps");
        let out = grad.as_slice_mut().expect("the gradient lies without gaps");
        self.write_regularization_grad(params, out);
        let target = Some((out, F::of(1.0 / batch.len() as f64)));
        let sum = pass(&self.model, &self.loss, &self.features, &self.labels, params, batch, &mut self.scratch, target);
        F::of(sum / batch.len() as f64) + self.regularization(x)
    }
}

/// The share of examples whose highest score is that of their class (ties go to the lower class).
pub fn accuracy<F: Real>(model: &impl Model<F>, params: &ArrayRef1<F>, features: &Array2<F>, labels: &[u8]) -> f64 {
    let index: Vec<u32> = (0..labels.len() as u32).collect();
    let params = params.as_slice().expect("parameters lie without gaps");
    let data = features.as_slice().expect("the feature matrix lies row by row");
    let right: usize = index
        .par_chunks(BLOCK)
        .map(|block| {
            let mut scores = vec![F::zero(); block.len() * model.classes()];
            let mut scratch = vec![F::zero(); model.scratch_len(block.len())];
            model.scores(params, Rows::new(data, features.ncols(), block), &mut scratch, &mut scores);
            let predicted = scores.chunks_exact(model.classes()).map(highest);
            predicted.zip(block).filter(|(class, row)| *class == usize::from(labels[**row as usize])).count()
        })
        .sum();
    right as f64 / labels.len() as f64
}

/// The place of the highest score; a NaN counts as highest, so a diverged model is not credited with class 0.
fn highest<F: Real>(scores: &[F]) -> usize {
    let better = |best: usize, i: usize| if scores[i] > scores[best] || scores[i].is_nan() { i } else { best };
    let best = (1..scores.len()).fold(0, better);
    if scores[best].is_nan() { usize::MAX } else { best }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::{self, MulticlassSvm, Softmax};
    use crate::model::Linear;
    use crate::objective::FiniteDifference;
    use crate::rng;
    use ndarray::{Array1, array};

    fn some_risk(loss: &str, rows: usize, regularizer: Regularizer) -> EmpiricalRisk<f64, Linear, Box<dyn Loss<f64>>> {
        let features = rng::normal(&mut rng::stream(5, "features", 0), rows * 7, 1.0).into_shape_with_order((rows, 7)).unwrap();
        let labels: Vec<u8> = (0..rows).map(|i| (i * i % 5) as u8).collect();
        EmpiricalRisk::new(Linear::new(7, 5), loss::by_name(loss).unwrap(), features, labels, regularizer).unwrap()
    }

    #[test]
    fn the_gradient_is_the_derivative_of_the_value() {
        for loss in loss::NAMES {
            let regularizer = Regularizer { l2: 0.3, l1: 0.05 };
            let x = rng::normal(&mut rng::stream(5, "x", 0), 40, 1.0);
            let (mut analytic, mut numeric) = (Array1::zeros(40), Array1::zeros(40));
            some_risk(loss, 150, regularizer).value_grad(&x, &mut analytic);
            FiniteDifference::new(some_risk(loss, 150, regularizer)).value_grad(&x, &mut numeric);
            let worst = crate::linalg::max_norm(&(&analytic - &numeric));
            assert!(worst < 1e-8, "{loss}: {worst}");
        }
    }

    #[test]
    fn the_parallel_pass_agrees_with_the_batch_of_all_rows() {
        let mut risk = some_risk("softmax", 10_000, Regularizer::l2(0.1));
        let x = rng::normal(&mut rng::stream(5, "x", 0), 40, 1.0);
        let all: Vec<u32> = (0..10_000).collect();
        let (mut parallel, mut serial) = (Array1::zeros(40), Array1::zeros(40));
        let a = risk.value_grad(&x, &mut parallel);
        let b = risk.batch_value_grad(&x, &all, &mut serial);
        assert!((a - b).abs() < 1e-12 && (a - risk.value(&x)).abs() < 1e-12);
        assert!(crate::linalg::max_norm(&(&parallel - &serial)) < 1e-12);
    }

    #[test]
    fn the_full_pass_gives_the_same_bits_on_one_thread_and_on_three() {
        let x = rng::normal(&mut rng::stream(5, "x", 0), 40, 1.0);
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut grad = Array1::zeros(40);
            let value = pool.install(|| some_risk("softmax", 10_000, Regularizer::default()).value_grad(&x, &mut grad));
            (value.to_bits(), grad)
        };
        assert_eq!(on(1), on(3));
    }

    #[test]
    fn losses_at_zero_are_those_of_the_lecture() {
        let x = Array1::zeros(40);
        assert!((some_risk("softmax", 50, Regularizer::l2(1.0)).value(&x) - 5f64.ln()).abs() < 1e-12);
        assert!((some_risk("svm", 50, Regularizer::l2(1.0)).value(&x) - 4.0).abs() < 1e-12);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_both_shapes() {
        let refused = EmpiricalRisk::new(Linear::new(2, 3), Softmax, array![[1.0, 2.0]], vec![0, 1], Regularizer::default());
        assert_eq!(refused.err().unwrap().to_string(), "the label vector has shape [2], but [1] was expected");
        assert!(EmpiricalRisk::new(Linear::new(2, 3), MulticlassSvm, array![[1.0, 2.0]], vec![3], Regularizer::default()).is_err());
        assert!(EmpiricalRisk::new(Linear::new(2, 3), Softmax, array![[1.0, 2.0]], vec![0], Regularizer::l2(-1.0)).is_err());
    }

    #[test]
    fn accuracy_counts_right_answers_and_credits_no_nan() {
        let (x, params) = (array![[1.0, 0.0], [0.0, 1.0]], array![1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        let model = Linear::new(2, 2);
        assert_eq!(accuracy(&model, &params, &x, &[0, 1]), 1.0);
        assert_eq!(accuracy(&model, &params, &x, &[1, 1]), 0.5);
        assert_eq!(accuracy(&model, &(params * f64::NAN), &x, &[0, 0]), 0.0);
    }
}
