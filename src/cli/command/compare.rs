//! `gradus compare`: every optimizer on every problem, with equal tuning, in one process or in shards.

mod array;
mod definition;
mod merge;
mod plan;
mod sbatch;
mod selection;
mod shard;
mod status;
mod summary;
mod threads;
mod weights;

pub use definition::Compare;
