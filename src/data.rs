//! Data sets: where they come from, how they are read, and how a minibatch is drawn.
//!
//! [`by_name`] reads or generates any data set in the table [`ALL`]. [`Preprocessing`] turns a data set into
//! the matrices on which a model trains.
//!
//! ```
//! use gradus::data::{self, Preprocessing};
//! let digits = data::by_name("digits", 0)?;
//! let ready = Preprocessing::default().prepare::<f32>(&digits);
//! assert_eq!(ready.train_x.dim(), (1438, 64));
//! assert_eq!(ready.test_y.len(), 359);
//! # Ok::<(), gradus::error::Error>(())
//! ```
//!
//! | name | content | shape | train + test | origin |
//! |---|---|---|---|---|
//! | `digits` | handwritten digits | 8×8 | 1,438 + 359 | embedded |
//! | `alice` | characters of a book, each with the 8 before it | 8 | 127,542 + 14,165 | embedded |
//! | `fashion-mnist` | photographs of clothing | 28×28 | 60,000 + 10,000 | files |
//! | `mnist` | handwritten digits | 28×28 | 60,000 + 10,000 | files |
//! | `cifar-10` | colour photographs of ten things | 32×32×3 | 50,000 + 10,000 | files |
//! | `blobs` | Gaussian clouds in the plane | 2 | 600 + 150 | generated |
//! | `spiral` | interleaved arms in the plane | 2 | 300 + 150 | generated |
//! | `curves` | curves through three points, for autoencoders: without classes | 28×28 | 20,000 + 10,000 | generated |
//!
//! The readers of files ([`idx`], [`cifar`], [`csv`]) accept any [`Read`](std::io::Read). They do not trust
//! the sizes in a header: they allocate memory only for bytes that are present, up to a stated limit. A
//! damaged file leads to an error of one sentence.

pub mod cifar;
pub mod csv;
pub mod idx;

mod alice;
mod batches;
mod blobs;
mod cifar_10;
mod curves;
mod dataset;
mod digits;
mod gunzip;
mod input;
mod least_squares;
mod mnist;
mod places;
mod preprocessing;
mod registry;
mod spiral;
mod text;

pub use alice::alice;
pub use batches::Batches;
pub use blobs::Blobs;
pub use curves::Curves;
pub use dataset::{Dataset, Examples, Features, ImageShape};
pub use digits::digits;
#[cfg(feature = "fetch")]
pub(crate) use gunzip::Gunzip;
pub use least_squares::{LeastSquares, LinearSystem};
pub use places::Places;
pub use preprocessing::{Prepared, Preprocessing};
pub use registry::{ALL, Description, Origin, by_name, by_name_in, describe, locate, some_by_name};
pub use spiral::Spiral;
pub use text::Text;
