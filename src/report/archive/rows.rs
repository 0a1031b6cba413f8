//! The tables of an archive, and the runs that they describe.

use super::summary::{Point, Summary};
use crate::compare::suite::{Archive, Outcome, Phase, ProblemFacts, Run, RunCurve};
use crate::error::{Error, Result};
use crate::table::{Table, Values};
use std::collections::HashMap;
use std::path::Path;

/// Returns the table of the runs: that of the comparison, with the seconds and the machine of each run.
pub(super) fn runs_table(archive: &Archive) -> Result<Table> {
    let comparison = archive.comparison();
    let seconds = comparison.seconds_table();
    let of = |name: &str| seconds.floats(name);
    let machines = comparison.runs.iter().map(|run| run.machine as i64);
    Ok(comparison
        .runs_table()
        .float("seconds", of("seconds")?)
        .float("seconds_to_target", of("seconds_to_target")?)
        .integer("machine", machines.collect::<Vec<_>>()))
}

/// Returns the table of the curves at the best settings.
pub(super) fn curves_table(archive: &Archive) -> Table {
    archive.comparison().curves_table()
}

/// A table that was read from a file, whose name errors tell.
pub(super) struct Columns<'a> {
    pub table: &'a Table,
    pub file: &'a Path,
}

impl Columns<'_> {
    pub fn text(&self, name: &str) -> Result<&[String]> {
        match self.table.get(name).map(|column| &column.values) {
            Ok(Values::Text(words)) => Ok(words),
            _ => Err(self.lacks(name)),
        }
    }

    pub fn float(&self, name: &str) -> Result<Vec<f64>> {
        self.table.floats(name).map_err(|_| self.lacks(name))
    }

    fn whole(&self, name: &str) -> Result<&[i64]> {
        match self.table.get(name).map(|column| &column.values) {
            Ok(Values::Integer(numbers)) => Ok(numbers),
            _ => Err(self.lacks(name)),
        }
    }

    fn lacks(&self, name: &str) -> Error {
        Error::Unsupported {
            what: format!("{} has no column {name} of a comparison", self.file.display()),
            remedy: "name the folder that was given to --out of `gradus compare`, or make the archive again",
        }
    }
}

/// The curves at the best settings, by problem, optimizer and seed.
pub(super) struct Curves(HashMap<(String, String, i64), RunCurve>);

impl Curves {
    /// Reads a table of curves.
    pub fn of(columns: &Columns) -> Result<Self> {
        let [problem, optimizer, phase] = ["problem", "optimizer", "phase"].map(|name| columns.text(name));
        let (problem, optimizer, phase) = (problem?, optimizer?, phase?);
        let (seed, iterations) = (columns.whole("seed")?, columns.whole("iterations")?);
        let [evaluations, loss, accuracy] =
            ["evaluations", "loss", "test_accuracy"].map(|name| columns.float(name));
        let (evaluations, loss, accuracy) = (evaluations?, loss?, accuracy?);
        let mut curves: HashMap<(String, String, i64), RunCurve> = HashMap::new();
        let rows: Vec<usize> = (0..loss.len()).filter(|&row| phase[row] == Phase::Best.word()).collect();
        let key = |row: usize| (&problem[row], &optimizer[row], seed[row]);
        // The rows of a run follow each other.
        for run in rows.chunk_by(|&a, &b| key(a) == key(b)) {
            let (problem, optimizer, seed) = key(run[0]);
            let curve = curves.entry((problem.clone(), optimizer.clone(), seed)).or_default();
            for &row in run {
                let k = iterations[row].max(0) as u64;
                curve.push(k, evaluations[row], f64::NAN, loss[row], accuracy[row]);
            }
        }
        Ok(Curves(curves))
    }
}

/// Reads the runs from a table, with the seconds from another one that has the same rows. `machine` tells the
/// machine of a row.
pub(super) fn runs_of(
    columns: &Columns,
    seconds: &Columns,
    machine: impl Fn(usize) -> usize,
    problems: &[ProblemFacts],
    curves: &Curves,
) -> Result<Vec<Run>> {
    let texts = ["problem", "optimizer", "phase", "setting", "outcome", "reason"];
    let texts = texts.into_iter().map(|name| columns.text(name)).collect::<Result<Vec<_>>>()?;
    let [problem, optimizer, phase, setting, outcome, reason] = texts[..] else { unreachable!("six names") };
    let (trial, seed) = (columns.whole("trial")?, columns.whole("seed")?);
    let (lr, area) = (columns.float("lr")?, columns.float("area")?);
    let summaries = summaries(columns, seconds)?;
    let target = |name: &str| problems.iter().find(|facts| facts.name == name).map(|facts| facts.target);
    let run = |row: usize| -> Result<Run> {
        let target = target(&problem[row]).ok_or_else(|| Error::Unsupported {
            what: format!("{} has runs of {}, which the plan lacks", columns.file.display(), problem[row]),
            remedy: "make the comparison again, so that its files belong together",
        })?;
        let phase = Phase::by_word(&phase[row])?;
        let summary = &summaries[row];
        let known = curves.0.get(&(problem[row].clone(), optimizer[row].clone(), seed[row]));
        let curve = match known.filter(|_| phase == Phase::Best) {
            Some(curve) => {
                let mut curve = curve.clone();
                summary.correct(&mut curve, target);
                curve
            }
            None => summary.curve(target),
        };
        Ok(Run {
            problem: problem[row].clone(),
            optimizer: optimizer[row].clone(),
            phase,
            trial: trial[row].max(0) as usize,
            setting: setting[row].clone(),
            lr: lr[row],
            seed: seed[row].max(0) as u64,
            outcome: Outcome::by_word(&outcome[row])?,
            reason: reason[row].clone(),
            machine: machine(row),
            known_area: Some(area[row]),
            curve,
        })
    };
    (0..columns.table.rows()).map(run).collect()
}

/// Returns what the tables say of each run.
fn summaries(columns: &Columns, seconds: &Columns) -> Result<Vec<Summary>> {
    let points = |ending: &str| -> Result<Vec<Option<Point>>> {
        let name = |what: &str| format!("{what}{ending}");
        let iterations = columns.float(&name("iterations"))?;
        let evaluations = columns.float(&name("evaluations"))?;
        let seconds = seconds.float(&name("seconds"))?;
        let known = |row: usize| {
            let point = Point {
                iterations: iterations[row],
                evaluations: evaluations[row],
                seconds: seconds.get(row).copied().unwrap_or(f64::NAN),
            };
            point.iterations.is_finite().then_some(point)
        };
        Ok((0..iterations.len()).map(known).collect())
    };
    let (reached, end) = (points("_to_target")?, points("")?);
    let (loss, accuracy) = (columns.float("final_loss")?, columns.float("test_accuracy")?);
    let summary = |row: usize| Summary {
        reached: reached[row],
        end: end[row],
        loss: loss[row],
        accuracy: accuracy[row],
    };
    Ok((0..loss.len()).map(summary).collect())
}
