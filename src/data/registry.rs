//! The table of data sets.

use super::alice::alice;
use super::blobs::Blobs;
use super::cifar_10;
use super::curves::{self, Curves};
use super::dataset::{Dataset, ImageShape};
use super::digits::digits;
use super::mnist::{FASHION_MNIST, MNIST};
use super::places::Places;
use super::spiral::Spiral;
use crate::error::{Error, Result};
use std::ops::Range;
use std::path::PathBuf;

/// The description of a data set, which is known before the data set is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Description {
    /// The name, as for [`by_name`].
    pub name: &'static str,
    /// The content, in a few words.
    pub title: &'static str,
    /// Its authors, and where it is described.
    pub source: &'static str,
    /// The licence under which it may be used.
    pub licence: &'static str,
    /// The origin of its examples.
    pub origin: Origin,
    /// The shape of an image, if the features form one.
    pub shape: Option<ImageShape>,
    /// The number of features *D* of an example.
    pub features: usize,
    /// The number of classes; 0 for a data set without labels.
    pub classes: usize,
    /// The number of training examples.
    pub train: usize,
    /// The number of test examples.
    pub test: usize,
}

/// The origin of the examples of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The library itself.
    Embedded,
    /// Files in one of the [`Places`].
    Files,
    /// A generator and a seed.
    Generated,
}

/// All data sets.
pub const ALL: &[Description] = &[
    Description {
        name: "digits",
        title: "handwritten digits, 8×8 grey",
        source: "E. Alpaydin, C. Kaynak (1998), UCI Machine Learning Repository, doi 10.24432/C50P49",
        licence: "CC BY 4.0",
        origin: Origin::Embedded,
        shape: Some(ImageShape::grey(8, 8)),
        features: 64,
        classes: 10,
        train: 1438,
        test: 359,
    },
    Description {
        name: "alice",
        title: "a book's next character from the 8 before it, as codes",
        source: "L. Carroll (1865), Alice's Adventures in Wonderland, as in the Canterbury corpus",
        licence: "public domain",
        origin: Origin::Embedded,
        shape: None,
        features: 8,
        classes: 38,
        train: 127_542,
        test: 14_165,
    },
    Description {
        name: "fashion-mnist",
        title: "photographs of clothing, 28×28 grey",
        source: "H. Xiao, K. Rasul, R. Vollgraf (2017), arXiv 1708.07747",
        licence: "MIT",
        origin: Origin::Files,
        shape: Some(ImageShape::grey(28, 28)),
        features: 784,
        classes: 10,
        train: 60_000,
        test: 10_000,
    },
    Description {
        name: "mnist",
        title: "handwritten digits, 28×28 grey",
        source: "Y. LeCun, C. Cortes, C. J. C. Burges (1998), http://yann.lecun.com/exdb/mnist/",
        licence: "CC BY-SA 3.0",
        origin: Origin::Files,
        shape: Some(ImageShape::grey(28, 28)),
        features: 784,
        classes: 10,
        train: 60_000,
        test: 10_000,
    },
    Description {
        name: "cifar-10",
        title: "photographs of ten things, 32×32 in colour",
        source: "A. Krizhevsky (2009), https://www.cs.toronto.edu/~kriz/cifar.html",
        licence: "none stated; cite the report of 2009",
        origin: Origin::Files,
        shape: Some(super::cifar::SHAPE),
        features: 3072,
        classes: 10,
        train: 50_000,
        test: 10_000,
    },
    Description {
        name: "blobs",
        title: "Gaussian clouds in the plane, one a class",
        source: "generated: data::Blobs",
        licence: "none needed",
        origin: Origin::Generated,
        shape: None,
        features: 2,
        classes: 3,
        train: 600,
        test: 150,
    },
    Description {
        name: "spiral",
        title: "interleaved arms in the plane, one a class",
        source: "generated: data::Spiral, after https://cs231n.github.io/neural-networks-case-study/",
        licence: "none needed",
        origin: Origin::Generated,
        shape: None,
        features: 2,
        classes: 3,
        train: 300,
        test: 150,
    },
    Description {
        name: "curves",
        title: "curves through three points, 28×28 grey, without classes",
        source: "generated: data::Curves, after G. E. Hinton, R. R. Salakhutdinov (2006), Science 313, 504",
        licence: "none needed",
        origin: Origin::Generated,
        shape: Some(curves::SHAPE),
        features: 784,
        classes: 0,
        train: 20_000,
        test: 10_000,
    },
];

/// Returns the description of a data set.
///
/// ```
/// use gradus::data;
/// assert_eq!(data::describe("cifar-10")?.train, 50_000);
/// let message = data::describe("fashion-mnits").unwrap_err().to_string();
/// assert!(message.contains("did you mean 'fashion-mnist'?"), "{message}");
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub fn describe(name: &str) -> Result<&'static Description> {
    let known: Vec<&str> = ALL.iter().map(|d| d.name).collect();
    ALL.iter().find(|d| d.name == name).ok_or_else(|| Error::unknown("data set", name, &known))
}

/// Reads or generates a data set. Files are searched in the folders of [`Places::from_env`]. The `seed` is
/// used by generated data sets only.
///
/// ```
/// use gradus::prelude::*;
/// let spiral = data::by_name("spiral", 0)?;
/// assert_eq!((spiral.features(), spiral.classes.len()), (2, 3));
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// If the name is unknown, or the files are missing or damaged.
pub fn by_name(name: &str, seed: u64) -> Result<Dataset> {
    by_name_in(name, seed, &Places::from_env())
}

/// Reads or generates a data set as [`by_name`] does, with the given folders.
///
/// # Errors
/// As for [`by_name`].
pub fn by_name_in(name: &str, seed: u64, places: &Places) -> Result<Dataset> {
    some_by_name_in(name, seed, places, |count| 0..count).map(|(data, _)| data)
}

/// Reads or generates a data set as [`by_name`] does, but keeps only the training examples `rows(N)` of *N*,
/// for one of several processes that [share](crate::ranks) them. Returns *N* too.
///
/// ```
/// use gradus::data;
/// let (half, count) = data::some_by_name("digits", 0, |count| 0..count / 2)?;
/// assert_eq!((half.train.len(), half.test.len(), count), (719, 359, 1438));
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// As for [`by_name`].
pub fn some_by_name(name: &str, seed: u64, rows: impl Fn(usize) -> Range<usize>) -> Result<(Dataset, usize)> {
    some_by_name_in(name, seed, &Places::from_env(), rows)
}

fn some_by_name_in(
    name: &str,
    seed: u64,
    places: &Places,
    rows: impl Fn(usize) -> Range<usize>,
) -> Result<(Dataset, usize)> {
    let whole = match describe(name)?.name {
        "digits" => digits(),
        "alice" => alice(),
        "fashion-mnist" => return FASHION_MNIST.load(places, rows),
        "mnist" => return MNIST.load(places, rows),
        "cifar-10" => cifar_10::load(places)?,
        "blobs" => Blobs::default().generate(seed)?,
        "spiral" => Spiral::default().generate(seed)?,
        "curves" => Curves::default().generate(seed)?,
        described => unreachable!("{described} is described, but cannot be read"),
    };
    let count = whole.train.len();
    Ok((Dataset { train: whole.train.rows(rows(count)), ..whole }, count))
}

/// Returns the folder that contains the files of a data set, without reading them, or `None` if the data set
/// has no files.
///
/// # Errors
///
/// If the name is unknown, or the files are in none of the folders.
///
/// ```
/// use gradus::data::{self, Places};
/// assert_eq!(data::locate("digits", &Places::default())?, None);
/// assert!(
///     data::locate("mnist", &Places::default()).unwrap_err().to_string().contains("gradus fetch mnist")
/// );
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub fn locate(name: &str, places: &Places) -> Result<Option<PathBuf>> {
    match describe(name)?.name {
        "fashion-mnist" => FASHION_MNIST.locate(places).map(Some),
        "mnist" => MNIST.locate(places).map(Some),
        "cifar-10" => cifar_10::locate(places).map(Some),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_description_is_true() {
        for described in ALL {
            let data = match by_name_in(described.name, 0, &Places::default()) {
                Ok(data) => data,
                Err(Error::DataMissing { name, .. }) => {
                    assert_eq!((described.origin, name), (Origin::Files, described.name));
                    continue;
                }
                Err(other) => panic!("{other}"),
            };
            assert_eq!(data.name, described.name);
            assert_eq!((data.shape, data.features()), (described.shape, described.features));
            assert_eq!((data.train.len(), data.test.len()), (described.train, described.test));
            assert_eq!(data.classes.len(), described.classes);
        }
    }
}
