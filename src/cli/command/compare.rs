//! `gradus compare`: every optimizer on every problem, with equal tuning, in one process or in shards.

mod against;
mod array;
mod definition;
mod kept;
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
pub(super) use threads::pool;
