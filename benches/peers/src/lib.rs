//! What is timed beside its peers, each behind the same lines of text: see [`protocol`].

pub mod data;
pub mod protocol;
pub mod sides;
pub mod timing;
pub mod valley;
