//! The command `gradus`.

pub mod fetch;
