//! The tasks of a scheduler's array, which are numbered from 1 in windows.

use crate::compare::suite::ranges;
use crate::error::{Error, Result};
use std::env;

/// The variable with the number of a task in SLURM's array.
const TASK: &str = "SLURM_ARRAY_TASK_ID";
/// The variable with the number of shards before those of the array.
pub(super) const BEFORE: &str = "GRADUS_SHARDS_BEFORE";

/// Some shards of one array: their number in the array, and the number of shards before the array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    pub before: usize,
    pub tasks: Vec<usize>,
}

impl Window {
    /// Returns the options of `sbatch` that submit the tasks.
    pub fn options(&self) -> String {
        let array = format!("--array={}", ranges(&self.tasks));
        match self.before {
            0 => array,
            before => format!("{array} --export=ALL,{BEFORE}={before}"),
        }
    }
}

/// Splits sorted shards into arrays whose numbers are all below SLURM's MaxArraySize.
pub(super) fn windows(shards: &[usize], array_size: usize) -> Vec<Window> {
    let most = array_size - 1;
    let mut windows: Vec<Window> = Vec::new();
    for &shard in shards {
        let before = (shard - 1) / most * most;
        match windows.last_mut().filter(|window| window.before == before) {
            Some(window) => window.tasks.push(shard - before),
            None => windows.push(Window { before, tasks: vec![shard - before] }),
        }
    }
    windows
}

/// Returns the shard that the scheduler asks for.
///
/// # Errors
/// If there is no scheduler, or its number is none.
pub(super) fn shard_of_task() -> Result<usize> {
    let Ok(task) = env::var(TASK) else {
        let what = format!("a plan is given, but no shard, and {TASK} is not set either");
        return Err(Error::Unsupported { what, remedy: "name the shard with --shard K/N, K from 1" });
    };
    let number = |name: &'static str, text: &str| {
        text.trim().parse::<usize>().map_err(|_| Error::Unsupported {
            what: format!("{name} is '{text}', which is no whole number"),
            remedy: "name the shard with --shard K/N, K from 1",
        })
    };
    let before = env::var(BEFORE).map_or(Ok(0), |text| number(BEFORE, &text))?;
    Ok(number(TASK, &task)?.saturating_add(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_a_task_reaches_the_size_of_an_array() {
        let all: Vec<usize> = (1..=2500).collect();
        let found = windows(&all, 1001);
        assert_eq!(found.iter().map(|window| window.before).collect::<Vec<_>>(), [0, 1000, 2000]);
        assert!(found.iter().flat_map(|window| &window.tasks).all(|task| (1..=1000).contains(task)));
        let shards: Vec<usize> =
            found.iter().flat_map(|window| window.tasks.iter().map(|task| task + window.before)).collect();
        assert_eq!(shards, all);
        assert_eq!(found[0].options(), "--array=1-1000");
        assert_eq!(found[2].options(), "--array=1-500 --export=ALL,GRADUS_SHARDS_BEFORE=2000");
        let again: Vec<String> =
            windows(&[3, 17, 1000, 1001, 1017], 1001).iter().map(Window::options).collect();
        assert_eq!(again, ["--array=3,17,1000", "--array=1,17 --export=ALL,GRADUS_SHARDS_BEFORE=1000"]);
    }
}
