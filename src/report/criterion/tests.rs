//! From the files of Criterion to the table, the charts and the folder of results.

use super::*;
use crate::error::Error;
use crate::report::results::{Results, tests::provenance};
use crate::table::Values;
use rand::RngExt;
use std::fs;
use std::path::Path;

fn benchmark(root: &Path, folder: &str, id: &str, median: f64) {
    let new = root.join(folder).join("new");
    fs::create_dir_all(&new).unwrap();
    fs::create_dir_all(root.join(folder).join("base")).unwrap();
    let one = |v: f64| {
        format!(
            "{{\"confidence_interval\":{{\"confidence_level\":0.95,\"lower_bound\":{},\"upper_bound\":{}}},\
             \"point_estimate\":{v},\"standard_error\":1.0}}",
            v * 0.9,
            v * 1.2
        )
    };
    let estimates = format!("{{\"mean\":{},\"median\":{},\"slope\":null}}", one(median * 1.05), one(median));
    fs::write(new.join("benchmark.json"), id).unwrap();
    fs::write(new.join("estimates.json"), &estimates).unwrap();
    fs::write(root.join(folder).join("base/benchmark.json"), "not read").unwrap();
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let id = |group: &str, function: &str, value: &str, throughput: &str| {
        format!(
            "{{\"group_id\":\"{group}\",\"function_id\":{function},\"value_str\":{value},\
             \"throughput\":{throughput},\"full_id\":\"x\"}}"
        )
    };
    benchmark(
        folder.path(),
        "update/adam/10",
        &id("update", "\"adam\"", "\"10\"", "{\"Elements\":128}"),
        1200.0,
    );
    benchmark(folder.path(), "update/adam/9", &id("update", "\"adam\"", "\"9\"", "{\"Bytes\":128}"), 900.0);
    benchmark(folder.path(), "epoch", &id("epoch", "null", "null", "null"), 2.5e6);
    folder
}

#[test]
fn estimates_become_a_table_in_natural_order() {
    let table = read(folder().path()).unwrap();
    assert_eq!(table.rows(), 3);
    assert_eq!(
        table.get("parameter").unwrap().values,
        Values::Text(vec!["".into(), "9".into(), "10".into()])
    );
    assert_eq!(table.floats("median_ns").unwrap(), [2.5e6, 900.0, 1200.0]);
    assert_eq!(table.floats("low_ns").unwrap()[2], 1080.0);
    assert_eq!(table.floats("elements").unwrap()[2], 128.0);
    assert!(table.floats("elements").unwrap()[..2].iter().all(|v| v.is_nan()));
}

#[test]
fn each_group_has_a_panel_in_its_unit() {
    let figure = figure(&read(folder().path()).unwrap()).unwrap();
    let units: Vec<&str> = figure.panels.iter().map(|p| p.axes.as_ref().unwrap().0.label.as_str()).collect();
    assert_eq!(units, ["ms", "µs"]);
}

#[test]
fn the_times_are_written_and_noted() {
    let target = tempfile::tempdir().unwrap();
    let results = Results::at(target.path().join("results"));
    results.write_wall_clock(&read(folder().path()).unwrap(), &provenance()).unwrap();
    results.write_index().unwrap();
    let files = results.manifest().unwrap().files;
    assert!(
        ["wall_clock.csv", "wall_clock.parquet", "wall_clock.svg", "README.md"]
            .iter()
            .all(|f| files.contains_key(*f)),
        "{files:?}"
    );
    assert!(
        fs::read_to_string(results.root.join("README.md"))
            .unwrap()
            .contains("![Wall-clock times](wall_clock.svg)")
    );
}

#[test]
fn times_to_the_target_join_the_comparison_and_go_with_it() {
    let (target, folder) = (tempfile::tempdir().unwrap(), folder());
    let id = "{\"group_id\":\"time_to_target\",\"function_id\":\"adam\",\"value_str\":\"bowl\",\
              \"throughput\":{\"Elements\":7}}";
    benchmark(folder.path(), "time_to_target/adam/bowl", id, 3000.0);
    let times = read(folder.path()).unwrap();
    let results = Results::at(target.path().join("results"));
    let there = || {
        results.root.join("time_to_target.csv").exists() && results.root.join("time_to_target.svg").exists()
    };
    assert!(!results.write_wall_clock(&times, &provenance()).unwrap() && !there(), "without the comparison");
    assert!(results.read_times("time_to_target").unwrap_err().to_string().contains("make bench"));
    fs::create_dir_all(results.folder("comparison")).unwrap();
    let outcomes = "problem,optimizer,setting,evaluations_to_target,solved\n\
                    bowl,adam,lr=1e-1,8.0,1.0\nbowl,sgd,lr=1,NaN,0.0\n";
    fs::write(results.folder("comparison").join("outcomes.csv"), outcomes).unwrap();
    assert!(results.write_wall_clock(&times, &provenance()).unwrap() && there());
    results.write_index().unwrap();
    let pairs = results.read_times("time_to_target").unwrap();
    assert_eq!(pairs.floats("seconds").unwrap()[0], 3e-6);
    assert!(pairs.floats("seconds").unwrap()[1].is_nan() && pairs.caption.contains("confidence intervals"));
    assert!(results.read_times_svg().unwrap().document.starts_with("<svg"));
    assert!(results.read_times("times").unwrap_err().to_string().contains("time_to_target"));
    let page = fs::read_to_string(results.root.join("README.md")).unwrap();
    assert!(
        page.contains("](time_to_target.svg)") && page.contains("| bowl | 1 | adam | 3 µs [2.7, 3.6] |"),
        "{page}"
    );
    let rest = times.clone();
    fs::remove_dir_all(folder.path().join("time_to_target")).unwrap();
    assert_ne!(read(folder.path()).unwrap(), rest);
    assert!(
        !results.write_wall_clock(&read(folder.path()).unwrap(), &provenance()).unwrap() && !there(),
        "none is left of an older run"
    );
}

#[test]
fn nothing_there_names_the_command_and_garbled_estimates_their_file() {
    let target = folder();
    let refused = read(&target.path().join("none")).unwrap_err().to_string();
    assert!(refused.contains("make bench"), "{refused}");
    assert!(read(tempfile::tempdir().unwrap().path()).unwrap_err().to_string().contains("make bench"));
    for text in ["{", "{}", "{\"median\": {\"point_estimate\": \"x\"}}"] {
        fs::write(target.path().join("epoch/new/estimates.json"), text).unwrap();
        assert!(matches!(read(target.path()), Err(Error::Data { .. })), "{text}");
    }
}

/// Criterion's files are not ours: whatever is in them, there is a table or one sentence. (The fuzzer does
/// not come here, since it would compile polars with its instrumentation.)
#[test]
fn damaged_files_are_refused_with_one_sentence() {
    let good = folder();
    let files: Vec<_> = ["benchmark.json", "estimates.json"]
        .map(|name| good.path().join("update/adam/10/new").join(name))
        .into();
    let mut stream = crate::rng::stream(22, "damaged estimates", 0);
    let mut refused = 0;
    for round in 0..600 {
        let path = &files[round % 2];
        let whole = fs::read(path).unwrap();
        let mut bytes = whole.clone();
        let at = stream.random_range(0..bytes.len());
        match round / 2 % 4 {
            0 => bytes.truncate(at),
            1 => bytes[at] = stream.random(),
            2 => drop(bytes.drain(at..(at + 5).min(whole.len()))),
            _ => bytes.splice(at..at, *b"1e999,").for_each(drop),
        }
        fs::write(path, &bytes).unwrap();
        if let Err(error) = read(good.path()) {
            refused += 1;
            assert!(!error.to_string().contains('\n'), "{error}");
        }
        fs::write(path, whole).unwrap();
    }
    assert!(refused > 200, "{refused}");
    assert_eq!(read(good.path()).unwrap().rows(), 3);
}
