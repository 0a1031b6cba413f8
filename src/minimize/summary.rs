//! The summary of a minimization: the reason, the counts, and the trace as a short table.

use super::minimum::Minimum;
use crate::objective::Evaluations;
use crate::optimizer::{Spectrum, Stationary};
use crate::real::Real;
use crate::trace::Trace;
use std::fmt;

/// The number of rows of the trace that are shown from its beginning, and from its end.
const SHOWN: usize = 4;

impl<F: Real> Minimum<F> {
    /// Returns what the smallest eigenvalue of the Hessian says about the point: a minimum, a saddle, or
    /// neither if it is 0 up to rounding. `None` where it is not known.
    ///
    /// ```
    /// use gradus::optimizer::Stationary;
    /// use gradus::prelude::*;
    /// # #[cfg(feature = "lapack")] {
    /// let found = minimize(problems::Saddle, &array![0.1, 0.1], Newton::new(), Stop::grad(1e-8)).unwrap();
    /// assert_eq!(found.verdict(), Some(Stationary::Minimum));
    /// # }
    /// ```
    pub fn verdict(&self) -> Option<Stationary> {
        Some(Spectrum { smallest: self.smallest_eigenvalue?, rounding: self.eigenvalue_rounding? }.verdict())
    }

    /// Returns the same outcome with a spectrum that was computed afterwards.
    #[must_use]
    pub fn with_spectrum(self, spectrum: Spectrum) -> Self {
        let (smallest_eigenvalue, eigenvalue_rounding) = (Some(spectrum.smallest), Some(spectrum.rounding));
        Minimum { smallest_eigenvalue, eigenvalue_rounding, ..self }
    }

    /// Returns a remark if the point may be no minimum: the smallest eigenvalue of the Hessian is below 0, or
    /// it is 0 up to rounding.
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
        let smallest = self.smallest_eigenvalue?;
        match self.verdict()? {
            Stationary::Minimum => None,
            Stationary::Saddle => Some(format!(
                "a saddle point or maximum, no minimum: smallest eigenvalue of the Hessian {smallest:.3e} < 0"
            )),
            Stationary::Unknown => Some(format!(
                "cannot tell whether it is a minimum (singular Hessian): its smallest eigenvalue {smallest:.3e} \
                 is 0 up to rounding"
            )),
        }
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
        let shown: Vec<String> = self.x.iter().take(10).map(|x| coordinate(x.wide())).collect();
        write!(f, "  x = [{}{}]", shown.join(", "), if self.x.len() > 10 { ", …" } else { "" })?;
        table(&self.trace, f)
    }
}

/// Returns a coordinate with six digits after the point, or with a power of ten if it is very large.
///
/// ```
/// use gradus::minimize::coordinate;
/// assert_eq!([1.5, -2e9, 1e100].map(coordinate), ["1.500000", "-2000000000.000000", "1.000000e100"]);
/// ```
pub fn coordinate(x: f64) -> String {
    if x.abs() >= 1e10 { format!("{x:.6e}") } else { format!("{x:.6}") }
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
