//! W3, W11 and W12: nets, each built from its text on the command line, from the start that all sides read.

use super::training::{Check, settings, training, whole_batches};
use crate::data::{self, BATCH, Examples};
use crate::protocol::Prepared;
use gradus::notebook::*;
use std::path::Path;

/// Examples of the classifiers of W11 and of W12: as many as whole batches hold.
const ROWS: usize = 16_384;
/// Examples a step of the autoencoders.
const RECONSTRUCTED: usize = 200;
/// The learning rates: of W3, of the other classifiers, and of the autoencoders.
const RATES: [f64; 3] = [0.02, 0.005, 0.001];

/// Returns the model with its start.
fn started(folder: &Path, model: &str) -> Result<(Box<dyn Model<f32>>, Array1<f32>), String> {
    let start = data::numbers(&folder.join(data::start_of(model)))?;
    Ok((data::built(model)?, start.into()))
}

/// W3: 784–100–10 on all images.
pub fn small(folder: &Path) -> Prepared {
    classifier(folder, "mlp:100", BATCH, RATES[0], whole_batches(folder, 784)?)
}

/// W11: hidden layers such as "1000-500", or one of the autoencoders by its images.
pub fn wide(folder: &Path, name: &str, batch: Option<usize>) -> Prepared {
    match (data::AUTOENCODERS.iter().find(|(images, _)| *images == name), batch) {
        (Some((images, model)), None) => autoencoder(folder, model, images),
        (None, Some(batch)) => {
            let model = format!("mlp:{}", name.replace('-', ","));
            classifier(folder, &model, batch, RATES[1], data::read(folder, 784, ROWS)?)
        }
        _ => Ok(None),
    }
}

/// W12: two convolutions.
pub fn convolutional(folder: &Path) -> Prepared {
    classifier(folder, data::CONVOLUTIONAL, BATCH, RATES[1], data::read(folder, 784, ROWS)?)
}

fn classifier(folder: &Path, model: &str, batch: usize, lr: f64, examples: Examples) -> Prepared {
    let (model, start) = started(folder, model)?;
    let risk = EmpiricalRisk::new(model, Softmax, examples.x, examples.y, Regularizer::default());
    let settings = Training { batch: Batch::Size(batch), ..settings(lr, 0) };
    training(risk.map_err(|error| error.to_string())?, start, settings, Check::Risk)
}

fn autoencoder(folder: &Path, model: &str, images: &str) -> Prepared {
    let (model, start) = started(folder, model)?;
    let x = data::grey(folder, images)?;
    let risk = EmpiricalRisk::reconstruction(model, Logistic, x, Regularizer::default());
    let settings = Training { batch: Batch::Size(RECONSTRUCTED), ..settings(RATES[2], 0) };
    training(risk.map_err(|error| error.to_string())?, start, settings, Check::Moved)
}
