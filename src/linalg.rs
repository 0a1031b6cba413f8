//! Vector arithmetic, and the matrix products of linear classifiers and networks. With the feature `lapack`,
//! factorizations, solves and eigenvalues.

#[cfg(feature = "lapack")]
mod blas;
mod contiguous;
mod cpus;
mod handover;
mod helper_thread;
#[cfg(feature = "lapack")]
mod inverse;
mod kernel;
#[cfg(feature = "lapack")]
mod lapack;
mod memory;
mod norms;
mod threads;
#[cfg(feature = "lapack")]
pub(crate) mod triangular;
pub mod vector;

#[cfg(feature = "lapack")]
pub use blas::{blas_core, blas_threads, set_blas_threads};
pub use contiguous::{slice, slice_mut};
pub use helper_thread::with_helper_thread;
pub(crate) use helper_thread::{FROM_MEMORY, ONE_THREAD, WORTH_HANDING_OVER, join};
#[cfg(feature = "lapack")]
pub use inverse::invert_in_place;
pub use kernel::{Kernel, Rows, vector_instructions, vectorized};
#[cfg(feature = "lapack")]
pub use lapack::{
    BunchKaufman, Cholesky, Householder, cholesky_in_place, cholesky_solve, shortest_least_squares,
    symmetric_eigenvalues,
};
pub(crate) use memory::gapless_rows;
pub use memory::{
    aligned_capacity, available_memory, bytes_in_words, bytes_of, cache_aligned, check_room, dense_bytes,
    filled,
};
pub use norms::{all_finite, max_norm, norm};
pub use threads::provide_threads;
