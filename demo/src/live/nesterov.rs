//! Notebook 08.

use super::shown::{Shown, bowl, descend, ended, knobs, path};
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
    let panel = runs
        .iter()
        .enumerate()
        .fold(bowl("", eigenvalues, 3.2), |panel, (color, (name, run))| path(panel, *name, run, color));
    let title = format!("Forty steps at lr = {lr}, ρ = {rho}");
    let figure = Figure::new("knobs", title, "Three paths in a ravine").columns(1).panel(panel);
    Ok(Shown::new(figure, runs.iter().map(|(name, run)| ended(name, run))))
}
