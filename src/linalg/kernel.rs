//! The matrix products of linear layers, and the exponential.
//!
//! [`Kernel`] is the only interface to SIMD: each float type implements it with the widest vectors that the
//! crate `pulp` finds at run time. The tests compare every instruction set with a portable version.
//!
//! This is our own code because the products of a linear layer have about ten columns and read the rows of a
//! minibatch where they lie. A library of matrix products packs both matrices first, which costs more than
//! the product.
//!
//! Where the speed comes from is explained in the files:
//! - `simd.rs`: tiles that fill the registers, and the order of the loops;
//! - `products.rs`: how threads share a product;
//! - `packing.rs`: wide products, block by block;
//! - `planes.rs`: the products of a convolution;
//! - `sums.rs`: sums over the lanes of four vectors at a time;
//! - `prefetch.rs` and [`Rows::before`]: the rows of the next minibatch are fetched in the backward product;
//! - `widening.rs`: features that are kept as bytes;
//! - `exponential.rs`: an exponential without a branch.

mod exponential;
mod floats;
mod lanes;
mod level;
mod packing;
mod part;
mod planes;
#[cfg(test)]
mod portable;
mod prefetch;
mod products;
mod rows;
mod simd;
mod spare;
mod sums;
#[cfg(test)]
mod tests;
mod traits;
mod widening;

#[cfg(test)]
pub use level::tests::on_every_level;
pub use level::{available_vector_instructions, check_vector_instructions, vector_instructions, vectorized};
pub use part::Strided;
pub use planes::Planes;
pub use prefetch::{Ahead, LINE};
pub use products::split_of_columns;
pub use rows::Rows;
pub use traits::Kernel;
pub use widening::Widening;
