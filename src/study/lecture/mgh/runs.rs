//! One optimizer on one problem, and whether it solves the problem.

use super::contenders::Contender;
use crate::error::Result;
use crate::linalg::symmetric_eigenvalues;
use crate::objective::Evaluations;
use crate::problems::{self, Facts, Problem};
use ndarray::{Array1, Array2};

/// The end of a run and its cost.
#[derive(Clone)]
pub(super) struct ProblemRun {
    pub problem: &'static str,
    pub dim: usize,
    pub value: f64,
    pub grad_norm: f64,
    pub iterations: usize,
    pub evaluations: Evaluations,
    pub word: &'static str,
    pub solved: bool,
    /// Solved, and the value is the lowest known.
    pub lowest: bool,
    /// Solved, and a minimum according to its value or its Hessian.
    pub certified: bool,
}

impl ProblemRun {
    /// Returns the number of values, gradients and Hessians (or products), which count one each.
    pub fn cost(&self) -> usize {
        let Evaluations { value, grad, hess } = self.evaluations;
        value + grad + hess
    }
}

pub(super) fn run(contender: &Contender, name: &'static str) -> Result<Option<ProblemRun>> {
    let mut problem = problems::by_name(name)?;
    let facts = problem.facts();
    let Some(found) = contender.run(&mut *problem, &facts.start)? else { return Ok(None) };
    // Evaluate again at the returned point, as was done for SciPy.
    let mut grad = Array1::zeros(facts.start.len());
    let value = problem.value_grad(&found.x, &mut grad);
    let grad_norm = crate::linalg::max_norm(&grad);
    let solved = is_solved(&facts, value, grad_norm);
    Ok(Some(ProblemRun {
        problem: name,
        dim: facts.start.len(),
        value,
        grad_norm,
        iterations: found.iterations,
        evaluations: found.evaluations,
        word: found.termination.word(),
        solved,
        lowest: solved && value - facts.minima[0].1 <= tolerance(facts.minima[0].1),
        certified: solved && (is_known(&facts, value) || bends_upwards(&mut *problem, &found.x)),
    }))
}

/// Whether a point counts as solved: it is stationary, or at a known minimum. The rule is the same for SciPy.
pub(super) fn is_solved(facts: &Facts, value: f64, grad_norm: f64) -> bool {
    grad_norm <= 1e-8 * value.abs().max(1.0) || is_known(facts, value)
}

/// Whether a value is that of a known minimum to 8 digits.
fn is_known(facts: &Facts, value: f64) -> bool {
    facts.minima.iter().any(|(_, minimum)| (value - minimum).abs() <= tolerance(*minimum))
}

fn tolerance(minimum: f64) -> f64 {
    1e-8 * minimum.abs() + 1e-14
}

/// Whether no eigenvalue of the Hessian is negative, apart from rounding.
fn bends_upwards(problem: &mut dyn Problem, x: &Array1<f64>) -> bool {
    let mut hessian = Array2::zeros((x.len(), x.len()));
    problem.hessian(x, &mut hessian);
    symmetric_eigenvalues(hessian).is_some_and(|values| values[0] >= -1e-8 * values[values.len() - 1].abs())
}
