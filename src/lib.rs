//! gradus
#[cfg(feature = "fetch")]
pub mod cli;
pub mod claim;
pub mod data;

pub mod error;
pub mod figure;
pub mod findings;
pub mod linalg;
pub mod objective;
pub mod real;


pub mod rng;
pub mod study;
pub mod table;
pub use ndarray;
/// prelude
pub mod prelude {
    pub use crate::objective::*;
    pub use ndarray::{Array1, Array2, ArrayRef1, ArrayRef2, array};
}
