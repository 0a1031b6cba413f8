//! A folder of results, written and read back.

use super::*;
use crate::claim::{Bound, Claim};
use crate::error::{Error, Result};
use crate::figure::{Axis, Figure, Panel};
use crate::files;
use crate::findings::Findings;
use crate::report::claims as claim_files;
use crate::report::manifest::{Machine, Provenance};
use crate::study::Study;
use crate::table::Table;
use std::fs;

fn refuse(_: &crate::study::Context) -> Result<Findings> {
    Ok(Findings::default())
}

pub(crate) const STUDY: Study = Study {
    name: "momentum",
    notebook: "07",
    title: "Momentum",
    question: "How much faster is it?",
    run: refuse,
};

pub(crate) fn findings() -> Findings {
    let rates = Table::new("rates", "Rates | measured")
        .text("rule", ["sgd", "momentum"])
        .float("rate", [0.5, 0.25])
        .integer("steps", [100, 10]);
    let timed = Table::new("times", "Times").timing("seconds", [1.5, 2.5]).float_within(
        "accuracy",
        [0.8, 0.9],
        0.0,
        0.02,
    );
    let panel = Panel::new("", Axis::linear("k"), Axis::log("loss")).line("sgd", [0.0, 1.0], [1.0, 0.5], 0);
    Findings {
        tables: vec![rates, timed],
        figures: vec![Figure::new("paths", "Paths [of two]", "Two paths.").panel(panel)],
        claims: vec![
            Claim::exact("rate", "07", "The rate is 1/2", "slide")
                .said()
                .measured(0.5, Bound::Equals { value: 0.5, tolerance: 1e-6 }),
            Claim::statistical("acc", "07", "Accuracy is at least .7", "own").measured_within(
                0.8,
                (0.78, 0.82),
                Bound::AtLeast(0.7),
            ),
            Claim::timing("fast", "07", "It is faster", "own")
                .measured_within(1.1, (0.9, 1.3), Bound::AtLeast(1.0))
                .note("too near | to tell"),
        ],
    }
}

pub(crate) fn provenance() -> Provenance {
    let machine = Machine {
        arithmetic: "AVX2; OpenBLAS Zen".into(),
        cpu: "CPU".into(),
        cores: 2,
        memory_gib: 8.0,
        governor: "performance".into(),
        load: Some(0.5),
        os: "Linux".into(),
        rustc: "rustc 1".into(),
        blas: "openblas".into(),
        blas_threads: Some(1),
        lock: "0".into(),
    };
    Provenance {
        seed: 1,
        key: "key".into(),
        finished: "2026-01-02T03:04:05Z".into(),
        seconds: 1.5,
        commit: "abcdef0123456789+".into(),
        machine,
    }
}

/// A folder with the results of one study and the pages.
pub(crate) fn written() -> (tempfile::TempDir, Results) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("notebooks")).unwrap();
    fs::write(folder.path().join("notebooks/07_momentum.ipynb"), "{}").unwrap();
    let results = Results::at(folder.path().join("results"));
    results.write_study(&STUDY, &findings(), &provenance()).unwrap();
    results.write_index().unwrap();
    (folder, results)
}

#[test]
fn what_is_written_reads_back() {
    let (folder, results) = written();
    let table = results.read_table("momentum", "rates").unwrap();
    assert_eq!(table, findings().tables[0]);
    assert_eq!(results.read_claims("momentum").unwrap(), findings().claims);
    assert_eq!(results.all_claims().unwrap().len(), 3);
    let svg = results.read_svg("momentum", "paths").unwrap();
    assert!(svg.document.starts_with("<svg") && svg.caption == "Two paths.");
    let deep = folder.path().join("notebooks/a/b");
    fs::create_dir_all(&deep).unwrap();
    assert_eq!(Results::find_from(&deep).unwrap(), results);
    let lost = Results::find_from(&std::env::temp_dir()).unwrap_err().to_string();
    assert!(lost.contains("make regenerate"), "{lost}");
}

#[test]
fn unknown_names_are_suggested() {
    let (_folder, results) = written();
    for (refused, near) in [
        (results.read_table("momentun", "rates").unwrap_err(), "momentum"),
        (results.read_table("momentum", "rate").unwrap_err(), "rates"),
        (results.read_svg("momentum", "path").unwrap_err(), "paths"),
    ] {
        assert!(refused.to_string().contains(&format!("did you mean '{near}'?")), "{refused}");
    }
}

#[test]
fn a_run_is_current_until_something_changes() {
    let (_folder, results) = written();
    assert!(results.is_current("momentum", "key"));
    assert!(!results.is_current("momentum", "other key") && !results.is_current("sgd", "key"));
    let csv = results.folder("momentum").join("rates.csv");
    let good = fs::read_to_string(&csv).unwrap();
    fs::write(&csv, good.replace("0.25", "0.26")).unwrap();
    assert!(!results.is_current("momentum", "key"));
    fs::write(&csv, good).unwrap();
    assert!(results.is_current("momentum", "key"));
    fs::remove_file(results.folder("momentum").join("paths.svg")).unwrap();
    assert!(!results.is_current("momentum", "key"));
}

#[test]
fn a_new_run_replaces_the_old_one_wholly() {
    let (_folder, results) = written();
    let fewer = Findings { tables: vec![findings().tables[1].clone()], ..Findings::default() };
    results.write_study(&STUDY, &fewer, &provenance()).unwrap();
    results.write_index().unwrap();
    assert!(!results.folder("momentum").join("rates.csv").exists());
    assert!(!results.manifest().unwrap().files.contains_key("momentum/rates.csv"));
    assert!(results.is_current("momentum", "key"));
    let left: Vec<_> = fs::read_dir(&results.root)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|n| n.starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_failed_run_leaves_the_old_results() {
    let (_folder, results) = written();
    let mut broken = findings();
    broken.figures[0].panels[0] =
        Panel::new("", Axis::linear(""), Axis::linear("")).line("a", [1.0], [1.0, 2.0], 0);
    assert!(matches!(results.write_study(&STUDY, &broken, &provenance()), Err(Error::Shape { .. })));
    let mut twice = findings();
    twice.tables.push(twice.tables[0].clone());
    assert!(matches!(results.write_study(&STUDY, &twice, &provenance()), Err(Error::Unsupported { .. })));
    assert!(results.is_current("momentum", "key"));
    assert!(!results.root.join(".momentum.tmp").exists());
    let file = results.root.join("claims.csv");
    assert!(matches!(
        Results::at(file).write_study(&STUDY, &findings(), &provenance()),
        Err(Error::Io { .. })
    ));
}

#[test]
fn equal_results_give_equal_folders() {
    let (a, b) = (written(), written());
    for path in files::below(&a.1.root).unwrap() {
        let name = crate::report::manifest::relative(&a.1.root, &path);
        assert_eq!(fs::read(&path).unwrap(), fs::read(b.1.root.join(&name)).unwrap(), "{name}");
    }
}

#[cfg(all(feature = "studies", feature = "lapack"))]
#[test]
fn a_long_form_of_older_code_is_not_stale_and_says_how_it_is_run() {
    let (_folder, results) = written();
    let long = Study { name: "papers-long", ..STUDY };
    results.write_study(&long, &Findings { claims: Vec::new(), ..findings() }, &provenance()).unwrap();
    results.write_index().unwrap();
    let page = fs::read_to_string(results.root.join("README.md")).unwrap();
    let section = page.split("<a id=\"papers-long\"></a>").nth(1).unwrap();
    assert!(section.contains("`gradus run papers --budget long`") && !section.contains("Stale"), "{section}");
    assert!(section.contains("> A long run: ") && page.contains("(no claims)"), "{page}");
    assert!(results.read_claims("papers-long").unwrap().is_empty());
}

#[test]
fn the_pages_link_and_show_everything() {
    let (_folder, results) = written();
    let index = fs::read_to_string(results.root.join("README.md")).unwrap();
    for text in [
        "3 claims: 2 hold, 0 refuted, 1 undecided",
        "![Paths  of two ](momentum/paths.svg)",
        "[CSV](momentum/rates.csv)",
        "| sgd | 0.5 | 100 |",
        "[07_momentum.ipynb](../notebooks/07_momentum.ipynb)",
        "**How much faster is it?**",
        "| ✓ holds | The rate is 1/2 | 0.5 | = 0.5 ± 10⁻⁶ | said by slide |",
        "Every claim says whose it is.",
        "too near \\| to tell",
        "undecided; **stale**)",
        "> **Stale**: ",
    ] {
        assert!(index.contains(text), "{text} in\n{index}");
    }
    let claims = fs::read_to_string(results.root.join("CLAIMS.md")).unwrap();
    let of_this_code =
        Provenance { key: format!("{}-0", crate::report::manifest::CODE_HASH), ..provenance() };
    results.write_study(&STUDY, &findings(), &of_this_code).unwrap();
    results.write_index().unwrap();
    assert!(!fs::read_to_string(results.root.join("README.md")).unwrap().to_lowercase().contains("stale"));
    assert!(
        claims.contains("[acc](momentum/claims.csv#L3)") && claims.contains("README.md#momentum"),
        "{claims}"
    );
    assert_eq!(claim_files::read(&results.root.join("claims.csv")).unwrap().len(), 3);
    for page in [&index, &claims] {
        for target in page.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap();
            assert!(path.is_empty() || results.root.join(path).exists(), "a link to {target}");
        }
    }
}
