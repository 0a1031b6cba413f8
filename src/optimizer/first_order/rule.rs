//! All built-in rules under one type, for those who learn its name at run time.

use super::hyperparameters::Number;
use super::{
    AdaGrad, Adadelta, Adam, AdamW, Adamax, AmsGrad, Buffers, Convention, Lion, Momentum, NAdam, Nesterov,
    RmsProp, Sgd, State, UpdateRule,
};
use crate::error::{Error, Result};
use crate::optimizer::Properties;
use crate::real::Real;

/// A built-in update rule chosen by name.
///
/// ```
/// use gradus::prelude::*;
/// let mut rule = Rule::by_name("adam")?;
/// rule.set("beta1", 0.95)?;
/// assert_eq!(rule.hyperparameters(), [("beta1", 0.95), ("beta2", 0.999), ("eps", 1e-8)]);
/// let refused = rule.set("dampening", 0.5).unwrap_err();
/// assert_eq!(refused.to_string(), "adam has no dampening: it has beta1, beta2, eps");
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
    /// RMSProp, centred or with momentum if asked.
    RmsProp(RmsProp),
    /// Adam, with or without bias correction.
    Adam(Adam),
    /// Adam with decoupled weight decay.
    AdamW(AdamW),
    /// Adam with the largest second moment.
    AmsGrad(AmsGrad),
    /// Adam with Nesterov's look-ahead.
    NAdam(NAdam),
    /// Adam with the largest gradient.
    Adamax(Adamax),
    /// Adadelta.
    Adadelta(Adadelta),
    /// Lion.
    Lion(Lion),
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
            Rule::AdamW($inner) => $body,
            Rule::AmsGrad($inner) => $body,
            Rule::NAdam($inner) => $body,
            Rule::Adamax($inner) => $body,
            Rule::Adadelta($inner) => $body,
            Rule::Lion($inner) => $body,
        }
    };
}

impl Rule {
    /// The names of all built-in rules: those of the lecture in its order, then the others. `gd` is another
    /// name of `sgd`.
    pub const NAMES: [&str; 12] = [
        "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "amsgrad", "nadam", "adamax",
        "adadelta", "lion",
    ];

    /// How many of [`Rule::NAMES`], from the first, are in the lecture's comparison table.
    pub const OF_THE_LECTURE: usize = 6;

    /// A rule by name, with its default hyperparameters, which are torch.optim's.
    pub fn by_name(name: &str) -> Result<Self> {
        Rule::following(Convention::Torch, name)
    }

    /// A rule by name as a library has it.
    pub fn following(convention: Convention, name: &str) -> Result<Self> {
        Ok(match name {
            "sgd" | "gd" => Rule::Sgd(Sgd),
            "momentum" => Rule::Momentum(Momentum::following(convention)),
            "nesterov" => Rule::Nesterov(Nesterov::following(convention)),
            "adagrad" => Rule::AdaGrad(AdaGrad::following(convention)),
            "rmsprop" => Rule::RmsProp(RmsProp::following(convention)),
            "adam" => Rule::Adam(Adam::following(convention)),
            "adamw" => Rule::AdamW(AdamW::following(convention)),
            "amsgrad" => Rule::AmsGrad(AmsGrad::following(convention)),
            "nadam" => Rule::NAdam(NAdam::following(convention)),
            "adamax" => Rule::Adamax(Adamax::following(convention)),
            "adadelta" => Rule::Adadelta(Adadelta::following(convention)),
            "lion" => Rule::Lion(Lion::following(convention)),
            _ => return Err(Error::unknown("optimizer", name, &Rule::NAMES)),
        })
    }

    fn numbers(&mut self) -> Vec<Number<'_>> {
        match self {
            Rule::Sgd(_) => Vec::new(),
            Rule::Momentum(rule) => rule.numbers(),
            Rule::Nesterov(rule) => rule.numbers(),
            Rule::AdaGrad(rule) => rule.numbers(),
            Rule::RmsProp(rule) => rule.numbers(),
            Rule::Adam(rule) => rule.numbers(),
            Rule::AdamW(rule) => rule.numbers(),
            Rule::AmsGrad(rule) => rule.numbers(),
            Rule::NAdam(rule) => rule.numbers(),
            Rule::Adamax(rule) => rule.numbers(),
            Rule::Adadelta(rule) => rule.numbers(),
            Rule::Lion(rule) => rule.numbers(),
        }
    }

    /// The names and values of its numbers: "momentum", "dampening", "decay", "beta1", "beta2", "eps",
    /// "momentum-decay", "weight-decay", whichever it has.
    pub fn hyperparameters(mut self) -> Vec<(&'static str, f64)> {
        self.numbers().into_iter().map(|(name, value)| (name, *value)).collect()
    }

    /// Sets one of its numbers.
    ///
    /// # Errors
    /// If the rule has no number of that name, or the value is out of its range.
    pub fn set(&mut self, name: &str, value: f64) -> Result<()> {
        let rule = UpdateRule::<f64>::name(self);
        let mut numbers = self.numbers();
        let Some((_, number)) = numbers.iter_mut().find(|(known, _)| *known == name) else {
            let known = numbers.iter().map(|(name, _)| *name).collect();
            return Err(Error::NoSuchSetting { what: rule, setting: name.into(), known });
        };
        **number = value;
        UpdateRule::<f64>::validate(self)
    }

    /// The share of velocity or first moment that is kept, if it has one: ρ, or β₁ in Adam's family.
    pub fn momentum(mut self) -> Option<f64> {
        self.momentum_mut().map(|momentum| *momentum)
    }

    /// Sets ρ of momentum, Nesterov and RMSProp, β₁ of Adam's family and Lion; the others have no momentum
    /// and stay as they are.
    #[must_use]
    pub fn with_momentum(mut self, rho: f64) -> Self {
        if let Some(momentum) = self.momentum_mut() {
            *momentum = rho;
        }
        self
    }

    fn momentum_mut(&mut self) -> Option<&mut f64> {
        self.numbers()
            .into_iter()
            .find(|(name, _)| ["momentum", "beta1"].contains(name))
            .map(|(_, value)| value)
    }
}

impl<F: Real> UpdateRule<F> for Rule {
    fn name(&self) -> &'static str {
        each!(self, rule => UpdateRule::<F>::name(rule))
    }

    fn properties(&self) -> Properties {
        each!(self, rule => UpdateRule::<F>::properties(rule))
    }

    fn buffers(&self) -> Buffers {
        each!(self, rule => UpdateRule::<F>::buffers(rule))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_every_rule_is_checked_and_names_its_range() {
        for name in Rule::NAMES {
            let rule = Rule::by_name(name).unwrap();
            for (number, value) in rule.hyperparameters() {
                let mut changed = rule;
                changed.set(number, value).unwrap();
                assert_eq!(changed, rule);
                for wrong in [f64::NAN, -0.1] {
                    let refused = changed.set(number, wrong).unwrap_err().to_string();
                    assert!(
                        refused.starts_with(&format!("{number} = {wrong} is out of range: {number} must be")),
                        "{name}: {refused}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_lectures_table_comes_out_of_the_properties() {
        let row = |name: &str| {
            let p = UpdateRule::<f64>::properties(&Rule::by_name(name).unwrap());
            [p.first_moment, p.second_moment, p.leaky, p.bias_correction]
                .map(|yes| if yes { '✓' } else { '–' })
                .iter()
                .collect::<String>()
        };
        let table: Vec<String> = Rule::NAMES[..Rule::OF_THE_LECTURE].iter().map(|name| row(name)).collect();
        assert_eq!(table, ["––––", "✓–––", "✓–––", "–✓––", "–✓✓–", "✓✓✓✓"]);
    }

    #[test]
    fn every_rule_has_its_buffers_and_no_more() {
        let counts =
            Rule::NAMES.map(|name| UpdateRule::<f64>::buffers(&Rule::by_name(name).unwrap()).count());
        assert_eq!(counts, [0, 1, 1, 1, 1, 2, 2, 3, 2, 2, 2, 1]);
        assert_eq!(UpdateRule::<f64>::buffers(&RmsProp::default().centered().momentum(0.9)).count(), 3);
    }

    #[test]
    fn a_gradient_of_another_length_is_refused_with_both() {
        for name in Rule::NAMES {
            let rule = Rule::by_name(name).unwrap();
            let stepped = std::panic::catch_unwind(|| {
                rule.step(&mut State::new(&rule, 3), 0.1, &[1.0; 2], &mut [1.0; 3])
            });
            let said = *stepped.unwrap_err().downcast::<String>().unwrap();
            assert_eq!(said, "the gradient has 2 entries, the parameters 3", "{name}");
        }
    }
}
