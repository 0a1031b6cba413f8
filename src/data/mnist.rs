//! MNIST and Fashion-MNIST. Both consist of four IDX files with the same names and sizes, which differ in
//! their folder and their first labels.

use super::dataset::{Dataset, Examples, Features, ImageShape};
use super::idx::{self, Limits};
use super::places::{Places, folder_of};
use crate::error::{DataProblem, Error, Result};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One of the two data sets.
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) classes: [&'static str; 10],
    /// The first labels of the official training set.
    beginning: [u8; 10],
    remedy: &'static str,
}

pub(super) const MNIST: Family = Family {
    name: "mnist",
    classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    beginning: [5, 0, 4, 1, 9, 2, 1, 3, 1, 4],
    remedy: "run 'gradus fetch mnist', or put its four IDX files into one of these folders",
};

pub(super) const FASHION_MNIST: Family = Family {
    name: "fashion-mnist",
    classes: [
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ],
    beginning: [9, 0, 0, 3, 0, 2, 7, 2, 5, 5],
    remedy: "run 'gradus fetch fashion-mnist', or on Debian 'apt-get install dataset-fashion-mnist'",
};

const SIDE: usize = 28;
const TRAIN_EXAMPLES: usize = 60_000;
const TEST_EXAMPLES: usize = 10_000;
const FILES: [&[&str]; 4] = [
    &["train-images-idx3-ubyte.gz", "train-images-idx3-ubyte"],
    &["train-labels-idx1-ubyte.gz", "train-labels-idx1-ubyte"],
    &["t10k-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte"],
    &["t10k-labels-idx1-ubyte.gz", "t10k-labels-idx1-ubyte"],
];

impl Family {
    /// Reads the four files from the first folder that has them, but only the training examples `rows(N)` of
    /// *N*. Returns *N* too.
    pub(super) fn load(
        &self,
        places: &Places,
        rows: impl Fn(usize) -> Range<usize>,
    ) -> Result<(Dataset, usize)> {
        let [train_images, train_labels, test_images, test_labels] =
            places.find(self.name, FILES, self.remedy)?;
        let (mut train, count) = examples(&train_images, &train_labels, TRAIN_EXAMPLES, &rows)?;
        self.check_identity(&train.labels, &train_labels)?;
        train.labels = train.labels[rows(count)].to_vec();
        let (test, _) = examples(&test_images, &test_labels, TEST_EXAMPLES, |count| 0..count)?;
        let data = Dataset {
            name: self.name.into(),
            classes: self.classes.map(String::from).into(),
            shape: Some(ImageShape::grey(SIDE, SIDE)),
            full_scale: 255.0,
            train,
            test,
        };
        Ok((data, count))
    }

    /// Returns the folder that contains the four files.
    pub(super) fn locate(&self, places: &Places) -> Result<PathBuf> {
        places.find(self.name, FILES, self.remedy).map(|[first, ..]| folder_of(&first))
    }

    /// Checks by the first labels that the files are not those of the other data set.
    fn check_identity(&self, labels: &[u8], path: &Path) -> Result<()> {
        for other in [&MNIST, &FASHION_MNIST] {
            if other.name != self.name && labels.starts_with(&other.beginning) {
                let problem = DataProblem::OtherDataSet { got: other.name };
                return Err(Error::Data { path: path.into(), format: self.name, problem });
            }
        }
        Ok(())
    }
}

/// Reads the images `rows(N)` of *N*, and all labels. Accepts at most as many examples as the official files
/// have. Returns *N* too.
fn examples(
    images: &Path,
    labels: &Path,
    most: usize,
    rows: impl Fn(usize) -> Range<usize>,
) -> Result<(Examples, usize)> {
    let limits = Limits { examples: most, side: SIDE };
    let (pixels, expected) = idx::read_some_images_file(images, limits, rows)?;
    let size = (pixels.height, pixels.width);
    if size != (SIDE, SIDE) {
        let problem = DataProblem::ImageSize { expected: (SIDE, SIDE), got: size };
        return Err(Error::Data { path: images.into(), format: idx::IMAGES, problem });
    }
    let marks = idx::read_labels_file(labels, 10, limits)?;
    let got = marks.len();
    if got != expected {
        return Err(Error::Data {
            path: labels.into(),
            format: idx::LABELS,
            problem: DataProblem::Counts { expected, got },
        });
    }
    Ok((Examples { features: Features::Bytes(pixels.pixels), labels: marks }, expected))
}
