//! The empirical risk as an objective: values, gradients and batches.

use super::blocks::{Examples, Scratch};
use super::hessian_memory::HessianMemory;
use super::regularizer::Regularizer;
use super::share::{PARALLEL_ROWS, PIECES, Share, rows_of_piece};
use super::targets::Targets;
use crate::error::{Error, Result};
use crate::linalg::{DesignMatrix, ONE_THREAD, slice, slice_mut};
use crate::loss::Loss;
use crate::model::{Model, ParamLayout};
use crate::objective::{BatchHessVec, Differentiable, FiniteSum, Objective};
use crate::ranks::Ranks;
use crate::real::Real;
use ndarray::ArrayRef1;
use rayon::prelude::*;
use std::sync::Arc;

/// One piece of a full pass, with its own sums and scratch memory.
pub(super) struct Piece<F> {
    pub(super) scratch: Scratch<F>,
    /// The gradient, or the product with the Hessian.
    pub(super) vector: Vec<F>,
    pub(super) sum: f64,
}

impl<F: Real> Piece<F> {
    /// Returns a piece with room for the vectors of a model with `dim` parameters.
    pub(super) fn new(model: &impl Model<F>, dim: usize) -> Self {
        Piece { scratch: Scratch::new(model), vector: vec![F::zero(); dim], sum: 0.0 }
    }
}

/// The empirical risk L(w) = 1/N Σᵢ Lᵢ(model(xᵢ; w), yᵢ) + R(W), as an objective of the flat parameter
/// vector w (slide "Full loss"). The risk of [reconstructions](EmpiricalRisk::reconstruction) has the
/// features in place of the labels, 1/N Σᵢ Lᵢ(model(xᵢ; w), xᵢ) + R(W).
///
/// An evaluation reads the data once: the forward pass, the loss and the backward pass handle a block of rows
/// while it is in cache. A batch is evaluated on the calling thread. A full pass over 4,096 rows or more uses
/// all cores, and its result does not depend on their number. Nothing is allocated after construction, except
/// for the first Hessian-vector product, the first Hessian, and scratch memory for its blocks.
///
/// Products with the Hessian ([`HessVec`](crate::objective::HessVec)) are exact for every model and loss. The
/// Hessian of a linear model is computed by class blocks Xᵀ diag(h_ab) X, that of any other model column by
/// column from such products.
///
/// ```
/// use gradus::model::Linear;
/// use gradus::prelude::*;
/// use gradus::risk::EmpiricalRisk;
/// let x = array![[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
/// let mut risk = EmpiricalRisk::new(Linear::new(2, 3), Softmax, x, vec![0, 1, 2], Regularizer::default())?;
/// let at_zero = risk.value(&Array1::zeros(risk.dim()));
/// assert!((at_zero - 3f64.ln()).abs() < 1e-12);
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub struct EmpiricalRisk<F: Real = f64, M = crate::model::Linear, L = crate::loss::Softmax> {
    pub(super) model: M,
    pub(super) loss: L,
    pub(super) features: DesignMatrix<F>,
    pub(super) targets: Targets,
    pub(super) regularizer: Regularizer,
    pub(super) layout: ParamLayout,
    pub(super) all: Vec<u32>,
    pub(super) scratch: Scratch<F>,
    pub(super) pieces: Vec<Piece<F>>,
    pub(super) hessian_memory: HessianMemory<F>,
    /// The part of this process, if several share the risk.
    pub(super) share: Option<Share>,
}

impl<F: Real, M: Model<F>, L: Loss<F>> EmpiricalRisk<F, M, L> {
    /// Returns the risk of `model` under `loss` over the rows of `features` (N × D) with their `labels` (N
    /// classes).
    ///
    /// Large features that are passed by value are copied to aligned memory, which is read faster: see
    /// [`cache_aligned`](crate::linalg::cache_aligned). Shared features (an [`Arc`]) are used as they are.
    ///
    /// # Errors
    /// If the number of labels differs from the number of rows, if the number of columns differs from the
    /// model's number of features, if the model [cannot take](Model::check_features) a feature, if a label
    /// is not below the model's number of classes, if there are no rows, or if a factor of the regularizer
    /// is negative or not finite.
    ///
    /// # Panics
    /// If the matrix is not stored row by row.
    pub fn new(
        model: M,
        loss: L,
        features: impl Into<DesignMatrix<F>>,
        labels: impl Into<Arc<[u8]>>,
        regularizer: Regularizer,
    ) -> Result<Self> {
        let (features, labels) = (features.into(), labels.into());
        let (rows, columns) = features.dim();
        check_shape("the label vector", &[rows], &[labels.len()])?;
        check_shape("a row of features", &[model.features()], &[columns])?;
        check_rows((rows, columns))?;
        if let Some(&label) = labels.iter().find(|&&y| usize::from(y) >= model.classes()) {
            return Err(Error::Hyperparameter {
                name: "label",
                value: label.into(),
                range: "below the model's number of classes",
            });
        }
        Self::over(model, loss, features, Targets::Labels(labels), regularizer)
    }

    /// Returns the risk of reconstructing the rows of `features` (N × D): of a model with D outputs, such as
    /// [`Mlp::autoencoder`](crate::model::Mlp::autoencoder), whose targets are its inputs. No copy of them is
    /// made. Large features that are passed by value are copied to aligned memory, as for
    /// [`new`](EmpiricalRisk::new).
    ///
    /// ```
    /// use gradus::loss::Squared;
    /// use gradus::model::Mlp;
    /// use gradus::prelude::*;
    /// use gradus::risk::EmpiricalRisk;
    /// let net = Mlp::autoencoder(2, &[1])?;
    /// let x = array![[3.0, 4.0], [0.0, 1.0]];
    /// let mut risk = EmpiricalRisk::reconstruction(net, Squared, x, Regularizer::default())?;
    /// // At parameters of zero the outputs are 0: the mean of ½·(3² + 4²) and ½·1².
    /// assert_eq!(risk.value(&Array1::zeros(risk.dim())), 6.5);
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the loss takes no real-valued targets, if the number of columns differs from the model's numbers
    /// of features or of outputs, if there are no rows, or if a factor of the regularizer is negative or
    /// not finite.
    ///
    /// # Panics
    /// If the matrix is not stored row by row.
    pub fn reconstruction(
        model: M,
        loss: L,
        features: impl Into<DesignMatrix<F>>,
        regularizer: Regularizer,
    ) -> Result<Self> {
        let features = features.into();
        let columns = features.ncols();
        if loss.of_targets().is_none() {
            return Err(Error::Unsupported {
                what: format!("the loss {} needs classes, and a reconstruction has none", loss.name()),
                remedy: "choose squared, logistic or huber",
            });
        }
        check_shape("a row of features", &[model.features()], &[columns])?;
        check_shape("a reconstruction", &[columns], &[model.classes()])?;
        check_rows(features.dim())?;
        Self::over(model, loss, features, Targets::Features, regularizer)
    }

    /// Returns the risk over examples that fit the model.
    fn over(
        model: M,
        loss: L,
        features: DesignMatrix<F>,
        targets: Targets,
        regularizer: Regularizer,
    ) -> Result<Self> {
        regularizer.validate()?;
        regularizer.check_fits::<F>()?;
        model.check_features(&features)?;
        let features = features.cache_aligned();
        let rows = features.rows_of_features().dim().0;
        let layout = model.layout();
        let piece = || Piece::new(&model, layout.len());
        let pieces = if rows >= PARALLEL_ROWS { (0..PIECES).map(|_| piece()).collect() } else { Vec::new() };
        Ok(EmpiricalRisk {
            all: (0..rows as u32).collect(),
            scratch: Scratch::new(&model),
            pieces,
            hessian_memory: HessianMemory::default(),
            share: None,
            model,
            loss,
            features,
            targets,
            regularizer,
            layout,
        })
    }

    /// Runs full passes on the calling thread alone, for any number of rows. Use this for many concurrent
    /// runs that are timed, because a thread of the pool may otherwise execute a piece of another run in the
    /// middle of a step. The sum then consists of one piece, and its last bits differ from those of 16
    /// pieces.
    #[must_use]
    pub fn on_one_thread(self) -> Self {
        EmpiricalRisk { pieces: Vec::new(), ..self }
    }

    /// Returns the model.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// Returns the loss.
    pub fn loss(&self) -> &L {
        &self.loss
    }

    /// Returns the names and shapes of the parameters.
    pub fn layout(&self) -> &ParamLayout {
        &self.layout
    }

    /// Returns the regularization term R(W) alone.
    pub fn regularization(&self, x: &ArrayRef1<F>) -> F {
        let params = slice(x);
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

    /// Runs `work` on all rows and returns the sum of its results. Many rows are split into fixed pieces,
    /// which run on all threads; the vectors of the pieces are added to `total` in order.
    pub(super) fn every_row(
        &mut self,
        total: Option<&mut [F]>,
        work: impl Fn(&Examples<F, M, L>, &[u32], &mut Scratch<F>, &mut [F]) -> f64 + Sync,
    ) -> f64 {
        let examples = Examples::new(&self.model, &self.loss, &self.features, &self.targets);
        if self.pieces.is_empty() {
            return work(&examples, &self.all, &mut self.scratch, total.unwrap_or_default());
        }
        let own = self.share.as_ref().map_or(0, |share| share.pieces().start);
        let ((terms, first), all, with_vectors) = (self.extent(), &self.all, total.is_some());
        let do_piece = |(i, piece): (usize, &mut Piece<F>)| {
            if with_vectors {
                piece.vector.fill(F::zero());
            }
            let index = &all[rows_of_piece(terms, first, own + i)];
            piece.sum = work(&examples, index, &mut piece.scratch, &mut piece.vector);
        };
        if ONE_THREAD {
            self.pieces.iter_mut().enumerate().for_each(do_piece);
        } else {
            self.pieces.par_iter_mut().enumerate().for_each(do_piece);
        }
        self.sum_of_pieces(total)
    }

    /// Returns the examples, with the scratch memory for one thread.
    pub(super) fn examples(&mut self) -> (Examples<'_, F, M, L>, &mut Scratch<F>) {
        let examples = Examples::new(&self.model, &self.loss, &self.features, &self.targets);
        (examples, &mut self.scratch)
    }
}

fn check_rows((rows, columns): (usize, usize)) -> Result<()> {
    if rows > 0 {
        return Ok(());
    }
    let (expected, got) = (vec![1, columns], vec![0, columns]);
    Err(Error::Shape { what: "the feature matrix", expected, got })
}

fn check_shape(what: &'static str, expected: &[usize], got: &[usize]) -> Result<()> {
    if expected == got {
        Ok(())
    } else {
        Err(Error::Shape { what, expected: expected.to_vec(), got: got.to_vec() })
    }
}

impl<F: Real, M: Model<F>, L: Loss<F>> Objective<F> for EmpiricalRisk<F, M, L> {
    fn dim(&self) -> usize {
        self.layout.len()
    }

    fn value(&mut self, x: &ArrayRef1<F>) -> F {
        let params = slice(x);
        let sum = self.every_row(None, |examples, index, scratch, _| {
            examples.losses(params, index, &[], scratch, None)
        });
        F::of(sum / self.examples_of_all() as f64) + self.regularization(x)
    }

    fn param_layout(&self) -> Option<ParamLayout> {
        Some(self.layout.clone())
    }
}

impl<F: Real, M: Model<F>, L: Loss<F>> Differentiable<F> for EmpiricalRisk<F, M, L> {
    fn value_grad(&mut self, x: &ArrayRef1<F>, grad: &mut ArrayRef1<F>) -> F {
        let params = slice(x);
        let out = slice_mut(grad);
        self.write_regularization_grad(params, out);
        let scale = F::of(1.0 / self.examples_of_all() as f64);
        let sum = self.every_row(Some(out), |examples, index, scratch, grad| {
            examples.losses(params, index, &[], scratch, Some((grad, scale)))
        });
        F::of(sum / self.examples_of_all() as f64) + self.regularization(x)
    }
}

impl<F: Real, M: Model<F>, L: Loss<F>> FiniteSum<F> for EmpiricalRisk<F, M, L> {
    fn terms(&self) -> usize {
        self.examples_of_all()
    }

    fn ranks(&self) -> Option<Arc<dyn Ranks>> {
        self.share.as_ref().map(|share| share.ranks.clone())
    }

    fn batch_value_grad(&mut self, x: &ArrayRef1<F>, batch: &[u32], grad: &mut ArrayRef1<F>) -> F {
        self.batch_value_grad_before(x, batch, &[], grad)
    }

    fn batch_value_grad_before(
        &mut self,
        x: &ArrayRef1<F>,
        batch: &[u32],
        upcoming: &[u32],
        grad: &mut ArrayRef1<F>,
    ) -> F {
        let params = slice(x);
        let out = slice_mut(grad);
        self.write_regularization_grad(params, out);
        let (examples, scratch) = self.examples();
        let sum =
            examples.losses(params, batch, upcoming, scratch, Some((out, F::of(1.0 / batch.len() as f64))));
        F::of(sum / batch.len() as f64) + self.regularization(x)
    }

    fn as_batch_products(&mut self) -> Option<&mut dyn BatchHessVec<F>> {
        Some(self)
    }
}
