//! basin: W7.

use super::gradus::minimizers::{converged, size};
use crate::basin_run;
use crate::protocol::{self, Prepared};
use crate::timing::repeated;
use crate::valley::MOST;
use std::io;

pub fn serve() -> io::Result<()> {
    protocol::serve("basin", &protocol::locked("basin"), |workload| {
        match workload.split('/').collect::<Vec<_>>().as_slice() {
            ["W7", method, n] => prepare(method, size(n)?),
            _ => Ok(None),
        }
    })
}

fn prepare(method: &str, n: usize) -> Prepared {
    let run: fn(usize) -> Vec<f64> = match method {
        "bfgs" => |n| basin_run!(n, MOST, basin::Bfgs::new()).param().clone(),
        _ => |n| basin_run!(n, MOST, basin::Lbfgs::new().unbounded()).param().clone(),
    };
    converged("basin", &run(n))?;
    Ok(Some(Box::new(move || Ok((repeated(|| drop(std::hint::black_box(run(n)))), 0.0)))))
}
