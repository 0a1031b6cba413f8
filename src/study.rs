//! Studies: each answers one question of the lecture with tables, figures and claims.

mod budget;
mod catalogue;
mod context;
#[cfg(feature = "studies")]
mod lecture;
mod plan;

pub use budget::Budget;
pub use catalogue::{ALL, LONG, by_name, command, is_long, long_form};
pub use context::Context;
pub use plan::Study;
