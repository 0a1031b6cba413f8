//! The tables and their captions.

use super::estimates::NAME;

/// All tables with their captions.
pub const TABLES: [(&str, &str); 3] = [
    (
        NAME,
        "Seconds of each optimizer at its best setting to the target of each problem, by Criterion, on one \
         thread: medians with their confidence \
         intervals, of the run whose evaluations are the median of the seeds that reach it; empty where none \
         does. Evaluations are the median of \
         those seeds",
    ),
    (
        "time_to_target_by_problem",
        "Who reaches the target of each problem first by the clock, with the interval of its time, those \
         whose intervals overlap with it, and who needs \
         the fewest evaluations",
    ),
    (
        "time_to_target_by_optimizer",
        "Of each optimizer: problems that it solves, on how many of them it is the fastest, how many times \
         longer than the fastest it takes there \
         (geometric mean over these problems with its 95 % interval), and the time of an iteration",
    ),
];

/// The caption of a table.
pub fn caption(name: &str) -> &'static str {
    TABLES.iter().find(|(known, _)| *known == name).map_or("", |(_, caption)| caption)
}
