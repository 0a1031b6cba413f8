//! What a run leaves behind: plain columns, a row for each iteration.

use crate::table::Table;

/// Coordinates are kept for problems of at most this many parameters.
pub const MAX_COORDINATES: usize = 20;

/// One row of a trace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<'a> {
    /// Iterations done; 0 is the start.
    pub iteration: usize,
    /// f at the iterate.
    pub value: f64,
    /// ‖∇f‖∞ there; NaN where no gradient is known.
    pub grad_norm: f64,
    /// The learning rate or step length that led here; NaN at the start.
    pub alpha: f64,
    /// Whether the gradient was clipped on the way here; `None` from an optimizer that clips none.
    pub clipped: Option<bool>,
    /// Values, gradients and Hessians evaluated so far.
    pub evaluations: crate::objective::Evaluations,
    /// Seconds since the start.
    pub seconds: f64,
    /// The iterate, empty if it is too long to keep.
    pub x: &'a [f64],
}

/// The history of a minimization.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trace {
    /// Iterations done; 0 is the start.
    pub iteration: Vec<usize>,
    /// f at each iterate.
    pub value: Vec<f64>,
    /// ‖∇f‖∞ at each iterate.
    pub grad_norm: Vec<f64>,
    /// The learning rate or step length that led to each iterate.
    pub alpha: Vec<f64>,
    /// Whether the gradient was clipped on the way to each iterate; empty if the optimizer clips none.
    pub clipped: Vec<bool>,
    /// Evaluations so far.
    pub evaluations: Vec<crate::objective::Evaluations>,
    /// Seconds since the start.
    pub seconds: Vec<f64>,
    /// Each coordinate's column, for up to [`MAX_COORDINATES`] parameters.
    pub x: Vec<Vec<f64>>,
}

impl Trace {
    /// An empty trace of a problem of `dim` parameters, with room for `rows` rows.
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

    /// Adds a row.
    pub fn push(&mut self, row: Row) {
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

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.iteration.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.iteration.is_empty()
    }

    /// The trace as a table: iteration, value, grad_norm, alpha, value_evals, grad_evals, hess_evals,
    /// seconds, x0, x1, …; and after alpha a column clipped (0 or 1) if the optimizer clips gradients.
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
