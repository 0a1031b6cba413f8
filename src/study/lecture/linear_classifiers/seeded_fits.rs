//! The classifiers that the study trains.

use crate::compare::{ModelKind, replicates};
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::loss;
use crate::optimizer::first_order::Momentum;
use crate::risk::Regularizer;
use crate::schedule::Schedule;
use crate::study::Context;
use crate::train::{Batch, Classifier, Fit, Training};

/// The training of each data set: name, learning rate, epochs.
pub(super) const TRAINED: [(&str, f64, usize); 2] = [("digits", 0.1, 60), ("fashion-mnist", 0.02, 20)];
pub(super) const L2: f64 = 1e-4;

/// The fits of one data set with one loss, one per seed.
pub(super) struct SeededFits {
    pub data: data::Prepared<f32>,
    pub loss: &'static str,
    pub fits: Vec<Fit<f32>>,
}

/// Trains both data sets with both losses, with ten seeds each.
pub(super) fn trained(context: &Context) -> Result<Vec<SeededFits>> {
    let mut runs = Vec::new();
    for (name, lr, epochs) in TRAINED {
        let data = Preprocessing::default().prepare::<f32>(&data::by_name(name, context.seed)?);
        let classifier = Classifier::new(data.clone(), ModelKind::Linear, Regularizer::l2(L2));
        let epochs = context.choose(epochs, epochs / 5);
        for loss in ["softmax", "svm"] {
            // The gradient of the hinge is several times longer than that of the softmax, so the step is
            // shorter.
            let lr = if loss == "svm" { lr / 5.0 } else { lr };
            let part = format!("{loss} on {name}");
            let seeds = context.choose(10, 2);
            let fits = replicates(seeds, context.progress, &part, |replicate| {
                let settings = Training {
                    epochs,
                    batch: Batch::Size(128),
                    lr,
                    seed: context.seed + replicate,
                    ..Training::default()
                };
                let schedule =
                    Schedule::Cosine { total: epochs * settings.steps_per_epoch(classifier.examples()) };
                let settings = Training { schedule, ..settings };
                classifier.fit(loss::by_name::<f32>(loss)?, Momentum::new(0.9), &settings)
            });
            runs.push(SeededFits {
                data: data.clone(),
                loss,
                fits: fits.into_iter().collect::<Result<_>>()?,
            });
        }
    }
    Ok(runs)
}
