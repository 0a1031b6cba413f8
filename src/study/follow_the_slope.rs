//! Follow the slope: the gradient by differences and by formula, and the check of the one against the other.

mod approximate;
mod catches;
mod cost;
mod exact;
mod worked;

use super::{Context, Study};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::findings::Findings;
use crate::loss;
use crate::loss::Loss;
use crate::model::{Model, ModelKind};
use crate::objective::Objective;
use crate::risk::{EmpiricalRisk, Regularizer};
use crate::rng;
use crate::train::Classifier;
use ndarray::Array1;

pub(super) const STUDY: Study = Study {
    name: "follow-the-slope",
    notebook: "03",
    title: "Follow the slope",
    question: "How slow and how approximate is a numeric gradient, and what does a gradient check catch?",
    run,
};

const SLIDE: &str = "slides \"Numeric Gradient\" and \"Computing Gradients\"";

fn run(context: &Context) -> Result<Findings> {
    let mut findings = Findings::default();
    context.progress.start("slopes, cost, error, the library's gradients, wrong gradients", 5);
    let parts: [fn(&Context, &mut Findings) -> Result<()>; 5] =
        [worked::run, cost::run, approximate::run, exact::run, catches::run];
    for part in parts {
        part(context, &mut findings)?;
        context.progress.advance(1);
    }
    Ok(findings)
}

/// A risk whose model and loss are known by name only.
type Risk = EmpiricalRisk<f64, Box<dyn Model<f64>>, Box<dyn Loss<f64>>>;

/// The risk of a model over the first so many digits, and random parameters: its initial ones and normal
/// noise, so that no entry stands on a kink by construction.
fn digits(
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
