//! The contenders and problems of a plan, as this program knows them.

use super::plan::{Plan, PlannedOptimizer};
use crate::compare::suite::{Contender, ProblemSpec, Suite};
use crate::error::{Error, Result};

/// Returns the contenders of a plan, in its order.
///
/// # Errors
/// If this program does not know one of them, or knows another one or another version of it.
pub(super) fn contenders<'a>(suite: &'a Suite, plan: &Plan) -> Result<Vec<&'a dyn Contender>> {
    plan.optimizers.iter().map(|planned| contender(suite, planned)).collect()
}

/// Returns the contender that a plan means.
///
/// # Errors
/// As [`contenders`].
pub(in crate::compare::suite) fn contender<'a>(
    suite: &'a Suite,
    planned: &PlannedOptimizer,
) -> Result<&'a dyn Contender> {
    let name = &planned.facts.name;
    let mut known = suite.contenders.iter().chain(&suite.if_named);
    let found = known.find(|contender| contender.facts().name == *name);
    let Some(contender) = found else { return Err(unknown("optimizer", name, &suite.optimizer_names())) };
    let version = contender.version().unwrap_or_default();
    if contender.facts() != planned.facts || version != planned.version {
        let what = format!(
            "the optimizer {name} is another one here (version {version:?}) than in the plan (version {:?})",
            planned.version
        );
        return Err(Error::Unsupported {
            what,
            remedy: "run the program that made the plan, or make a new plan",
        });
    }
    Ok(&**contender)
}

/// Returns the specification of a problem of a plan.
///
/// # Errors
/// If this program does not know it.
pub(in crate::compare::suite) fn spec<'a>(suite: &'a Suite, name: &str) -> Result<&'a ProblemSpec> {
    let found = suite.specs.iter().chain(&suite.specs_if_named).find(|spec| spec.name() == name);
    found.ok_or_else(|| unknown("problem", name, &suite.problem_names()))
}

fn unknown(kind: &'static str, name: &str, known: &[String]) -> Error {
    Error::unknown(kind, name, &known.iter().map(String::as_str).collect::<Vec<_>>())
}
