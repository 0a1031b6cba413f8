//! How findings become files (tables, charts, pages) and how a notebook shows them. Only this floor names
//! polars and plotters.
//!
//! - [`charts`] draws a [`Figure`](crate::figure::Figure) as SVG,
//! - [`tables`] writes a [`Table`](crate::table::Table) as CSV, Parquet, HTML, Markdown,
//! - [`display`] shows both in a notebook, and claims with their verdicts,
//! - [`results`] writes and reads the folder `results/`, [`manifest`] says where its numbers come from,
//! - [`comparison`] writes the report of a comparison, with a page to browse it,
//! - [`archive`] writes and reads archives to compare against,
//! - [`verify`] compares it with fresh findings, [`criterion`] adds wall-clock times to it, [`peers`] how
//!   ours compares with others,
//! - [`reproduction`] sets results of this machine beside the committed ones,
//! - [`readme`] is what commands write into the project's README.

pub mod archive;
pub mod charts;
pub mod claims;
pub mod comparison;
pub mod criterion;
pub mod display;
pub mod manifest;
mod numbers;
pub mod peers;
pub mod readme;
pub mod reproduction;
pub mod results;
pub mod tables;
pub mod verify;

pub use manifest::Provenance;
pub use results::{Results, Svg};
