//! argmin: W7.

use super::gradus::minimizers::{converged, size};
use crate::protocol::{self, Prepared};
use crate::timing::repeated;
use crate::valley::{MOST, argmin_bfgs, argmin_lbfgs};
use std::io;

pub fn serve() -> io::Result<()> {
    protocol::serve("argmin", &protocol::locked("argmin"), |workload| {
        match workload.split('/').collect::<Vec<_>>().as_slice() {
            ["W7", method, n] => prepare(method, size(n)?),
            _ => Ok(None),
        }
    })
}

fn prepare(method: &str, n: usize) -> Prepared {
    let run: fn(usize) -> Vec<f64> = match method {
        "bfgs" => argmin_bfgs,
        _ => |n| argmin_lbfgs(n, MOST),
    };
    converged("argmin", &run(n))?;
    Ok(Some(Box::new(move || Ok((repeated(|| drop(std::hint::black_box(run(n)))), 0.0)))))
}
