//! The making of an archive from the folder of a finished comparison.

use super::rows::{Columns, Curves, runs_of};
use crate::compare::suite::{Archive, Machine, Plan, PlannedPair, ProblemFacts, Rules, Run, VERSION};
use crate::error::{Error, Result};
use crate::report::tables::read_parquet;
use crate::table::Table;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The subfolder of a comparison in which its finished runs are kept, and its plan.
pub const KEPT: &str = "kept";

/// Makes an archive of a comparison that `gradus compare` or `gradus compare merge` has finished. Nothing is
/// run.
///
/// # Errors
/// If the folder lacks a file of a comparison, the comparison was made by another version of the code or
/// against an archive, or runs are missing.
pub fn of_comparison(folder: &Path, name: &str) -> Result<Archive> {
    let plan = plan_of(folder)?;
    let problems: Vec<ProblemFacts> = plan.problems.iter().map(|problem| problem.facts.clone()).collect();
    let file = |name: &str| folder.join(format!("{name}.parquet"));
    let read = |name: &str| read_parquet(&file(name)).map(|table| (table, file(name)));
    let [runs, seconds, curves, known] =
        [read("runs")?, read("seconds")?, read("curves")?, read("problems")?];
    let machines = machines_of(&read("machines")?)?;
    check_targets(&known, &problems, folder)?;
    let machine = machine_of(&seconds, &machines)?;
    let curves = Curves::of(&columns(&curves))?;
    let runs = runs_of(&columns(&runs), &columns(&seconds), machine, &problems, &curves)?;
    check_complete(&plan, &runs, folder)?;
    Ok(Archive { name: name.into(), rules: Rules::here(), plan, machines, runs })
}

fn columns((table, file): &(Table, PathBuf)) -> Columns<'_> {
    Columns { table, file }
}

fn plan_of(folder: &Path) -> Result<Plan> {
    let kept = folder.join(KEPT);
    if !kept.join("plan.txt").is_file() {
        return Err(Error::Unsupported {
            what: format!(
                "{} is not the folder of a comparison that `gradus compare` has finished (one against an \
                 archive does not count)",
                folder.display()
            ),
            remedy: "name a folder that was given to --out of `gradus compare` or `gradus compare merge`",
        });
    }
    let plan = Plan::read(&kept)?;
    if plan.version != VERSION {
        return Err(Error::Unsupported {
            what: format!(
                "the comparison in {} was made by another version of the code ({}, and this is {VERSION})",
                folder.display(),
                plan.version
            ),
            remedy: "make the archive with that version, or run the comparison again",
        });
    }
    Ok(plan)
}

fn machines_of(table: &(Table, PathBuf)) -> Result<Vec<Machine>> {
    let columns = columns(table);
    let (processors, arithmetics) = (columns.text("machine")?, columns.text("arithmetic")?);
    let machine = |(processor, arithmetic): (&String, &String)| Machine {
        processor: processor.clone(),
        arithmetic: arithmetic.clone(),
        hosts: Vec::new(),
    };
    Ok(processors.iter().zip(arithmetics).map(machine).collect())
}

/// Returns the machine of each row of the table of the seconds, which names it if there are several.
fn machine_of(seconds: &(Table, PathBuf), machines: &[Machine]) -> Result<impl Fn(usize) -> usize> {
    let places: Vec<usize> = match machines.len() {
        0 | 1 => Vec::new(),
        _ => {
            let place = |name: &String| machines.iter().position(|machine| machine.processor == *name);
            columns(seconds).text("machine")?.iter().map(|name| place(name).unwrap_or(0)).collect()
        }
    };
    Ok(move |row: usize| places.get(row).copied().unwrap_or(0))
}

/// Checks that the tables are those of the plan.
fn check_targets(known: &(Table, PathBuf), problems: &[ProblemFacts], folder: &Path) -> Result<()> {
    let columns = columns(known);
    let (names, targets) = (columns.text("problem")?, columns.float("target")?);
    let same = names.len() == problems.len()
        && problems
            .iter()
            .zip(names.iter().zip(targets))
            .all(|(facts, (name, target))| facts.name == *name && facts.target.to_bits() == target.to_bits());
    match same {
        true => Ok(()),
        false => Err(Error::Unsupported {
            what: format!(
                "the tables in {} and the plan beside them are of two comparisons",
                folder.display()
            ),
            remedy: "run the comparison again; what it has kept is not run anew",
        }),
    }
}

fn check_complete(plan: &Plan, runs: &[Run], folder: &Path) -> Result<()> {
    let mut found: HashMap<(&str, &str), usize> = HashMap::new();
    for run in runs {
        *found.entry((run.problem.as_str(), run.optimizer.as_str())).or_default() += 1;
    }
    let lacks = |pair: &&PlannedPair| {
        let (problem, optimizer) = (&plan.problems[pair.problem], &plan.optimizers[pair.optimizer]);
        found.get(&(problem.facts.name.as_str(), optimizer.facts.name.as_str())) != Some(&pair.runs)
    };
    match plan.pairs.iter().find(lacks) {
        None => Ok(()),
        Some(pair) => Err(Error::Unsupported {
            what: format!("the comparison in {} lacks runs of {}", folder.display(), plan.name(pair)),
            remedy: "finish it, or merge all of its shards",
        }),
    }
}
