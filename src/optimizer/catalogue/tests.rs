//! Every entry against what it makes.

use super::*;
use crate::objective::{AnyObjective, FullObjective};
use crate::optimizer::Optimizer;
use crate::optimizer::first_order::{AnyRule, RmsProp, RuleInfo, State, UpdateRule};
use crate::problems;
use std::collections::BTreeSet;

/// The name of an optimizer on the full objective.
fn name_of(optimizer: &AnyOptimizer) -> String {
    fn named<O: FullObjective>(optimizer: &AnyOptimizer, _: &O) -> String {
        Optimizer::<f64, O>::name(optimizer)
    }
    named(optimizer, &AnyObjective::new(problems::by_name("beale").unwrap()))
}

#[test]
fn one_name_is_one_algorithm() {
    let mut names = BTreeSet::new();
    for entry in Catalogue::built_in().iter() {
        assert_eq!(name_of(&entry.configure().optimizer().unwrap()), entry.name());
        for name in [entry.name()].iter().chain(entry.aliases()) {
            assert!(names.insert(*name), "{name} names two optimizers");
        }
    }
}

#[test]
fn every_entry_says_what_it_is_and_its_defaults_are_in_range() {
    for entry in Catalogue::built_in().iter() {
        assert!(!entry.summary().is_empty() && !entry.source().is_empty(), "{entry:?}");
        for spec in entry.settings() {
            assert_eq!(spec.check(spec.default).unwrap(), spec.default, "{} {}", entry.name(), spec.name);
            assert!(!spec.meaning.is_empty());
        }
        if let Some(tuned) = entry.tuned() {
            assert!(entry.setting(tuned.setting).is_some(), "{} has no {}", entry.name(), tuned.setting);
        }
        assert_eq!(entry.is_rule(), entry.learning_rate().is_some());
    }
}

#[test]
fn the_settings_of_a_rule_are_those_of_its_entry() {
    for entry in Catalogue::built_in().rules() {
        let mut rule = entry.make_rule(Default::default()).unwrap();
        let numbers: Vec<&str> = rule.hyperparameters().into_iter().map(|(name, _)| name).collect();
        let of_entry = entry.settings().iter().filter(|spec| matches!(spec.kind, SettingKind::Number(_)));
        assert_eq!(of_entry.map(|spec| spec.name).collect::<Vec<_>>(), numbers, "{}", entry.name());
        for spec in entry.settings() {
            match spec.kind {
                SettingKind::Choice(forms) => {
                    forms.iter().for_each(|form| rule.choose(spec.name, form).unwrap())
                }
                SettingKind::Flag => rule.give(spec.name).unwrap(),
                _ => {}
            }
        }
    }
}

#[test]
fn a_convention_brings_its_defaults_and_a_given_value_stays() {
    let adam = Catalogue::built_in().get("adam").unwrap().configure().set("beta1", 0.8).unwrap();
    let keras = adam.convention(crate::optimizer::first_order::Convention::Keras).unwrap();
    let rule = keras.rule().unwrap().unwrap().rule;
    assert_eq!(rule.hyperparameters(), [("beta1", 0.8), ("beta2", 0.999), ("eps", 1e-7)]);
    assert_eq!((keras.values().number("beta1"), keras.values().number("eps")), (0.8, 1e-7));
}

#[test]
fn a_hessian_that_does_not_fit_is_refused_with_its_bytes() {
    let catalogue = Catalogue::built_in();
    if let Ok(newton) = catalogue.get("newton") {
        let refused = newton.configure().check_memory(3_000_000).unwrap_err().to_string();
        assert!(
            refused.contains("Hessian of 3000000 × 3000000: 72000000000000 bytes (72.0 TB)")
                && refused.contains("lbfgs"),
            "{refused}"
        );
        assert!(newton.configure().check_memory(1_000).is_ok());
    }
    assert!(catalogue.get("lbfgs").unwrap().configure().check_memory(3_000_000).is_ok());
}

#[test]
fn every_number_of_every_rule_is_checked_and_names_its_range() {
    for entry in Catalogue::built_in().rules() {
        let (name, rule) = (entry.name(), entry.make_rule(Default::default()).unwrap());
        for (number, value) in rule.hyperparameters() {
            let mut changed = rule.clone();
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
        let p = AnyRule::by_name(name).unwrap().properties();
        [p.first_moment, p.second_moment, p.leaky, p.bias_correction]
            .map(|yes| if yes { '✓' } else { '–' })
            .iter()
            .collect::<String>()
    };
    let table: Vec<String> =
        AnyRule::names()[..AnyRule::OF_THE_LECTURE].iter().map(|name| row(name)).collect();
    assert_eq!(table, ["––––", "✓–––", "✓–––", "–✓––", "–✓✓–", "✓✓✓✓"]);
}

#[test]
fn every_rule_has_its_buffers_and_no_more() {
    let counts = AnyRule::names().into_iter().map(|name| AnyRule::by_name(name).unwrap().buffers().count());
    assert_eq!(counts.collect::<Vec<_>>(), [0, 1, 1, 1, 1, 2, 2, 3, 2, 2, 2, 1]);
    assert_eq!(RmsProp::default().centered().momentum(0.9).buffers().count(), 3);
    let modern = Catalogue::modern();
    let counts = modern.iter().map(|entry| {
        let count = entry.make_rule(Default::default()).unwrap().buffers().count();
        (entry.name(), count)
    });
    let expected = [
        ("radam", 2),
        ("rprop", 2),
        ("adan", 4),
        ("ademamix", 3),
        ("prodigy", 4),
        ("schedule-free-sgd", 1),
        ("schedule-free-adamw", 2),
        ("sophia", 2),
    ];
    assert!(counts.eq(expected), "{modern:?}");
}

#[test]
fn a_gradient_of_another_length_is_refused_with_both() {
    for entry in Catalogue::built_in().rules() {
        let (name, rule) = (entry.name(), entry.make_rule(Default::default()).unwrap());
        let stepped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            rule.step(&mut State::new(&rule, 3), 0.1, &[1.0; 2], &mut [1.0; 3])
        }));
        let said = *stepped.unwrap_err().downcast::<String>().unwrap();
        assert_eq!(said, "the gradient has 2 entries, the parameters 3", "{name}");
    }
}

#[cfg(not(feature = "lapack"))]
#[test]
fn an_optimizer_that_is_not_in_the_build_names_the_feature() {
    let error = Catalogue::built_in().get("newton").unwrap_err().to_string();
    assert!(error.contains("feature `lapack`"), "{error}");
    assert!(Catalogue::built_in().get("newtom").unwrap_err().to_string().contains("there is no optimizer"));
}
