//! A reader of the binary version of CIFAR-10 (<https://www.cs.toronto.edu/~kriz/cifar.html>), whose records
//! have 1 + 3,072 bytes.
//!
//! A record consists of the label and 1,024 red, 1,024 green and 1,024 blue bytes, each channel row by row.
//! The features keep this order: see [`ImageShape`](super::ImageShape). The reader recognizes a gzipped file
//! by its first bytes, under any name.

mod archive;
mod batch;

pub use archive::{BATCHES, read_archive, read_archive_file};
pub use batch::{CLASSES, RECORDS, Records, SHAPE, read_batch, read_batch_file};
