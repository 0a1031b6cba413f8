//! From words on the command line to settings that were checked.

use crate::error::{Error, Result, check_hyperparameter};
use crate::optimizer::Properties;
use crate::optimizer::first_order::{Rule, UpdateRule};
use std::str::FromStr;

/// Names that optimizers have on the command line, with those that are no update rules.
pub const OPTIMIZERS: &[&str] = &["gd", "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "newton", "random-search"];

/// The update rule of that name, with this momentum if one is given.
pub fn rule(name: &str, momentum: Option<f64>) -> Result<Rule> {
    let rule = Rule::by_name(name)?;
    let Some(momentum) = momentum else { return Ok(rule) };
    if !properties(&rule).first_moment {
        let what = format!("--momentum does not go with {name}, which has none");
        return Err(Error::Unsupported { what, remedy: "leave it out, or choose momentum, nesterov or adam" });
    }
    check_hyperparameter("momentum", momentum, "at least 0 and below 1", |v| (0.0..1.0).contains(&v))?;
    Ok(rule.with_momentum(momentum))
}

/// The row of a rule in the lecture's table.
pub fn properties(rule: &Rule) -> Properties {
    UpdateRule::<f64>::properties(rule)
}

/// A rule's hyperparameters in words, such as "rho 0.9".
pub fn hyperparameters(rule: &Rule) -> String {
    match rule {
        Rule::Sgd(_) => String::new(),
        Rule::Momentum(r) => format!("rho {}", r.rho),
        Rule::Nesterov(r) => format!("rho {}", r.rho),
        Rule::AdaGrad(r) => format!("eps {:e}", r.eps),
        Rule::RmsProp(r) => format!("decay {}, eps {:e}", r.decay, r.eps),
        Rule::Adam(r) => format!("beta1 {}, beta2 {}, eps {:e}", r.beta1, r.beta2, r.eps),
    }
}

/// A rule's share of the velocity that is kept, if it has one.
pub fn momentum_of(rule: &Rule) -> Option<f64> {
    match rule {
        Rule::Momentum(r) => Some(r.rho),
        Rule::Nesterov(r) => Some(r.rho),
        Rule::Adam(r) => Some(r.beta1),
        Rule::Sgd(_) | Rule::AdaGrad(_) | Rule::RmsProp(_) => None,
    }
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
    fn momentum_is_taken_by_rules_that_have_it_and_refused_by_others() {
        for name in ["momentum", "nesterov", "adam"] {
            assert_eq!(momentum_of(&rule(name, Some(0.5)).unwrap()), Some(0.5));
            assert!(rule(name, Some(1.0)).unwrap_err().to_string().starts_with("momentum = 1 is out of range"));
        }
        for name in ["gd", "sgd", "adagrad", "rmsprop"] {
            assert!(rule(name, Some(0.5)).unwrap_err().to_string().contains("leave it out"), "{name}");
            assert!(rule(name, None).is_ok());
        }
    }

    #[test]
    fn every_rule_is_among_the_optimizers() {
        assert!(Rule::NAMES.iter().all(|name| OPTIMIZERS.contains(name)));
    }
}
