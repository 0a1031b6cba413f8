//! The results of SciPy, recorded as tests/fixtures/mgh/README.md describes.

use super::runs::is_solved;
use crate::error::Result;
use crate::problems;

const RECORDED: &str = include_str!("../../../../tests/fixtures/mgh/scipy.csv");

/// A run of one of SciPy's optimizers.
pub(super) struct Recorded {
    pub problem: &'static str,
    pub method: &'static str,
    pub cost: usize,
    pub solved: bool,
}

/// Returns all recorded runs, judged by the same rule as the library's.
pub(super) fn recorded() -> Result<Vec<Recorded>> {
    RECORDED.lines().skip(1).map(read).collect()
}

fn read(line: &'static str) -> Result<Recorded> {
    let cells: Vec<&str> = line.split(',').collect();
    let number = |i: usize| cells[i].parse::<f64>().expect("the fixture holds numbers");
    let facts = problems::by_name(cells[0])?.facts();
    Ok(Recorded {
        problem: cells[0],
        method: cells[1],
        cost: (number(5) + number(6) + number(7)) as usize,
        solved: is_solved(&facts, number(2), number(3)),
    })
}
