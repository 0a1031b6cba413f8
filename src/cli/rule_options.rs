//! The options of update rules, the same for `gradus train` and `gradus minimize`.

use super::settings;
use crate::error::{Error, Result, check_hyperparameter};
use crate::optimizer::first_order::{AnyRule, Averaging, Clip, Clipped, Convention};
use clap::Args;
use serde_json::{Map, Value, json};

/// Each is accepted only by rules that have it, so that none is silently ignored.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Options of update rules")]
pub struct RuleOptions {
    /// Momentum, 0 ≤ X < 1: rho of momentum, nesterov and rmsprop, beta1 of adam's family and lion [default:
    /// 0.9; rmsprop 0]
    #[arg(long, value_name = "X", value_parser = settings::number, allow_hyphen_values = true)]
    momentum: Option<f64>,
    /// Of momentum: the share of each gradient left out of the velocity, 0 ≤ X ≤ 1 [default: 0]
    #[arg(long, value_name = "X", value_parser = settings::number, allow_hyphen_values = true)]
    dampening: Option<f64>,
    /// Of rmsprop and adadelta: the share of history kept, 0 ≤ X < 1 [default: 0.99, adadelta 0.9]
    #[arg(long, value_name = "X", value_parser = settings::number, allow_hyphen_values = true)]
    decay: Option<f64>,
    /// Of adam's family and lion: the share of the first moment kept, 0 ≤ X < 1 [default: 0.9]
    #[arg(long, value_name = "X", value_parser = settings::number, allow_hyphen_values = true)]
    beta1: Option<f64>,
    /// Of adam's family and lion: the share of the second moment kept, 0 ≤ X < 1 [default: 0.999, lion 0.99]
    #[arg(long, value_name = "X", value_parser = settings::number, allow_hyphen_values = true)]
    beta2: Option<f64>,
    /// Of adaptive rules: what keeps the division finite, ≥ 0 [default: 1e-8; adagrad 1e-10, adadelta 1e-6]
    #[arg(long, value_name = "X", value_parser = settings::number, allow_hyphen_values = true)]
    eps: Option<f64>,
    /// Of nadam: how fast its momentum warms up, ≥ 0, or inf for a constant one [default: 0.004]
    #[arg(long, value_name = "X", value_parser = settings::number, allow_hyphen_values = true)]
    momentum_decay: Option<f64>,
    /// Of adamw and lion: decay of the weights apart from the gradient, times the learning rate, ≥ 0
    /// [default: 0.01, lion 0]
    #[arg(long, value_name = "X", value_parser = settings::number, allow_hyphen_values = true)]
    weight_decay: Option<f64>,
    /// Of momentum and rmsprop: rate-outside or rate-inside; of nesterov: rate-outside, shifted or look-ahead
    #[arg(long, value_name = "FORM")]
    form: Option<String>,
    /// Of rmsprop: divide by the deviation of the gradient instead of its mean square
    #[arg(long)]
    centered: bool,
    /// Of adam: the lecture's first version, whose first step is 3.162 times too long
    #[arg(long)]
    no_bias_correction: bool,
    /// Whose defaults and placement of eps: torch, lecture, keras or optax [default: torch]
    #[arg(long, value_name = "NAME")]
    convention: Option<String>,
    /// Scale a gradient longer than this down to it, > 0
    #[arg(
        long,
        value_name = "X",
        value_parser = settings::number,
        allow_hyphen_values = true,
        conflicts_with = "clip_value"
    )]
    clip_norm: Option<f64>,
    /// Cut each entry of the gradient to at most this, > 0
    #[arg(long, value_name = "X", value_parser = settings::number, allow_hyphen_values = true)]
    clip_value: Option<f64>,
    /// Look at an average of the parameters: polyak[:FROM], swa:FROM[,EVERY] (counted as the schedule's) or
    /// ema:DECAY [default: off]
    #[arg(long, value_name = "AVERAGE")]
    average: Option<String>,
}

impl RuleOptions {
    /// The update rule of that name with these settings.
    ///
    /// # Errors
    /// If the rule does not have one of them, or a value is out of its range.
    pub fn rule(&self, name: &str) -> Result<Clipped<AnyRule>> {
        let convention = self.convention.as_deref().map_or(Ok(Convention::Torch), Convention::by_name)?;
        let mut rule = AnyRule::following(convention, name)?;
        if let Some(momentum) = self.momentum {
            if rule.momentum().is_none() {
                let what = format!("--momentum does not go with {name}, which has none");
                return Err(Error::Unsupported {
                    what,
                    remedy: "leave it out, or choose momentum, nesterov, rmsprop or adam",
                });
            }
            check_hyperparameter("momentum", momentum, "at least 0 and below 1", |v| {
                (0.0..1.0).contains(&v)
            })?;
            rule = rule.with_momentum(momentum);
        }
        for (setting, value) in self.numbers() {
            if let Some(value) = value {
                rule.set(setting, value)?;
            }
        }
        if let Some(form) = &self.form {
            rule.choose("form", form).map_err(|error| match error {
                Error::NoSuchSetting { .. } => belongs_to("--form", name, "momentum, nesterov or rmsprop"),
                other => other,
            })?;
        }
        if self.centered {
            rule.give("centered").map_err(|_| belongs_to("--centered", name, "rmsprop"))?;
        }
        if self.no_bias_correction {
            rule.give("no-bias-correction").map_err(|_| belongs_to("--no-bias-correction", name, "adam"))?;
        }
        let clip = self.clip();
        clip.validate()?;
        Ok(Clipped::new(rule, clip))
    }

    fn numbers(&self) -> [(&'static str, Option<f64>); 7] {
        [
            ("dampening", self.dampening),
            ("decay", self.decay),
            ("beta1", self.beta1),
            ("beta2", self.beta2),
            ("eps", self.eps),
            ("momentum-decay", self.momentum_decay),
            ("weight-decay", self.weight_decay),
        ]
    }

    fn clip(&self) -> Clip {
        match (self.clip_norm, self.clip_value) {
            (Some(most), _) => Clip::Norm(most),
            (None, Some(most)) => Clip::Value(most),
            (None, None) => Clip::Off,
        }
    }

    /// The average of the parameters, FROM and EVERY in units of `unit` steps.
    pub fn average(&self, unit: usize) -> Result<Averaging> {
        self.average.as_deref().map_or(Ok(Averaging::Off), |text| Averaging::parse(text, unit))
    }

    /// The text of the average, if one was asked for.
    pub fn average_text(&self) -> Option<&str> {
        self.average.as_deref().filter(|text| *text != "off")
    }

    /// Every option, and whether it was given: for optimizers that are no update rules and have none of them.
    pub fn given(&self) -> Vec<(&'static str, bool)> {
        vec![
            ("--momentum", self.momentum.is_some()),
            ("--dampening", self.dampening.is_some()),
            ("--decay", self.decay.is_some()),
            ("--beta1", self.beta1.is_some()),
            ("--beta2", self.beta2.is_some()),
            ("--eps", self.eps.is_some()),
            ("--momentum-decay", self.momentum_decay.is_some()),
            ("--weight-decay", self.weight_decay.is_some()),
            ("--form", self.form.is_some()),
            ("--centered", self.centered),
            ("--no-bias-correction", self.no_bias_correction),
            ("--convention", self.convention.is_some()),
            ("--clip-norm", self.clip_norm.is_some()),
            ("--clip-value", self.clip_value.is_some()),
            ("--average", self.average.is_some()),
        ]
    }

    /// What a rule was given, defaults included, for `settings` in the JSON.
    pub fn json(&self, rule: &Clipped<AnyRule>) -> Map<String, Value> {
        let numbers: Map<_, _> = rule
            .rule
            .hyperparameters()
            .into_iter()
            .map(|(name, value)| (name.into(), json!(value)))
            .collect();
        let clip = Some(rule.clip.words()).filter(|words| !words.is_empty());
        let settings = [
            ("momentum", json!(rule.rule.momentum())),
            ("hyperparameters", Value::Object(numbers)),
            ("convention", json!(self.convention.as_deref().unwrap_or("torch"))),
            ("clip", json!(clip)),
            ("average", json!(self.average)),
        ];
        settings.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
    }
}

fn belongs_to(option: &str, name: &str, others: &str) -> Error {
    let what = format!("{option} does not go with {name}, but with {others}");
    Error::Unsupported { what, remedy: "leave it out, or choose another optimizer" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str, options: RuleOptions) -> String {
        options.rule(name).unwrap_err().to_string()
    }

    #[test]
    fn momentum_is_taken_by_rules_that_have_it_and_refused_by_others() {
        let with = |momentum| RuleOptions { momentum: Some(momentum), ..RuleOptions::default() };
        for name in ["momentum", "nesterov", "rmsprop", "adam", "adamw", "lion"] {
            assert_eq!(with(0.5).rule(name).unwrap().rule.momentum(), Some(0.5));
            assert!(refused(name, with(1.0)).starts_with("momentum = 1 is out of range"));
        }
        for name in ["gd", "sgd", "adagrad", "adadelta"] {
            assert!(refused(name, with(0.5)).contains("leave it out"), "{name}");
            assert!(RuleOptions::default().rule(name).is_ok());
        }
    }

    #[test]
    fn an_option_that_a_rule_does_not_have_is_refused() {
        for name in AnyRule::names() {
            let has: Vec<&str> =
                AnyRule::by_name(name).unwrap().hyperparameters().into_iter().map(|(name, _)| name).collect();
            for (setting, _) in RuleOptions::default().numbers() {
                let mut options = RuleOptions::default();
                match setting {
                    "dampening" => options.dampening = Some(0.5),
                    "decay" => options.decay = Some(0.5),
                    "beta1" => options.beta1 = Some(0.5),
                    "beta2" => options.beta2 = Some(0.5),
                    "eps" => options.eps = Some(0.5),
                    "momentum-decay" => options.momentum_decay = Some(0.5),
                    _ => options.weight_decay = Some(0.5),
                }
                match options.rule(name) {
                    Ok(rule) => {
                        assert!(
                            has.contains(&setting) && rule.rule.hyperparameters().contains(&(setting, 0.5)),
                            "{name} {setting}"
                        )
                    }
                    Err(error) => assert!(
                        !has.contains(&setting) && error.to_string().contains("has no"),
                        "{name} {setting}: {error}"
                    ),
                }
            }
        }
        assert!(
            refused("adam", RuleOptions { centered: true, ..RuleOptions::default() })
                .contains("--centered does not go with adam")
        );
        assert!(
            refused("sgd", RuleOptions { form: Some("shifted".into()), ..RuleOptions::default() })
                .contains("--form")
        );
        let shifted = RuleOptions { form: Some("shifted".into()), ..RuleOptions::default() };
        assert!(shifted.rule("nesterov").is_ok() && refused("momentum", shifted).contains("rate-inside"));
        assert!(
            refused("adamw", RuleOptions { no_bias_correction: true, ..RuleOptions::default() })
                .contains("but with adam")
        );
    }

    #[test]
    fn a_convention_brings_its_defaults_and_a_value_overrides_them() {
        let keras =
            RuleOptions { convention: Some("keras".into()), beta1: Some(0.8), ..RuleOptions::default() };
        assert_eq!(
            keras.rule("adam").unwrap().rule.hyperparameters(),
            [("beta1", 0.8), ("beta2", 0.999), ("eps", 1e-7)]
        );
        let unknown = RuleOptions { convention: Some("kers".into()), ..RuleOptions::default() };
        assert!(refused("adam", unknown).contains("did you mean 'keras'?"));
    }
}
