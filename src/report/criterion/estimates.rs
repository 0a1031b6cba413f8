//! Criterion's files as a table.

use crate::error::{DataProblem, Error, Result};
use crate::files;
use crate::table::Table;
use serde_json::Value;
use std::cmp::Ordering;
use std::path::Path;

/// The name of the table and of its files.
pub const NAME: &str = "wall_clock";

/// Criterion's estimate of the time of one call, in nanoseconds.
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
/// [`Error::Unsupported`], which names `make bench`, if there are none; [`Error::Data`] with the line if one
/// cannot be read.
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

/// Returns n of `{"Elements": n}` or `{"ElementsAndBytes": {"elements": n, …}}`; NaN for other throughputs,
/// which count no elements.
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

/// Compares two names in alphabetical order, except that numbers in them are compared by value: "n2" before
/// "n10".
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
