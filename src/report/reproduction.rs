//! A reproduction: the claims of studies that ran on this machine, beside the committed ones.

mod claims;
mod differences;
mod page;
mod study;

pub use claims::{Outcome, Pair, pairs};
pub use differences::{Differences, Kind};
pub use page::page;
pub use study::{Reproduced, table};
