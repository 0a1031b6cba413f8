//! # Read a result
//!
#![doc = include_str!("read_a_result.md")]
