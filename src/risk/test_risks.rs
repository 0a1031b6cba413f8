//! The risks that the tests look at: every model, loss and regularizer, on random data.

use super::{EmpiricalRisk, Regularizer};
use crate::loss::{self, Loss};
use crate::model::{Linear, Model, ModelKind};
use crate::rng;
use ndarray::{Array1, Array2};

pub(super) fn some_risk(
    loss: &str,
    rows: usize,
    regularizer: Regularizer,
) -> EmpiricalRisk<f64, Linear, Box<dyn Loss<f64>>> {
    let features = rng::normal(&mut rng::stream(5, "features", 0), rows * 7, 1.0)
        .into_shape_with_order((rows, 7))
        .unwrap();
    let labels: Vec<u8> = (0..rows).map(|i| (i * i % 5) as u8).collect();
    EmpiricalRisk::new(Linear::new(7, 5), loss::by_name(loss).unwrap(), features, labels, regularizer)
        .unwrap()
}

/// A risk over random data, under any loss and model.
pub(super) type AnyRisk = EmpiricalRisk<f64, Box<dyn Model<f64>>, Box<dyn Loss<f64>>>;

pub(super) const FEATURES: usize = 4;
pub(super) const CLASSES: usize = 3;
pub(super) const MODELS: [&str; 7] =
    ["linear", "mlp:5", "mlp:5,tanh", "mlp:4,3,2", "mlp:4,3,2,tanh", "mlp:4,3,sigmoid", "mlp:3,linear"];
pub(super) const REGULARIZERS: [Regularizer; 4] = [
    Regularizer { l2: 0.0, l1: 0.0 },
    Regularizer { l2: 0.3, l1: 0.0 },
    Regularizer { l2: 0.0, l1: 0.05 },
    Regularizer { l2: 0.3, l1: 0.05 },
];

/// Rows that do not fill their last block.
pub(super) const ROWS: usize = 150;

pub(super) fn data(rows: usize) -> (Array2<f64>, Vec<u8>) {
    let features = rng::normal(&mut rng::stream(5, "features", 0), rows * FEATURES, 1.0);
    let labels = (0..rows).map(|i| (i * i % CLASSES) as u8).collect();
    (features.into_shape_with_order((rows, FEATURES)).unwrap(), labels)
}

pub(super) fn any_risk(model: &str, loss: &str, rows: usize, regularizer: Regularizer) -> AnyRisk {
    let (features, labels) = data(rows);
    let model = ModelKind::parse(model).unwrap().build(FEATURES, CLASSES, None);
    EmpiricalRisk::new(model, loss::by_name(loss).unwrap(), features, labels, regularizer).unwrap()
}

pub(super) fn point(dim: usize, replicate: u64) -> Array1<f64> {
    rng::normal(&mut rng::stream(5, "point", replicate), dim, 0.7)
}

/// The autoencoders, each under the losses that take targets.
pub(super) const AUTOENCODERS: [&str; 4] =
    ["autoencoder:3,2", "autoencoder:3,2,tanh", "autoencoder:5,relu", "autoencoder:2"];
pub(super) const OF_TARGETS: [&str; 3] = ["squared", "logistic", "huber"];

/// The risk of reconstructing random data between 0 and 1.
pub(super) fn reconstruction(model: &str, loss: &str, rows: usize, regularizer: Regularizer) -> AnyRisk {
    let features = data(rows).0.mapv(|x| x.abs().min(1.0));
    let model = ModelKind::parse(model).unwrap().build(FEATURES, 0, None);
    EmpiricalRisk::reconstruction(model, loss::by_name(loss).unwrap(), features, regularizer).unwrap()
}

/// Runs `check` on every combination of a model, a loss and a regularizer.
pub(super) fn for_every_risk(check: impl Fn(AnyRisk, &str)) {
    for (model, loss) in AUTOENCODERS.iter().flat_map(|model| OF_TARGETS.map(|loss| (model, loss))) {
        for regularizer in REGULARIZERS {
            check(
                reconstruction(model, loss, ROWS, regularizer),
                &format!("{model}, {loss}, {regularizer:?}"),
            );
        }
    }
    for model in MODELS {
        for loss in loss::NAMES {
            for regularizer in REGULARIZERS {
                check(any_risk(model, loss, ROWS, regularizer), &format!("{model}, {loss}, {regularizer:?}"));
            }
        }
    }
}
