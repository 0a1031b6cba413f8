//! The 35 problems of Moré, Garbow & Hillstrom: what is solved, and at what cost. Neither may get worse.
#![cfg(all(feature = "studies", feature = "lapack"))]

use gradus::claim::Verdict;
use gradus::findings::Findings;
use gradus::progress::Silent;
use gradus::study::{self, Budget, Context};
use gradus::table::{Table, Values};
use std::sync::OnceLock;

/// Each optimizer with the problems that it does not solve, and its median number of evaluations over those
/// it does, as measured when this was written.
const KNOWN: &[(&str, &[&str], f64)] = &[
    ("bfgs", &[], 64.0),
    ("lbfgs", &[], 72.0),
    ("cholesky-bfgs", &[], 64.0),
    ("sr1", &["meyer"], 74.0),
    ("cg", &["powell-badly-scaled", "brown-badly-scaled", "meyer", "osborne-1", "watson"], 159.0),
    ("newton-shifted", &[], 36.0),
    ("newton-cg", &[], 72.0),
    ("trust-region", &[], 43.0),
    ("gauss-newton", &["freudenstein-roth", "jennrich-sampson", "gulf", "biggs-exp6", "chebyquad"], 24.0),
    ("levenberg-marquardt", &[], 30.0),
];

/// The study, run once for all tests.
fn findings() -> &'static Findings {
    static FINDINGS: OnceLock<Findings> = OnceLock::new();
    FINDINGS.get_or_init(|| {
        let context = Context { seed: 0, budget: Budget::Full, progress: &Silent };
        (study::by_name("mgh").unwrap().run)(&context).unwrap()
    })
}

fn words<'a>(table: &'a Table, column: &str) -> &'a [String] {
    let Values::Text(words) = &table.get(column).unwrap().values else { panic!("{column} holds no words") };
    words
}

#[test]
fn what_was_solved_stays_solved_and_costs_no_more() {
    let findings = findings();
    let (optimizers, unsolved) = (findings.table("optimizers").unwrap(), findings.table("unsolved").unwrap());
    let names = words(optimizers, "optimizer");
    assert_eq!(names, KNOWN.iter().map(|known| known.0).collect::<Vec<_>>());
    let medians = optimizers.floats("median_evals").unwrap();
    for ((name, known_unsolved, most), median) in KNOWN.iter().zip(medians) {
        let of_all = words(unsolved, "optimizer").iter().zip(words(unsolved, "problem"));
        let of_this: Vec<&String> =
            of_all.filter(|(optimizer, _)| optimizer == name).map(|(_, problem)| problem).collect();
        assert!(
            of_this.iter().all(|problem| known_unsolved.contains(&problem.as_str())),
            "{name} does not solve {of_this:?} any more"
        );
        // Another processor rounds sums in another order, and a run may take one evaluation more.
        assert!(median <= 1.05 * most, "{name}: a median of {median} evaluations, {most} before");
    }
}

#[test]
fn every_claim_about_the_set_holds() {
    for claim in &findings().claims {
        assert_eq!(claim.verdict(), Verdict::Holds, "{}: {} ({})", claim.id, claim.measured, claim.note);
    }
}
