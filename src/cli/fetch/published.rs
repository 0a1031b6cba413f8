//! The published files of each data set: their places, sizes and checksums.

use crate::data::{Origin, describe};
use crate::error::{Error, Result};

/// The files of one data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishedSet {
    /// The name of the data set.
    pub name: &'static str,
    /// The places of the files, in the order in which they are tried. Each ends in a slash.
    pub bases: &'static [&'static str],
    /// The files.
    pub files: &'static [Published<'static>],
}

/// One published file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published<'a> {
    /// The name, which ends in `.gz`.
    pub name: &'a str,
    /// The length in bytes.
    pub length: u64,
    /// The SHA-256, in hexadecimal.
    pub sha256: &'a str,
    /// The unpacked content, if other packings are accepted: Debian's package contains Fashion-MNIST in
    /// another packing.
    pub unpacked: Option<Unpacked<'a>>,
}

/// The content of a gzipped file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unpacked<'a> {
    /// The length in bytes.
    pub length: u64,
    /// The SHA-256, in hexadecimal.
    pub sha256: &'a str,
}

impl<'a> Published<'a> {
    /// Returns the names that the file may have: the published one, and if unpacked content is accepted, the
    /// name without `.gz`.
    pub fn names(&self) -> Vec<&'a str> {
        let plain = self.unpacked.and_then(|_| self.name.strip_suffix(".gz"));
        std::iter::once(self.name).chain(plain).collect()
    }

    /// Returns the largest number of bytes of the file in any packing. A longer download is stopped.
    pub(super) fn longest(&self) -> u64 {
        2 * self.length.max(self.unpacked.map_or(0, |content| content.length))
    }
}

/// Returns the published files of a data set, or an error if the name is unknown or the data set has no
/// files.
pub fn published(name: &str) -> Result<PublishedSet> {
    let known: Vec<&str> = SETS.iter().map(|set| set.name).collect();
    let described = describe(name).map_err(|_| Error::unknown("data set to fetch", name, &known))?;
    match SETS.iter().find(|set| set.name == described.name) {
        Some(set) => Ok(*set),
        None => {
            debug_assert_ne!(described.origin, Origin::Files);
            Err(Error::Unsupported {
                what: format!("nothing to fetch for {name}"),
                remedy: "it needs no files and is always there",
            })
        }
    }
}

const fn idx(
    name: &'static str,
    length: u64,
    sha256: &'static str,
    unpacked_length: u64,
    unpacked: &'static str,
) -> Published<'static> {
    Published { name, length, sha256, unpacked: Some(Unpacked { length: unpacked_length, sha256: unpacked }) }
}

/// Fashion-MNIST publishes MD5 sums (<https://github.com/zalandoresearch/fashion-mnist>); the SHA-256 are
/// those of the files that have them. The page of CIFAR-10 publishes the MD5
/// c32a1d4ab5d03f1284b67883e8d87530.
const SETS: [PublishedSet; 3] = [
    PublishedSet {
        name: "fashion-mnist",
        bases: &["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"],
        files: &[
            idx(
                "train-images-idx3-ubyte.gz",
                26_421_880,
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                47_040_016,
                "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            ),
            idx(
                "train-labels-idx1-ubyte.gz",
                29_515,
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                60_008,
                "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            ),
            idx(
                "t10k-images-idx3-ubyte.gz",
                4_422_102,
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                7_840_016,
                "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            ),
            idx(
                "t10k-labels-idx1-ubyte.gz",
                5_148,
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                10_008,
                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            ),
        ],
    },
    PublishedSet {
        name: "mnist",
        // The original server no longer serves files to everyone. The first two are the mirrors that PyTorch
        // and TensorFlow use.
        bases: &[
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "http://yann.lecun.com/exdb/mnist/",
        ],
        files: &[
            idx(
                "train-images-idx3-ubyte.gz",
                9_912_422,
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                47_040_016,
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            ),
            idx(
                "train-labels-idx1-ubyte.gz",
                28_881,
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                60_008,
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            ),
            idx(
                "t10k-images-idx3-ubyte.gz",
                1_648_877,
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                7_840_016,
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            ),
            idx(
                "t10k-labels-idx1-ubyte.gz",
                4_542,
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                10_008,
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            ),
        ],
    },
    PublishedSet {
        name: "cifar-10",
        bases: &["https://www.cs.toronto.edu/~kriz/"],
        files: &[Published {
            name: "cifar-10-binary.tar.gz",
            length: 170_052_171,
            sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
            unpacked: None,
        }],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ALL;

    #[test]
    fn every_data_set_of_files_is_published_and_no_other() {
        for described in ALL {
            assert_eq!(
                published(described.name).is_ok(),
                described.origin == Origin::Files,
                "{}",
                described.name
            );
        }
        assert_eq!(
            published("mnits").unwrap_err().to_string(),
            "there is no data set to fetch named 'mnits' (did you mean 'mnist'?); known: fashion-mnist, \
             mnist, cifar-10"
        );
        assert_eq!(
            published("digits").unwrap_err().to_string(),
            "nothing to fetch for digits: it needs no files and is always there"
        );
    }

    #[test]
    fn checksums_have_the_form_of_checksums() {
        let files: Vec<_> = SETS.iter().flat_map(|set| set.files).collect();
        let sums: Vec<_> = files
            .iter()
            .flat_map(|f| std::iter::once(f.sha256).chain(f.unpacked.map(|u| u.sha256)))
            .collect();
        assert!(
            sums.iter().all(|sum| sum.len() == 64 && sum.bytes().all(|b| b"0123456789abcdef".contains(&b)))
        );
        assert_eq!(sums.iter().collect::<std::collections::HashSet<_>>().len(), sums.len());
    }
}
