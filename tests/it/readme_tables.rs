//! The README's tables are what `results/` gives: nobody typed a number, and none is stale.
#![cfg(feature = "report")]

use gradus::report::{peers, readme, tables};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

#[test]
fn the_comparison_with_other_libraries_is_what_was_measured() {
    let measured = root().join("results/peers.csv");
    let table = measured.is_file().then(|| peers::read(&measured).unwrap());
    let processors = peers::on_processors(&root().join("results")).unwrap();
    let block = peers::block(table.as_ref()).unwrap() + &peers::side_by_side(&processors).unwrap();
    assert_eq!(
        readme::PEERS.filled(&page(), &block).unwrap(),
        page(),
        "the README is stale: `make peers` writes it"
    );
}

#[test]
fn the_page_of_all_measurements_is_what_was_measured() {
    let folder = root().join("results");
    let page = fs::read_to_string(folder.join(peers::PAGE)).unwrap();
    let table = peers::long_table(&peers::read(&folder.join("peers.csv")).unwrap()).unwrap();
    assert!(page.ends_with(&table), "results/PEERS.md is stale: `make peers` writes it");
}

#[test]
fn the_ranks_are_those_of_the_comparison() {
    let table = |name: &str| tables::read_csv(&root().join("results/comparison").join(name)).unwrap();
    let block = readme::ranks(&table("ranks.csv"), &table("ranks_by_area.csv")).unwrap();
    assert_eq!(
        readme::RANKS.filled(&page(), &block).unwrap(),
        page(),
        "the README is stale: `gradus run comparison` writes it"
    );
}

#[test]
fn every_claim_of_the_results_says_whose_it_is() {
    let claims = tables::read_csv(&root().join("results/claims.csv")).unwrap();
    let cell = |column: &str, row| claims.get(column).unwrap().values.cell(row);
    for row in 0..claims.rows() {
        let (id, origin, reading) = (cell("id", row), cell("origin", row), cell("reading", row));
        assert!(["said by the source", "our reading", "ours"].contains(&origin.as_str()), "{id}: {origin}");
        assert_eq!(origin == "our reading", !reading.is_empty(), "{id}: how the idea was made strict");
    }
}

#[test]
fn the_guides_state_the_verdicts_of_the_claims_that_they_name() {
    let claims = tables::read_csv(&root().join("results/claims.csv")).unwrap();
    let cell = |column: &str, row| claims.get(column).unwrap().values.cell(row);
    let verdicts: BTreeMap<String, String> =
        (0..claims.rows()).map(|row| (cell("id", row), cell("verdict", row))).collect();
    let mut named = 0;
    for path in fs::read_dir(root().join("src/guide")).unwrap().map(|entry| entry.unwrap().path()) {
        let text = fs::read_to_string(&path).unwrap().replace('\n', " ");
        for verdict in ["holds", "is refuted", "is undecided"] {
            for (before, _) in text.match_indices(&format!("` {verdict}")).map(|(at, end)| (&text[..at], end))
            {
                let id = before.rsplit('`').next().unwrap();
                let expected = verdict.trim_start_matches("is ");
                assert_eq!(
                    verdicts.get(id).map(String::as_str),
                    Some(expected),
                    "{id} in {}",
                    path.display()
                );
                named += 1;
            }
        }
    }
    assert!(named > 20, "{named}");
}
