//! A reader of IDX, the file format of MNIST (<http://yann.lecun.com/exdb/mnist/>): a magic number, sizes in
//! big-endian order, and the data.
//!
//! The reader accepts what MNIST and its successors use: unsigned bytes in one dimension (labels) or in three
//! (images). It recognizes a gzipped file by its first bytes, under any name.

use super::input::Input;
use crate::error::{DataProblem, Result};
use ndarray::Array2;
use std::io::Read;
use std::ops::Range;
use std::path::Path;

/// The content of an IDX image file.
#[derive(Debug, Clone, PartialEq)]
pub struct Images {
    /// The pixels, *N* × (height · width): one image in each row, stored row by row.
    pub pixels: Array2<u8>,
    /// The height of an image in pixels.
    pub height: usize,
    /// The width of an image in pixels.
    pub width: usize,
}

/// The largest sizes that a header may contain. The reader refuses a file with larger sizes before it reads
/// the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest number of examples.
    pub examples: usize,
    /// The largest height and width of an image.
    pub side: usize,
}

impl Default for Limits {
    /// Allows a million examples, and images of 64×64 pixels.
    fn default() -> Self {
        Limits { examples: 1_000_000, side: 64 }
    }
}

pub(super) const IMAGES: &str = "an IDX image file";
pub(super) const LABELS: &str = "an IDX label file";
/// Unsigned bytes (0x08) in three dimensions.
const IMAGE_MAGIC: u32 = 0x0803;
/// Unsigned bytes (0x08) in one dimension.
const LABEL_MAGIC: u32 = 0x0801;

/// Reads an image file, such as `train-images-idx3-ubyte.gz`.
pub fn read_images_file(path: &Path, limits: Limits) -> Result<Images> {
    images(Input::open(path, IMAGES)?, limits, |count| 0..count).map(|(images, _)| images)
}

/// Reads only the images `rows(N)` of a file of *N*, and returns *N* too.
pub(super) fn read_some_images_file(
    path: &Path,
    limits: Limits,
    rows: impl Fn(usize) -> Range<usize>,
) -> Result<(Images, usize)> {
    images(Input::open(path, IMAGES)?, limits, rows)
}

/// Reads a label file, such as `train-labels-idx1-ubyte.gz`. Every label must be below `classes`.
pub fn read_labels_file(path: &Path, classes: usize, limits: Limits) -> Result<Vec<u8>> {
    labels(Input::open(path, LABELS)?, classes, limits)
}

/// Reads images from any source of bytes. The `path` is used in error messages only.
///
/// ```
/// use gradus::data::idx;
/// let file = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9];
/// let images = idx::read_images(&file[..], "two-pixels".as_ref(), idx::Limits::default())?;
/// assert_eq!(images.pixels, ndarray::array![[7, 9]]);
/// let short = idx::read_images(&file[..17], "one-pixel".as_ref(), idx::Limits::default());
/// assert_eq!(
///     short.unwrap_err().to_string(),
///     "one-pixel is not usable as an IDX image file: it has only 17 bytes, but 18 are expected; fetch it again"
/// );
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub fn read_images(source: impl Read, path: &Path, limits: Limits) -> Result<Images> {
    images(Input::new(source, path, IMAGES)?, limits, |count| 0..count).map(|(images, _)| images)
}

/// Reads labels from any source of bytes. Every label must be below `classes`. The `path` is used in error
/// messages only.
pub fn read_labels(source: impl Read, path: &Path, classes: usize, limits: Limits) -> Result<Vec<u8>> {
    labels(Input::new(source, path, LABELS)?, classes, limits)
}

fn images<R: Read>(
    mut input: Input<R>,
    limits: Limits,
    rows: impl Fn(usize) -> Range<usize>,
) -> Result<(Images, usize)> {
    let sides = [("height", limits.side), ("width", limits.side)];
    let [count, height, width] =
        header(&mut input, IMAGE_MAGIC, [("images", limits.examples), sides[0], sides[1]])?;
    let (size, rows) = (height as u64 * width as u64, rows(count));
    let kept = rows.start as u64 * size..rows.end as u64 * size;
    let pixels = body(&mut input, 16, count as u64 * size, kept)?;
    let shape = (rows.len(), height * width);
    let pixels = Array2::from_shape_vec(shape, pixels).expect("the body has the announced length");
    Ok((Images { pixels, height, width }, count))
}

fn labels<R: Read>(mut input: Input<R>, classes: usize, limits: Limits) -> Result<Vec<u8>> {
    let [count] = header(&mut input, LABEL_MAGIC, [("labels", limits.examples)])?;
    let labels = body(&mut input, 8, count as u64, 0..count as u64)?;
    match labels.iter().position(|&label| usize::from(label) >= classes) {
        Some(index) => {
            let label = i64::from(labels[index]);
            Err(input.problem(DataProblem::Label { index, label, max: classes.saturating_sub(1) }))
        }
        None => Ok(labels),
    }
}

/// The sizes that follow the magic number, each checked against its limit and none of them 0.
fn header<R: Read, const D: usize>(
    input: &mut Input<R>,
    magic: u32,
    limits: [(&'static str, usize); D],
) -> Result<[usize; D]> {
    let length = 4 * (D as u64 + 1);
    let bytes = input.read_up_to(length)?;
    let word = |i: usize| bytes.get(4 * i..4 * i + 4).map(|w| u32::from_be_bytes([w[0], w[1], w[2], w[3]]));
    if let Some(got) = word(0).filter(|&got| got != magic) {
        return Err(input.problem(DataProblem::Magic { expected: magic, got }));
    }
    let mut sizes = [0; D];
    for (i, (what, limit)) in limits.into_iter().enumerate() {
        let Some(size) = word(i + 1) else {
            return Err(input.problem(DataProblem::Truncated { expected: length, got: bytes.len() as u64 }));
        };
        if u64::from(size) > limit as u64 {
            return Err(input.problem(DataProblem::TooLarge { what, got: size.into(), limit: limit as u64 }));
        }
        sizes[i] = size as usize;
    }
    if sizes.contains(&0) { Err(input.problem(DataProblem::Empty)) } else { Ok(sizes) }
}

/// Reads the bytes after the header, and checks that their number is the one in the header. Returns those of
/// the range `kept`.
fn body<R: Read>(input: &mut Input<R>, header: u64, announced: u64, kept: Range<u64>) -> Result<Vec<u8>> {
    let before = input.skip_up_to(kept.start)?;
    let bytes = input.read_up_to(kept.end - kept.start)?;
    // Reading one more byte detects a file that is too long, and verifies the checksum at the end of a gzip
    // stream.
    let after = input.skip_up_to(announced - kept.end + 1)?;
    let (expected, got) = (header + announced, header + before + bytes.len() as u64 + after);
    match got.cmp(&expected) {
        std::cmp::Ordering::Equal => Ok(bytes),
        std::cmp::Ordering::Less => Err(input.problem(DataProblem::Truncated { expected, got })),
        std::cmp::Ordering::Greater => Err(input.problem(DataProblem::TooLong { expected })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn label_file(count: u32, labels: &[u8]) -> Vec<u8> {
        [&LABEL_MAGIC.to_be_bytes()[..], &count.to_be_bytes(), labels].concat()
    }

    fn image_file(sizes: [u32; 3], pixels: &[u8]) -> Vec<u8> {
        let sizes = sizes.map(u32::to_be_bytes).concat();
        [&IMAGE_MAGIC.to_be_bytes()[..], &sizes, pixels].concat()
    }

    fn problem<T: std::fmt::Debug>(result: Result<T>) -> DataProblem {
        match result.unwrap_err() {
            Error::Data { problem, .. } => problem,
            other => panic!("{other:?}"),
        }
    }

    fn labels_of(file: &[u8]) -> Result<Vec<u8>> {
        read_labels(file, "labels".as_ref(), 10, Limits::default())
    }

    fn images_of(file: &[u8]) -> Result<Images> {
        read_images(file, "images".as_ref(), Limits::default())
    }

    #[test]
    fn images_and_labels_come_back() {
        assert_eq!(labels_of(&label_file(3, &[5, 0, 9])).unwrap(), [5, 0, 9]);
        let images = images_of(&image_file([2, 2, 3], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255])).unwrap();
        assert_eq!((images.height, images.width), (2, 3));
        assert_eq!(images.pixels.row(1).to_vec(), [6, 7, 8, 9, 10, 255]);
    }

    #[test]
    fn each_fault_has_its_sentence() {
        assert_eq!(
            problem(labels_of(&label_file(4, &[1, 2, 3]))),
            DataProblem::Truncated { expected: 12, got: 11 }
        );
        assert_eq!(problem(labels_of(&label_file(2, &[1, 2, 3]))), DataProblem::TooLong { expected: 10 });
        assert_eq!(
            problem(labels_of(&label_file(2, &[1, 10]))),
            DataProblem::Label { index: 1, label: 10, max: 9 }
        );
        assert_eq!(problem(labels_of(&label_file(0, &[]))), DataProblem::Empty);
        assert_eq!(problem(labels_of(b"\0\0")), DataProblem::Truncated { expected: 8, got: 2 });
        assert_eq!(problem(labels_of(&[])), DataProblem::Truncated { expected: 8, got: 0 });
        let swapped = image_file([1, 1, 1], &[0]);
        assert_eq!(
            problem(labels_of(&swapped)),
            DataProblem::Magic { expected: LABEL_MAGIC, got: IMAGE_MAGIC }
        );
    }

    #[test]
    fn an_absurd_header_is_refused_before_its_body_is_read() {
        let huge = image_file([u32::MAX, u32::MAX, u32::MAX], &[]);
        assert_eq!(
            problem(images_of(&huge)),
            DataProblem::TooLarge { what: "images", got: u32::MAX.into(), limit: 1_000_000 }
        );
        let wide = image_file([1, 28, 4096], &[]);
        assert_eq!(problem(images_of(&wide)), DataProblem::TooLarge { what: "width", got: 4096, limit: 64 });
    }
}
