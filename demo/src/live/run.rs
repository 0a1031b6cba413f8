//! Runs without a clock, since a page has none: the library's own loop, with its limits and its reasons.

use crate::limits;
use gradus::linalg::max_norm;
use gradus::minimize::LoopState;
use gradus::notebook::*;
use gradus::objective::Evaluations;
use gradus::trace::Trace;
use std::ops::ControlFlow;

/// How a run went.
pub(super) struct Run {
    /// The columns of the coordinates, from the start on.
    pub x: Vec<Vec<f64>>,
    /// f at each iterate.
    pub value: Vec<f64>,
    /// ‖∇f‖∞ at the last iterate.
    pub grad_norm: f64,
    /// Why the run stopped.
    pub termination: Termination,
}

impl Run {
    /// Returns the number of steps.
    pub fn len(&self) -> usize {
        self.value.len() - 1
    }

    /// Returns the last iterate.
    pub fn end(&self) -> Array1<f64> {
        self.at(self.len())
    }

    fn at(&self, k: usize) -> Array1<f64> {
        self.x.iter().map(|column| column[k]).collect()
    }

    /// Returns the run as the library's own runs are, for the functions that draw them.
    pub fn minimum(&self) -> Minimum {
        let finite = (0..=self.len()).filter(|&k| self.value[k].is_finite());
        let lowest = finite.min_by(|&a, &b| self.value[a].total_cmp(&self.value[b]));
        let shown = if self.termination.diverged() { lowest.unwrap_or(0) } else { self.len() };
        let mut trace = Trace::default();
        trace.iteration = (0..=self.len()).collect();
        trace.value.clone_from(&self.value);
        trace.x.clone_from(&self.x);
        Minimum {
            optimizer: String::new(),
            x: self.at(shown),
            value: self.value[shown],
            grad_norm: self.grad_norm,
            iterations: self.len(),
            evaluations: Evaluations::default(),
            termination: self.termination,
            smallest_eigenvalue: None,
            eigenvalue_rounding: None,
            shift: None,
            seconds: 0.0,
            trace,
        }
    }
}

/// Runs an update rule. All live figures share this one loop, of which the compiler would otherwise make a
/// copy for each problem and rule.
pub(super) fn run(
    problem: &mut dyn Differentiable,
    start: &[f64],
    rule: AnyRule,
    lr: f64,
    stop: Stop,
) -> Result<Run> {
    follow(problem, start, FirstOrder::new(rule, lr)?, stop)
}

/// Runs an optimizer.
pub(super) fn follow<O: Objective, P: Optimizer<f64, O>>(
    problem: O,
    start: &[f64],
    mut optimizer: P,
    stop: Stop,
) -> Result<Run> {
    let mut state = LoopState::new(problem, &Array1::from(start.to_vec()))?.untimed();
    state.start(&mut optimizer);
    let (mut x, mut value, mut grad_norm) = (vec![Vec::new(); start.len()], Vec::new(), f64::NAN);
    let termination = state.run(&mut optimizer, |moment| {
        let iterate = moment.iterate;
        x.iter_mut().zip(&iterate.x).for_each(|(column, &x)| column.push(x));
        value.push(iterate.value);
        grad_norm = max_norm(&iterate.grad);
        ended(&stop, iterate, grad_norm).map_or(ControlFlow::Continue(()), ControlFlow::Break)
    });
    Ok(Run { x, value, grad_norm, termination })
}

/// Returns the reason to stop, if there is one.
fn ended(stop: &Stop, iterate: &Iterate<f64>, grad_norm: f64) -> Option<Termination> {
    let diverged = !iterate.value.is_finite() || !grad_norm.is_finite();
    limits::reached(stop, iterate, grad_norm, diverged)
}
