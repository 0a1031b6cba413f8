//! The built-in contenders: every optimizer of a catalogue that takes part in comparisons.

use super::elsewhere::{Elsewhere, looks_elsewhere};
use super::trial::{drawn, kept, kept_share};
use super::{BoxedOptimizer, BuiltProblem, Contender, DataAccess, OptimizerFacts, RATES, Setting, Trial};
use crate::error::Result;
use crate::optimizer::catalogue::{Catalogue, Entry, Needs, Order, Value, Walk};
use crate::optimizer::first_order::Wrap;

/// The contenders of a catalogue that always take part, in its order.
pub(super) fn all(catalogue: &Catalogue) -> Vec<Box<dyn Contender>> {
    chosen(catalogue, |entry| !entry.is_compared_by_name())
}

/// The contenders of a catalogue that take part if they are named, in its order, and then those with a
/// wrapper around a rule.
pub(super) fn if_named(catalogue: &Catalogue) -> Vec<Box<dyn Contender>> {
    let wrapped = WRAPPED.into_iter().filter_map(|(rule, wrapper)| {
        let entry = catalogue.iter().find(|entry| entry.name() == rule)?;
        let fits = entry.is_compared() && entry.is_rule();
        fits.then(|| Box::new(FromCatalogue::new(entry).wrapped(wrapper)) as Box<dyn Contender>)
    });
    chosen(catalogue, Entry::is_compared_by_name).into_iter().chain(wrapped).collect()
}

fn chosen(catalogue: &Catalogue, wanted: impl Fn(&Entry) -> bool) -> Vec<Box<dyn Contender>> {
    let contender = |entry: &Entry| Box::new(FromCatalogue::new(entry)) as Box<dyn Contender>;
    catalogue.iter().filter(|entry| entry.is_compared() && wanted(entry)).map(contender).collect()
}

/// Rules, and what is wrapped around them with its published defaults.
const WRAPPED: [(&str, &str); 4] =
    [("adamw", "lookahead"), ("momentum", "lookahead"), ("momentum", "sam"), ("adamw", "sam")];

/// The version of every built-in contender: the code's own version covers it.
const COVERED: &str = "built-in";

/// An optimizer of the catalogue, perhaps with something wrapped around it. Its learning rate is tuned if it
/// has one, and the setting that its entry names.
struct FromCatalogue {
    entry: Entry,
    built_in: bool,
    /// The name of what is wrapped around it; empty if nothing is.
    wrapper: &'static str,
    /// Whether it takes only problems on which it is quick enough for a comparison.
    limited: bool,
}

impl FromCatalogue {
    fn new(entry: &Entry) -> Self {
        // An entry of the caller may replace one of the same name.
        let is_the_same = |known: &Entry| known.name() == entry.name() && known.summary() == entry.summary();
        let built_in = Catalogue::built_in().iter().any(is_the_same);
        FromCatalogue { entry: entry.clone(), built_in, wrapper: "", limited: true }
    }

    fn wrapped(self, wrapper: &'static str) -> Self {
        FromCatalogue { wrapper, ..self }
    }

    /// The name of the entry, and of what is wrapped around it: "adamw+sam".
    fn name(&self) -> String {
        let plus = if self.wrapper.is_empty() { "" } else { "+" };
        format!("{}{plus}{}", self.entry.name(), self.wrapper)
    }

    /// The learning rate in a trial; `None` if there is none, or if it stays at its default.
    fn lr(&self, trial: &Trial) -> Option<f64> {
        let default = self.entry.learning_rate().filter(|_| !self.entry.is_compared_at_its_rate());
        default.map(|default| trial.lr(default))
    }

    /// The tuned setting and its value in a trial; `None` if there is none, or if a share that is kept stands
    /// at its default.
    fn tuned(&self, trial: &Trial) -> Option<(&'static str, Value)> {
        let tuned = self.entry.tuned()?;
        let value = match tuned.walk {
            Walk::KeptShare => Value::Number(kept_share(trial.draw()?)),
            Walk::Kept(low, high) => Value::Number(kept(trial.draw()?, low, high)),
            Walk::Drawn(low, high) => Value::Number(drawn(trial.draw()?, low, high)),
            Walk::Log(low, high) => Value::Number(trial.log(tuned.default, low, high)),
            Walk::LikeRates => Value::Number(trial.log(tuned.default, RATES.0, RATES.1)),
            Walk::Whole(low, high) => Value::Whole(trial.whole(tuned.default as usize, low, high)),
        };
        Some((tuned.setting, value))
    }

    /// Whether a problem has what the optimizer needs.
    fn needs_are_met(&self, problem: &BuiltProblem) -> bool {
        match self.entry.needs() {
            Needs::Gradients => true,
            Needs::Values | Needs::ExactGradients => problem.exact(),
            Needs::Products => problem.exact() && problem.smooth(),
            Needs::BatchProducts => problem.smooth(),
            Needs::Hessian => problem.is_function(),
            Needs::Layers => problem.layered(),
            Needs::Matrices => problem.has_matrices(),
            Needs::Residuals | Needs::Blocks => false,
        }
    }
}

/// The text of a tuned value. Shares that are kept are drawn, and shown to six digits.
fn text_of(setting: &str, value: Value, walk: Walk) -> String {
    match (value, walk) {
        (Value::Number(share), Walk::KeptShare | Walk::Kept(..)) => {
            format!("{setting}={}", (share * 1e6).round() / 1e6)
        }
        (Value::Number(number), Walk::LikeRates | Walk::Drawn(..)) => format!("{setting}={number:e}"),
        (Value::Number(number), _) => format!("{setting}={number}"),
        (value, _) => format!("{setting}={value}"),
    }
}

/// What an entry needs of a problem, in words; empty if it takes every one.
fn needs_in_words(entry: &Entry) -> String {
    if let Some(reason) = entry.why_only_sums() {
        return format!("a sum over data: {reason}");
    }
    let most = entry.most_parameters();
    match (entry.needs(), most) {
        (Needs::Gradients, usize::MAX) => String::new(),
        (Needs::Values, usize::MAX) => "exact values".into(),
        (Needs::ExactGradients, usize::MAX) => "exact gradients".into(),
        (Needs::ExactGradients, _) => {
            format!("exact gradients, and at most {most} parameters, of which it keeps a matrix")
        }
        (Needs::Products, usize::MAX) => "exact gradients, and a Hessian everywhere".into(),
        (Needs::BatchProducts, usize::MAX) => "a Hessian everywhere".into(),
        (Needs::Matrices, most) if most < usize::MAX => {
            format!("weight matrices of layers, in a model of at most {most} parameters: it decomposes them")
        }
        (Needs::Matrices, _) => "weight matrices of layers".into(),
        (Needs::Hessian, most) if most < usize::MAX => {
            format!("a function whose Hessian can be formed, of at most {most} parameters")
        }
        (Needs::Layers, most) if most < usize::MAX => {
            format!(
                "layers under a loss with probabilities, of at most {most} parameters, whose factors it \
                 inverts"
            )
        }
        (needs, usize::MAX) => needs.to_string(),
        (needs, most) => format!("{needs}, and at most {most} parameters"),
    }
}

impl Contender for FromCatalogue {
    fn facts(&self) -> OptimizerFacts {
        let rate = self.lr(&Trial::defaults(0)).map(|_| "lr".to_owned());
        let setting = self.entry.tuned().map(|tuned| tuned.setting.to_owned());
        OptimizerFacts {
            name: self.name(),
            order: match self.entry.order() {
                Order::Zeroth => 0,
                Order::First => 1,
                Order::Second => 2,
            },
            tuned: rate.into_iter().chain(setting).collect(),
            own: !self.built_in,
            needs: needs_in_words(&self.entry),
        }
    }

    fn takes(&self, problem: &BuiltProblem) -> bool {
        let on_sums_only = self.entry.why_only_sums().is_some();
        self.needs_are_met(problem)
            && (!self.limited || problem.dim() <= self.entry.most_parameters())
            && !(on_sums_only && problem.is_function())
    }

    /// Rules that decompose the matrices of layers take long on large ones. Others keep a matrix as large as
    /// the square of the parameters; their limit stays.
    fn lift_limit(&mut self) {
        self.limited = !matches!(self.entry.needs(), Needs::Matrices | Needs::Layers);
    }

    fn data_access(&self) -> DataAccess {
        match self.entry.needs() {
            _ if self.entry.is_compared_on_whole_data() => DataAccess::Whole,
            Needs::Gradients | Needs::BatchProducts | Needs::Matrices => DataAccess::Batches,
            _ => DataAccess::Whole,
        }
    }

    fn setting(&self, trial: &Trial) -> Setting {
        let lr = self.lr(trial);
        let tuned = self.tuned(trial).zip(self.entry.tuned());
        let setting = tuned.map(|((name, value), tuned)| text_of(name, value, tuned.walk));
        let parts: Vec<String> = lr.map(|lr| format!("lr={lr:e}")).into_iter().chain(setting).collect();
        let text = if parts.is_empty() { "defaults".into() } else { parts.join(" ") };
        Setting { text, lr: lr.unwrap_or(f64::NAN) }
    }

    fn optimizer(&self, trial: &Trial, problem: &BuiltProblem) -> Result<BoxedOptimizer> {
        let mut configuration = self.entry.configure().seed(trial.seed()).batch(Some(problem.layers_batch()));
        for &(name, value) in self.entry.fixed_in_comparisons() {
            configuration = configuration.set(name, value)?;
        }
        if let Some((name, value)) = self.tuned(trial) {
            configuration = configuration.set(name, value)?;
        }
        if let Some(lr) = self.lr(trial) {
            configuration = configuration.learning_rate(lr)?;
        }
        if !self.wrapper.is_empty() {
            configuration = configuration.wrap(Wrap::parse(self.wrapper)?)?;
        }
        match configuration.rule()? {
            Some(rule) if looks_elsewhere(&rule) => {
                let lr = self.lr(trial).or(self.entry.learning_rate()).expect("a rule has a learning rate");
                Ok(Box::new(Elsewhere::new(rule, lr)?))
            }
            _ => Ok(Box::new(configuration.optimizer()?)),
        }
    }

    fn version(&self) -> Option<String> {
        if self.built_in { Some(COVERED.into()) } else { self.entry.version().map(String::from) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn both() -> Vec<Box<dyn Contender>> {
        let catalogue = Catalogue::built_in();
        all(&catalogue).into_iter().chain(if_named(&catalogue)).collect()
    }

    #[test]
    fn every_tuning_has_as_many_settings_as_trials_and_reads_as_it_is() {
        for contender in both() {
            let facts = contender.facts();
            if facts.tuned.is_empty() {
                continue;
            }
            let settings: BTreeSet<String> =
                (0..36).map(|number| contender.setting(&Trial::new(number, 36, 0)).text).collect();
            assert_eq!(settings.len(), 36, "{}: {settings:?}", facts.name);
            assert!(
                settings.iter().all(|text| text.split_whitespace().all(|part| part.contains('='))),
                "{settings:?}"
            );
        }
    }

    #[test]
    fn every_knob_is_a_setting_and_its_walk_stays_within_the_range() {
        let catalogue = Catalogue::built_in();
        for entry in catalogue.iter().filter(|entry| entry.is_compared()) {
            let Some(tuned) = entry.tuned() else { continue };
            let spec = entry.setting(tuned.setting).unwrap();
            if entry.is_rule() {
                assert_eq!(spec.default, Value::Number(tuned.default), "{} {}", entry.name(), spec.name);
            }
            let contender = FromCatalogue::new(entry);
            let mut tried = BTreeSet::new();
            for number in 0..36 {
                let Some((name, value)) = contender.tuned(&Trial::new(number, 36, 0)) else { continue };
                let configuration = entry.configure().seed(0).batch(Some(10));
                let made = configuration.set(name, value).and_then(|settings| settings.optimizer());
                assert!(made.is_ok(), "{} {name} {value}: {:?}", entry.name(), made.err());
                tried.insert(value.to_string());
            }
            assert!(tried.len() >= 18, "{}: {tried:?}", entry.name());
        }
    }

    /// The knobs that the catalogue chooses, with the ends of their ranges.
    const KNOBS: [(&str, &str, f64, f64); 16] = [
        ("adamw", "weight-decay", 1e-6, 0.1),
        ("lion", "weight-decay", 1e-6, 0.1),
        ("radam", "beta1", 0.49, 0.99),
        ("rprop", "eta-plus", 1.05, 3.0),
        ("adan", "weight-decay", 1e-6, 0.1),
        ("ademamix", "beta3", 0.9, 0.9999),
        ("prodigy", "d-coefficient", 0.01, 100.0),
        ("schedule-free-sgd", "beta1", 0.49, 0.99),
        ("schedule-free-adamw", "beta1", 0.49, 0.99),
        ("sophia", "gamma", 1e-3, 1.0),
        ("muon", "weight-decay", 1e-6, 0.1),
        ("lamb", "weight-decay", 1e-6, 0.1),
        ("lars", "momentum", 0.49, 0.99),
        ("adafactor", "eps2", 1e-4, 1.0),
        ("shampoo", "beta2", 0.9, 0.999),
        ("soap", "shampoo-beta", 0.49, 0.99),
    ];

    #[test]
    fn the_rules_of_after_the_lecture_are_tuned_along_the_knob_that_matters() {
        let catalogue = Catalogue::built_in();
        let known = |name: &str| catalogue.get(name).is_ok();
        for (name, knob, least, most) in KNOBS.into_iter().filter(|knob| known(knob.0)) {
            let entry = catalogue.get(name).unwrap();
            assert_eq!(entry.tuned().unwrap().setting, knob, "{name}");
            let contender = FromCatalogue::new(entry);
            let values: Vec<f64> = (0..36)
                .filter_map(|number| match contender.tuned(&Trial::new(number, 36, 0))?.1 {
                    Value::Number(number) => Some(number),
                    _ => None,
                })
                .collect();
            assert!(values.iter().all(|value| (least..=most).contains(value)), "{name}: {values:?}");
            // The draws fill the range: shares by what is not kept.
            let place = |value: f64| if most < 1.0 && least > 0.4 { (1.0 - value).ln() } else { value.ln() };
            let span = |value: &f64| (place(*value) - place(least)) / (place(most) - place(least));
            let spans: Vec<f64> = values.iter().map(span).collect();
            assert!(spans.iter().any(|&s| s < 0.15) && spans.iter().any(|&s| s > 0.85), "{name}: {values:?}");
        }
    }

    #[test]
    fn a_rule_that_finds_its_rate_keeps_it_in_every_trial() {
        let catalogue = Catalogue::built_in();
        let contender = FromCatalogue::new(catalogue.get("prodigy").unwrap());
        assert_eq!(contender.facts().tuned, ["d-coefficient"]);
        let first = contender.setting(&Trial::new(0, 36, 0));
        assert!(first.text == "d-coefficient=0.01" && first.lr.is_nan());
        assert_eq!(contender.setting(&Trial::defaults(0)).text, "d-coefficient=1");
    }

    #[test]
    fn rprop_sees_all_examples_and_sophia_batches() {
        let access = |name: &str| FromCatalogue::new(Catalogue::built_in().get(name).unwrap()).data_access();
        assert_eq!(
            ["rprop", "sophia", "lamb", "muon", "lbfgs"].map(access),
            [
                DataAccess::Whole,
                DataAccess::Batches,
                DataAccess::Batches,
                DataAccess::Batches,
                DataAccess::Whole
            ]
        );
    }

    #[test]
    fn names_are_unique_and_the_defaults_are_the_libraries_own() {
        let names: BTreeSet<String> = both().iter().map(|contender| contender.facts().name).collect();
        assert_eq!(names.len(), both().len());
        let setting = |name: &str| {
            both().iter().find(|c| c.facts().name == name).unwrap().setting(&Trial::defaults(0)).text
        };
        assert_eq!([setting("adam"), setting("lion"), setting("lbfgs")], ["lr=1e-3", "lr=1e-4", "memory=10"]);
    }
    #[test]
    fn a_wrapped_rule_is_tuned_as_the_rule_itself() {
        let catalogue = Catalogue::built_in();
        let wrapped = if_named(&catalogue);
        let names: Vec<String> = wrapped.iter().map(|contender| contender.facts().name).collect();
        assert_eq!(names, ["adamw+lookahead", "momentum+lookahead", "momentum+sam", "adamw+sam"]);
        for contender in &wrapped {
            let name = contender.facts().name;
            let rule = FromCatalogue::new(catalogue.get(name.split('+').next().unwrap()).unwrap());
            assert_eq!(
                OptimizerFacts { name: rule.facts().name, ..contender.facts() },
                rule.facts(),
                "all but the name"
            );
            let settings = |contender: &dyn Contender| -> Vec<String> {
                (0..36).map(|number| contender.setting(&Trial::new(number, 36, 0)).text).collect()
            };
            assert_eq!(settings(&**contender), settings(&rule), "{name}");
            assert_eq!(contender.version().as_deref(), Some(COVERED));
        }
    }

    #[test]
    fn a_wrapped_rule_of_the_caller_is_not_built_in() {
        let own = || Entry::rule("adamw", |_| crate::optimizer::first_order::Sgd).with_summary("mine");
        let named = if_named(&Catalogue::built_in().with(own()));
        let of_adamw: Vec<_> = named.iter().filter(|c| c.facts().name.starts_with("adamw+")).collect();
        assert!(of_adamw.len() == 2 && of_adamw.iter().all(|c| c.facts().own && c.version().is_none()));
        // Without the rule, or if it is not compared, there is none.
        let named = if_named(&Catalogue::built_in().with(own().not_compared()));
        assert!(named.iter().all(|c| !c.facts().name.starts_with("adamw+")));
    }
}
