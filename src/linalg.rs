//! Vector arithmetic, and the matrix products of linear classifiers and networks. With the feature `lapack`,
//! factorizations, solves and eigenvalues.

mod arithmetic;
#[cfg(feature = "lapack")]
mod blas;
mod contiguous;
mod cpus;
#[cfg(feature = "lapack")]
mod decomposition;
mod design_matrix;
#[cfg(feature = "lapack")]
mod generalized;
mod handover;
mod helper_thread;
#[cfg(feature = "lapack")]
mod inverse;
mod kernel;
#[cfg(feature = "lapack")]
mod lapack;
mod math_library;
mod memory;
mod norms;
mod sharing;
mod threads;
#[cfg(feature = "lapack")]
pub(crate) mod triangular;
pub mod vector;

pub use arithmetic::arithmetic;
#[cfg(feature = "lapack")]
pub use blas::{blas_core, blas_threads, blas_version, set_blas_threads};
pub use contiguous::{slice, slice_mut};
#[cfg(feature = "lapack")]
pub use decomposition::Decomposition;
pub use design_matrix::{Block, DesignMatrix, FeatureRows, Reader};
#[cfg(feature = "lapack")]
pub use generalized::GeneralizedEigen;
pub use helper_thread::with_helper_thread;
pub(crate) use helper_thread::{FROM_MEMORY, ONE_THREAD, WORTH_HANDING_OVER, join};
#[cfg(feature = "lapack")]
pub use inverse::invert_in_place;
#[cfg(test)]
pub(crate) use kernel::on_every_level;
pub use kernel::{
    Kernel, Planes, Rows, available_vector_instructions, check_vector_instructions, vector_instructions,
    vectorized,
};
#[cfg(feature = "lapack")]
pub use lapack::{
    BunchKaufman, Cholesky, Householder, cholesky_in_place, cholesky_solve, shortest_least_squares,
    symmetric_eigenvalues,
};
pub use math_library::math_library;
pub(crate) use memory::gapless_rows;
pub use memory::{
    aligned_capacity, available_memory, bytes_in_words, bytes_of, cache_aligned, check_room, dense_bytes,
    filled,
};
pub use norms::{all_finite, max_norm, norm};
pub use threads::{more_threads_can_start, provide_threads};
