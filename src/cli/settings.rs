//! From words on the command line to settings that were checked.

use crate::error::{Result, check_hyperparameter};
use crate::optimizer::Properties;
use crate::optimizer::first_order::{AnyRule, RuleInfo};
use std::str::FromStr;

/// Names that optimizers have on the command line, with those that are no update rules.
pub const OPTIMIZERS: &[&str] = &[
    "gd",
    "sgd",
    "momentum",
    "nesterov",
    "adagrad",
    "rmsprop",
    "adam",
    "adamw",
    "amsgrad",
    "nadam",
    "adamax",
    "adadelta",
    "lion",
    "newton",
    "newton-damped",
    "newton-shifted",
    "newton-cg",
    "trust-region",
    "gauss-newton",
    "levenberg-marquardt",
    "lm",
    "bfgs",
    "cholesky-bfgs",
    "lbfgs",
    "cg",
    "sr1",
    "random-search",
];

/// The row of a rule in the lecture's table.
pub fn properties(rule: &AnyRule) -> Properties {
    rule.properties()
}

/// A rule's hyperparameters in words, such as "momentum 0.9"; those that are 0 and so without effect are left
/// out.
pub fn hyperparameters(rule: &AnyRule) -> String {
    let words = |(name, value): &(&str, f64)| match value.abs() < 1e-3 {
        true => format!("{name} {value:e}"),
        false => format!("{name} {value}"),
    };
    let given: Vec<String> =
        rule.hyperparameters().iter().filter(|(_, value)| *value != 0.0).map(words).collect();
    given.join(", ")
}

/// Checks a learning rate.
pub fn learning_rate(lr: f64) -> Result<f64> {
    check_hyperparameter("lr", lr, "finite and > 0", |v| v.is_finite() && v > 0.0)
}

/// A number of an argument.
pub fn number(text: &str) -> Result<f64, &'static str> {
    text.trim().parse().map_err(|_| "write a number, such as 0.02 or 1e-4")
}

/// A whole number of an argument.
pub fn whole<T: FromStr>(text: &str) -> Result<T, &'static str> {
    text.trim().parse().map_err(|_| "write a whole number from 0 on")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_optimizer_with_a_hessian_is_among_the_optimizers() {
        assert!(crate::cli::hessian::WithHessian::NAMES.iter().all(|name| OPTIMIZERS.contains(name)));
    }

    #[test]
    fn every_optimizer_that_uses_curvature_is_among_the_optimizers() {
        assert!(crate::cli::curved::Curved::NAMES.iter().all(|name| OPTIMIZERS.contains(name)));
    }

    #[test]
    fn every_rule_is_among_the_optimizers() {
        assert!(AnyRule::names().iter().all(|name| OPTIMIZERS.contains(name)));
    }
}
