//! Optimizers that use values only.

mod random_search;

pub use random_search::RandomSearch;
