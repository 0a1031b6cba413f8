//! All built-in rules under one type, for those who learn its name at run time.

use super::{AdaGrad, Adam, Momentum, Nesterov, RmsProp, Sgd, State, UpdateRule};
use crate::error::{Error, Result};
use crate::optimizer::Properties;
use crate::real::Real;

/// A built-in update rule chosen by name.
///
/// ```
/// use gradus::prelude::*;
/// let rule = Rule::by_name("momentum")?.with_momentum(0.99);
/// assert_eq!(UpdateRule::<f64>::name(&rule), "momentum");
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// Gradient descent.
    Sgd(Sgd),
    /// With momentum.
    Momentum(Momentum),
    /// With Nesterov momentum.
    Nesterov(Nesterov),
    /// AdaGrad.
    AdaGrad(AdaGrad),
    /// RMSProp.
    RmsProp(RmsProp),
    /// Adam, with or without bias correction.
    Adam(Adam),
}

/// Runs the same expression on whichever rule it is.
macro_rules! each {
    ($rule:expr, $inner:ident => $body:expr) => {
        match $rule {
            Rule::Sgd($inner) => $body,
            Rule::Momentum($inner) => $body,
            Rule::Nesterov($inner) => $body,
            Rule::AdaGrad($inner) => $body,
            Rule::RmsProp($inner) => $body,
            Rule::Adam($inner) => $body,
        }
    };
}

impl Rule {
    /// The names of all built-in rules, in the order of the lecture. `gd` is another name of `sgd`.
    pub const NAMES: [&str; 6] = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"];

    /// A rule by name, with its default hyperparameters.
    pub fn by_name(name: &str) -> Result<Self> {
        Ok(match name {
            "sgd" | "gd" => Rule::Sgd(Sgd),
            "momentum" => Rule::Momentum(Momentum::default()),
            "nesterov" => Rule::Nesterov(Nesterov::default()),
            "adagrad" => Rule::AdaGrad(AdaGrad::default()),
            "rmsprop" => Rule::RmsProp(RmsProp::default()),
            "adam" => Rule::Adam(Adam::default()),
            _ => return Err(Error::unknown("optimizer", name, &Rule::NAMES)),
        })
    }

    /// Sets ρ of momentum and Nesterov, β₁ of Adam; the others have no momentum and stay as they are.
    #[must_use]
    pub fn with_momentum(mut self, rho: f64) -> Self {
        match &mut self {
            Rule::Momentum(rule) => rule.rho = rho,
            Rule::Nesterov(rule) => rule.rho = rho,
            Rule::Adam(rule) => rule.beta1 = rho,
            Rule::Sgd(_) | Rule::AdaGrad(_) | Rule::RmsProp(_) => {}
        }
        self
    }
}

impl<F: Real> UpdateRule<F> for Rule {
    fn name(&self) -> &'static str {
        each!(self, rule => UpdateRule::<F>::name(rule))
    }

    fn properties(&self) -> Properties {
        each!(self, rule => UpdateRule::<F>::properties(rule))
    }

    fn validate(&self) -> Result<()> {
        each!(self, rule => UpdateRule::<F>::validate(rule))
    }

    fn step(&self, state: &mut State<F>, lr: F, grad: &[F], x: &mut [F]) {
        each!(self, rule => rule.step(state, lr, grad, x));
    }

    fn probe(&self, state: &State<F>, lr: F, x: &[F], point: &mut [F]) -> bool {
        each!(self, rule => rule.probe(state, lr, x, point))
    }
}
