//! The recorded catalogue: what every entry says, its settings with their ranges, the texts that it takes and
//! refuses, and the optimizers that it makes.

use crate::recorded::Record;
use crate::recorded_descents::{net, record_run};
use crate::recorded_first_order::{range, said, spread};
use gradus::notebook::*;
use gradus::optimizer::catalogue::{
    AnyOptimizer, Catalogue, Configuration, Entry, Needs, Order, Range, SettingKind, SettingSpec, Value,
    Values, Walk,
};
use std::collections::BTreeSet;

/// Records what an entry says, and what those of its settings take that were not `seen` before.
fn describe(record: &mut Record, key: &str, entry: &Entry, seen: &mut BTreeSet<String>) {
    let text = format!("{} | {} | {:?}", entry.name(), entry.title(), entry.aliases());
    record.exact(format!("{key}, names"), format!("{text} {:?}", entry.version()));
    record.exact(format!("{key}, what it is"), format!("{} | {}", entry.summary(), entry.source()));
    let (order, needs, matrices) = (entry.order(), entry.needs(), entry.matrices());
    record.exact(format!("{key}, what it needs"), format!("{order} {needs} {needs:?} {matrices}"));
    record.exact(format!("{key}, rate"), format!("{:?} {}", entry.learning_rate(), entry.is_rule()));
    let part = (entry.is_compared(), entry.is_compared_by_name(), entry.most_parameters());
    record.exact(format!("{key}, in comparisons"), format!("{part:?} {:?}", entry.tuned()));
    let limits = (entry.why_only_sums(), entry.fixed_in_comparisons());
    record.exact(format!("{key}, limits in comparisons"), format!("{limits:?}"));
    let configured = entry.configure();
    record.exact(format!("{key}, words"), configured.words());
    record.exact(format!("{key}, values"), format!("{:?}", configured.values()));
    record
        .exact(format!("{key}, configured"), format!("{} {}", configured.entry().name(), configured.needs()));
    for spec in entry.settings() {
        let key = format!("{key}, {}", spec.name);
        record.exact(&key, format!("{spec:?}"));
        if !seen.insert(format!("{} {} {:?}", spec.name, spec.alias, spec.kind)) {
            continue;
        }
        if let SettingKind::Number(_) = spec.kind {
            record.exact(format!("{key}, range"), range(|value| spec.check(Value::Number(value)).map(drop)));
        }
        for text in [
            "0",
            "1",
            "0.5",
            "-1",
            " 3 ",
            "2.5",
            "1e400",
            "nan",
            "inf",
            "x",
            "",
            "on",
            "18446744073709551616",
        ] {
            let value = spec.parse(text).map(|value| format!("{value} {value:?}"));
            record.exact(format!("{key} {text:?}"), value.unwrap_or_else(|error| error.to_string()));
        }
        let values =
            [Value::Number(0.5), Value::Whole(0), Value::Whole(3), Value::Choice("exact"), Value::Flag(true)];
        for value in values {
            record.exact(format!("{key} = {value:?}"), said(spec.check(value)));
        }
        let names =
            [spec.name, spec.alias, "x", ""].map(|name| (spec.is_named(name), entry.setting(name).is_some()));
        record.exact(format!("{key}, named"), format!("{names:?}"));
    }
}

/// The values that are no settings of the entry.
fn of_run(values: &Values) -> String {
    let (rate, schedule) = (values.learning_rate, values.schedule);
    format!("{rate:?} {schedule:?} {:?} {:?} {} {:?}", values.wrap, values.clip, values.seed, values.batch)
}

/// What a configuration answers to everything that can be asked of it.
fn ask(record: &mut Record, key: &str, configuration: &Configuration) {
    let clone = || configuration.clone();
    for (what, outcome) in [
        ("an unknown setting", clone().set("nothing", 1.0)),
        ("an unknown text", clone().set_text("nothing", "1")),
        ("momentum", clone().set("momentum", 0.5)),
        ("momentum by text", clone().set_text("momentum", "0.25")),
        ("momentum out of range", clone().set_text("momentum", "2")),
        ("momentum that is none", clone().set_text("momentum", "x")),
        ("keras", clone().convention(Convention::Keras)),
        (
            "optax after a setting",
            clone().set("weight-decay", 0.3).and_then(|c| c.convention(Convention::Optax)),
        ),
        ("lr", clone().learning_rate(0.2)),
        ("lr 0", clone().learning_rate(0.0)),
        ("lr inf", clone().learning_rate(f64::INFINITY)),
        ("schedule", clone().schedule(Schedule::Cosine { total: 3 })),
        ("schedule out of range", clone().schedule(Schedule::Cosine { total: 0 })),
        ("clip", clone().clip(Clip::Norm(0.5))),
        ("clip out of range", clone().clip(Clip::Norm(0.0))),
        ("wrap", clone().wrap(Wrap::Sam { rho: 0.1 })),
        ("wrap out of range", clone().wrap(Wrap::Sam { rho: -0.1 })),
        ("seed and batch", Ok(clone().seed(5).batch(Some(3)))),
    ] {
        let said = match outcome {
            Ok(changed) => {
                let rule = changed.rule().map(|rule| format!("{rule:?}")).unwrap_or_else(|e| e.to_string());
                format!("{} | {rule} | {}", changed.words(), of_run(changed.values()))
            }
            Err(error) => error.to_string(),
        };
        record.exact(format!("{key}, {what}"), said);
    }
    let blocks = (said(configuration.check_memory(100)), said(configuration.check_blocks(10, 50)));
    record.exact(format!("{key}, small memory"), format!("{blocks:?}"));
    // How much there is differs between machines.
    let large = [configuration.check_memory(1 << 40), configuration.check_blocks(10, 1 << 40)];
    let words = large.map(|outcome| said(outcome).split(", and ").next().unwrap().to_owned());
    record.exact(format!("{key}, large memory"), words.join(" / "));
    let layer = KroneckerBlock { weights: 0..0, bias: 0..0, inputs: 1 << 30, outputs: 10 };
    record.exact(format!("{key}, large layers"), configuration.check_layers(&[layer]).is_ok());
}

#[test]
fn entries() {
    let mut record = Record::open("catalogue/entries");
    let catalogue = Catalogue::built_in();
    let mut seen = BTreeSet::new();
    for entry in catalogue.iter() {
        describe(&mut record, entry.name(), entry, &mut seen);
    }
    let names = |catalogue: &Catalogue| catalogue.iter().map(Entry::name).collect::<Vec<_>>().join(" ");
    record.exact("names", names(&catalogue));
    record.exact("names of the lecture's time", names(&Catalogue::first_order()));
    record.exact("names of after the lecture", names(&Catalogue::modern()));
    record.exact("default", names(&Catalogue::default()));
    record.exact("rules", catalogue.rules().map(Entry::name).collect::<Vec<_>>().join(" "));
    record.exact("names of rules", AnyRule::names().join(" "));
    for name in ["gd", "lm", "sgd", "adm", "newtonn", ""] {
        let found = catalogue.get(name).map(|entry| entry.name().to_owned());
        record.exact(format!("get {name:?}"), found.unwrap_or_else(|error| error.to_string()));
        let rule = AnyRule::by_name(name).map(|rule| format!("{rule:?}"));
        record.exact(format!("rule {name:?}"), rule.unwrap_or_else(|error| error.to_string()));
    }
    record.exact("keras' adam", format!("{:?}", AnyRule::following(Convention::Keras, "adam")));
    record.exact("of the lecture", AnyRule::OF_THE_LECTURE);
    record.exact("table", format!("{:?}", catalogue.table()));
    record.finish();
}

#[test]
fn configurations() {
    let mut record = Record::open("catalogue/configurations");
    for entry in Catalogue::built_in().iter() {
        if ["rmsprop", "muon", "sophia", "lbfgs", "kfac", "newton-shifted", "random-search"]
            .contains(&entry.name())
        {
            ask(&mut record, entry.name(), &entry.configure());
        }
        for spec in entry.settings() {
            let text = match spec.kind {
                SettingKind::Choice(names) => names[names.len() - 1],
                SettingKind::Flag => "",
                _ => "1",
            };
            let set = entry.configure().set_text(spec.name, text);
            let outcome = set.and_then(|set| {
                Ok(format!("{} | {} | {:?}", set.words(), set.needs(), set.rule()?.map(|rule| rule.rule)))
            });
            record.exact(
                format!("{}, {} {text}", entry.name(), spec.name),
                outcome.unwrap_or_else(|e| e.to_string()),
            );
        }
    }
    let whole = |number: i32| format!("{:?}", Value::from(number));
    record.exact("whole numbers", [-1, 0, 7].map(whole).join(" "));
    record.finish();
}

#[test]
fn an_entry_of_ones_own() {
    let mut record = Record::open("catalogue/own");
    let own = Entry::rule("own", Momentum::following);
    describe(&mut record, "plain", &own, &mut BTreeSet::new());
    const SIZE: SettingSpec = SettingSpec::number("size", "a size", Range::POSITIVE, 2.0).alias("length");
    let settings = [
        SIZE,
        SettingSpec::whole("trials", "a count", 3, 4),
        SettingSpec::whole("rounds", "another", 0, 4),
        SettingSpec::choice("kind", "a kind", &["exact", "rough"]),
        SettingSpec::flag("fast", "a switch").needing(Needs::Hessian),
    ];
    let make = |values: &Values| -> Result<AnyOptimizer> {
        let rate = values.number("size") + values.whole("trials") as f64;
        let rate = if values.flag("fast") || values.choice("kind") == "rough" { 2.0 * rate } else { rate };
        Ok(AnyOptimizer::new(FirstOrder::new(Sgd, 1e-3 * rate)?))
    };
    let full = Entry::optimizer("full", Order::Zeroth, Needs::Values, make)
        .with_title("Full")
        .with_aliases(&["all"])
        .with_summary("does everything")
        .with_source("nowhere")
        .with_settings(&settings)
        .with_matrices(3)
        .with_needs(Needs::Products)
        .with_learning_rate(0.7)
        .tuned_by("size", 2.0, Walk::Log(0.1, 10.0))
        .compared_up_to(7)
        .compared_on_sums("a reason")
        .compared_with("kind", Value::Choice("rough"))
        .with_version("v1")
        .compared_by_name()
        .not_compared();
    describe(&mut record, "full", &full, &mut BTreeSet::new());
    ask(&mut record, "full", &full.configure());
    let fast = full
        .configure()
        .set("fast", true)
        .unwrap()
        .set_text("length", "3")
        .unwrap()
        .set("kind", "rough")
        .unwrap();
    ask(&mut record, "fast", &fast);
    record.exact("words", fast.words());
    record.exact("refused alias", said(full.configure().set_text("length", "-3")));
    record.exact("made", format!("{:?}", fast.optimizer().unwrap()));
    let catalogue = Catalogue::first_order().with(full.clone()).with(Entry::rule("adam", |_| Sgd)).with(full);
    record.exact("with", format!("{:?}", catalogue.iter().map(Entry::name).collect::<Vec<_>>()));
    record.exact("by alias", catalogue.get("all").unwrap().name());
    record.exact("in place", catalogue.get("adam").unwrap().make_rule(Convention::Torch).unwrap().name());
    record.finish();
}

/// What a net, a linear risk and a function offer, and which needs that meets.
#[test]
fn needs() {
    let mut record = Record::open("catalogue/needs");
    let all = [
        Needs::Values,
        Needs::Gradients,
        Needs::ExactGradients,
        Needs::Products,
        Needs::BatchProducts,
        Needs::Hessian,
        Needs::Residuals,
        Needs::Blocks,
        Needs::Layers,
        Needs::Matrices,
    ];
    let none = Capabilities::default();
    for needs in all {
        let offers = (0..7).map(|which| {
            let mut offers = none;
            let offer = [
                &mut offers.products,
                &mut offers.hessian,
                &mut offers.residuals,
                &mut offers.batches,
                &mut offers.blocks,
                &mut offers.layers,
                &mut offers.matrices,
            ];
            *offer.into_iter().nth(which).unwrap() = true;
            needs.are_met_by(offers)
        });
        let met: Vec<bool> = offers.collect();
        record.exact(format!("{needs:?}"), format!("{needs} {met:?} {}", needs.takes_batches()));
    }
    record.exact(
        "orders",
        [Order::Zeroth, Order::First, Order::Second].map(|order| order.to_string()).join(" "),
    );
    record.finish();
}

/// Every optimizer that is no update rule, with every setting, on an objective that it takes.
#[test]
fn optimizers() {
    let mut record = Record::open("catalogue/optimizers");
    record.within(1e-6);
    for entry in Catalogue::built_in().iter().filter(|entry| !entry.is_rule()) {
        let mut configured = vec![("default".to_owned(), entry.configure().seed(3))];
        for spec in entry.settings() {
            let texts: Vec<&str> = match spec.kind {
                SettingKind::Choice(names) => names.to_vec(),
                SettingKind::Flag => vec![""],
                SettingKind::Whole(_) => vec!["2"],
                SettingKind::Number(_) => vec!["0.3"],
            };
            for text in texts {
                let with = entry.configure().seed(3).set_text(spec.name, text).unwrap();
                configured.push((format!("{} {text}", spec.name), with));
            }
        }
        if entry.name() == "kfac" {
            configured.push(("batches".into(), entry.configure().seed(3).batch(Some(5))));
            let sampled = entry.configure().seed(3).batch(Some(5)).set("labels", "sampled").unwrap();
            configured.push(("sampled batches".into(), sampled));
        }
        for (what, configuration) in configured {
            let key = format!("{}, {what}", entry.name());
            let make = || configuration.optimizer().unwrap();
            match configuration.needs() {
                // The Hessian of a net under softmax is singular.
                Needs::Residuals | Needs::Hessian => {
                    let problem = problems::by_name("wood").unwrap();
                    let start = Array1::from_vec(vec![-3.0, -1.0, -3.0, -1.0]);
                    record_run(&mut record, &key, &mut AnyObjective::new(problem), &start, make, false);
                }
                Needs::Blocks => {
                    let x = Array2::from_shape_vec((12, 4), spread(48, 37, 97)).unwrap();
                    let labels: Vec<u8> = (0..12).map(|i| (i * 7 % 11 % 3) as u8).collect();
                    let risk =
                        EmpiricalRisk::new(Linear::new(4, 3), Softmax, x, labels, Regularizer::l2(0.01))
                            .unwrap();
                    let start = Array1::from_vec(spread(15, 53, 89));
                    record_run(&mut record, &key, &mut AnyObjective::new(risk), &start, make, false);
                }
                _ => {
                    let (risk, start) = net::<f64>();
                    record_run(&mut record, &key, &mut AnyObjective::new(risk), &start, make, false);
                }
            }
        }
    }
    record.finish();
}

/// The questions that an optimizer passes on when it is borrowed or its type is not known.
#[test]
fn borrowed_and_erased() {
    let mut record = Record::open("catalogue/borrowed");
    record.within(1e-6);
    let catalogue = Catalogue::built_in();
    for name in ["adagrad", "muon", "lbfgs", "newton-shifted"] {
        let entry = catalogue.get(name).unwrap();
        let configuration = entry.configure();
        let configuration =
            if name == "adagrad" { configuration.set("eps", 0.0).unwrap() } else { configuration };
        let (risk, start) = net::<f64>();
        let make =
            || -> &'static mut AnyOptimizer { Box::leak(Box::new(configuration.optimizer().unwrap())) };
        record_run(&mut record, name, &mut AnyObjective::new(risk), &start, make, false);
        let bowl = AnyObjective::new(problems::by_name("beale").unwrap());
        record.exact(format!("{name}, on a function"), said(make().check(&bowl)));
    }
    record.finish();
}
