//! Tables, charts, pages.
pub mod charts;
pub mod files;
mod numbers;
pub mod tables;
