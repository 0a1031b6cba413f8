//! # Bring your own problem
//!
#![doc = include_str!("bring_your_own_problem.md")]
