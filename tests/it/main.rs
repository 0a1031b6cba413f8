//! The integration tests, in one program, so that the library is linked once.
//!
//! These have a program of their own, because they look at the whole process: `allocations.rs` and
//! `data_fuzz.rs` replace its allocator, `memory.rs` measures its memory, `threads.rs` the threads that share
//! its work. `architecture.rs` includes `build.rs` and needs little of the library.

mod archive;
mod autoencoders;
mod by_definition;
mod by_definition_first_order;
mod by_definition_second_order;
mod catalogue;
mod cli;
#[cfg(feature = "cli")]
mod common;
mod compare;
mod comparison_statistics;
mod data_files;
mod dispatch;
mod exercises;
mod fetch;
mod first_order_properties;
mod first_order_trajectories;
mod gradcheck;
mod kfac;
mod kfac_tridiagonal;
mod layer_properties;
mod layer_trajectories;
mod line_searches;
mod looks;
mod measurements;
mod mgh;
mod modern_trajectories;
mod nets;
mod nothing_lost;
mod preconditioner;
mod quasi_newton;
mod readme_tables;
mod recorded;
#[cfg(feature = "lapack")]
mod recorded_catalogue;
#[cfg(feature = "lapack")]
mod recorded_compare;
#[cfg(feature = "lapack")]
mod recorded_descents;
#[cfg(feature = "lapack")]
mod recorded_first_order;
#[cfg(feature = "lapack")]
mod recorded_gradcheck;
mod recorded_line_searches;
#[cfg(feature = "lapack")]
mod recorded_losses;
mod recorded_minimize;
mod recorded_objectives;
mod recorded_second_order;
#[cfg(feature = "lapack")]
mod recorded_train;
mod reference_numbers;
mod scale;
mod second_order;
mod shards;
mod training;
