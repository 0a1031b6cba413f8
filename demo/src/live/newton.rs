//! Notebook 12.

use super::run::{Run, follow, run};
use super::shown::{Shown, knobs, paths};
use crate::plane_newton::PlaneNewton;
use gradus::error::check_hyperparameter;
use gradus::notebook::*;

/// Three ways down on Himmelblau's function. The knobs: the start.
pub(super) fn himmelblau(values: &[f64]) -> Result<Shown> {
    let [x, y] = knobs(values);
    for (name, value) in [("x₁", x), ("x₂", y)] {
        check_hyperparameter(name, value, "from -6 to 6", |v| (-6.0..=6.0).contains(&v))?;
    }
    let start = [x, y];
    let stop = || Stop::grad(1e-9).max_iter(30);
    let pure = follow(problems::Himmelblau, &start, PlaneNewton::pure(), stop())?;
    let shifted = follow(problems::Himmelblau, &start, PlaneNewton::shifted(), stop())?;
    let descent = run(&mut problems::Himmelblau, &start, AnyRule::new(Sgd), 0.01, Stop::iterations(60))?;
    let drawn =
        [("gradient descent, lr .01", &descent), ("Newton, pure", &pure), ("Newton, shifted", &shifted)];
    let figure = paths(problems::Himmelblau, &drawn);
    let runs = [("gradient descent", &descent), ("Newton, pure,", &pure), ("Newton, shifted,", &shifted)];
    Ok(Shown::new(figure, runs.map(|(name, run)| found(name, run))))
}

/// Returns what a run found, by the smaller and the larger eigenvalue of the Hessian at its end.
fn found(name: &str, run: &Run) -> String {
    let end = run.end();
    if !end.iter().all(|x| x.is_finite()) || run.termination.diverged() {
        return format!("{name} diverged: {}.", run.termination);
    }
    let place = format!("({:.3}, {:.3})", end[0], end[1]).replace('-', "−");
    if !run.termination.converged() && run.grad_norm > 1e-3 {
        return format!("{name} is at {place} after {} steps, and has not arrived.", run.len());
    }
    let (low, high) = eigenvalues(&end);
    let kind = match (low > 0.0, high > 0.0) {
        (true, _) => "a minimum",
        (false, true) => "a saddle",
        (false, false) => "a maximum",
    };
    let smallest = format!("{low:.2}").replace('-', "−");
    format!("{name} finds {kind} at {place}; smallest eigenvalue {smallest}.")
}

/// Returns the eigenvalues of the Hessian at a point, in ascending order.
fn eigenvalues(x: &Array1<f64>) -> (f64, f64) {
    let mut h = Array2::zeros((2, 2));
    problems::Himmelblau.hessian(x, &mut h);
    let (mean, half) = ((h[[0, 0]] + h[[1, 1]]) / 2.0, (h[[0, 0]] - h[[1, 1]]) / 2.0);
    let root = half.hypot(h[[0, 1]]);
    (mean - root, mean + root)
}
