//! The comparison: every optimizer on every problem, equally tuned, under many seeds.
//!
//! A [`Comparison`] is plain data: facts of the problems and of the optimizers, and a [`Run`] with its
//! [`RunCurve`] for every trial of the tuning, for every seed at the best setting, and for every seed at the
//! untuned defaults. A [`Suite`] makes it, with a [`Store`] that keeps finished runs, so that an interrupted
//! comparison goes on where it was.

mod arena;
mod codec;
mod comparison;
mod contender;
mod contenders;
mod csv;
mod curve;
mod engine;
mod execute;
mod facts;
mod replay;
mod run;
mod selection;
mod settings;
mod store;
mod tables;
mod task;
mod trial;
pub mod views;

pub use arena::{Arena, DataSettings, Recipe, TUNING_SEED};
pub use comparison::Comparison;
pub use contender::{BoxedOptimizer, Contender, Setting, Sight};
pub use curve::{Axis, RunCurve};
pub use facts::{OptimizerFacts, ProblemFacts};
pub use replay::{Found, Poised, Replay};
pub use run::{Outcome, Phase, Run};
pub use selection::{Compared, Suite};
pub use settings::Settings;
pub use store::{FileStore, Key, Memory, Store};
pub use task::Task;
pub use trial::{RATES, Trial};

/// The version of the code that runs execute: a hash of floors 0–5 and of the comparison without its views,
/// and one of the locked dependencies. Runs of another version are not used; a change of a view or of a study
/// leaves them all as they are.
pub const VERSION: &str = concat!(env!("GRADUS_RUNS_HASH"), "-", env!("GRADUS_LOCK_HASH"));

/// What a value without its gradient counts, in gradient evaluations: by reverse accumulation, and for the
/// losses of scores here, the way back costs twice the way forth.
pub const VALUE_ALONE: f64 = 1.0 / 3.0;

/// What a product with the Hessian counts, in gradient evaluations: about as much as one more gradient, of
/// which it can be taken as a difference.
pub const PRODUCT: f64 = 1.0;
