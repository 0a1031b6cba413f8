//! W4: softmax regression over all examples in f64, λ‖W‖² with λ = 1e-4.

use crate::data;
use crate::protocol::Prepared;
use crate::timing::timed;
use gradus::notebook::*;
use std::path::Path;

/// The largest entry of the gradient at the end.
const TOLERANCE: f64 = 1e-4;

fn risk(folder: &Path) -> Result<EmpiricalRisk<f64>, String> {
    let examples = data::read::<f64>(folder, 784, usize::MAX)?;
    EmpiricalRisk::new(Linear::new(784, 10), Softmax, examples.x, examples.y, Regularizer::l2(1e-4))
        .map_err(|error| error.to_string())
}

/// One evaluation of value and gradient.
pub fn gradient(folder: &Path) -> Prepared {
    let mut risk = risk(folder)?;
    let point = Array1::from(data::doubles(&folder.join("point.f64"))?);
    let mut grad = Array1::zeros(point.len());
    let mut work = move || {
        let (seconds, value) = timed(|| risk.value_grad(&point, &mut grad));
        Ok((seconds, value + grad.iter().map(|g: &f64| g.abs()).sum::<f64>()))
    };
    work()?;
    Ok(Some(Box::new(work)))
}

/// The whole minimization from zero.
pub fn minimum(folder: &Path) -> Prepared {
    let mut risk = risk(folder)?;
    Ok(Some(Box::new(move || {
        let start = Array1::zeros(risk.dim());
        let (seconds, found) = timed(|| {
            minimize(
                &mut risk,
                &start,
                Lbfgs::new(10).preconditioned(BlockDiagonal::default()),
                Stop::grad(TOLERANCE),
            )
        });
        let found = found.map_err(|error| error.to_string())?;
        match found.termination.converged() {
            true => Ok((seconds, found.value)),
            false => Err(format!("it did not converge: {}", found.termination)),
        }
    })))
}
