//! Gradus compared with other libraries: what `make peers` measured, as a table, a chart, the page
//! `results/PEERS.md` and a block of the README.
//!
//! `benches/peers/measure.py` writes a CSV file with a row for ours, each peer and each limit of the machine
//! for each workload; here it becomes `results/peers.csv`, and the table of its processor in
//! `results/peers/`.

mod block;
mod chart;
mod measured;
mod processors;

pub use block::{PAGE, block, long_table, page};
pub use chart::figure;
pub use measured::{NAME, read};
pub use processors::{FOLDER, on_processors, processor, side_by_side};

#[cfg(test)]
mod tests;
