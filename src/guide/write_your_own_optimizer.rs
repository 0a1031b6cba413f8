//! # Write your own optimizer
//!
#![doc = include_str!("write_your_own_optimizer.md")]
