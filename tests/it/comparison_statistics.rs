//! Ranks and paired tests against SciPy's; tests/fixtures/comparison/README.md has versions, settings and
//! tolerances.

use gradus::compare::{paired::signed_rank, ranks};

struct Row {
    what: String,
    columns: usize,
    values: Vec<f64>,
    expected: Vec<f64>,
}

fn rows(what: &str) -> Vec<Row> {
    let numbers = |text: &str| text.split(' ').map(|n| n.parse().unwrap()).collect();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        Row {
            what: cells[0].into(),
            columns: cells[1].parse().unwrap(),
            values: numbers(cells[2]),
            expected: numbers(cells[3]),
        }
    };
    let all = include_str!("../fixtures/comparison/statistics.csv").lines().skip(1).map(row);
    all.filter(|row| row.what == what).collect()
}

fn near(mine: f64, theirs: f64, rtol: f64) {
    assert!((mine - theirs).abs() <= rtol * theirs.abs(), "{mine} here, {theirs} in SciPy");
}

#[test]
fn signed_ranks_are_scipys_with_and_without_ties() {
    let rows = rows("signed_rank");
    assert_eq!(rows.len(), 11);
    rows.iter().for_each(|row| near(signed_rank(&row.values).p, row.expected[0], 1e-12));
}

#[test]
fn friedmans_statistic_is_scipys() {
    let rows = rows("friedman");
    assert_eq!(rows.len(), 6);
    for row in rows {
        let scores: Vec<Vec<f64>> = row.values.chunks(row.columns).map(<[f64]>::to_vec).collect();
        near(ranks::friedman(&scores), row.expected[0], 1e-10);
    }
}

#[test]
fn ranks_are_scipys() {
    let rows = rows("ranks");
    assert_eq!(rows.len(), 3);
    rows.iter().for_each(|row| assert_eq!(ranks::ranks(&row.values), row.expected));
}
