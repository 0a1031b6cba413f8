//! What every study promises: unique names, who makes each claim, and a reason for every refuted one.

use crate::claim::Verdict;
use crate::progress::Silent;
use crate::study::{Budget, Context, by_name};
use std::collections::BTreeSet;

/// Studies that need no files and take seconds.
const LIGHT: &[&str] = &[
    "problems-with-sgd",
    "nesterov",
    "adagrad-rmsprop",
    "comparison",
    "errata",
    "your-own-optimizer",
    #[cfg(feature = "lapack")]
    "newton",
    #[cfg(feature = "lapack")]
    "quasi-newton",
    #[cfg(feature = "lapack")]
    "what-came-after",
    #[cfg(feature = "lapack")]
    "papers",
    #[cfg(feature = "lapack")]
    "at-scale",
];

#[test]
fn findings_name_everything_once_and_give_a_reason_for_what_is_refuted() {
    let mut ids = BTreeSet::new();
    for study in LIGHT.iter().map(|name| by_name(name).unwrap()) {
        let findings = (study.run)(&Context { seed: 3, budget: Budget::Quick, progress: &Silent }).unwrap();
        let mut names = BTreeSet::new();
        let tables = findings.tables.iter().map(|t| format!("{}.csv", t.name));
        for name in tables.chain(findings.figures.iter().map(|f| format!("{}.svg", f.name))) {
            assert!(names.insert(name.clone()), "{}: two results are called {name}", study.name);
        }
        for claim in findings.claims {
            assert_eq!(claim.notebook, study.notebook, "{}", claim.id);
            assert!(
                claim.verdict() != Verdict::Refuted || !claim.note.is_empty(),
                "{} is refuted without a reason: {claim:?}",
                claim.id
            );
            assert!(claim.origin.is_some(), "{} does not say who makes it: {claim:?}", claim.id);
            assert!(ids.insert(claim.id.clone()), "two claims are called {}", claim.id);
        }
    }
}
