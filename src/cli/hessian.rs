//! The optimizers that keep a Hessian or a Jacobian, by name.

use crate::error::{Error, Result};
use crate::linalg::{available_memory, bytes_in_words, dense_bytes};

/// An optimizer that keeps matrices of second derivatives, or the Jacobian of residuals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithHessian {
    Newton,
    NewtonDamped,
    NewtonShifted,
    TrustRegion,
    GaussNewton,
    LevenbergMarquardt,
}

impl WithHessian {
    /// Names on the command line; `lm` is another name of the last.
    #[cfg(test)]
    pub const NAMES: [&str; 6] =
        ["newton", "newton-damped", "newton-shifted", "trust-region", "gauss-newton", "levenberg-marquardt"];

    /// The optimizer of that name; `None` if it is none of these.
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "newton" => WithHessian::Newton,
            "newton-damped" => WithHessian::NewtonDamped,
            "newton-shifted" => WithHessian::NewtonShifted,
            "trust-region" => WithHessian::TrustRegion,
            "gauss-newton" => WithHessian::GaussNewton,
            "levenberg-marquardt" | "lm" => WithHessian::LevenbergMarquardt,
            _ => return None,
        })
    }

    /// Its settings in words.
    pub fn words(self) -> &'static str {
        match self {
            WithHessian::Newton => "full steps, whatever the curvature",
            WithHessian::NewtonDamped => "line search",
            WithHessian::NewtonShifted => "line search, Hessian shifted to positive definite",
            WithHessian::TrustRegion => "exact subproblem, first radius 1",
            WithHessian::GaussNewton => "line search",
            WithHessian::LevenbergMarquardt => "first damping 1e-3",
        }
    }

    /// Whether it asks for residuals instead of a Hessian.
    pub fn wants_residuals(self) -> bool {
        matches!(self, WithHessian::GaussNewton | WithHessian::LevenbergMarquardt)
    }

    /// Refuses a number of parameters whose Hessian would not fit into memory. A Jacobian is asked for as it
    /// is.
    pub fn check_memory(self, name: &str, n: usize) -> Result<()> {
        let bytes = match self {
            _ if self.wants_residuals() => return Ok(()),
            WithHessian::TrustRegion => dense_bytes(n, 2),
            _ => dense_bytes(n, 1),
        };
        let Some(available) = available_memory().filter(|&available| bytes > u128::from(available)) else {
            return Ok(());
        };
        let what = format!(
            "{name} on {n} parameters needs a Hessian of {n} × {n}: {bytes} bytes ({}), and {} are available",
            bytes_in_words(bytes),
            bytes_in_words(available.into())
        );
        Err(Error::Unsupported {
            what,
            remedy: "use lbfgs, which keeps a few vectors, or newton-cg, which needs no Hessian",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_known_and_a_hessian_that_does_not_fit_is_refused_with_its_bytes() {
        assert!(WithHessian::NAMES.iter().all(|name| WithHessian::by_name(name).is_some()));
        assert_eq!(
            (WithHessian::by_name("lm"), WithHessian::by_name("gd")),
            (Some(WithHessian::LevenbergMarquardt), None)
        );
        let refused = WithHessian::Newton.check_memory("newton", 3_000_000).unwrap_err().to_string();
        assert!(
            refused.contains("Hessian of 3000000 × 3000000: 72000000000000 bytes (72.0 TB)")
                && refused.contains("lbfgs"),
            "{refused}"
        );
        assert!(WithHessian::Newton.check_memory("newton", 1_000).is_ok());
    }
}
