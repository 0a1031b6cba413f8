//! Notebook 08.

use super::shown::{Shown, descend, ended, knobs, paths};
use gradus::notebook::*;

/// Gradient descent, momentum and Nesterov momentum in a ravine. The knobs: the learning rate, and ρ.
pub(super) fn ravine(values: &[f64]) -> Result<Shown> {
    let [lr, rho] = knobs(values);
    let eigenvalues = [0.2, 4.0];
    let run = |rule: AnyRule| descend(rule, eigenvalues, lr, 40);
    let runs = [
        ("gradient descent", run(AnyRule::new(Sgd))?),
        ("momentum", run(AnyRule::new(Momentum::new(rho)))?),
        ("Nesterov", run(AnyRule::new(Nesterov::new(rho)))?),
    ];
    let named = runs.each_ref().map(|(name, run)| (*name, run));
    let figure = paths(problems::Quadratic::new(&eigenvalues), &named);
    Ok(Shown::new(figure, runs.iter().map(|(name, run)| ended(name, run))))
}
