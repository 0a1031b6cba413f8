//! The version of the code that runs execute.

/// The version of the code that runs execute: a hash of floors 0–5 and of the comparison without its views,
/// and a hash of the locked dependencies. Kept runs of another version are not used. A change of a view or of
/// a study leaves them valid.
pub const VERSION: &str = concat!(env!("GRADUS_RUNS_HASH"), "-", env!("GRADUS_LOCK_HASH"));
