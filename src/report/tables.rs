//! Tables as polars frames, CSV and Parquet files, HTML and Markdown.

pub mod csv;
mod frame;
pub(crate) mod pages;
mod parquet;

pub use csv::read_csv;
pub(crate) use frame::csv_bytes;
pub use frame::{check_threads, frame, write, write_csv, write_parquet};
pub use pages::{html, markdown};
pub(crate) use parquet::compact_parquet;
pub use parquet::read_parquet;
