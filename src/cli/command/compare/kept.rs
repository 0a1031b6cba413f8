//! What a comparison keeps beside its report.

use crate::compare::suite::Plan;
use crate::error::Result;
pub(super) use crate::report::archive::KEPT;
use std::path::Path;

/// Keeps the plan of a finished comparison, without which no archive can be made of it.
pub(super) fn keep(plan: &Plan, out: &Path) -> Result<()> {
    plan.write(&out.join(KEPT)).map(drop)
}
