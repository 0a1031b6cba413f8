//! The risk of a model on some of the digits.

use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::loss::{self, Loss};
use crate::model::{Model, ModelKind};
use crate::objective::Objective;
use crate::risk::{EmpiricalRisk, Regularizer};
use crate::rng;
use crate::study::Context;
use crate::train::Classifier;
use ndarray::Array1;

/// A risk whose model and loss are given by name.
pub(super) type Risk = EmpiricalRisk<f64, Box<dyn Model<f64>>, Box<dyn Loss<f64>>>;

/// Returns the risk of a model on the first `examples` digits, and random parameters. The parameters are the
/// initial ones plus normal noise, so that no entry lies on a kink by construction.
pub(super) fn digits(
    context: &Context,
    model: &str,
    loss: &str,
    regularizer: Regularizer,
    examples: usize,
    replicate: u64,
) -> Result<(Risk, Array1<f64>)> {
    let prepared = Preprocessing::default().prepare::<f64>(&data::digits());
    let classifier = Classifier::new(prepared, ModelKind::parse(model)?, regularizer).first(examples);
    let risk = classifier.risk(loss::by_name(loss)?)?;
    let noise: Array1<f64> =
        rng::normal(&mut rng::stream(context.seed, "point of a gradient check", replicate), risk.dim(), 0.1);
    Ok((risk, classifier.initial(context.seed) + noise))
}
