//! The seconds of an archive as the expected cost of a comparison.

use crate::compare::suite::{Archive, Weights};

/// Returns the seconds of the runs of an archive, by which
/// [`Suite::plan`](crate::compare::suite::Suite::plan) deals pairs to shards. They are those of the machines
/// that made it; only their proportions count.
///
/// ```
/// use gradus::compare::suite::{Settings, Suite};
/// use gradus::progress::Silent;
/// use gradus::report::archive;
///
/// let weights = archive::weights(&archive::named("standard")?);
/// let suite = Suite::standard().problems(&["quadratic:10", "beale"])?.optimizers(&["sgd", "bfgs"])?;
/// let (plan, _) = suite.plan(&Settings::default(), 2, &weights, &Silent)?;
/// // BFGS needs a few steps where gradient descent spends all that it is given.
/// assert_eq!(plan.name(&plan.pairs[0]), "quadratic:10 × sgd");
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub fn weights(archive: &Archive) -> Weights {
    let mut weights = Weights::default();
    for run in &archive.runs {
        // A run that failed before its first checkpoint has no seconds.
        if let Some(&seconds) = run.curve.seconds.last() {
            weights.add(&run.problem, &run.optimizer, seconds);
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::suite::Suite;
    use crate::progress::Silent;
    use crate::report::archive::named;

    #[test]
    fn a_plan_expects_of_each_pair_what_its_runs_took_in_the_archive() {
        let archive = named("standard").unwrap();
        let took = |name: &str| {
            // The plan of a finished comparison says what was measured.
            let pair = archive.plan.pairs.iter().find(|pair| archive.plan.name(pair) == name);
            pair.expect("a pair of the archive").seconds
        };
        let suite = Suite::standard().problems(&["quadratic:10", "beale", "wood"]).unwrap();
        let suite = suite.optimizers(&["sgd", "adam", "bfgs", "sr1"]).unwrap();
        let settings = archive.plan.settings;
        let (plan, _) = suite.plan(&settings, 2, &weights(&archive), &Silent).unwrap();
        assert_eq!(plan.pairs.len(), 12);
        for pair in &plan.pairs {
            let (expected, name) = (pair.seconds, plan.name(pair));
            // Seconds have seven digits in an archive, and no run counts as shorter than a microsecond.
            let most = 1e-6 * took(&name) + 1e-6 * pair.runs as f64;
            assert!((expected - took(&name)).abs() <= most, "{name}: {expected} and {}", took(&name));
        }
    }
}
