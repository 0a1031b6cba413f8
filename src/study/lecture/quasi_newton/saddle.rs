//! BFGS beside a saddle point: it leaves it, unless it starts exactly on the ridge.

use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::findings::Findings;
use crate::linalg::norm;
use crate::minimize::{Minimum, minimize};
use crate::optimizer::second_order::Bfgs;
use crate::problems::{Problem, Saddle};
use crate::stop::Stop;
use crate::study::Context;
use ndarray::{Array1, array};

/// The starts (1, y) have |y| ≤ .4, where the curvature along y is negative and pure Newton goes to the
/// saddle point.
const STARTS: usize = 100;
const REACH: f64 = 0.4;

fn run_from(start: &Array1<f64>) -> Result<Minimum> {
    minimize(Saddle, start, Bfgs::new(), Stop::grad(1e-9).max_iter(1_000))
}

/// Runs BFGS from beside the ridge of ½x² − ½y² + ¼y⁴, and from a start on it.
pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    let minima = Saddle.facts().minima;
    let mut found = 0;
    for i in 0..STARTS {
        let y = REACH * (2.0 * (i as f64 + 0.5) / STARTS as f64 - 1.0);
        let end = run_from(&array![1.0, y])?.x;
        found += usize::from(minima.iter().any(|(minimum, _)| norm(&(&end - minimum)) < 1e-6));
    }
    let on_the_ridge = run_from(&array![1.0, 0.0])?.x;
    findings.claims.extend([
        Claim::exact(
            "bfgs-leaves-saddle",
            "13",
            "Beside a saddle point, where pure Newton goes to it, BFGS ends at a minimum (share of \
             100 starts)",
            "gradus",
        )
        .ours()
        .measured(found as f64 / STARTS as f64, Bound::Equals { value: 1.0, tolerance: 0.0 }),
        Claim::exact(
            "bfgs-on-the-ridge",
            "13",
            "Started exactly on the ridge, BFGS does end at the saddle point (distance from it)",
            "gradus",
        )
        .ours()
        .measured(norm(&on_the_ridge), Bound::AtMost(1e-6))
        .note(
            "From (1, 0) on ½x² − ½y² + ¼y⁴ no gradient has a component along y, so the matrix never learns \
             of it. With the identity and an exact line search, one step is enough.",
        ),
    ]);
    Ok(())
}
