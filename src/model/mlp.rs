//! The fully connected network.

mod above;
mod layer;
mod network;
mod pass;
#[cfg(test)]
mod tests;

pub(super) use above::Below;
pub use network::Mlp;
