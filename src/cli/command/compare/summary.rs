//! What a comparison says at its end.

use crate::cli::output::{counted, grouped};
use crate::compare::suite::{Comparison, Outcome};

/// Summarizes a comparison: "6 problems, 21 optimizers: 1,624 runs, 12 of them kept from before; 31
/// diverged".
pub(super) fn summary(comparison: &Comparison, reused: usize) -> String {
    let count = |outcome| comparison.runs.iter().filter(|run| run.outcome == outcome).count();
    format!(
        "{}, {}: {}",
        counted(comparison.problems.len(), "problem"),
        counted(comparison.optimizers.len(), "optimizer"),
        of_runs(comparison.runs.len(), reused, count(Outcome::Diverged), count(Outcome::Failed)),
    )
}

/// Summarizes runs: "1,624 runs, 12 of them kept from before; 31 diverged, 1 failed".
pub(super) fn of_runs(runs: usize, reused: usize, diverged: usize, failed: usize) -> String {
    let kept =
        if reused > 0 { format!(", {} of them kept from before", grouped(reused)) } else { String::new() };
    let failed = if failed > 0 { format!(", {} failed", grouped(failed)) } else { String::new() };
    format!("{} runs{kept}; {} diverged{failed}", grouped(runs), grouped(diverged))
}
