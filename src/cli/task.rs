//! What a model learns from: the default loss of a model, and the checks that model, loss and data fit.

use crate::data::Description;
use crate::error::{Error, Result};
use crate::loss;
use crate::model::ModelKind;
use crate::train::check_classes;

/// Returns the loss that was given, or the default one of a model.
pub fn loss_of<'a>(given: Option<&'a str>, model: &ModelKind) -> &'a str {
    given.unwrap_or(if model.is_autoencoder() { "logistic" } else { "softmax" })
}

/// Checks that a model can be trained with a loss on data, before the data are read.
///
/// # Errors
/// If there is no such loss, an autoencoder has a loss that needs classes, or a classifier has data without
/// them.
pub fn check(model: &ModelKind, loss: &str, data: &Description) -> Result<()> {
    let of_scores = loss::by_name::<f64>(loss)?;
    if model.is_autoencoder() && of_scores.of_targets().is_none() {
        let what = format!("{loss} needs classes, and an autoencoder has its inputs as targets");
        return Err(Error::Unsupported { what, remedy: "choose the loss squared, logistic or huber" });
    }
    check_classes(model, data.classes)
}
