//! Comparing committed claims with fresh ones.

use super::difference::What;
use super::numbers::{near, relative};
use crate::claim::{Bound, Claim, Kind, Verdict};
use crate::report::claims;

/// Compares claims by their kind: exact ones up to rounding or their own tolerance, statistical ones up to 5
/// % or their interval. Of timings only the verdicts are compared, and only if both are decided.
pub(super) fn compare_claims(committed: &[(Claim, Verdict)], fresh: &[Claim]) -> Vec<What> {
    let ids = |list: Vec<&str>| if list.is_empty() { "none".to_string() } else { list.join(", ") };
    let (old, new): (Vec<&str>, Vec<&str>) = (
        committed.iter().map(|(c, _)| c.id.as_str()).collect(),
        fresh.iter().map(|c| c.id.as_str()).collect(),
    );
    let mut differences = Vec::new();
    if old != new {
        differences.push(What::Structure {
            what: "claims".into(),
            committed: ids(old),
            regenerated: ids(new),
        });
    }
    for claim in fresh {
        if let Some((old, verdict)) = committed.iter().find(|(old, _)| old.id == claim.id) {
            compare_claim(old, *verdict, claim, &mut differences);
        }
    }
    differences
}

fn compare_claim(old: &Claim, old_verdict: Verdict, new: &Claim, differences: &mut Vec<What>) {
    let mut differs = |column: &str, committed: String, regenerated: String, allowed: String| {
        let moved = if column == "measured" { relative(old.measured, new.measured) } else { String::new() };
        differences.push(What::Value {
            row: old.id.clone(),
            column: column.into(),
            committed,
            regenerated,
            moved,
            allowed,
        });
    };
    let words = [
        ("sentence", old.sentence.clone(), new.sentence.clone()),
        ("kind", old.kind.to_string(), new.kind.to_string()),
        ("bound", claims::bound(&old.bound), claims::bound(&new.bound)),
        ("source", old.whose(), new.whose()),
    ];
    for (column, committed, regenerated) in words {
        if committed != regenerated {
            differs(column, committed, regenerated, "the same".into());
        }
    }
    let open = new.kind == Kind::Timing
        && (old_verdict == Verdict::Undecided || new.verdict() == Verdict::Undecided);
    if old_verdict != new.verdict() && !open {
        differs("verdict", old_verdict.to_string(), new.verdict().to_string(), "the same".into());
    }
    if let Some(room) = allowed_change(old)
        && !near(old.measured, new.measured, room)
    {
        differs("measured", old.measured.to_string(), new.measured.to_string(), format!("± {room:.1e}"));
    }
}

/// Returns how far the measured value of a claim may move on the same arithmetic; `None` if it may move
/// freely.
pub(crate) fn allowed_change(claim: &Claim) -> Option<f64> {
    let value = claim.measured.abs();
    match (claim.kind, claim.bound) {
        (Kind::Timing, _) => None,
        (Kind::Exact, Bound::Equals { tolerance, .. }) => Some((1e-6 * value + 1e-9).max(tolerance)),
        (Kind::Exact, _) => Some(1e-6 * value + 1e-9),
        (Kind::Statistical, _) => Some((0.05 * value).max(claim.interval.1 - claim.interval.0)),
    }
}
