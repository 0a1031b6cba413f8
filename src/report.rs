//! Tables, charts, pages.
pub mod charts;
mod numbers;
