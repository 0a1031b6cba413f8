//! A reader of one file of records.

use crate::data::dataset::ImageShape;
use crate::data::input::Input;
use crate::error::{DataProblem, Result};
use std::io::Read;
use std::path::Path;

/// The shape of an image: 32×32 pixels in red, green and blue.
pub const SHAPE: ImageShape = ImageShape { height: 32, width: 32, channels: 3 };
/// The number of classes.
pub const CLASSES: usize = 10;
/// The number of records of each official file, which is also the largest accepted.
pub const RECORDS: usize = 10_000;

/// The number of bytes of one record.
const RECORD: usize = 1 + SHAPE.features();
/// The number of bytes of the longest accepted file.
pub(super) const LONGEST: u64 = (RECORDS * RECORD) as u64;
const FORMAT: &str = "a CIFAR-10 batch";

/// The records of one file, or of several files one after another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    /// The pixels, 3,072 bytes for each record.
    pub pixels: Vec<u8>,
    /// The label of each record.
    pub labels: Vec<u8>,
}

/// Reads a file, such as `data_batch_1.bin`, and appends its records to `records`.
///
/// # Errors
/// If the file cannot be read, or its content is not valid. Nothing is appended then.
pub fn read_batch_file(path: &Path, records: &mut Records) -> Result<()> {
    batch(Input::open(path, FORMAT)?, records)
}

/// Reads a file from any source of bytes, and appends its records to `records`. The `path` is used in error
/// messages only.
///
/// ```
/// use gradus::data::cifar::{self, Records};
/// let mut file = vec![3];
/// file.extend([7; 3072]);
/// let mut records = Records::default();
/// cifar::read_batch(&file[..], "one-cat".as_ref(), &mut records)?;
/// assert_eq!((records.labels, records.pixels.len()), (vec![3], 3072));
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub fn read_batch(source: impl Read, path: &Path, records: &mut Records) -> Result<()> {
    batch(Input::new(source, path, FORMAT)?, records)
}

fn batch<R: Read>(mut input: Input<R>, records: &mut Records) -> Result<()> {
    let bytes = input.read_up_to(LONGEST + 1)?;
    records.add(&bytes).map_err(|problem| input.problem(problem))
}

impl Records {
    /// Appends the records of a file, or none if the file is not valid.
    pub(super) fn add(&mut self, file: &[u8]) -> Result<(), DataProblem> {
        let length = file.len() as u64;
        if file.is_empty() {
            return Err(DataProblem::Empty);
        }
        if length > LONGEST {
            return Err(DataProblem::TooLong { expected: LONGEST });
        }
        if !file.len().is_multiple_of(RECORD) {
            return Err(DataProblem::Truncated {
                expected: length.next_multiple_of(RECORD as u64),
                got: length,
            });
        }
        let records = file.chunks_exact(RECORD);
        if let Some((index, record)) =
            records.clone().enumerate().find(|(_, record)| usize::from(record[0]) >= CLASSES)
        {
            return Err(DataProblem::Label { index, label: record[0].into(), max: CLASSES - 1 });
        }
        self.pixels.reserve_exact(records.len() * SHAPE.features());
        for record in records {
            self.labels.push(record[0]);
            self.pixels.extend_from_slice(&record[1..]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn problem(bytes: &[u8]) -> DataProblem {
        match read_batch(bytes, "batch".as_ref(), &mut Records::default()).unwrap_err() {
            Error::Data { problem, .. } => problem,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_fault_has_its_sentence() {
        assert_eq!(problem(&[]), DataProblem::Empty);
        assert_eq!(problem(&[0; RECORD - 1]), DataProblem::Truncated { expected: 3073, got: 3072 });
        assert_eq!(problem(&vec![0; RECORD * RECORDS + 1]), DataProblem::TooLong { expected: 30_730_000 });
        assert_eq!(problem(&[10; 2 * RECORD]), DataProblem::Label { index: 0, label: 10, max: 9 });
    }

    #[test]
    fn a_refused_batch_adds_nothing() {
        let mut records = Records::default();
        let mut bytes = vec![0; 2 * RECORD];
        bytes[RECORD] = 77;
        assert!(read_batch(&bytes[..], "batch".as_ref(), &mut records).is_err());
        assert_eq!(records, Records::default());
    }
}
