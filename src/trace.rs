//! The history of a run as plain columns, with one row per iteration.

use crate::table::Table;

/// The largest number of parameters of which a trace stores the coordinates.
pub const MAX_COORDINATES: usize = 20;

/// The largest number of rows of a trace (2²⁰, about 80 MB). A longer run keeps every second row, then every
/// fourth, and so on, and always the last.
pub const MAX_ROWS: usize = 1 << 20;

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

/// The history of a minimization, with one entry per iteration, or for every [`stride`](Trace::stride)-th
/// iteration and the last if there were more than [`MAX_ROWS`].
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
    /// How often rows have been thinned: every 2^`halvings`-th one is kept.
    halvings: u32,
    /// The rows that were pushed, kept or not.
    pushed: usize,
    clips: usize,
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
            halvings: 0,
            pushed: 0,
            clips: 0,
        }
    }

    /// Appends a row. A row that is not to be kept in the long run is replaced by the next one.
    pub fn push(&mut self, row: TraceRow) {
        self.push_within(row, MAX_ROWS);
    }

    fn push_within(&mut self, row: TraceRow, most: usize) {
        if self.pushed > 0 && !(self.pushed - 1).is_multiple_of(self.stride()) {
            self.pop();
        } else if self.len() >= most {
            self.halve();
        }
        self.pushed += 1;
        self.clips += usize::from(row.clipped == Some(true));
        self.append(row);
    }

    /// Removes the last row.
    fn pop(&mut self) {
        self.iteration.pop();
        self.evaluations.pop();
        self.clipped.pop();
        self.floats().for_each(|column| _ = column.pop());
    }

    /// Keeps every second row.
    fn halve(&mut self) {
        fn thin<T>(column: &mut Vec<T>) {
            let mut kept = false;
            column.retain(|_| {
                kept = !kept;
                kept
            });
        }
        thin(&mut self.iteration);
        thin(&mut self.evaluations);
        thin(&mut self.clipped);
        self.floats().for_each(thin);
        self.halvings += 1;
    }

    fn floats(&mut self) -> impl Iterator<Item = &mut Vec<f64>> {
        let columns = [&mut self.value, &mut self.grad_norm, &mut self.alpha, &mut self.seconds];
        columns.into_iter().chain(&mut self.x)
    }

    /// Returns how many iterations lie between two rows: 1, or a power of 2 after more than [`MAX_ROWS`]
    /// iterations. The last row may follow earlier.
    pub fn stride(&self) -> usize {
        1 << self.halvings
    }

    /// Returns the number of iterations whose gradient was clipped, also of those whose row was not kept.
    pub fn clips(&self) -> usize {
        self.clips
    }

    fn append(&mut self, row: TraceRow) {
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
        let caption = match self.stride() {
            1 => "A row for each iteration, from the start".to_owned(),
            stride => format!("A row for every {stride} iterations, from the start, and one for the last"),
        };
        let table = Table::new(name, caption)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objective::Evaluations;

    fn row(iteration: usize, x: &[f64]) -> TraceRow<'_> {
        TraceRow {
            iteration,
            value: iteration as f64,
            grad_norm: 1.0,
            alpha: f64::NAN,
            clipped: Some(iteration.is_multiple_of(3)),
            evaluations: Evaluations { value: iteration, grad: 0, hess: 0 },
            seconds: 0.0,
            x,
        }
    }

    #[test]
    fn a_long_trace_is_thinned_and_keeps_both_ends() {
        let mut trace = Trace::new(1, 4);
        for iteration in 0..1000 {
            trace.push_within(row(iteration, &[iteration as f64]), 8);
            let stride = trace.stride();
            let mut expected: Vec<usize> = (0..=iteration).step_by(stride).collect();
            if !iteration.is_multiple_of(stride) {
                expected.push(iteration);
            }
            assert_eq!(trace.iteration, expected);
            assert!(trace.len() <= 8 && trace.clips() == iteration / 3 + 1);
            for (&at, row) in expected.iter().zip(0..) {
                let evaluated = trace.evaluations[row].value;
                assert_eq!((trace.value[row], trace.x[0][row], evaluated), (at as f64, at as f64, at));
            }
            let lengths =
                [trace.grad_norm.len(), trace.alpha.len(), trace.seconds.len(), trace.clipped.len()];
            assert_eq!(lengths, [expected.len(); 4]);
        }
        assert_eq!(trace.stride(), 256);
    }
}
