//! Who is timed: ours, two other crates, and the machine's limits.

pub mod argmin;
pub mod basin;
pub mod gradus;
pub mod limits;
