//! The comparison: every optimizer on every problem, equally tuned, under many seeds.
//!
//! A [`Comparison`] is plain data. It holds facts about the problems and the optimizers, and a [`Run`] with
//! its [`RunCurve`] for every trial of the tuning, for every seed at the best setting, and for every seed at
//! the untuned defaults. A [`Suite`] makes it. A [`Store`] keeps finished runs, so that an interrupted
//! comparison continues where it stopped.

mod archive;
mod codec;
mod comparison;
mod contender;
mod contenders;
mod csv;
mod curve;
mod data_access;
mod elsewhere;
mod engine;
mod evaluation_cost;
mod execute;
mod facts;
mod interruption;
mod jobs;
mod likeness;
mod origin_column;
mod origins;
mod problem;
mod problem_area;
mod replay;
mod run;
mod selection;
mod settings;
mod shards;
mod store;
mod suite_objective;
mod tables;
mod trial;
mod version;
pub mod views;

pub use archive::{Against, Archive, Rerun, Rules};
#[cfg(fuzzing)]
pub use codec::run_line;
pub use comparison::Comparison;
pub use contender::{BoxedOptimizer, Contender, Setting};
pub use curve::{CostAxis, RunCurve};
pub use data_access::DataAccess;
pub use evaluation_cost::{PRODUCT, VALUE_ALONE};
pub use facts::{OptimizerFacts, ProblemFacts};
pub use likeness::Likeness;
pub use origins::{FromArchive, Machine, Origins};
pub use problem::{BuiltProblem, DataSettings, ProblemSpec, TUNING_SEED};
pub use problem_area::ProblemArea;
pub use replay::{BestSetting, PreparedRun, Replay};
pub use run::{Outcome, Phase, Run};
pub use selection::{Compared, Suite};
pub use settings::Settings;
pub use shards::{
    Allowed, Arithmetic, Finished, Merged, MissingPair, Plan, PlannedOptimizer, PlannedPair, PlannedProblem,
    ShardState, Status, Weights, ranges,
};
#[cfg(fuzzing)]
pub use shards::{plan_body, read_shard_log, shard_log};
pub use store::{FileStore, Key, Memory, Store};
pub use suite_objective::SuiteObjective;
pub use trial::{RATES, Trial};
pub use version::VERSION;
