//! Sums over data: the data that runs share, and the starts of runs.

use super::dual::LinearSvm;
use super::smoothed::SmoothedSvm;
use crate::compare::suite::store::hashed;
use crate::compare::suite::suite_objective::{Layered, Plain, Sum};
use crate::data::Prepared;
use crate::error::Result;
use crate::linalg::DesignMatrix;
use crate::loss::{Logistic, Loss, MulticlassSvm, Softmax};
use crate::model::{Mlp, Model, ModelKind};
use crate::risk::{EmpiricalRisk, Regularizer, accuracy_on_one_thread};
use crate::rng;
use ndarray::{Array1, Array2};
use std::sync::Arc;

/// How a data set becomes a problem: the model, the loss, the regularization and the batches.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSettings {
    /// The model. An autoencoder has the logistic loss of its reconstructions.
    pub model: ModelKind,
    /// Whether the loss is the hinge of the multiclass SVM instead of the softmax loss.
    pub svm: bool,
    /// The λ of the regularization λ‖W‖² (≥ 0).
    pub l2: f64,
    /// The number of examples in a batch (≥ 1).
    pub batch: usize,
}

/// The data and settings that all runs on one data set share.
pub struct Material {
    settings: DataSettings,
    train_x: DesignMatrix<f64>,
    train_y: Arc<[u8]>,
    test_x: DesignMatrix<f64>,
    test_y: Vec<u8>,
    classes: usize,
    /// A hash of the data before the preprocessing. Preprocessing rounds, so its last bits differ from
    /// machine to machine.
    raw: u64,
}

/// Returns a risk that runs full passes on the calling thread alone, or on all threads.
fn on<M: Model<f64>, L: Loss<f64>>(
    one_thread: bool,
    risk: EmpiricalRisk<f64, M, L>,
) -> EmpiricalRisk<f64, M, L> {
    if one_thread { risk.on_one_thread() } else { risk }
}

/// The deviation of the initial weights of a linear model, which are near 0 and differ from seed to seed.
const ABOUT_ZERO: f64 = 0.01;

impl Material {
    pub fn new(data: Prepared<f64>, settings: DataSettings, raw: u64) -> Self {
        Material {
            settings,
            raw,
            classes: data.classes.len(),
            train_x: data.train_x,
            train_y: data.train_y.into(),
            test_x: data.test_x,
            test_y: data.test_y,
        }
    }

    pub fn examples(&self) -> usize {
        self.train_x.nrows()
    }

    pub fn tests(&self) -> usize {
        self.test_x.nrows()
    }

    pub fn batch(&self) -> usize {
        self.settings.batch.min(self.examples())
    }

    pub fn smooth(&self) -> bool {
        !self.settings.svm
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    pub fn raw(&self) -> u64 {
        self.raw
    }

    pub fn settings(&self) -> &DataSettings {
        &self.settings
    }

    fn model(&self) -> Box<dyn Model<f64>> {
        self.settings.model.build(self.train_x.ncols(), self.classes, None)
    }

    /// Returns the model as a fully connected net, if it is one. Its layers have curvature of their own.
    fn network(&self) -> Option<Mlp> {
        self.settings.model.network(self.train_x.ncols(), self.classes).ok()
    }

    pub fn dim(&self) -> usize {
        self.model().layout().len()
    }

    /// Returns the start of the run of a seed.
    pub fn start(&self, seed: u64, replicate: u64) -> Array1<f64> {
        let mut stream = rng::stream(seed, "comparison start", replicate);
        match self.settings.model {
            ModelKind::Linear => rng::normal(&mut stream, self.dim(), ABOUT_ZERO),
            _ => self.model().initial(&mut stream),
        }
    }

    fn empirical<M: Model<f64>, L: Loss<f64>>(&self, model: M, loss: L) -> Result<EmpiricalRisk<f64, M, L>> {
        let features = self.train_x.clone();
        let regularizer = Regularizer::l2(self.settings.l2);
        if self.is_autoencoder() {
            return EmpiricalRisk::reconstruction(model, loss, features, regularizer);
        }
        EmpiricalRisk::new(model, loss, features, self.train_y.clone(), regularizer)
    }

    /// Returns whether every layer is fully connected, as those are whose curvature has factors.
    pub fn is_fully_connected(&self) -> bool {
        self.settings.model.is_fully_connected()
    }

    pub fn is_autoencoder(&self) -> bool {
        self.settings.model.is_autoencoder()
    }

    /// Returns the cross-entropy of a reconstruction without error, the mean over examples of the entropy of
    /// their pixels, and that of the mean image. Features must lie in \[0, 1\].
    pub fn cross_entropies(&self) -> (f64, f64) {
        let entropy = |p: f64| {
            let term = |p: f64| if p > 0.0 { -p * p.ln() } else { 0.0 };
            term(p) + term(1.0 - p)
        };
        let rows = self.train_x.nrows() as f64;
        let of_images = self.train_x.iter().map(|&p| entropy(p)).sum::<f64>() / rows;
        (of_images, self.train_x.columns().into_iter().map(|pixel| entropy(pixel.sum() / rows)).sum())
    }

    /// Returns the risk over the training examples for a run. It uses one thread, since runs share the
    /// threads, and a timed step must not wait for another run.
    pub fn risk(&self) -> Result<Box<dyn Sum>> {
        self.risk_on(true)
    }

    /// Returns the risk on all threads, for the certificate.
    pub fn risk_on_all_threads(&self) -> Result<Box<dyn Sum>> {
        self.risk_on(false)
    }

    fn risk_on(&self, one_thread: bool) -> Result<Box<dyn Sum>> {
        Ok(match self.network() {
            None => Box::new(Plain(on(one_thread, self.empirical(self.model(), Softmax)?))),
            Some(net) if self.settings.svm => {
                Box::new(Plain(on(one_thread, self.empirical(net, MulticlassSvm)?)))
            }
            Some(net) if self.is_autoencoder() => {
                Box::new(Layered(on(one_thread, self.empirical(net, Logistic)?)))
            }
            Some(net) => Box::new(Layered(on(one_thread, self.empirical(net, Softmax)?))),
        })
    }

    /// Returns the risk with a smoothed hinge, on all threads.
    pub fn smoothed(&self, mu: f64) -> Result<Box<dyn Sum>> {
        Ok(Box::new(Plain(self.empirical(self.model(), SmoothedSvm { mu })?)))
    }

    /// Returns a lower bound of the risk of the linear SVM; see [`LinearSvm::lower_bound`].
    pub fn svm_bound(&self, x: &Array1<f64>, mu: f64) -> f64 {
        let svm = LinearSvm {
            features: &self.train_x,
            labels: &self.train_y,
            classes: self.classes,
            l2: self.settings.l2,
        };
        svm.lower_bound(x, mu)
    }

    pub fn test_accuracy(&self, x: &Array1<f64>) -> f64 {
        if self.test_y.is_empty() || self.is_autoencoder() {
            f64::NAN
        } else {
            accuracy_on_one_thread(&self.model(), x, self.test_x.rows_of_features(), &self.test_y)
        }
    }

    /// Returns a hash of the examples.
    pub fn hash(&self) -> u64 {
        let bits =
            |x: &Array2<f64>, hash| x.iter().fold(hash, |hash, v| hashed(hash, &v.to_bits().to_le_bytes()));
        let labels = hashed(hashed(0, &self.train_y), &self.test_y);
        bits(&self.test_x, bits(&self.train_x, labels))
    }
}
