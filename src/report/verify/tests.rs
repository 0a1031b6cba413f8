//! A changed number is found, whoever changed it.

use super::*;
use crate::claim::Bound;
use crate::findings::Findings;
use crate::report::results::Results;
use crate::report::results::tests::{STUDY, findings, provenance, written};
use crate::table::Table;
use std::fs;

fn lines(results: &Results, fresh: &Findings) -> Vec<String> {
    verify(results, STUDY.name, fresh).unwrap().differences.iter().map(|d| d.to_string()).collect()
}

#[test]
fn equal_results_are_confirmed() {
    let (_folder, results) = written();
    assert_eq!(lines(&results, &findings()), Vec::<String>::new());
    assert_eq!(verify_files(&results).unwrap(), vec![]);
}

#[test]
fn a_number_changed_by_hand_is_found_twice_over() {
    let (_folder, results) = written();
    let path = results.folder("momentum").join("rates.csv");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("0.25", "0.26")).unwrap();
    let found = lines(&results, &findings());
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("results/momentum/rates.csv was changed by hand"));
    assert_eq!(
        found[1],
        "results/momentum/rates.csv, row 2 (momentum), column rate: committed 0.26, regenerated 0.25 (−3.8 \
         %), allowed 1e-6 relative + 1e-12"
    );
    fs::write(results.root.join("README.md"), "better numbers").unwrap();
    fs::write(results.root.join("extra.csv"), "x").unwrap();
    fs::remove_file(results.root.join("CLAIMS.md")).unwrap();
    let all: Vec<String> = verify_files(&results).unwrap().iter().map(|d| d.to_string()).collect();
    assert_eq!(all.len(), 4, "{all:?}");
}

#[test]
fn each_column_has_its_own_rule() {
    let (_folder, results) = written();
    let with = |seconds: f64, accuracy: f64| {
        let mut fresh = findings();
        fresh.tables[1] = Table::new("times", "").timing("seconds", [seconds, 2.5]).float_within(
            "accuracy",
            [accuracy, 0.9],
            0.0,
            0.02,
        );
        lines(&results, &fresh)
    };
    assert!(with(99.0, 0.815).is_empty());
    assert_eq!(with(1.5, 0.825).len(), 1);
    assert_eq!(with(1.5, f64::NAN).len(), 1);
}

#[test]
fn tables_columns_and_rows_that_come_or_go_are_found() {
    let (_folder, results) = written();
    let changed = |change: fn(&mut Findings)| {
        let mut fresh = findings();
        change(&mut fresh);
        lines(&results, &fresh)
    };
    let found = changed(|f| {
        f.tables.pop();
    });
    assert!(
        found.len() == 1 && found[0].contains("tables: committed rates, times, regenerated rates"),
        "{found:?}"
    );
    let found = changed(|f| f.tables[0] = Table::new("rates", "").text("rule", ["sgd"]).float("rate", [0.5]));
    assert!(
        found.len() == 2
            && found[0].contains("columns")
            && found[1].contains("rows: committed 2, regenerated 1"),
        "{found:?}"
    );
    assert_eq!(changed(|f| f.figures.clear()).len(), 1);
    assert_eq!(changed(|f| f.claims.truncate(1)).len(), 1);
    let never = verify(&results, "sgd", &findings()).unwrap().differences;
    assert!(never.len() == 1 && never[0].to_string().contains("gradus run"));
}

#[test]
fn claims_are_compared_by_their_kind() {
    let (_folder, results) = written();
    let changed = |place: usize, measured: f64, interval: (f64, f64)| {
        let mut fresh = findings();
        (fresh.claims[place].measured, fresh.claims[place].interval) = (measured, interval);
        lines(&results, &fresh)
    };
    assert!(changed(0, 0.5 + 4e-7, (0.5, 0.5)).is_empty());
    assert_eq!(changed(0, 0.5 + 2e-6, (0.5, 0.5)).len(), 1);
    assert!(changed(1, 0.83, (0.8, 0.84)).is_empty(), "5 % of 0.8 is 0.04");
    assert_eq!(changed(1, 0.85, (0.8, 0.88)).len(), 1);
    let found = changed(1, 0.8, (0.6, 0.9));
    assert!(
        found.len() == 1 && found[0].contains("column verdict: committed holds, regenerated undecided"),
        "{found:?}"
    );
    assert!(changed(2, 5.0, (4.0, 6.0)).is_empty(), "an undecided timing may be decided elsewhere");
    let mut other = findings();
    other.claims[1].bound = Bound::AtLeast(0.6);
    assert_eq!(lines(&results, &other).len(), 1);
}

#[test]
fn a_decided_timing_must_keep_its_verdict() {
    let (_folder, results) = written();
    let mut decided = findings();
    decided.claims[2] = decided.claims[2].clone().measured_within(2.0, (1.8, 2.2), Bound::AtLeast(1.0));
    results.write_study(&STUDY, &decided, &provenance()).unwrap();
    assert!(lines(&results, &decided).is_empty());
    decided.claims[2] = decided.claims[2].clone().measured_within(0.5, (0.4, 0.6), Bound::AtLeast(1.0));
    assert_eq!(lines(&results, &decided).len(), 1);
}
