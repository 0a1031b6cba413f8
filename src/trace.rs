//! The history of a run as plain columns, with one row per iteration.

use crate::table::Table;

/// The largest number of parameters of which a trace stores the coordinates.
pub const MAX_COORDINATES: usize = 20;

/// One row of a trace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TraceRow<'a> {
    /// The number of completed iterations; 0 is the start.
    pub iteration: usize,
    /// f at the iterate.
    pub value: f64,
    /// ‖∇f‖∞ at the iterate. NaN if the optimizer does not evaluate gradients.
    pub grad_norm: f64,
    /// The learning rate or step length of the last step. NaN at the start.
    pub alpha: f64,
    /// Whether the gradient of the last step was clipped. `None` from an optimizer that does not clip.
    pub clipped: Option<bool>,
    /// The evaluations so far.
    pub evaluations: crate::objective::Evaluations,
    /// Seconds since the start.
    pub seconds: f64,
    /// The iterate. Empty if it is too long to be stored.
    pub x: &'a [f64],
}

/// The history of a minimization, with one entry per iteration.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trace {
    /// The number of completed iterations; 0 is the start.
    pub iteration: Vec<usize>,
    /// f at each iterate.
    pub value: Vec<f64>,
    /// ‖∇f‖∞ at each iterate.
    pub grad_norm: Vec<f64>,
    /// The learning rate or step length of the step to each iterate.
    pub alpha: Vec<f64>,
    /// Whether the gradient of the step to each iterate was clipped. Empty if the optimizer does not clip.
    pub clipped: Vec<bool>,
    /// The evaluations so far.
    pub evaluations: Vec<crate::objective::Evaluations>,
    /// Seconds since the start.
    pub seconds: Vec<f64>,
    /// The columns of the coordinates, for up to [`MAX_COORDINATES`] parameters.
    pub x: Vec<Vec<f64>>,
}

impl Trace {
    /// Returns an empty trace of a problem with `dim` parameters, with a capacity of `rows` rows.
    pub fn new(dim: usize, rows: usize) -> Self {
        let kept = if dim <= MAX_COORDINATES { dim } else { 0 };
        Trace {
            iteration: Vec::with_capacity(rows),
            value: Vec::with_capacity(rows),
            grad_norm: Vec::with_capacity(rows),
            alpha: Vec::with_capacity(rows),
            clipped: Vec::new(),
            evaluations: Vec::with_capacity(rows),
            seconds: Vec::with_capacity(rows),
            x: (0..kept).map(|_| Vec::with_capacity(rows)).collect(),
        }
    }

    /// Appends a row.
    pub fn push(&mut self, row: TraceRow) {
        self.iteration.push(row.iteration);
        self.value.push(row.value);
        self.grad_norm.push(row.grad_norm);
        self.alpha.push(row.alpha);
        if let Some(clipped) = row.clipped {
            self.clipped.reserve_exact(self.iteration.capacity() - self.clipped.len());
            self.clipped.push(clipped);
        }
        self.evaluations.push(row.evaluations);
        self.seconds.push(row.seconds);
        self.x.iter_mut().zip(row.x).for_each(|(column, &x)| column.push(x));
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.iteration.len()
    }

    /// Whether the trace has no rows.
    pub fn is_empty(&self) -> bool {
        self.iteration.is_empty()
    }

    /// Returns the trace as a table with the columns iteration, value, grad_norm, alpha, value_evals,
    /// grad_evals, hess_evals, seconds, x0, x1, …. If the optimizer clips gradients, there is a column
    /// clipped (0 or 1) after alpha.
    pub fn table(&self, name: &str) -> Table {
        let count = |of: fn(&crate::objective::Evaluations) -> usize| {
            self.evaluations.iter().map(move |e| of(e) as i64)
        };
        let table = Table::new(name, "A row for each iteration, from the start")
            .integer("iteration", self.iteration.iter().map(|&i| i as i64))
            .float("value", self.value.clone())
            .float("grad_norm", self.grad_norm.clone())
            .float("alpha", self.alpha.clone());
        let table = match self.clipped.is_empty() {
            true => table,
            false => table.integer("clipped", self.clipped.iter().map(|&clipped| i64::from(clipped))),
        };
        let table = table
            .integer("value_evals", count(|e| e.value))
            .integer("grad_evals", count(|e| e.grad))
            .integer("hess_evals", count(|e| e.hess))
            .timing("seconds", self.seconds.clone());
        self.x
            .iter()
            .enumerate()
            .fold(table, |table, (i, column)| table.float(format!("x{i}"), column.clone()))
    }
}
