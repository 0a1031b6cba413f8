//! Recorded values of the update rules: the steps of every rule with every setting, what it keeps, what it
//! says of itself, and the ranges of its numbers.

use crate::recorded::Record;
use gradus::notebook::*;
use gradus::objective::{Depth, Part, PartKind};
use gradus::optimizer::catalogue::{Catalogue, SettingKind};

/// Returns numbers from −1 to 1 that do not repeat soon.
pub fn spread<F: Real>(count: usize, factor: usize, prime: usize) -> Vec<F> {
    (0..count).map(|i| F::of((i * factor % prime) as f64 / prime as f64 * 2.0 - 1.0)).collect()
}

/// Writes the gradient at a point in step `k`: that of a bowl, and a part that changes from step to step.
/// Entry 5 is always 0.
pub fn write_gradient<F: Real>(k: usize, point: &[F], grad: &mut [F]) {
    for (i, (g, x)) in grad.iter_mut().zip(point).enumerate() {
        let moved = ((i * 37 + k * 61) % 97) as f64 / 48.0 - 1.0;
        *g = if i == 5 { F::zero() } else { F::of(0.5 * (1 + i % 3) as f64 * x.wide() + moved) };
    }
}

/// The Hessian's diagonal, for rules that ask for products; one entry is negative.
fn curvature<F: Real>(i: usize) -> F {
    F::of(if i == 2 { -0.7 } else { 0.3 * (1 + i % 3) as f64 })
}

/// Returns the numbers to eleven digits, or sixteen weighted sums of many.
pub fn wide<F: Real>(values: &[F]) -> Vec<f64> {
    let numbers = values.iter().map(|v| v.wide());
    if values.len() <= 16 {
        return numbers.map(short).collect();
    }
    let sums = numbers.enumerate().fold(vec![0.0; 16], |mut sums, (i, number)| {
        sums[i % 16] += number * (1.0 + 0.37 * (i / 16) as f64);
        sums
    });
    sums.into_iter().map(short).collect()
}

/// Rounds a number to eleven digits, which are more than the tolerance tells apart.
pub fn short(number: f64) -> f64 {
    format!("{number:.10e}").parse().unwrap()
}

pub fn said<T>(outcome: Result<T>) -> String {
    outcome.map_or_else(|error| error.to_string(), |_| "accepted".into())
}

/// A net's layout with a tall, a square and a wide matrix.
pub fn layers() -> ParamLayout {
    ParamLayout::new([
        ("W1", (5, 4), true),
        ("b1", (1, 5), false),
        ("W2", (5, 5), true),
        ("b2", (1, 5), false),
        ("W3", (4, 5), true),
        ("b3", (1, 4), false),
    ])
}

/// Makes steps, and records the parameters after the ones in `at` and the state at the end.
pub fn walk<F: Real>(
    record: &mut Record,
    key: &str,
    rule: &impl UpdateRule<F>,
    layout: &ParamLayout,
    lr: f64,
    at: &[usize],
) {
    let state = step(record, key, rule, layout, lr, at);
    record_state(record, key, rule.name(), &state);
}

/// Makes steps, and records the parameters after the ones in `at`.
fn step<F: Real>(
    record: &mut Record,
    key: &str,
    rule: &impl UpdateRule<F>,
    layout: &ParamLayout,
    lr: f64,
    at: &[usize],
) -> State<F> {
    let (dim, lr) = (layout.len(), F::of(lr));
    let mut state = State::laid_out(rule, layout);
    let mut x = spread::<F>(dim, 53, 89);
    let (mut point, mut grad) = (vec![F::zero(); dim], vec![F::zero(); dim]);
    let (mut v, mut product) = (grad.clone(), grad.clone());
    for k in 1..=at[at.len() - 1] {
        let ahead = rule.probe(&state, lr, &x, &mut point);
        write_gradient(k, if ahead { &point } else { &x }, &mut grad);
        let asked = rule.direction(&state, &mut v);
        rule.step(&mut state, lr, &grad, &mut x);
        if asked {
            product.iter_mut().zip(&v).enumerate().for_each(|(i, (p, &v))| *p = curvature::<F>(i) * v);
            rule.learn_curvature(&mut state, &v, &product);
        }
        if at.contains(&k) {
            record.numbers(format!("{key}, x after {k}"), &wide(&x));
        }
    }
    state
}

pub fn record_state<F: Real>(record: &mut Record, key: &str, name: &str, state: &State<F>) {
    let buffers = [&state.first, &state.second, &state.third, &state.fourth, &state.slow];
    for (place, buffer) in buffers.iter().enumerate().filter(|(_, buffer)| !buffer.is_empty()) {
        record.numbers(format!("{key}, buffer {place}"), &wide(buffer));
    }
    let lengths = buffers.map(|buffer| buffer.len());
    let counts = (state.steps, state.fast_steps, state.parts.len(), state.not_positive);
    let of_parts = state.parts.iter().map(|part| {
        let kept: Vec<usize> = part.kept.iter().map(Vec::len).collect();
        (part.part.name.as_ref(), kept, part.scratch.len())
    });
    record
        .exact(format!("{key}, room"), format!("{lengths:?} {counts:?} {:?}", of_parts.collect::<Vec<_>>()));
    if (state.product, state.numbers) != (1.0, [0.0; 2]) {
        record
            .numbers(format!("{key}, numbers"), &wide(&[state.product, state.numbers[0], state.numbers[1]]));
    }
    for part in &state.parts {
        let key = format!("{key}, {}", part.part.name);
        record_state(record, &key, name, &part.state);
        // The signs of eigenvectors are those of the processor.
        let known = if name == "soap" { 2 } else { part.kept.len() };
        for (place, kept) in part.kept.iter().enumerate().take(known) {
            record.numbers(format!("{key}, kept {place}"), &wide(kept));
        }
    }
}

/// The tolerance of numbers that go through decompositions of matrices.
fn tolerance(rule: &impl RuleInfo) -> f64 {
    if ["shampoo", "soap"].contains(&rule.name()) { 1e-7 } else { 1e-9 }
}

pub fn whole(dim: usize) -> ParamLayout {
    ParamLayout::whole(dim)
}

/// Other values of a setting than its default.
fn other_values(rule: &str, setting: &str) -> &'static [f64] {
    match (rule, setting) {
        ("adafactor", "threshold") => &[1.5],
        ("sophia", "threshold") => &[0.3],
        (_, "momentum") => &[0.5, 0.0],
        (_, "dampening" | "eta-minus" | "rest-weight-decay") => &[0.3],
        (_, "eps") => &[0.3, 1e-4],
        (_, "beta1" | "shampoo-beta") => &[0.6],
        (_, "beta2") => &[0.8],
        (_, "decay" | "beta3" | "rest-beta2") => &[0.7],
        (_, "momentum-decay") => &[0.5, f64::INFINITY],
        (_, "weight-decay" | "rest-eps") => &[0.2],
        (_, "eta-plus") => &[1.7],
        (_, "min-step") => &[0.08],
        (_, "max-step") => &[0.13],
        (_, "alpha" | "root-interval" | "ns-steps") => &[2.0],
        (_, "d0") => &[0.01],
        (_, "d-coefficient" | "every" | "start") => &[3.0],
        (_, "weight-power") => &[1.0, 0.0],
        (_, "gamma" | "rest-rate" | "rest-beta1") => &[0.5],
        (_, "trust" | "matrix-eps") => &[0.1],
        (_, "beta2-decay") => &[-0.3],
        (_, "eps2") => &[0.4],
        _ => panic!("{rule} has another setting, {setting}"),
    }
}

/// Returns the rule with each setting changed by itself, and with all numbers changed.
fn changed(rule: &AnyRule) -> Vec<(String, AnyRule)> {
    let (mut all, mut found) = (rule.clone(), vec![]);
    for (setting, _) in rule.hyperparameters() {
        for value in other_values(rule.name(), setting) {
            let mut other = rule.clone();
            other.set(setting, *value).unwrap();
            found.push((format!("{setting} {value}"), other));
        }
        all.set(setting, other_values(rule.name(), setting)[0]).unwrap();
    }
    found.push(("all numbers".into(), all));
    let entry = Catalogue::built_in().get(rule.name()).unwrap().clone();
    for spec in entry.settings() {
        match spec.kind {
            SettingKind::Choice(forms) => {
                for form in forms {
                    let mut other = rule.clone();
                    other.choose(spec.name, form).unwrap();
                    assert_eq!(other.chosen(spec.name), Some(*form));
                    found.push((format!("{} {form}", spec.name), other));
                }
            }
            SettingKind::Flag => {
                let mut other = rule.clone();
                other.give(spec.name).unwrap();
                found.push((spec.name.into(), other));
            }
            _ => {}
        }
    }
    found
}

/// Numbers at and around the bounds of all ranges.
const PROBES: [f64; 24] = [
    f64::NEG_INFINITY,
    -1.0,
    -0.1,
    -1e-300,
    0.0,
    1e-300,
    0.5,
    1.0 - f64::EPSILON,
    1.0,
    1.0 + f64::EPSILON,
    1.5,
    2.0,
    50.0,
    51.0,
    99.0,
    99.5,
    100.0,
    1e15,
    1e15 + 1.0,
    8e15,
    9e15,
    1e300,
    f64::INFINITY,
    f64::NAN,
];

/// Says which of the probes are accepted, and how the first of the others is refused.
pub fn range(accept: impl Fn(f64) -> Result<()>) -> String {
    let outcomes: Vec<Result<()>> = PROBES.iter().map(|&probe| accept(probe)).collect();
    let marks: String = outcomes.iter().map(|outcome| if outcome.is_ok() { '+' } else { '-' }).collect();
    let refused = outcomes.into_iter().find_map(|outcome| outcome.err().map(|error| error.to_string()));
    format!("{marks} {}", refused.unwrap_or_default())
}

/// A matrix, a vector and an objective without layers.
fn parts() -> [Part; 3] {
    let part = |kind, shape: (usize, usize)| Part {
        name: "p".into(),
        kind,
        shape,
        range: 7..7 + shape.0 * shape.1,
        regularized: false,
    };
    [
        part(PartKind::Weights(Depth::First), (3, 5)),
        part(PartKind::Bias, (1, 3)),
        part(PartKind::Whole, (1, 11)),
    ]
}

/// Records what a rule says of itself.
pub fn answers(record: &mut Record, key: &str, rule: &impl RuleInfo) {
    record.exact(format!("{key}, itself"), format!("{} {rule:?}", rule.name()));
    record.exact(format!("{key}, properties"), format!("{:?}", rule.properties()));
    record.exact(format!("{key}, buffers"), format!("{:?} {}", rule.buffers(), rule.buffers().count()));
    record.exact(format!("{key}, goes by layers"), rule.by_layers());
    for part in parts() {
        let room = rule.room(&part);
        let bytes = (room.bytes::<f32>(part.range.len()), room.bytes::<f64>(part.range.len()));
        record.exact(format!("{key}, room of {:?}", part.kind), format!("{room:?} {bytes:?}"));
    }
    let layouts = [
        ("none", None),
        ("layers", Some(layers())),
        ("one layer", Some(ParamLayout::new([("W", (2, 3), true), ("b", (1, 2), false)]))),
        ("biases", Some(ParamLayout::new([("b1", (1, 2), false), ("b2", (1, 3), false)]))),
    ];
    for (name, layout) in layouts {
        let layout = layout.as_ref();
        record.exact(format!("{key}, layout: {name}"), said(rule.check_layout(layout)));
        record.exact(format!("{key}, layers: {name}"), said(rule.check_layers::<f64>(layout)));
    }
    let large = ParamLayout::new([("W", (3_000_000, 9_000_000), true), ("b", (1, 3_000_000), false)]);
    record.exact(format!("{key}, fits if large"), rule.check_layers::<f32>(Some(&large)).is_ok());
    record.exact(format!("{key}, valid"), said(rule.validate()));
    let (clip, climbs, products) = (rule.clip(), rule.climbs(), rule.needs_products());
    record.exact(format!("{key}, asks"), format!("{clip:?} {climbs:?} {products} {:?}", rule.wrapping()));
    record.exact(format!("{key}, numbers by name"), format!("{:?}", rule.named_numbers()));
    let mut copy = rule.clone();
    record.exact(format!("{key}, settings"), format!("{:?}", copy.settings_mut()));
    copy.set_seed(9);
    record.exact(format!("{key}, with a seed"), format!("{copy:?}"));
    record.exact(format!("{key}, may divide by zero"), rule.may_divide_by_zero());
    for lr in [1e-3, 1e-50, 1e40] {
        let fits = (said(rule.check_fits::<f32>(lr)), said(rule.check_fits::<f64>(lr)));
        record.exact(format!("{key}, lr {lr:e}"), format!("{fits:?}"));
    }
}

/// Records everything of a rule of the catalogue.
fn record_rule(name: &str) {
    let mut record = Record::open(&format!("first_order/{name}"));
    let entry = Catalogue::built_in().get(name).unwrap().clone();
    let torch = entry.make_rule(Convention::Torch).unwrap();
    let lr = if name == "prodigy" { 1.0 } else { 0.1 };
    answers(&mut record, "default", &torch);
    for (number, _) in torch.hyperparameters() {
        let set = |value| torch.clone().set(number, value);
        record.exact(format!("range of {number}"), range(set));
    }
    record.within(tolerance(&torch));
    for (convention, library) in Convention::ALL.into_iter().zip(Convention::NAMES) {
        let rule = entry.make_rule(convention).unwrap();
        if convention != Convention::Torch && rule == torch {
            record.exact(format!("{library}, itself"), "as torch");
            continue;
        }
        record.exact(format!("{library}, itself"), format!("{rule:?}"));
        walk::<f64>(&mut record, library, &rule, &whole(7), lr, &[1, 2, 3, 10]);
        let decayed = changed(&rule).into_iter().filter(|(what, _)| what.starts_with("weight-decay"));
        for (what, rule) in decayed {
            step::<f64>(&mut record, &format!("{library} {what}"), &rule, &whole(6), lr, &[3]);
        }
        if rule.by_layers() {
            walk::<f64>(&mut record, &format!("{library} on layers"), &rule, &layers(), lr, &[1, 2, 11]);
        }
    }
    for (what, rule) in changed(&torch) {
        record.exact(format!("{what}, may divide by zero"), rule.may_divide_by_zero());
        step::<f64>(&mut record, &what, &rule, &whole(6), lr, &[1, 7]);
        if rule.by_layers() {
            step::<f64>(&mut record, &format!("{what} on layers"), &rule, &layers(), lr, &[7]);
        }
    }
    for dim in [0, 1, 8, 33] {
        walk::<f64>(&mut record, &format!("{dim} numbers"), &torch, &whole(dim), lr, &[3]);
    }
    record.within(if torch.by_layers() { 1e-3 } else { 1e-5 });
    walk::<f32>(&mut record, "f32", &torch, &whole(9), lr, &[1, 4]);
    if torch.by_layers() {
        walk::<f32>(&mut record, "f32 on layers", &torch, &layers(), lr, &[3]);
    }
    record.finish();
}

macro_rules! rules {
    ($($test:ident $name:literal,)*) => { $(
        #[test]
        fn $test() {
            record_rule($name);
        }
    )* };
}

rules! {
    sgd "sgd",
    momentum "momentum",
    nesterov "nesterov",
    adagrad "adagrad",
    rmsprop "rmsprop",
    adam "adam",
    adamw "adamw",
    amsgrad "amsgrad",
    nadam "nadam",
    adamax "adamax",
    adadelta "adadelta",
    lion "lion",
    radam "radam",
    rprop "rprop",
    adan "adan",
    ademamix "ademamix",
    prodigy "prodigy",
    schedule_free_sgd "schedule-free-sgd",
    schedule_free_adamw "schedule-free-adamw",
    sophia "sophia",
    muon "muon",
    lamb "lamb",
    lars "lars",
    adafactor "adafactor",
}

rules! {
    shampoo "shampoo",
    soap "soap",
}

/// Fields of the rules that no setting of the command line changes.
#[test]
fn fields_without_a_name() {
    let mut file = Record::open("first_order/fields");
    let record = &mut file;
    let vector = whole(6);
    for eps_at in [Epsilon::Outside, Epsilon::Inside] {
        for initial in [0.0, 0.4] {
            let rule = AdaGrad { eps: 0.1, eps_at, initial };
            walk::<f64>(record, &format!("{rule:?}"), &rule, &vector, 0.1, &[2]);
        }
        for (rho, form) in [
            (0.0, MomentumForm::RateOutside),
            (0.6, MomentumForm::RateOutside),
            (0.6, MomentumForm::RateInside),
        ] {
            for centered in [false, true] {
                let rule = RmsProp { decay: 0.8, eps: 0.1, eps_at, rho, form, centered };
                record.exact(
                    format!("{rule:?}, kept"),
                    format!("{:?} {:?}", rule.properties(), rule.buffers()),
                );
                walk::<f64>(record, &format!("{rule:?}"), &rule, &vector, 0.1, &[1, 4]);
            }
        }
    }
    for eps_on in [EpsilonOn::Corrected, EpsilonOn::Uncorrected] {
        for bias_correction in [true, false] {
            let adam = Adam { eps: 0.1, eps_on, bias_correction, ..Adam::default() };
            let key = format!("{eps_on:?} {bias_correction}");
            let at = [1, 8];
            walk::<f64>(record, &format!("Adam {key}"), &adam, &vector, 0.1, &at);
            let rule = AdamW { weight_decay: 0.1, adam };
            walk::<f64>(record, &format!("AdamW {key}"), &rule, &vector, 0.1, &at);
            for of_corrected in [false, true] {
                let rule = AmsGrad { adam, of_corrected };
                walk::<f64>(record, &format!("AmsGrad {key} {of_corrected}"), &rule, &vector, 0.1, &at);
            }
            let rule = NAdam { momentum_decay: 0.1, adam };
            walk::<f64>(record, &format!("NAdam {key}"), &rule, &vector, 0.1, &at);
            walk::<f64>(record, &format!("RAdam {key}"), &RAdam { adam }, &vector, 0.1, &at);
            let rule = AdEmaMix { adam, beta3: 0.9, alpha: 2.0, weight_decay: 0.1 };
            walk::<f64>(record, &format!("AdEmaMix {key}"), &rule, &vector, 0.1, &at);
            let rule = Prodigy { adam, beta3: Some(0.7), ..Prodigy::default() };
            walk::<f64>(record, &format!("Prodigy {key}"), &rule, &vector, 1.0, &at);
            let rule = ScheduleFreeAdamW { adam, weight_decay: 0.1, weight_power: 2.0 };
            walk::<f64>(record, &format!("ScheduleFreeAdamW {key}"), &rule, &vector, 0.1, &at);
            for (name, said) in [
                ("Adam", format!("{:?}", adam.properties())),
                ("NAdam", format!("{:?}", NAdam { momentum_decay: 0.1, adam }.properties())),
                ("AmsGrad", format!("{:?}", AmsGrad { adam, of_corrected: true }.properties())),
            ] {
                record.exact(format!("{name} {key}, properties"), said);
            }
        }
    }
    for eps_in_maximum in [true, false] {
        let rule = Adamax { eps: 0.2, eps_in_maximum, ..Adamax::default() };
        walk::<f64>(record, &format!("{rule:?}"), &rule, &vector, 0.1, &[1, 4]);
    }
    for (like_optax, min_step) in [(true, 0.2), (false, 0.2), (true, 1e-6)] {
        let rule = Rprop { like_optax, min_step, max_step: 0.3, ..Rprop::default() };
        walk::<f64>(record, &format!("{rule:?}"), &rule, &vector, 0.1, &[1, 2, 3, 4, 9]);
        walk::<f64>(record, &format!("{rule:?} lr 1"), &rule, &vector, 1.0, &[1, 2, 3, 4, 9]);
    }
    let rule = Adan { like_optax: true, eps: 0.1, weight_decay: 0.3, ..Adan::default() };
    walk::<f64>(record, "Adan as optax", &rule, &vector, 0.1, &[1, 4]);
    let rule = Prodigy { beta3: Some(0.0), safeguard_warmup: true, ..Prodigy::default() };
    walk::<f64>(record, "Prodigy, no memory", &rule, &vector, 0.5, &[1, 4]);
    let bounds = [
        ("initial of AdaGrad", range(|initial| AdaGrad { initial, ..AdaGrad::default() }.validate())),
        ("beta3 of Prodigy", range(|v| Prodigy { beta3: Some(v), ..Prodigy::default() }.validate())),
        ("eps1 of Adafactor", range(|v| Adafactor { eps1: Some(v), ..Adafactor::default() }.validate())),
        ("k of Lookahead", range(|v| Lookahead::new(Sgd).every(v as u64).validate())),
        ("alpha of Lookahead", range(|v| Lookahead::new(Sgd).alpha(v).validate())),
        ("rho of Sam", range(|v| Sam::new(Sgd).rho(v).validate())),
        ("norm of Clip", range(|v| Clip::Norm(v).validate())),
        ("value of Clip", range(|v| Clip::Value(v).validate())),
        ("norm of Clipped", range(|v| Clipped::new(Sgd, Clip::Norm(v)).validate())),
        ("rest rate", range(|v| Grouped::new(Matrices::All, Sgd, Sgd).rest_rate(v).validate())),
        ("decay of Averaging", range(|decay| Averaging::Exponential { decay }.validate())),
        ("every of Averaging", range(|v| Averaging::Mean { from: 0, every: v as usize }.validate())),
        ("inside Lookahead", range(|v| Lookahead::new(Momentum::new(v)).validate())),
        ("inside Sam", range(|v| Sam::new(Momentum::new(v)).validate())),
        ("inside Clipped", range(|v| Clipped::new(Momentum::new(v), Clip::Off).validate())),
        ("first of Grouped", range(|v| Grouped::new(Matrices::All, Momentum::new(v), Sgd).validate())),
        ("rest of Grouped", range(|v| Grouped::new(Matrices::All, Sgd, Momentum::new(v)).validate())),
    ];
    bounds.into_iter().for_each(|(what, said)| record.exact(format!("range: {what}"), said));
    let constructed = [
        format!("{:?}", Adam::without_bias_correction()),
        format!("{:?}", AdamW::new(0.3)),
        format!("{:?}", Momentum::new(0.3).rate_inside()),
        format!("{:?}", Nesterov::new(0.3).form(NesterovForm::Shifted)),
        format!("{:?}", RmsProp::default().centered().momentum(0.3)),
        format!("{:?}", Lookahead::new(Sgd)),
        format!("{:?}", Lookahead::new(Sgd).every(3).alpha(0.2)),
        format!("{:?}", Sam::new(Sgd)),
        format!("{:?}", Sam::new(Sgd).rho(0.2)),
        format!("{:?}", Muon::default().matrices(Matrices::Inner)),
        format!("{:?}", Grouped::new(Matrices::Inner, Sgd, Lars::default()).rest_rate(0.2)),
        format!("{:?}", AmsGrad::default()),
        format!("{:?}", Clipped::new(Sgd, Clip::Value(2.0))),
    ];
    constructed.iter().enumerate().for_each(|(i, text)| record.exact(format!("constructed {i}"), text));
    file.finish();
}

#[test]
fn fields_of_rules_that_go_by_layers() {
    let mut file = Record::open("first_order/layer-fields");
    let record = &mut file;
    for as_optax in [false, true] {
        for nesterov in [false, true] {
            let rule = Muon { as_optax, nesterov, eps: 0.3, momentum: 0.7, ..Muon::default() };
            let key = format!("Muon {as_optax} {nesterov}");
            walk::<f64>(record, &key, &rule, &layers(), 0.1, &[1, 3]);
        }
        let rule = Lamb { as_optax, weight_decay: 0.3, eps: 0.1, ..Lamb::default() };
        record.exact(format!("Lamb {as_optax}, properties"), format!("{:?}", rule.properties()));
        walk::<f64>(record, &format!("Lamb {as_optax}"), &rule, &layers(), 0.1, &[1, 3]);
    }
    let rule = Muon { coefficients: [1.5, -0.5, 0.1], ..Muon::default() };
    walk::<f64>(record, "Muon, other coefficients", &rule, &layers(), 0.1, &[2]);
    for nesterov in [false, true] {
        let rule = Lars { nesterov, weight_decay: 0.3, dampening: 0.2, trust: 0.1, ..Lars::default() };
        walk::<f64>(record, &format!("Lars {nesterov}"), &rule, &layers(), 1.0, &[1, 3]);
    }
    for eps1 in [0.0, 0.5] {
        let rule = Adafactor { eps1: Some(eps1), ..Adafactor::default() };
        record.exact(format!("Adafactor {eps1}, divides"), rule.may_divide_by_zero());
        walk::<f64>(record, &format!("Adafactor {eps1}"), &rule, &layers(), 0.1, &[1, 3]);
        walk::<f64>(record, &format!("Adafactor {eps1} on one"), &rule, &whole(5), 0.1, &[1, 3]);
    }
    for adjustment in [Adjustment::Original, Adjustment::MatchRmsAdamW, Adjustment::SpectralUnclamped] {
        let factors = [(4, 9), (9, 4), (5, 5), (1, 100)].map(|(m, n)| adjustment.factor(m, n));
        record.numbers(format!("{adjustment:?}"), &factors);
    }
    for matrices in [Matrices::Hidden, Matrices::Inner, Matrices::All] {
        let kinds = [Depth::First, Depth::Between, Depth::Last, Depth::Only].map(PartKind::Weights);
        let kinds = kinds.into_iter().chain([PartKind::Bias, PartKind::Whole]);
        let taken: Vec<bool> =
            kinds.map(|kind| matrices.takes(&Part { kind, ..parts()[0].clone() })).collect();
        record.exact(format!("{matrices:?}"), format!("{matrices} {taken:?}"));
        let one = ParamLayout::new([("W", (2, 3), true), ("b", (1, 2), false)]);
        let two = ParamLayout::new([("V", (2, 3), true), ("b", (1, 2), false), ("W", (2, 2), true)]);
        let checks = [None, Some(&one), Some(&two), Some(&whole(3))];
        let checks = checks.map(|layout| said(matrices.check("a rule", layout)));
        record.exact(format!("{matrices:?}, checks"), checks.join(" / "));
        let rule =
            Grouped::new(matrices, Lars { trust: 0.1, ..Lars::default() }, Adam::default()).rest_rate(0.3);
        answers(record, &format!("Grouped {matrices:?}"), &rule);
        walk::<f64>(record, &format!("Grouped {matrices:?}"), &rule, &layers(), 0.1, &[2]);
        let rule = Grouped::new(matrices, Adafactor::default(), Lookahead::new(Sgd));
        answers(record, &format!("Grouped otherwise {matrices:?}"), &rule);
    }
    for (first, rest) in [(0.0, 1e-8), (1e-8, 0.0), (1e-8, 1e-8)] {
        let with = |eps| Adam { eps, ..Adam::default() };
        let rule = Grouped::new(Matrices::All, with(first), with(rest));
        record.exact(format!("Grouped, eps {first} {rest}"), rule.may_divide_by_zero());
    }
    file.finish();
}

#[test]
fn fields_of_rules_with_roots() {
    let mut record = Record::open("first_order/root-fields");
    record.within(1e-7);
    for graft in [Graft::Off, Graft::Sgd, Graft::AdaGrad, Graft::RmsProp, Graft::Sign] {
        for beta2 in [0.8, 1.0] {
            let rule = Shampoo {
                graft,
                beta2,
                root_interval: 2.0,
                start: 3.0,
                matrix_eps: 0.1,
                eps: 0.2,
                weight_decay: 0.1,
                ..Shampoo::default()
            };
            let key = format!("{graft:?} {beta2}");
            record.exact(format!("{key}, properties"), format!("{:?}", rule.properties()));
            record.exact(format!("{key}, divides"), Shampoo { eps: 0.0, ..rule }.may_divide_by_zero());
            step::<f64>(&mut record, &key, &rule, &layers(), 0.1, &[2, 3, 5]);
            let wide = |side: usize| Part {
                name: "W".into(),
                kind: PartKind::Weights(Depth::First),
                shape: (2, side),
                range: 0..2 * side,
                regularized: true,
            };
            let rooms = [8192, 8193].map(|side| format!("{:?}", rule.room(&wide(side))));
            record.exact(format!("{key}, largest side"), rooms.join(" / "));
            let rooms = [10_000, 10_001].map(|side| format!("{:?}", Soap::default().room(&wide(side))));
            record.exact(format!("{key}, largest side of Soap"), rooms.join(" / "));
        }
    }
    for root_interval in [1.0, 3.0] {
        let rule = Soap { root_interval, eps: 0.1, weight_decay: 0.2, ..Soap::default() };
        step::<f64>(&mut record, &format!("Soap {root_interval}"), &rule, &layers(), 0.1, &[1, 2, 3, 4, 5]);
    }
    // Without its start a sum of one gradient is singular.
    let rule = Shampoo { matrix_eps: 0.0, root_interval: 1.0, ..Shampoo::default() };
    let tall = ParamLayout::new([("W", (3, 1), true)]);
    let (mut state, mut x) = (State::<f64>::laid_out(&rule, &tall), vec![1.0; 3]);
    rule.step(&mut state, 0.1, &[1.0, 2.0, 3.0], &mut x);
    let (eigenvalue, bound) = state.not_positive.unwrap();
    assert!(eigenvalue.abs() <= bound, "{eigenvalue} {bound}");
    record.number("bound of a singular sum", bound);
    record.numbers("a singular sum moves nothing", &x);
    record.exact("a singular sum makes no step", state.steps);
    record.finish();
}
