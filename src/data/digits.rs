//! The digits, a data set that is embedded in the library.

use super::csv::{self, Form};
use super::dataset::{Dataset, Examples, Features, ImageShape};
use crate::rng;
use ndarray::{Array2, Axis};

/// The compressed file. Its source and licence are in `embedded/README.md`.
const FILE: &[u8] = include_bytes!("embedded/digits.csv.gz");
const FORM: Form = Form { features: 64, largest: 16, classes: 10, rows: 1797 };
/// The seed of the split, independent of the seed of a run.
const SPLIT_SEED: u64 = 1998;

/// Returns the handwritten digits: 1,797 images of 8×8 pixels with values from 0 to 16, of which 1,438 are
/// for training and 359 for testing. Source: UCI Machine Learning Repository (E. Alpaydin and C. Kaynak,
/// 1998; CC BY 4.0).
///
/// The split is fixed and stratified: a random fifth of each class, drawn with a fixed seed, is for testing.
/// Both parts keep the order of the file.
///
/// ```
/// let digits = gradus::data::digits();
/// assert_eq!((digits.train.len(), digits.test.len()), (1438, 359));
/// assert_eq!(digits.classes[7], "7");
/// ```
pub fn digits() -> Dataset {
    let (pixels, labels) =
        csv::read(FILE, "digits.csv.gz".as_ref(), FORM).expect("the embedded file is valid: a test reads it");
    let for_testing = stratified_fifth(&labels);
    Dataset {
        name: "digits".into(),
        classes: (0..10).map(|digit| digit.to_string()).collect(),
        shape: Some(ImageShape::grey(8, 8)),
        full_scale: 16.0,
        train: selected(&pixels, &labels, |i| !for_testing[i]),
        test: selected(&pixels, &labels, |i| for_testing[i]),
    }
}

/// For each example, whether it is for testing: a fifth of each class (rounded), drawn with the split's own
/// seed.
fn stratified_fifth(labels: &[u8]) -> Vec<bool> {
    let mut for_testing = vec![false; labels.len()];
    for class in 0..FORM.classes {
        let mut members: Vec<usize> =
            (0..labels.len()).filter(|&i| usize::from(labels[i]) == class).collect();
        rng::shuffle(&mut rng::stream(SPLIT_SEED, "digits split", class as u64), &mut members);
        let fifth = (members.len() as f64 / 5.0).round() as usize;
        members[..fifth].iter().for_each(|&i| for_testing[i] = true);
    }
    for_testing
}

fn selected(pixels: &Array2<u8>, labels: &[u8], chosen: impl Fn(usize) -> bool) -> Examples {
    let rows: Vec<usize> = (0..labels.len()).filter(|&i| chosen(i)).collect();
    Examples {
        features: Features::Bytes(pixels.select(Axis(0), &rows)),
        labels: rows.iter().map(|&i| labels[i]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> (Array2<u8>, Vec<u8>) {
        csv::read(FILE, "digits.csv.gz".as_ref(), FORM).unwrap()
    }

    fn bytes(examples: &Examples) -> &Array2<u8> {
        match &examples.features {
            Features::Bytes(bytes) => bytes,
            Features::Real(_) => panic!("the digits are bytes"),
        }
    }

    #[test]
    fn the_file_is_the_one_of_the_repository() {
        let (pixels, labels) = file();
        assert_eq!(pixels.dim(), (1797, 64));
        assert_eq!(labels[..3], [0, 1, 2]);
        assert_eq!(pixels.row(0).to_vec()[..16], [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0]);
        let all = Examples { features: Features::Bytes(pixels), labels };
        // The counts that the repository publishes for its test set.
        assert_eq!(all.class_counts(10), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    }

    #[test]
    fn the_split_is_a_fifth_of_each_class_and_loses_nothing() {
        let digits = digits();
        assert_eq!(digits.test.class_counts(10), [36, 36, 35, 37, 36, 36, 36, 36, 35, 36]);
        assert_eq!(digits.train.class_counts(10), [142, 146, 142, 146, 145, 146, 145, 143, 139, 144]);
        let rows =
            |pixels: &Array2<u8>| pixels.rows().into_iter().map(|row| row.to_vec()).collect::<Vec<_>>();
        let mut parts = [rows(bytes(&digits.train)), rows(bytes(&digits.test))].concat();
        let mut whole = rows(&file().0);
        parts.sort();
        whole.sort();
        assert_eq!(parts, whole);
    }

    #[test]
    fn the_split_never_changes() {
        // Published results rest on it: if this fails, the split was changed, not the test.
        let for_testing = stratified_fifth(&file().1);
        let indices: Vec<usize> = (0..for_testing.len()).filter(|&i| for_testing[i]).collect();
        assert_eq!(indices[..8], [3, 11, 13, 15, 20, 42, 43, 46]);
        assert_eq!(indices.iter().sum::<usize>(), 325_725);
    }
}
