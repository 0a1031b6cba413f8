//! W7: whole minimizations of Rosenbrock's valley.

use crate::protocol::Prepared;
use crate::timing::repeated;
use crate::valley::{MOST, gradient_norm, ours};
use gradus::linalg::slice;
use gradus::prelude::*;

/// A size in a workload's name.
pub fn size(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| format!("'{text}' is no size"))
}

/// Whether a run ended where it should, asked before anything is timed.
pub fn converged(name: &str, x: &[f64]) -> Result<(), String> {
    let norm = gradient_norm(x);
    if norm <= 1e-8 { Ok(()) } else { Err(format!("{name} ended at a gradient of {norm:.1e}")) }
}

pub fn minimization(method: &str, n: usize) -> Prepared {
    let run: fn(usize) -> Minimum = match method {
        "bfgs" => |n| ours(n, MOST as usize, Bfgs::new()),
        "lbfgs" => |n| ours(n, MOST as usize, Lbfgs::new(10)),
        _ => return Ok(None),
    };
    converged("gradus", slice(&run(n).x))?;
    Ok(Some(Box::new(move || Ok((repeated(|| drop(std::hint::black_box(run(n)))), 0.0)))))
}
