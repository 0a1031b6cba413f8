//! The binary version of CIFAR-10 (<https://www.cs.toronto.edu/~kriz/cifar.html>): records of 1 + 3,072
//! bytes.
//!
//! A record is the label, then 1,024 red, 1,024 green and 1,024 blue bytes, each channel row-major. This
//! order is kept: see [`ImageShape`]. A gzipped file is recognized by its first bytes, whatever its name.

mod archive;
mod batch;

pub use archive::{BATCHES, read_archive, read_archive_file};
pub use batch::{CLASSES, RECORDS, Records, SHAPE, read_batch, read_batch_file};
