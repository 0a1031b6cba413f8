//! CIFAR-10, from the official archive or its unpacked files.

use super::cifar::{self, Records, SHAPE};
use super::dataset::{Dataset, Examples, Features};
use super::places::{Places, folder_of};
use crate::error::Result;
use ndarray::Array2;
use std::path::PathBuf;

pub(super) const NAME: &str = "cifar-10";
pub(super) const CLASSES: [&str; 10] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

const REMEDY: &str = "run 'gradus fetch cifar-10', or put cifar-10-binary.tar.gz or its unpacked .bin files \
                      into one of these folders";
const ARCHIVE: &[&str] = &["cifar-10-binary.tar.gz", "cifar-10-binary.tar"];
const UNPACKED: [&[&str]; 6] = [
    &["data_batch_1.bin", "cifar-10-batches-bin/data_batch_1.bin"],
    &["data_batch_2.bin", "cifar-10-batches-bin/data_batch_2.bin"],
    &["data_batch_3.bin", "cifar-10-batches-bin/data_batch_3.bin"],
    &["data_batch_4.bin", "cifar-10-batches-bin/data_batch_4.bin"],
    &["data_batch_5.bin", "cifar-10-batches-bin/data_batch_5.bin"],
    &["test_batch.bin", "cifar-10-batches-bin/test_batch.bin"],
];

/// Reads the data set from the first folder that has it. Unpacked files are preferred, because they are
/// faster to read.
pub(super) fn load(places: &Places) -> Result<Dataset> {
    match places.find(NAME, UNPACKED, REMEDY) {
        Ok(paths) => {
            let mut batches: [Records; 6] = Default::default();
            for (path, batch) in paths.iter().zip(&mut batches) {
                cifar::read_batch_file(path, batch)?;
            }
            Ok(dataset(batches))
        }
        Err(not_unpacked) => match places.find(NAME, [ARCHIVE], REMEDY) {
            Ok([archive]) => Ok(dataset(cifar::read_archive_file(&archive)?)),
            Err(_) => Err(not_unpacked),
        },
    }
}

/// Returns the folder that contains the unpacked files or the archive.
pub(super) fn locate(places: &Places) -> Result<PathBuf> {
    let unpacked = places.find(NAME, UNPACKED, REMEDY).map(|[first, ..]| folder_of(&first));
    unpacked.or_else(|not_unpacked| {
        places.find(NAME, [ARCHIVE], REMEDY).map(|[archive]| folder_of(&archive)).map_err(|_| not_unpacked)
    })
}

fn dataset(batches: [Records; 6]) -> Dataset {
    let [first, others @ .., test] = batches;
    let mut train = first;
    for batch in others {
        train.pixels.extend_from_slice(&batch.pixels);
        train.labels.extend_from_slice(&batch.labels);
    }
    Dataset {
        name: NAME.into(),
        classes: CLASSES.map(String::from).into(),
        shape: Some(SHAPE),
        full_scale: 255.0,
        train: examples(train),
        test: examples(test),
    }
}

fn examples(records: Records) -> Examples {
    let pixels = Array2::from_shape_vec((records.labels.len(), SHAPE.features()), records.pixels);
    Examples {
        features: Features::Bytes(pixels.expect("each record has its pixels")),
        labels: records.labels,
    }
}
