//! The pairs of an optimizer and a problem, with their times.

use super::captions::caption;
use super::estimates::{NAME, NEVER, Time, Timed, words};
use crate::error::Result;
use crate::table::Table;
use std::collections::HashMap;

/// An optimizer on a problem: the outcome in the comparison, and the time to the target.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pair {
    pub problem: String,
    pub optimizer: String,
    pub setting: String,
    pub evaluations: f64,
    /// NaN if the optimizer does not reach the target, and was not timed.
    pub iterations: f64,
    pub time: Time,
}

/// Returns a pair for each row of the comparison's outcomes: problems in their order, and for each problem
/// the fastest optimizer first.
pub(super) fn joined(times: &HashMap<(String, String), Timed>, outcomes: &Table) -> Result<Vec<Pair>> {
    let (problems, optimizers, settings) =
        (words(outcomes, "problem")?, words(outcomes, "optimizer")?, words(outcomes, "setting")?);
    let (evaluations, solved) = (outcomes.floats("evaluations_to_target")?, outcomes.floats("solved")?);
    let pair = |row: usize| {
        let (problem, optimizer) = (problems[row].clone(), optimizers[row].clone());
        // The timed code may be different from the code of the outcomes, and may have reached more targets.
        let timed = times.get(&(optimizer.clone(), problem.clone())).filter(|_| solved[row] > 0.0);
        Pair {
            problem,
            optimizer,
            setting: settings[row].clone(),
            evaluations: evaluations[row],
            iterations: timed.map_or(f64::NAN, |timed| timed.iterations),
            time: timed.map_or(NEVER, |timed| timed.whole),
        }
    };
    let mut pairs: Vec<Pair> = (0..outcomes.rows()).map(pair).collect();
    let mut order: Vec<&String> = problems.iter().collect();
    order.dedup();
    let place = |pair: &Pair| order.iter().position(|problem| **problem == pair.problem);
    pairs.sort_by(|a, b| place(a).cmp(&place(b)).then(a.time.median.total_cmp(&b.time.median)));
    Ok(pairs)
}

pub(super) fn table(pairs: &[Pair]) -> Table {
    let words = |word: fn(&Pair) -> &String| pairs.iter().map(word).cloned().collect::<Vec<String>>();
    let numbers = |number: fn(&Pair) -> f64| pairs.iter().map(number).collect::<Vec<f64>>();
    Table::new(NAME, caption(NAME))
        .text("problem", words(|pair| &pair.problem))
        .text("optimizer", words(|pair| &pair.optimizer))
        .text("setting", words(|pair| &pair.setting))
        .float("evaluations", numbers(|pair| pair.evaluations))
        .float("iterations", numbers(|pair| pair.iterations))
        .timing("seconds", numbers(|pair| pair.time.median))
        .timing("seconds_low", numbers(|pair| pair.time.low))
        .timing("seconds_high", numbers(|pair| pair.time.high))
}
