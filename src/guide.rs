//! Guides: four pages that explain how to use the library. Their examples run as tests.
//!
//! - [How to choose an optimizer](choose_an_optimizer): Which optimizer fits my problem, and what do I have
//!   to tune?
//! - [Bring your own problem](bring_your_own_problem): How do I minimize a function of my own, and check its
//!   gradient?
//! - [Write your own optimizer](write_your_own_optimizer): How do I add an update rule or an optimizer, test
//!   it, and compare it?
//! - [Read a result](read_a_result): What does a run report, and why did it end?

pub mod bring_your_own_problem;
pub mod choose_an_optimizer;
pub mod read_a_result;
pub mod write_your_own_optimizer;
