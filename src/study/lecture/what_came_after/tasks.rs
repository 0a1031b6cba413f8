//! The nets that are trained.

use super::super::run_to_target::Task;
use crate::compare::ModelKind;
use crate::data;
use crate::error::Result;
use crate::risk::Regularizer;
use crate::study::Context;
use crate::train::Classifier;

/// The names, the data, the nets, the batch sizes and the targets.
const TASKS: [(&str, &str, &str, usize, f64); 3] = [
    ("digits", "digits", "mlp:50,50", 128, 0.02),
    ("spiral", "spiral", "mlp:50,50", 64, 0.05),
    ("autoencoder", "digits", "autoencoder:32,16,6", 128, 20.0),
];

pub(super) fn all(context: &Context) -> Result<Vec<Task>> {
    let task = |(name, data, model, batch, target)| {
        let model = ModelKind::parse(model)?;
        let data = data::by_name(data, context.seed)?;
        let prepared = Classifier::<f64>::preprocessing(&model).prepare::<f64>(&data);
        let classifier = Classifier::new(prepared, model, Regularizer::default());
        Ok(Task { name, classifier, batch, target })
    };
    TASKS.into_iter().map(task).collect()
}
