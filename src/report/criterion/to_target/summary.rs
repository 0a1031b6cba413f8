//! Summaries of the pairs, by problem and by optimizer.

use super::captions::{TABLES, caption};
use super::estimates::{NEVER, Time};
use super::pairs::Pair;
use crate::compare::statistics::mean;
use crate::report::numbers::time_within;
use crate::table::{Rule, Table, Values};
use std::collections::HashMap;

/// Returns the timed pairs of each problem, the fastest first, with the problems in their order.
fn problems(pairs: &[Pair]) -> Vec<Vec<&Pair>> {
    let timed =
        |chunk: &[Pair]| chunk.iter().position(|pair| pair.time.median.is_nan()).unwrap_or(chunk.len());
    let by_problem = pairs
        .chunk_by(|a, b| a.problem == b.problem)
        .map(|chunk| chunk[..timed(chunk)].iter().collect::<Vec<_>>());
    by_problem.filter(|timed| !timed.is_empty()).collect()
}

/// Returns the table of the fastest optimizer on each problem.
pub(super) fn by_problem(pairs: &[Pair]) -> Table {
    let problems = problems(pairs);
    let words =
        |word: &dyn Fn(&[&Pair]) -> String| Values::Text(problems.iter().map(|timed| word(timed)).collect());
    let near = |timed: &[&Pair]| {
        let names: Vec<&str> = timed[1..]
            .iter()
            .filter(|pair| pair.time.low <= timed[0].time.high)
            .map(|pair| pair.optimizer.as_str())
            .collect();
        if names.is_empty() { "–".into() } else { names.join(", ") }
    };
    let fewest = |timed: &[&Pair]| -> (String, Time) {
        let least = timed.iter().min_by(|a, b| a.evaluations.total_cmp(&b.evaluations));
        least.map_or((String::new(), NEVER), |pair| (pair.optimizer.clone(), pair.time))
    };
    Table::new(TABLES[1].0, caption(TABLES[1].0))
        .column("problem", words(&|timed| timed[0].problem.clone()), Rule::Exact)
        .integer("solved_by", problems.iter().map(|timed| timed.len() as i64))
        .column("fastest", words(&|timed| timed[0].optimizer.clone()), Rule::Timing)
        .column("time", words(&|timed| shown(timed[0].time)), Rule::Timing)
        .column("not_told_apart", words(&near), Rule::Timing)
        .column("fewest_evaluations", words(&|timed| fewest(timed).0), Rule::Timing)
        .column("its_time", words(&|timed| shown(fewest(timed).1)), Rule::Timing)
}

/// Returns the table of how many times longer than the fastest each optimizer takes, and of the time of its
/// iterations.
pub(super) fn by_optimizer(pairs: &[Pair], iterations: &HashMap<(String, String), Time>) -> Table {
    let mut names: Vec<&String> = pairs.iter().map(|pair| &pair.optimizer).collect();
    names.sort();
    names.dedup();
    let problems = problems(pairs);
    let mut rows: Vec<Slower> = names.into_iter().map(|name| Slower::of(name, &problems)).collect();
    rows.sort_by(|a, b| a.ratio.median.total_cmp(&b.ratio.median));
    let numbers = |number: fn(&Slower) -> f64| rows.iter().map(number).collect::<Vec<f64>>();
    let table = Table::new(TABLES[2].0, caption(TABLES[2].0))
        .text("optimizer", rows.iter().map(|row| row.optimizer.clone()))
        .integer("solves", rows.iter().map(|row| row.solves as i64))
        .timing("fastest_on", numbers(|row| row.fastest_on as f64))
        .timing("times_the_fastest", numbers(|row| row.ratio.median))
        .timing("low", numbers(|row| row.ratio.low))
        .timing("high", numbers(|row| row.ratio.high));
    let mut timed: Vec<&String> = iterations.keys().map(|(_, problem)| problem).collect();
    timed.sort();
    timed.dedup();
    // Test functions come first: almost all of the time of an iteration is the optimizer's own.
    timed.sort_by_key(|problem| problem.contains('/'));
    timed.into_iter().fold(table, |table, problem| {
        let of = |row: &Slower| {
            iterations
                .get(&(row.optimizer.clone(), problem.clone()))
                .map_or("–".into(), |time| shown(*time))
        };
        table.column(
            format!("iteration_on_{problem}"),
            Values::Text(rows.iter().map(of).collect()),
            Rule::Timing,
        )
    })
}

/// The time of an optimizer relative to the fastest, over the problems that it solves.
pub(super) struct Slower {
    pub optimizer: String,
    solves: usize,
    fastest_on: usize,
    /// A geometric mean of ratios, not a time; NaN if there are too few problems for an interval.
    pub ratio: Time,
}

impl Slower {
    fn of(optimizer: &str, problems: &[Vec<&Pair>]) -> Self {
        let ratio = |timed: &Vec<&Pair>| {
            let own = timed.iter().find(|pair| pair.optimizer == optimizer)?;
            Some((own.time.median / timed[0].time.median).ln())
        };
        let logarithms: Vec<f64> = problems.iter().filter_map(ratio).collect();
        let estimate = mean(&logarithms);
        let ratio = match logarithms.len() {
            0 | 1 => NEVER,
            _ => Time {
                median: estimate.value.exp(),
                low: estimate.interval.0.exp(),
                high: estimate.interval.1.exp(),
            },
        };
        let fastest_on = problems.iter().filter(|timed| timed[0].optimizer == optimizer).count();
        Slower { optimizer: optimizer.into(), solves: logarithms.len(), fastest_on, ratio }
    }
}

fn shown(time: Time) -> String {
    time_within(time.median, [time.low, time.high])
}
