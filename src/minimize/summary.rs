//! The summary of a minimization: the reason, the counts, and the trace as a short table.

use super::minimum::Minimum;
use crate::objective::Evaluations;
use crate::real::Real;
use crate::trace::Trace;
use std::fmt;

/// The number of rows of the trace that are shown from its beginning, and from its end.
const SHOWN: usize = 4;

impl<F: Real> Minimum<F> {
    /// Returns a remark if the smallest eigenvalue of the Hessian is below 0: the point is then a saddle
    /// point or a maximum, not a minimum.
    ///
    /// ```
    /// # #[cfg(feature = "lapack")] {
    /// use gradus::prelude::*;
    /// let found = minimize(problems::Saddle, &array![0.1, 0.1], Newton::pure(), Stop::grad(1e-8)).unwrap();
    /// assert_eq!(
    ///     found.remark().unwrap(),
    ///     "a saddle point or maximum, no minimum: smallest eigenvalue of the Hessian -1.000e0 < 0"
    /// );
    /// # }
    /// ```
    pub fn remark(&self) -> Option<String> {
        let smallest = self.smallest_eigenvalue.filter(|&smallest| smallest < 0.0)?;
        Some(format!(
            "a saddle point or maximum, no minimum: smallest eigenvalue of the Hessian {smallest:.3e} < 0"
        ))
    }
}

impl<F: Real> fmt::Display for Minimum<F> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{}: {}", self.optimizer, self.termination)?;
        if let Some(remark) = self.remark() {
            writeln!(f, "  {remark}")?;
        }
        write!(f, "  f = {:.10e}", self.value)?;
        if !self.grad_norm.is_nan() {
            write!(f, ", ‖∇f‖∞ = {:.3e}", self.grad_norm)?;
        }
        let Evaluations { value, grad, hess } = self.evaluations;
        writeln!(
            f,
            "\n  {} iterations, {value} values, {grad} gradients, {hess} Hessians, {:.3} ms",
            self.iterations,
            self.seconds * 1e3
        )?;
        let shown: Vec<String> = self.x.iter().take(10).map(|x| format!("{:.6}", x.wide())).collect();
        write!(f, "  x = [{}{}]", shown.join(", "), if self.x.len() > 10 { ", …" } else { "" })?;
        table(&self.trace, f)
    }
}

/// Writes the first and last rows of a trace.
fn table(trace: &Trace, f: &mut fmt::Formatter) -> fmt::Result {
    write!(f, "\n  {:>9}  {:>17}  {:>10}  {:>10}  {:>8}", "iteration", "f", "‖∇f‖∞", "alpha", "values")?;
    let rows = trace.len();
    for row in 0..rows {
        if row >= SHOWN && row + SHOWN < rows {
            if row == SHOWN {
                write!(f, "\n  {:>9}", "…")?;
            }
            continue;
        }
        let known = |v: f64| if v.is_nan() { "–".to_string() } else { format!("{v:.3e}") };
        write!(
            f,
            "\n  {:>9}  {:>17.9e}  {:>10}  {:>10}  {:>8}",
            trace.iteration[row],
            trace.value[row],
            known(trace.grad_norm[row]),
            known(trace.alpha[row]),
            trace.evaluations[row].value
        )?;
    }
    Ok(())
}
