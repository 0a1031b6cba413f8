//! A comparison in shards, for more machines than one: a [`Plan`] deals the pairs of a problem and an
//! optimizer to shards, each shard runs its own, and the merge puts the runs together.
//!
//! Nothing here starts or schedules a process: any array scheduler does, one process for each shard. A shard
//! appends its runs to a log of its own, so that no two processes write to one file and no lock is needed.

mod arithmetic;
mod collected;
mod cost;
mod dealing;
mod execution;
mod heartbeat;
mod layout;
mod log;
mod members;
mod merge;
mod node;
mod plan;
mod plan_text;
mod planning;
mod record;
mod shard_store;
mod status;
#[cfg(test)]
mod tests;

pub use arithmetic::Arithmetic;
pub use cost::Weights;
pub use dealing::ranges;
pub use execution::Finished;
#[cfg(fuzzing)]
pub use log::{read_shard_log, shard_log};
pub(super) use members::{contender, spec};
pub use merge::{Allowed, Merged, MissingPair};
pub(super) use node::Node;
pub use plan::{Plan, PlannedOptimizer, PlannedPair, PlannedProblem};
#[cfg(fuzzing)]
pub use plan_text::plan_body;
pub(super) use record::record;
pub use status::{ShardState, Status};
