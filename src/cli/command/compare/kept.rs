//! What a comparison keeps beside its report.

use crate::compare::suite::Plan;
use crate::error::Result;
use std::path::Path;

/// The subfolder in which finished runs are kept, and the plan.
pub(super) const KEPT: &str = "kept";

/// Keeps the plan of a finished comparison, without which no archive can be made of it.
pub(super) fn keep(plan: &Plan, out: &Path) -> Result<()> {
    plan.write(&out.join(KEPT)).map(drop)
}
