//! Criterion's estimates as a table and a chart.
//!
//! Criterion 0.8 leaves `target/criterion/**/new/benchmark.json` (the names) and `estimates.json`
//! (nanoseconds with a confidence interval) for each benchmark.

pub mod to_target;

use crate::error::{DataProblem, Error, Result};
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::files;
use crate::table::Table;
use serde_json::Value;
use std::cmp::Ordering;
use std::path::Path;

/// The name of the table, and so of its files.
pub const NAME: &str = "wall_clock";

/// What Criterion measured of one function.
#[derive(Debug, Clone, PartialEq)]
struct Estimate {
    group: String,
    function: String,
    parameter: String,
    elements: f64,
    mean: f64,
    median: f64,
    low: f64,
    high: f64,
}

/// Reads all estimates below `target/criterion` as the table `wall_clock`: group, function, parameter,
/// elements (of one call; NaN where the benchmark does not say), mean_ns, median_ns, and the median's
/// confidence interval low_ns, high_ns.
///
/// # Errors
///
/// [`Error::Unsupported`] naming `make bench` if there are none, [`Error::Data`] with the line if one is
/// garbled.
pub fn read(folder: &Path) -> Result<Table> {
    let missing = || Error::Unsupported {
        what: format!("there are no estimates of Criterion in {}", folder.display()),
        remedy: "run `make bench` first",
    };
    if !folder.is_dir() {
        return Err(missing());
    }
    let is_new = |path: &Path| path.parent().and_then(Path::file_name).is_some_and(|name| name == "new");
    let paths = files::below(folder)?
        .into_iter()
        .filter(|p| p.file_name().is_some_and(|n| n == "benchmark.json") && is_new(p));
    let mut estimates = paths.map(|path| estimate(&path)).collect::<Result<Vec<_>>>()?;
    if estimates.is_empty() {
        return Err(missing());
    }
    estimates.sort_by(|a, b| {
        natural(&a.group, &b.group)
            .then(natural(&a.function, &b.function))
            .then(natural(&a.parameter, &b.parameter))
    });
    Ok(table(&estimates))
}

fn table(estimates: &[Estimate]) -> Table {
    let words = |word: fn(&Estimate) -> &String| estimates.iter().map(word).cloned().collect::<Vec<String>>();
    let numbers = |number: fn(&Estimate) -> f64| estimates.iter().map(number).collect::<Vec<f64>>();
    Table::new(NAME, "Wall-clock by Criterion: median with its confidence interval")
        .text("group", words(|e| &e.group))
        .text("function", words(|e| &e.function))
        .text("parameter", words(|e| &e.parameter))
        .float("elements", numbers(|e| e.elements))
        .timing("mean_ns", numbers(|e| e.mean))
        .timing("median_ns", numbers(|e| e.median))
        .timing("low_ns", numbers(|e| e.low))
        .timing("high_ns", numbers(|e| e.high))
}

fn estimate(benchmark: &Path) -> Result<Estimate> {
    let (id, path) = (json(benchmark)?, benchmark.with_file_name("estimates.json"));
    let times = json(&path)?;
    let number = |value: &Value, name: &str| {
        value.as_f64().ok_or_else(|| garbled(&path, 1, format!("{name} is missing")))
    };
    let word = |name: &str| id[name].as_str().unwrap_or_default().to_string();
    let interval = &times["median"]["confidence_interval"];
    Ok(Estimate {
        group: id["group_id"]
            .as_str()
            .ok_or_else(|| garbled(benchmark, 1, "group_id is missing".into()))?
            .to_string(),
        function: word("function_id"),
        parameter: word("value_str"),
        elements: elements(&id["throughput"]),
        mean: number(&times["mean"]["point_estimate"], "mean.point_estimate")?,
        median: number(&times["median"]["point_estimate"], "median.point_estimate")?,
        low: number(&interval["lower_bound"], "median.confidence_interval.lower_bound")?,
        high: number(&interval["upper_bound"], "median.confidence_interval.upper_bound")?,
    })
}

/// `{"Elements": n}` or `{"ElementsAndBytes": {"elements": n, …}}`; other throughputs count no elements.
fn elements(throughput: &Value) -> f64 {
    throughput["Elements"]
        .as_f64()
        .or(throughput["ElementsAndBytes"]["elements"].as_f64())
        .unwrap_or(f64::NAN)
}

fn json(path: &Path) -> Result<Value> {
    serde_json::from_str(&files::read_text(path)?)
        .map_err(|error| garbled(path, error.line().max(1), error.to_string()))
}

fn garbled(path: &Path, line: usize, reason: String) -> Error {
    Error::Data {
        path: path.into(),
        format: "an estimate of Criterion",
        problem: DataProblem::Line { line, reason },
    }
}

/// Alphabetic, but numbers inside by their value: "n2" before "n10".
fn natural(a: &str, b: &str) -> Ordering {
    let parts = |text: &str| -> Vec<(u128, String)> {
        let mut parts: Vec<(u128, String)> = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let words = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
            let digits = rest[words..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |i| words + i);
            parts.push((rest[words..digits].parse().unwrap_or(0), rest[..words].to_string()));
            rest = &rest[digits..];
        }
        parts
    };
    let (left, right) = (parts(a), parts(b));
    let differing =
        left.iter().zip(&right).map(|(x, y)| x.1.cmp(&y.1).then(x.0.cmp(&y.0))).find(|order| order.is_ne());
    differing.unwrap_or_else(|| left.len().cmp(&right.len()).then(a.cmp(b)))
}

/// A chart of the table that [`read`] gives: a panel a group, bars with intervals, each panel in its own
/// unit. The groups of the comparison have a chart of their own, [`to_target::figure`].
///
/// # Errors
///
/// [`Error::UnknownName`] if a column is missing, [`Error::Syntax`] if one holds no numbers.
pub fn figure(times: &Table) -> Result<Figure> {
    let word = |name: &str| -> Result<Vec<String>> {
        times.get(name).map(|c| (0..c.values.len()).map(|i| c.values.cell(i)).collect())
    };
    let (groups, functions, parameters) = (word("group")?, word("function")?, word("parameter")?);
    let (median, low, high) = (times.floats("median_ns")?, times.floats("low_ns")?, times.floats("high_ns")?);
    let mut names = groups.clone();
    names.dedup();
    names.retain(|name| !to_target::GROUPS.contains(&name.as_str()));
    let caption = "Median time of one call with its confidence interval, by Criterion; shorter is faster.";
    let mut figure = Figure::new(NAME, "Wall-clock times", caption).columns(2);
    for (place, name) in names.iter().enumerate() {
        let rows: Vec<usize> = (0..groups.len()).filter(|&i| groups[i] == *name).collect();
        let largest = rows.iter().map(|&i| median[i]).filter(|v| v.is_finite()).fold(0.0, f64::max);
        let (unit, scale) = unit(largest);
        let scaled = |values: &[f64]| rows.iter().map(|&i| values[i] / scale).collect::<Vec<f64>>();
        let label = |&i: &usize| {
            [functions[i].as_str(), parameters[i].as_str()]
                .iter()
                .filter(|t| !t.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join(" · ")
        };
        let labels = rows.iter().map(label).map(|l| if l.is_empty() { name.clone() } else { l }).collect();
        let bars = Layer::Bars {
            labels,
            values: scaled(&median),
            low: scaled(&low),
            high: scaled(&high),
            color: place,
        };
        figure =
            figure.panel(Panel::new(name, Axis::linear(unit).lower_is_better(), Axis::linear("")).with(bars));
    }
    Ok(figure)
}

/// The unit in which a number of nanoseconds reads well.
fn unit(nanoseconds: f64) -> (&'static str, f64) {
    match nanoseconds {
        ns if ns >= 1e9 => ("s", 1e9),
        ns if ns >= 1e6 => ("ms", 1e6),
        ns if ns >= 1e3 => ("µs", 1e3),
        _ => ("ns", 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::results::{Results, tests::provenance};
    use crate::table::Values;
    use std::fs;

    fn benchmark(root: &Path, folder: &str, id: &str, median: f64) {
        let new = root.join(folder).join("new");
        fs::create_dir_all(&new).unwrap();
        fs::create_dir_all(root.join(folder).join("base")).unwrap();
        let one = |v: f64| {
            format!(
                "{{\"confidence_interval\":{{\"confidence_level\":0.95,\"lower_bound\":{},\"upper_bound\":{}}},\"point_estimate\":{v},\"standard_error\":1.0}}",
                v * 0.9,
                v * 1.2
            )
        };
        let estimates =
            format!("{{\"mean\":{},\"median\":{},\"slope\":null}}", one(median * 1.05), one(median));
        fs::write(new.join("benchmark.json"), id).unwrap();
        fs::write(new.join("estimates.json"), &estimates).unwrap();
        fs::write(root.join(folder).join("base/benchmark.json"), "not read").unwrap();
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let id = |group: &str, function: &str, value: &str, throughput: &str| {
            format!(
                "{{\"group_id\":\"{group}\",\"function_id\":{function},\"value_str\":{value},\"throughput\":{throughput},\"full_id\":\"x\"}}"
            )
        };
        benchmark(
            folder.path(),
            "update/adam/10",
            &id("update", "\"adam\"", "\"10\"", "{\"Elements\":128}"),
            1200.0,
        );
        benchmark(
            folder.path(),
            "update/adam/9",
            &id("update", "\"adam\"", "\"9\"", "{\"Bytes\":128}"),
            900.0,
        );
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
        let units: Vec<&str> =
            figure.panels.iter().map(|p| p.axes.as_ref().unwrap().0.label.as_str()).collect();
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
        let id = "{\"group_id\":\"time_to_target\",\"function_id\":\"adam\",\"value_str\":\"bowl\",\"throughput\":{\"Elements\":7}}";
        benchmark(folder.path(), "time_to_target/adam/bowl", id, 3000.0);
        let times = read(folder.path()).unwrap();
        let results = Results::at(target.path().join("results"));
        let there = || {
            results.root.join("time_to_target.csv").exists()
                && results.root.join("time_to_target.svg").exists()
        };
        assert!(
            !results.write_wall_clock(&times, &provenance()).unwrap() && !there(),
            "without the comparison"
        );
        assert!(results.read_times("time_to_target").unwrap_err().to_string().contains("make bench"));
        fs::create_dir_all(results.folder("comparison")).unwrap();
        let outcomes = "problem,optimizer,setting,evaluations_to_target,solved\nbowl,adam,lr=1e-1,8.0,1.0\nbowl,sgd,lr=1,NaN,0.0\n";
        fs::write(results.folder("comparison").join("outcomes.csv"), outcomes).unwrap();
        assert!(results.write_wall_clock(&times, &provenance()).unwrap() && there());
        results.write_index().unwrap();
        let pairs = results.read_times("time_to_target").unwrap();
        assert_eq!(pairs.floats("seconds").unwrap()[0], 3e-6);
        assert!(
            pairs.floats("seconds").unwrap()[1].is_nan() && pairs.caption.contains("confidence intervals")
        );
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
}
