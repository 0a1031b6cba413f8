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
            // A power that may not be above 0.
            let outside = if number == "beta2-decay" { 0.1 } else { -0.1 };
            for wrong in [f64::NAN, outside] {
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

mod settings {
    use super::*;
    use crate::optimizer::first_order::Clip;
    use crate::schedule::Schedule;

    fn said<T: std::fmt::Debug>(outcome: crate::error::Result<T>) -> String {
        outcome.unwrap_err().to_string()
    }

    #[test]
    fn ranges_hold_what_their_words_say() {
        let holds = |range: Range| [-0.5, 0.0, 0.5, 1.0, 1.5, f64::INFINITY, f64::NAN].map(range.contains);
        assert_eq!(holds(Range::SHARE), [false, true, true, false, false, false, false]);
        assert_eq!(holds(Range::ZERO_TO_ONE), [false, true, true, true, false, false, false]);
        assert_eq!(holds(Range::NOT_NEGATIVE), [false, true, true, true, true, false, false]);
        assert_eq!(holds(Range::POSITIVE), [false, false, true, true, true, false, false]);
        assert_eq!(holds(Range::INSIDE_ONE), [false, false, true, false, false, false, false]);
    }

    #[test]
    fn values_are_written_as_they_are_typed() {
        let written = [
            (Value::Number(0.0), "0"),
            (Value::Number(0.9), "0.9"),
            (Value::Number(1e-3), "0.001"),
            (Value::Number(2e-4), "2e-4"),
            (Value::Number(-2e-4), "-2e-4"),
            (Value::Whole(12), "12"),
            (Value::Choice("exact"), "exact"),
            (Value::Flag(true), "on"),
            (Value::Flag(false), "off"),
        ];
        written.iter().for_each(|(value, text)| assert_eq!(value.to_string(), *text));
        let from: [Value; 5] = [0.5.into(), 3usize.into(), (-3).into(), true.into(), "exact".into()];
        let values =
            [Value::Number(0.5), Value::Whole(3), Value::Whole(0), Value::Flag(true), Value::Choice("exact")];
        assert_eq!(from, values);
    }

    #[test]
    fn texts_become_values_of_the_kind_and_in_the_range() {
        let number = SettingSpec::number("rate", "a rate", Range::POSITIVE, 0.1).alias("speed");
        assert_eq!(number.parse(" 2e-1 ").unwrap(), Value::Number(0.2));
        assert!(said(number.parse("fast")).contains("a number, such as 0.02"));
        assert!(said(number.parse("0")).starts_with("rate = 0 is out of range: rate must be finite and > 0"));
        assert!(said(number.parse_as("speed", "0")).starts_with("speed = 0 is out of range"));
        assert!(number.is_named("rate") && number.is_named("speed") && !number.is_named(""));
        let whole = SettingSpec::whole("memory", "a memory", 1, 5);
        assert_eq!(whole.parse("1").unwrap(), Value::Whole(1));
        assert!(said(whole.parse("0")).contains("memory must be at least 1"));
        assert!(said(whole.parse("1.5")).contains("a whole number"));
        assert!(!whole.is_named(""));
        assert!(said(SettingSpec::whole("trials", "", 3, 3).parse("2")).contains("large enough"));
        let choice = SettingSpec::choice("line-search", "a search", &["exact", "wolfe"]);
        assert_eq!(
            (choice.default, choice.parse("wolfe").unwrap()),
            (Value::Choice("exact"), Value::Choice("wolfe"))
        );
        let unknown = said(choice.parse("wolf"));
        assert!(unknown.contains("line search") && unknown.contains("wolfe"), "{unknown}");
        assert!(said(choice.check(Value::Choice("wolf"))).contains("wolfe"));
        let flag = SettingSpec::flag("nesterov", "a switch").needing(Needs::Hessian);
        assert_eq!((flag.parse("").unwrap(), flag.needs), (Value::Flag(true), Some(Needs::Hessian)));
        assert!(said(flag.check(Value::Number(1.0))).contains("nesterov = 1 is not of the kind Flag"));
    }

    #[test]
    fn a_configuration_takes_what_its_optimizer_has() {
        let catalogue = Catalogue::built_in();
        let configure = |name: &str| catalogue.get(name).unwrap().configure();
        let lbfgs = configure("lbfgs").set_text("memory", "7").unwrap();
        assert_eq!(lbfgs.values().whole("memory"), 7);
        assert!(said(lbfgs.clone().set_text("memory", "many")).contains("memory"));
        assert!(said(lbfgs.clone().set("beta1", 0.5)).contains("beta1"));
        for (what, refused) in [
            ("lr", said(lbfgs.clone().learning_rate(0.1))),
            ("schedule", said(lbfgs.clone().schedule(Schedule::Constant))),
            ("clip", said(lbfgs.clone().clip(Clip::Norm(1.0)))),
            ("convention", said(lbfgs.clone().convention(Default::default()))),
        ] {
            assert!(refused.starts_with(&format!("{what} does not go with lbfgs")), "{refused}");
        }
        assert!(lbfgs.rule().unwrap().is_none());
        let adam = configure("adam");
        for lr in [0.0, -1.0, f64::INFINITY, f64::NAN] {
            assert!(said(adam.clone().learning_rate(lr)).contains("lr must be finite and > 0"), "{lr}");
        }
        assert!(said(adam.clone().schedule(Schedule::Cosine { total: 0 })).contains("total"));
        assert!(adam.clone().clip(Clip::Norm(-1.0)).is_err());
        let adam = adam.learning_rate(0.5).unwrap().schedule(Schedule::Cosine { total: 9 }).unwrap();
        let adam = adam.clip(Clip::Norm(2.0)).unwrap().seed(4).batch(Some(8));
        let values = adam.values();
        assert_eq!((values.learning_rate, values.seed, values.batch), (Some(0.5), 4, Some(8)));
        assert_eq!((values.schedule, values.clip), (Schedule::Cosine { total: 9 }, Clip::Norm(2.0)));
        assert_eq!(adam.rule().unwrap().unwrap().clip, Clip::Norm(2.0));
    }

    #[test]
    fn words_leave_out_what_has_no_effect() {
        let catalogue = Catalogue::built_in();
        let configure = |name: &str| catalogue.get(name).unwrap().configure();
        assert_eq!(configure("sgd").words(), "");
        assert_eq!(configure("adam").words(), "beta1 0.9, beta2 0.999, eps 1e-8");
        let flagged = configure("adam").set("no-bias-correction", true).unwrap().set("eps", 0.0).unwrap();
        assert_eq!(flagged.words(), "beta1 0.9, beta2 0.999, no-bias-correction");
        assert!(
            configure("lbfgs").words().contains("more-thuente line search"),
            "{}",
            configure("lbfgs").words()
        );
    }

    #[cfg(feature = "lapack")]
    #[test]
    fn blocks_and_layers_that_do_not_fit_are_refused() {
        use crate::objective::KroneckerBlock;
        let catalogue = Catalogue::built_in();
        let configure = |name: &str| catalogue.get(name).unwrap().configure();
        let lbfgs = configure("lbfgs");
        assert!(lbfgs.check_blocks(10, 3_000_000).is_ok(), "it needs no blocks");
        let blocked = lbfgs.set("preconditioned", true).unwrap();
        let refused = said(blocked.check_blocks(10, 3_000_000));
        assert!(refused.contains("3000000 × 3000000 for each of 10 classes, 720 TB"), "{refused}");
        assert!(blocked.check_blocks(10, 100).is_ok());
        let layer = |inputs| KroneckerBlock { weights: 0..0, bias: 0..0, inputs, outputs: 10 };
        let kfac = configure("kfac");
        let refused = said(kfac.check_layers(&[layer(3_000_000)]));
        assert!(refused.contains("kfac on a net of this size"), "{refused}");
        assert!(kfac.check_layers(&[layer(64)]).is_ok());
        let two = [layer(3_000_000), layer(3_000_000)];
        assert!(said(kfac.check_layers(&two)).contains(" 432 TB"), "{}", said(kfac.check_layers(&two)));
        let tridiagonal = kfac.set("blocks", "tridiagonal").unwrap();
        let refused = said(tridiagonal.check_layers(&two));
        assert!(refused.contains(" 792 TB"), "{refused}");
        assert!(configure("lbfgs").check_layers(&[layer(3_000_000)]).is_ok(), "it has no layers");
    }

    #[test]
    fn orders_have_their_words() {
        let words = [Order::Zeroth, Order::First, Order::Second].map(|order| order.to_string());
        assert_eq!(words, ["zeroth", "first", "second"]);
    }

    #[test]
    fn a_value_of_another_kind_is_a_fault_of_the_entry() {
        let lbfgs = Catalogue::built_in().get("lbfgs").unwrap().configure();
        let panics = |read: &dyn Fn(&Values)| {
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| read(lbfgs.values()))).is_err()
        };
        assert!(panics(&|values| {
            _ = values.number("memory");
        }));
        assert!(panics(&|values| {
            _ = values.whole("line-search");
        }));
        assert!(panics(&|values| {
            _ = values.flag("memory");
        }));
        assert!(panics(&|values| {
            _ = values.choice("memory");
        }));
        assert!(panics(&|values| {
            _ = values.whole("nothing");
        }));
    }
}
