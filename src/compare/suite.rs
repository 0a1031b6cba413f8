//! The comparison: every optimizer on every problem, equally tuned, under many seeds.
//!
//! A [`Comparison`] is plain data: facts of the problems and of the optimizers, and a [`Run`] with its [`RunCurve`] for every
//! trial of the tuning, for every seed at the best setting, and for every seed at the untuned defaults.

mod comparison;
mod curve;
mod facts;
mod run;

pub use comparison::Comparison;
pub use curve::{Axis, RunCurve};
pub use facts::{OptimizerFacts, ProblemFacts};
pub use run::{Outcome, Phase, Run};

/// What a value without its gradient counts, in gradient evaluations: by reverse accumulation, and for the losses of scores here, the
/// way back costs twice the way forth.
pub const VALUE_ALONE: f64 = 1.0 / 3.0;

/// What a product with the Hessian counts, in gradient evaluations: about as much as one more gradient, of which it can be taken as a
/// difference.
pub const PRODUCT: f64 = 1.0;
