//! The optimizers of the study, and the settings over which each is tuned.

use super::super::run_to_target::Method;
use crate::optimizer::first_order::{
    AdamW, AnyRule, Graft, Momentum, Muon, Prodigy, ScheduleFreeAdamW, Shampoo, Soap,
};
use crate::optimizer::second_order::Kfac;

/// An optimizer, and the setting that is tuned.
#[derive(Clone)]
pub(super) struct Contender {
    pub name: &'static str,
    pub method: Method,
    /// The setting without tuning: the default of the library whose convention the rule follows, or the value
    /// that its authors recommend where there is no default.
    pub default: f64,
}

/// The number of trials of the tuning, an odd number: the default is in the middle.
pub(super) const TRIALS: usize = 9;

impl Contender {
    fn rule(name: &'static str, rule: AnyRule, default: f64) -> Self {
        Contender { name, method: Method::Rule(rule), default }
    }

    /// Returns the settings that are tried: from a hundredth of the default to a hundred times it, two in a
    /// decade.
    pub fn settings(&self) -> Vec<f64> {
        let middle = (TRIALS / 2) as f64;
        (0..TRIALS).map(|i| self.default * 10f64.powf((i as f64 - middle) / 2.0)).collect()
    }
}

/// The name of the rule that all are compared with.
pub(super) const ADAMW: &str = "adamw";

/// Returns the optimizers. None has weight decay, since the study is about training losses.
pub(super) fn all() -> Vec<Contender> {
    let adamw = AdamW::new(0.0);
    let muon = Muon { weight_decay: 0.0, rest: adamw, ..Muon::default() };
    let shampoo = Shampoo { graft: Graft::RmsProp, ..Shampoo::default() };
    let soap = Soap { weight_decay: 0.0, ..Soap::default() };
    vec![
        Contender::rule("momentum", AnyRule::new(Momentum::new(0.9)), 1e-2),
        Contender::rule(ADAMW, AnyRule::new(adamw), 1e-3),
        Contender::rule("muon", AnyRule::new(muon), 2e-2),
        Contender::rule("shampoo", AnyRule::new(shampoo), 1e-3),
        Contender::rule("soap", AnyRule::new(soap), 3e-3),
        Contender { name: "kfac", method: Method::Kfac, default: Kfac::DEFAULT_DAMPING },
        Contender::rule("schedule-free-adamw", AnyRule::new(ScheduleFreeAdamW::default()), 2.5e-3),
        Contender::rule("prodigy", AnyRule::new(Prodigy::default()), 1.0),
    ]
}

/// Returns the place of a contender.
pub(super) fn place(contenders: &[Contender], name: &str) -> usize {
    contenders.iter().position(|contender| contender.name == name).expect("the list has it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_in_the_middle_of_the_settings() {
        for contender in all() {
            let settings = contender.settings();
            assert_eq!(settings[TRIALS / 2], contender.default);
            assert!((settings[TRIALS - 1] / contender.default - 100.0).abs() < 1e-9);
            assert!((settings[0] / contender.default - 0.01).abs() < 1e-9);
        }
    }

    #[test]
    fn nothing_decays() {
        for contender in all() {
            if let Method::Rule(rule) = contender.method {
                let decays = rule.hyperparameters().into_iter().filter(|(name, _)| name.contains("decay"));
                assert!(decays.clone().all(|(_, value)| value == 0.0), "{rule:?}");
            }
        }
    }
}
