//! Made-up images, so many that processes share the passes over them.

use crate::data::{Dataset, Examples, Features};
use crate::error::Result;
use crate::model::ModelKind;
use crate::ranks::Ranks;
use crate::real::Real;
use crate::risk::{Regularizer, Share};
use crate::rng;
use crate::train::Classifier;
use ndarray::{Array2, s};
use rand::RngExt;
use std::sync::Arc;

/// The pixels of an image.
pub(super) const PIXELS: usize = 64;
pub(super) const CLASSES: usize = 10;

/// Returns images of random bytes in ten classes: every tenth pixel is a little brighter, and the class says
/// which. The classes overlap.
pub(super) fn images(count: usize, seed: u64) -> Result<Dataset> {
    let stream = &mut rng::stream(seed, "images at scale", 0);
    let mut part = |count: usize| {
        let labels: Vec<u8> = (0..count).map(|_| stream.random_range(0..CLASSES as u8)).collect();
        let pixels = Array2::from_shape_fn((count, PIXELS), |(i, j)| {
            let bright = j % CLASSES == usize::from(labels[i]);
            stream.random_range(0..206u8) + if bright { 49 } else { 0 }
        });
        Examples::new(Features::Bytes(pixels), labels)
    };
    let (train, test) = (part(count)?, part(100)?);
    let classes = (0..CLASSES).map(|class| class.to_string()).collect();
    Ok(Dataset { name: "made up".into(), classes, shape: None, full_scale: 255.0, train, test })
}

/// Returns the classifier of one of several processes, which holds its own images alone, or all of them
/// because it draws batches.
pub(super) fn classifier<F: Real>(
    images: &Dataset,
    model: &str,
    ranks: &Arc<dyn Ranks>,
    holds_all: bool,
) -> Result<Classifier<F>> {
    let (count, model) = (images.train.len(), ModelKind::parse(model)?);
    let share = Share::new(ranks.clone(), count)?;
    let share = if holds_all { share.holding_all() } else { share };
    let preprocessing = Classifier::<F>::preprocessing(&model);
    let prepared = if holds_all {
        preprocessing.prepare(images)
    } else {
        preprocessing.prepare_among(&with_rows(images, &share)?, &**ranks, count)
    };
    Ok(Classifier::new(prepared, model, Regularizer::l2(1e-3)).shared(share))
}

/// Returns the same data with the training images of one process.
fn with_rows(images: &Dataset, share: &Share) -> Result<Dataset> {
    let (rows, mut own) = (share.rows.clone(), images.clone());
    if let Features::Bytes(pixels) = &images.train.features {
        let pixels = Features::Bytes(pixels.slice(s![rows.clone(), ..]).to_owned());
        own.train = Examples::new(pixels, images.train.labels[rows].to_vec())?;
    }
    Ok(own)
}
