//! The threads of a comparison.

use crate::error::{Error, Result, check_hyperparameter};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// The largest number of threads that is accepted.
const MOST: usize = 4096;

/// Checks a number of threads.
pub(super) fn checked(threads: usize) -> Result<usize> {
    check_hyperparameter("threads", threads as f64, "from 1 to 4096", |v| (1.0..=MOST as f64).contains(&v))?;
    Ok(threads)
}

/// Starts the threads, one for each core by default. (One alone would not do: the tables are written as
/// Parquet by a pool of its own.)
pub(in crate::cli::command) fn pool(threads: Option<usize>) -> Result<ThreadPool> {
    let threads = threads.map_or(Ok(0), checked)?;
    ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| Error::Unsupported {
        what: format!("the system does not start the threads of a comparison ({error})"),
        remedy: "ask for fewer with --threads, or raise the limit (ulimit -u)",
    })
}
