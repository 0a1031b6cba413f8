//! The options that decide when a minimization stops.

use super::numbers;
use crate::error::{Error, Result, check_hyperparameter};
use crate::stop::{Norm, Stop};
use clap::Args;
use serde_json::{Value, json};
use std::time::Duration;

/// The largest number of iterations that can be asked for. Each is a row of the trace.
pub const MOST_ITERATIONS: usize = 10_000_000;

/// The limits of a run, with the names that [`Stop`] gives them.
#[derive(Debug, Args)]
#[command(next_help_heading = "When to stop")]
pub struct Limits {
    /// Most iterations, up to 10000000
    #[arg(
        long, value_name = "N", default_value_t = Stop::DEFAULT_MAX_ITER,
        value_parser = numbers::whole::<usize>, allow_hyphen_values = true
    )]
    pub max_iter: usize,
    /// Converged when the gradient is at most this, ≥ 0
    #[arg(
        long,
        value_name = "X",
        default_value = "1e-8",
        value_parser = numbers::number,
        allow_hyphen_values = true
    )]
    grad_tol: f64,
    /// Converged when the gradient is at most this share of that at the start, ≥ 0 [default: none]
    #[arg(long, value_name = "X", value_parser = numbers::number, allow_hyphen_values = true)]
    relative_grad_tol: Option<f64>,
    /// The norm of both: max (the largest entry) or 2 (the length)
    #[arg(long, value_name = "NORM", default_value = "max")]
    grad_norm: String,
    /// Also stop, without convergence, when a step is at most this, relative to max(1, largest entry of x)
    /// [default: none]
    #[arg(long, value_name = "X", value_parser = numbers::number, allow_hyphen_values = true)]
    step_tol: Option<f64>,
    /// Also stop, without convergence, when the value changes by at most this, relative to max(1, value)
    /// [default: none]
    #[arg(long, value_name = "X", value_parser = numbers::number, allow_hyphen_values = true)]
    value_tol: Option<f64>,
    /// Also stop when the value is at most this [default: none]
    #[arg(long, value_name = "X", value_parser = numbers::number, allow_hyphen_values = true)]
    target: Option<f64>,
    /// Also stop after this many evaluations of values and Hessians together [default: none]
    #[arg(long, value_name = "N", value_parser = numbers::whole::<usize>, allow_hyphen_values = true)]
    max_evals: Option<usize>,
    /// Also stop after this many seconds [default: none]
    #[arg(long, value_name = "SECONDS", value_parser = numbers::number, allow_hyphen_values = true)]
    max_time: Option<f64>,
}

impl Limits {
    /// Returns the limits, checked.
    pub fn stop(&self) -> Result<Stop> {
        check_hyperparameter("max-iter", self.max_iter as f64, "at most 10000000", |_| {
            self.max_iter <= MOST_ITERATIONS
        })?;
        let norm = match self.grad_norm.as_str() {
            "max" => Norm::Max,
            "2" => Norm::Euclidean,
            other => return Err(Error::unknown("gradient norm", other, &["max", "2"])),
        };
        let seconds = |seconds| {
            check_hyperparameter("max-time", seconds, "from 0 to 1e9 seconds", |v| (0.0..=1e9).contains(&v))
        };
        let stop = Stop {
            norm,
            relative_grad_tol: self.relative_grad_tol,
            step_tol: self.step_tol,
            value_tol: self.value_tol,
            target: self.target,
            max_evals: self.max_evals,
            max_time: self.max_time.map(seconds).transpose()?.map(Duration::from_secs_f64),
            ..Stop::grad(self.grad_tol).max_iter(self.max_iter)
        };
        stop.validate()?;
        Ok(stop)
    }

    /// Returns the limits by name, for JSON.
    pub fn json(&self) -> [(&'static str, Value); 9] {
        [
            ("max_iter", json!(self.max_iter)),
            ("grad_tol", json!(self.grad_tol)),
            ("relative_grad_tol", json!(self.relative_grad_tol)),
            ("grad_norm", json!(self.grad_norm)),
            ("step_tol", json!(self.step_tol)),
            ("value_tol", json!(self.value_tol)),
            ("target", json!(self.target)),
            ("max_evals", json!(self.max_evals)),
            ("max_time", json!(self.max_time)),
        ]
    }
}
