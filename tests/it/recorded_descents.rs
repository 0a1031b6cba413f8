//! Recorded values of whole optimizers by update rules: what is wrapped around a rule, schedules, averages,
//! saved and restored runs, and how they end.

use crate::recorded::Record;
use crate::recorded_first_order::{answers, layers, said, short, spread, walk, whole, wide};
use gradus::notebook::*;
use gradus::optimizer::catalogue::{AnyOptimizer, Catalogue};
use std::ops::ControlFlow;

/// A net under softmax, with its start.
pub fn net<F: Real>() -> (EmpiricalRisk<F, Mlp>, Array1<F>) {
    let x = Array2::from_shape_vec((12, 4), spread(48, 37, 97)).unwrap();
    let labels: Vec<u8> = (0..12).map(|i| (i * 7 % 11 % 3) as u8).collect();
    let model = Mlp::new(4, &[4], 3).unwrap().activation(Activation::Tanh);
    let risk = EmpiricalRisk::new(model, Softmax, x, labels, Regularizer::l2(0.01)).unwrap();
    let start = Array1::from_vec(spread(risk.dim(), 53, 89));
    (risk, start)
}

/// A rule with everything around it.
type Wrapped<R> = Lookahead<Sam<Clipped<R>>>;

fn wrapped<R: Clone>(rule: &R) -> Wrapped<R> {
    let clipped = Clipped::new(rule.clone(), Clip::Norm(0.7));
    Lookahead::new(Sam::new(clipped).rho(0.2)).every(2).alpha(0.3)
}

/// Records a rule with everything around it.
fn record_wrapped<R: UpdateRule<f64> + UpdateRule<f32>>(name: &str, rule: R) {
    let mut record = Record::open(&format!("wrapped/{name}"));
    let (any, around) = (AnyRule::new(rule.clone()), wrapped(&rule));
    answers(&mut record, "any", &any);
    answers(&mut record, "wrapped", &around);
    answers(&mut record, "any wrapped", &AnyRule::new(around.clone()));
    answers(&mut record, "clipped", &Clipped::new(rule.clone(), Clip::Value(1e-50)));
    answers(&mut record, "twice", &Sam::new(Lookahead::new(rule.clone())));
    for clip in [Clip::Off, Clip::Norm(2.0), Clip::Value(1e40), Clip::Value(0.5)] {
        let clipped = Clipped::new(rule.clone(), clip);
        record.exact(format!("{clip:?}, words"), clipped.clip.words());
        let fits = (said(clipped.check_fits::<f32>(1.0)), said(clipped.check_fits::<f64>(1.0)));
        record.exact(format!("{clip:?}, fits"), format!("{fits:?}"));
    }
    record.within(1e-7);
    walk::<f64>(&mut record, "steps", &around, &layers(), 0.1, &[1, 2, 3, 5]);
    walk::<f64>(&mut record, "steps of any", &AnyRule::new(around.clone()), &layers(), 0.1, &[3]);
    // In a group each part is asked by itself.
    let groups = [Matrices::Hidden, Matrices::All];
    for matrices in groups {
        let rule = Grouped::new(matrices, AnyRule::new(around.clone()), around.clone()).rest_rate(0.5);
        walk::<f64>(&mut record, &format!("{matrices:?}"), &rule, &layers(), 0.1, &[1, 3]);
    }
    record.within(1e-3);
    walk::<f32>(&mut record, "f32", &AnyRule::new(around), &layers(), 0.1, &[3]);
    record.finish();
}

#[test]
fn wrapped_adam() {
    record_wrapped("adam", Adam { eps: 0.0, ..Adam::default() });
}

#[test]
fn wrapped_nesterov() {
    record_wrapped("nesterov", Nesterov::new(0.8).form(NesterovForm::LookAhead));
}

#[test]
fn wrapped_sophia() {
    record_wrapped("sophia", Sophia { every: 2.0, gamma: 1.0, ..Sophia::default() });
}

#[test]
fn wrapped_muon() {
    record_wrapped("muon", Muon::default());
}

#[test]
fn wrapped_shampoo() {
    record_wrapped("shampoo", Shampoo { root_interval: 1.0, start: 1.0, ..Shampoo::default() });
}

/// Makes `count` iterations, and records each.
fn iterate<F: Real, O, P: Optimizer<F, O>>(
    record: &mut Record,
    key: &str,
    (objective, iterate): (&mut O, &mut Iterate<F>),
    optimizer: &mut P,
    count: usize,
) {
    let mut clipped = vec![];
    for _ in 0..count {
        if let ControlFlow::Break(reason) = optimizer.iterate(objective, iterate) {
            return record.exact(format!("{key}, end after {}", iterate.k), reason);
        }
        iterate.k += 1;
        let k = iterate.k;
        record.numbers(format!("{key}, x {k}"), &wide(iterate.x.as_slice().unwrap()));
        record.numbers(format!("{key}, value {k}"), &wide(&[iterate.value, iterate.alpha]));
        clipped.push(iterate.clipped);
    }
    record.exact(format!("{key}, clipped"), format!("{clipped:?}"));
}

/// Records a run of three iterations, its memory, and the run that is restored from it, which must be the
/// same. If asked, also records what is said of a memory without one of its columns.
pub fn record_run<F: Real, O, P: Optimizer<F, O>>(
    record: &mut Record,
    key: &str,
    objective: &mut O,
    x0: &Array1<F>,
    make: impl Fn() -> P,
    short_of_columns: bool,
) {
    let (mut optimizer, mut at) = (make(), Iterate::new(x0));
    record.exact(format!("{key}, name"), format!("{} {}", optimizer.name(), optimizer.stays_finite()));
    record.exact(format!("{key}, check"), said(optimizer.check(objective)));
    optimizer.start(objective, &mut at);
    record.numbers(format!("{key}, start"), &[at.value.wide(), at.alpha.wide()]);
    record.exact(format!("{key}, clipped at the start"), format!("{:?}", at.clipped));
    iterate(record, key, (&mut *objective, &mut at), &mut optimizer, 3);
    let mut saved = Saved::default();
    optimizer.save(&mut saved);
    let columns: Vec<String> = saved.columns().map(|(name, v)| format!("{name}:{}", v.len())).collect();
    record.exact(format!("{key}, saved"), format!("{} {}", columns.join(" "), saved.is_empty()));
    if saved.is_empty() {
        return;
    }
    let (mut again, mut there) = (make(), Iterate::new(&at.x));
    again.start(objective, &mut there);
    there = at.clone();
    again.restore(&saved).unwrap();
    let mut as_saved = Saved::default();
    again.save(&mut as_saved);
    // The rate before the first step is NaN.
    assert_eq!(format!("{as_saved:?}"), format!("{saved:?}"), "{key}");
    for _ in 0..2 {
        let _ = optimizer.iterate(objective, &mut at);
        let _ = again.iterate(objective, &mut there);
        assert_eq!(at.x, there.x, "{key}");
        (at.k, there.k) = (at.k + 1, there.k + 1);
    }
    record.numbers(format!("{key}, after five"), &wide(at.x.as_slice().unwrap()));
    let spectrum = again.spectrum(objective, &there.x).map_or(f64::NAN, |spectrum| spectrum.smallest);
    record.numbers(
        format!("{key}, shift and smallest eigenvalue"),
        &[again.shift(), Some(spectrum)].map(|number| number.map_or(f64::NAN, short)),
    );
    record.exact(format!("{key}, blame"), format!("{:?}", again.blame(&there)));
    there.x[0] = F::nan();
    record.exact(format!("{key}, blame for NaN"), format!("{:?}", again.blame(&there)));
    for missing in 0..if short_of_columns { columns.len() } else { 0 } {
        let mut part = Saved::default();
        let kept = saved.columns().enumerate().filter(|(i, _)| *i != missing);
        kept.for_each(|(_, (name, values))| part.put(name, values.iter().copied()));
        record.exact(format!("{key}, without column {missing}"), said(again.restore(&part)));
    }
}

/// Every update rule of the catalogue as an optimizer, on a net.
#[test]
fn every_rule_as_an_optimizer() {
    let mut record = Record::open("descents/rules");
    record.within(1e-7);
    for entry in Catalogue::built_in().rules() {
        let (risk, x0) = net::<f64>();
        let mut objective = AnyObjective::new(risk);
        let clipped = entry.configure().clip(Clip::Norm(0.3)).unwrap().seed(3);
        let make = || -> AnyOptimizer { clipped.optimizer().unwrap() };
        record_run(&mut record, entry.name(), &mut objective, &x0, make, entry.name() == "muon");
    }
    record.finish();
}

#[test]
fn what_surrounds_a_rule() {
    let mut file = Record::open("descents/surrounded");
    let record = &mut file;
    let (mut risk, x0) = net::<f64>();
    let schedules = [Schedule::Constant, Schedule::Cosine { total: 4 }.after_warmup(2, 0.1)];
    for schedule in schedules {
        for wrap in ["off", "lookahead:2,0.3", "sam:0.2"] {
            for clip in [Clip::Off, Clip::Norm(0.35), Clip::Value(0.1)] {
                let key = format!("{schedule:?} {wrap} {clip:?}");
                let rule = Wrap::parse(wrap).unwrap().around(AnyRule::new(Momentum::new(0.8)));
                let make = || {
                    let rule = Clipped::new(rule.clone(), clip);
                    FirstOrder::<_, f64>::new(rule, 0.5).unwrap().schedule(schedule)
                };
                record_run(record, &key, &mut risk, &x0, make, false);
            }
        }
    }
    for averaging in [
        Averaging::Off,
        Averaging::Mean { from: 1, every: 1 },
        Averaging::Mean { from: 2, every: 2 },
        Averaging::Mean { from: 0, every: 2 },
        Averaging::Exponential { decay: 0.7 },
    ] {
        let make = || {
            let rule = Clipped::new(AdaGrad { eps: 0.0, ..AdaGrad::default() }, Clip::Norm(0.3));
            Averaged::new(FirstOrder::<_, f64>::new(rule, 0.2).unwrap(), averaging).unwrap()
        };
        record_run(record, &format!("{averaging:?}"), &mut risk, &x0, make, averaging != Averaging::Off);
        record.exact(format!("{averaging:?}, words"), averaging.words());
    }
    let sophia = Sophia { every: 2.0, gamma: 1.0, seed: 5, ..Sophia::default() };
    let make = || WithProducts::<_, f64>::new(sophia, 0.3).unwrap().schedule(schedules[1]);
    record_run(record, "products", &mut risk, &x0, make, true);
    let make = || WithProducts::<_, f64>::new(Adam::default(), 0.3).unwrap();
    record_run(record, "products that are not needed", &mut risk, &x0, make, false);
    let averaged = || {
        let muon = FirstOrder::<_, f64>::new(Muon::default(), 0.3).unwrap();
        Averaged::new(muon, Averaging::Exponential { decay: 0.5 }).unwrap()
    };
    let bowl = problems::Quadratic::new(&[1.0, 3.0]);
    record.exact("no layers", said(Optimizer::<f64, _>::check(&averaged(), &bowl)));
    record.exact(
        "no layers, sgd",
        said(Optimizer::<f64, _>::check(&FirstOrder::new(Sgd, 0.1).unwrap(), &bowl)),
    );
    for lr in [0.0, f64::MIN_POSITIVE, -1.0, f64::INFINITY, f64::NAN] {
        record.exact(format!("lr {lr:e}"), said(FirstOrder::new(Sgd, lr)));
    }
    record.exact("lr in f32", said(FirstOrder::<_, f32>::new(Adam { eps: 1e-50, ..Adam::default() }, 0.1)));
    record.exact("a rule out of range", said(FirstOrder::new(Momentum::new(1.0), 0.1)));
    record.exact(
        "an average out of range",
        said(Averaged::<_, f64>::new(Sgd, Averaging::Exponential { decay: 1.0 })),
    );
    record.exact("products are missing", said(FirstOrder::new(Sgd, 1.0).and(FirstOrder::new(sophia, 1.0))));
    file.finish();
}

#[test]
fn in_single_precision() {
    let mut record = Record::open("descents/single");
    record.within(1e-4);
    let (mut risk, x0) = net::<f32>();
    for rule in
        [AnyRule::new(Adam::default()), AnyRule::new(Lamb::default()), AnyRule::new(Sophia::default())]
    {
        let key = rule.name();
        let make = || WithProducts::<_, f32>::new(rule.clone(), 0.05).unwrap();
        record_run(&mut record, key, &mut risk, &x0, make, false);
    }
    record.finish();
}

#[test]
fn texts_of_wraps_and_averages() {
    let mut record = Record::open("descents/texts");
    for text in [
        "off",
        "off:1",
        "lookahead",
        "lookahead:3",
        "lookahead: 3 , .25",
        "lookahead:3,0",
        "lookahead:3,1",
        "lookahead:3,1.1",
        "lookahead:0",
        "lookahead:,1",
        "lookahead:3,x",
        "sam",
        "sam:0",
        "sam:.3",
        "sam:-1",
        "sam:inf",
        "sam:x",
        "",
        "sams",
    ] {
        let wrap = Wrap::parse(text).map(|wrap| (wrap, wrap.words()));
        record
            .exact(format!("wrap {text:?}"), wrap.map_or_else(|e| e.to_string(), |wrap| format!("{wrap:?}")));
    }
    let around =
        Wrap::Sam { rho: 0.1 }.around(Wrap::Lookahead { every: 2, alpha: 0.5 }.around(AnyRule::new(Sgd)));
    record.exact("both", around.wrapping());
    let around =
        Wrap::Lookahead { every: 2, alpha: 0.5 }.around(Wrap::Sam { rho: 0.1 }.around(AnyRule::new(Sgd)));
    record.exact("both the other way", around.wrapping());
    for text in [
        "off",
        "off:1",
        "polyak",
        "polyak:0",
        "polyak: 7",
        "polyak:99999999999999999999",
        "polyak:-1",
        "swa",
        "swa:2",
        "swa:2,3",
        "swa:2,0",
        "swa:0,1",
        "swa:x",
        "ema:0",
        "ema:0.9",
        "ema:1",
        "ema:-0.1",
        "ema:x",
        "",
    ] {
        for unit in [1, 10] {
            let average = Averaging::parse(text, unit).map(|average| (average, average.words()));
            let average = average.map_or_else(|e| e.to_string(), |average| format!("{average:?}"));
            record.exact(format!("average {text:?} by {unit}"), average);
        }
    }
    for name in Convention::NAMES.into_iter().chain(["keres"]) {
        let convention = Convention::by_name(name);
        record.exact(
            format!("convention {name}"),
            convention.map_or_else(|e| e.to_string(), |c| format!("{c:?}")),
        );
    }
    record.finish();
}

/// Gradients at the bounds of clipping, and of sizes whose squares are no numbers any more.
#[test]
fn clipped_gradients() {
    let mut record = Record::open("descents/clip");
    let gradients: [(&str, [f64; 3]); 9] = [
        ("long", [3.0, -4.0, 0.0]),
        ("as long as allowed", [0.6, 0.8, 0.0]),
        ("short", [0.3, 0.4, 0.0]),
        ("tiny", [3e-170, -4e-170, 0.0]),
        ("huge", [3e170, -4e170, 0.0]),
        ("zero", [0.0; 3]),
        ("infinite", [f64::INFINITY, 1.0, 0.0]),
        ("not a number", [f64::NAN, 1.0, 0.0]),
        ("level", [1.0, -1.0, 1.0]),
    ];
    for (name, gradient) in gradients {
        for clip in [
            Clip::Off,
            Clip::Norm(1.0),
            Clip::Norm(1e-170),
            Clip::Norm(6e170),
            Clip::Norm(2.0),
            Clip::Value(1.0),
            Clip::Value(0.35),
            Clip::Value(1e-170),
        ] {
            let mut clipped = gradient;
            let changed = clip.apply(&mut clipped);
            record.exact(format!("{name}, {clip:?}, changed"), changed);
            record.numbers(format!("{name}, {clip:?}"), &clipped);
            record.within(1e-5);
            let mut single = gradient.map(|g| (g as f32).clamp(-3e38, 3e38));
            if name != "huge" && name != "tiny" {
                clip.apply(&mut single);
                record.numbers(format!("{name}, {clip:?}, f32"), &wide(&single));
            }
            record.within(1e-9);
        }
    }
    record.finish();
}

/// Zero gradients under rules that divide by a root to which nothing is added.
#[test]
fn divisions_by_zero() {
    let mut record = Record::open("descents/divisions");
    let flat = || {
        FunctionWithGradient::new(2, |x, grad| {
            grad.assign(&array![x[0], 0.0]);
            0.5 * x[0] * x[0]
        })
    };
    let rules = [
        AnyRule::new(AdaGrad { eps: 0.0, ..AdaGrad::default() }),
        AnyRule::new(Lookahead::new(Adam { eps: 0.0, ..Adam::default() })),
        AnyRule::new(Sam::new(AdamW { adam: Adam { eps: 0.0, ..Adam::default() }, ..AdamW::default() })),
        AnyRule::new(Adafactor { eps1: Some(0.0), ..Adafactor::default() }),
        AnyRule::new(Lookahead::new(Sam::new(Adafactor { eps1: Some(0.0), ..Adafactor::default() }))),
        AnyRule::new(Muon {
            rest: AdamW { adam: Adam { eps: 0.0, ..Adam::default() }, ..AdamW::default() },
            ..Muon::default()
        }),
        AnyRule::new(Sgd),
    ];
    for (i, rule) in rules.into_iter().enumerate() {
        let clipped = Clipped::new(rule.clone(), Clip::Norm(1.0));
        record.exact(
            format!("{i} {}, may divide", rule.name()),
            (rule.may_divide_by_zero(), clipped.may_divide_by_zero()).0,
        );
        if rule.by_layers() && rule.name() == "muon" {
            continue;
        }
        let start = array![1.0, 1.0];
        let stop = Stop::iterations(3);
        let plain = minimize(flat(), &start, FirstOrder::new(rule.clone(), 0.1).unwrap(), stop).unwrap();
        record.exact(format!("{i} {}", rule.name()), plain.termination);
        let averaged =
            Averaged::new(FirstOrder::new(clipped, 0.1).unwrap(), Averaging::Mean { from: 1, every: 1 });
        let averaged = minimize(flat(), &start, averaged.unwrap(), stop).unwrap();
        record.exact(format!("{i} {}, averaged and clipped", rule.name()), averaged.termination);
        let with = minimize(
            problems::Quadratic::new(&[1.0, 0.0]),
            &start,
            WithProducts::new(rule.clone(), 0.1).unwrap(),
            stop,
        );
        record.exact(format!("{i} {}, with products", rule.name()), with.unwrap().termination);
    }
    record.finish();
}

/// Vectors so long that a step is made in two halves.
#[test]
fn long_vectors() {
    let mut record = Record::open("descents/long");
    let odd = whole(5001);
    walk::<f64>(&mut record, "adam", &Adam::default(), &odd, 0.1, &[2]);
    walk::<f64>(&mut record, "prodigy", &Prodigy::default(), &odd, 1.0, &[2]);
    walk::<f64>(&mut record, "adan", &Adan::default(), &odd, 0.1, &[2]);
    let longest = whole((1 << 21) + 5);
    walk::<f64>(&mut record, "sgd", &Sgd, &longest, 0.1, &[1]);
    walk::<f64>(&mut record, "prodigy, longest", &Prodigy::default(), &longest, 1.0, &[2]);
    record.finish();
}
