//! An archive of a finished comparison, to compare against: the plan with the problems' identities, facts and
//! targets, the rules, the machines, and the runs. `report::archive` reads and writes its files.

mod against;
mod contents;
mod rerun;
mod rules;

pub use against::Against;
pub use contents::Archive;
pub use rerun::Rerun;
pub use rules::Rules;
