//! The problems of a comparison: how they are specified, and how runs see them once they are built.

mod built_problem;
mod certify;
mod data;
mod dual;
mod judge;
mod likeness;
mod problem_spec;
mod rotated;
mod smoothed;
mod standard;

pub use built_problem::{BuiltProblem, TUNING_SEED};
pub use data::DataSettings;
pub(super) use judge::Judge;
pub use problem_spec::ProblemSpec;
pub(super) use standard::{if_named, standard};
