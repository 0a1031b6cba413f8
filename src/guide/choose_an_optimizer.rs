//! # How to choose an optimizer
//!
#![doc = include_str!("choose_an_optimizer.md")]
