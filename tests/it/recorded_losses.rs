//! Recorded values of losses, regularizers, risks and schedules: everything that they compute, on few and
//! many examples, with ties, and in both float types.

use crate::recorded::Record;
use crate::recorded_first_order::{said, spread, wide};
use gradus::notebook::*;
use gradus::rng::Stream;

/// Scores and labels of `rows` examples of `classes` classes, with ties, zeros and large scores among them.
fn scores(kind: &str, rows: usize, classes: usize) -> Vec<f64> {
    let mut scores: Vec<f64> = spread::<f64>(rows * classes, 53, 89).iter().map(|s| 3.0 * s).collect();
    match kind {
        "zeros" => scores.fill(0.0),
        "ties" => scores.iter_mut().for_each(|s| *s = s.round()),
        "large" => scores.iter_mut().for_each(|s| *s *= 400.0),
        _ => {}
    }
    scores
}

fn labels(rows: usize, classes: usize) -> Vec<u8> {
    (0..rows).map(|i| (i * 7 % 11 % classes) as u8).collect()
}

fn record_loss<F: Real>(record: &mut Record, key: &str, loss: &dyn Loss<F>) {
    for kind in ["plain", "zeros", "ties", "large"] {
        for (rows, classes) in [(1, 3), (3, 3), (17, 3), (35, 4), (2, 1), (3, 33), (1, 32), (0, 3)] {
            let key = format!("{key}, {kind}, {rows} × {classes}");
            let scores: Vec<F> = scores(kind, rows, classes).iter().map(|&s| F::of(s)).collect();
            let labels = labels(rows, classes);
            let (mut alone, mut errors) = (scores.clone(), scores.clone());
            let values = [loss.value(&mut alone, &labels), loss.value_errors(&mut errors, &labels)];
            record.numbers(format!("{key}, values"), &wide(&values));
            record.numbers(format!("{key}, errors"), &wide(&errors));
            let mut tangent = spread::<F>(rows * classes, 31, 83);
            loss.hess_vec(&mut scores.clone(), &labels, &mut tangent);
            record.numbers(format!("{key}, curvature"), &wide(&tangent));
            if rows > 0 && classes == 3 {
                let first = loss::of_scores(&loss, &scores[..classes], labels[0]);
                record.number(format!("{key}, first"), first.wide());
            }
        }
    }
}

macro_rules! losses {
    ($($test:ident $name:literal,)*) => { $(
        #[test]
        fn $test() {
            let mut record = Record::open(&format!("losses/{}", $name.replace(':', "-")));
            record_loss(&mut record, "f64", &loss::by_name::<f64>($name).unwrap());
            record.within(1e-5);
            record_loss(&mut record, "f32", &loss::by_name::<f32>($name).unwrap());
            record.finish();
        }
    )* };
}

losses! {
    softmax "softmax",
    svm "svm",
    one_vs_all "one-vs-all",
    structured "structured",
    squared "squared",
    logistic "logistic",
    huber "huber",
    huber_half "huber:0.5",
}

#[test]
fn names_of_losses() {
    let mut record = Record::open("losses/names");
    for name in [
        "softmax",
        "softmax:1",
        "huber:1e-3",
        "huber:0",
        "huber:inf",
        "huber:x",
        "huber:",
        "huber:-1",
        "hubr",
        "",
    ] {
        record.exact(
            format!("{name:?}"),
            loss::by_name::<f64>(name).map_or_else(|e| e.to_string(), |l| l.name().into()),
        );
        record.exact(format!("{name:?} in f32"), said(loss::by_name::<f32>(name)));
    }
    record.exact("a small delta in f32", said(loss::by_name::<f32>("huber:1e-50")));
    for delta in [0.0, f64::MIN_POSITIVE, 1.0, f64::INFINITY, f64::NAN] {
        let huber = Huber::new(delta).map(|huber| huber.delta());
        record.exact(
            format!("delta {delta:e}"),
            huber.map_or_else(|e| e.to_string(), |delta| delta.to_string()),
        );
    }
    record.exact("default delta", Huber::default().delta());
    for of in loss::ALL {
        record.exact(of.name, format!("{} {} {} {}", of.title, of.formula, of.source, of.parse.is_some()));
    }
    // Of equally high scores the first is the runner-up.
    let mut errors = [1.0, 1.0, 0.5, 1.0];
    record.number("runner-up", StructuredSvm.value_errors(&mut errors, &[3]));
    record.numbers("runner-up, errors", &errors);
    for classes in [1, 3] {
        let mut scores = spread::<f64>(2 * classes, 53, 89);
        Softmax::probabilities(&mut scores, classes);
        record.numbers(format!("probabilities of {classes}"), &scores);
    }
    record.finish();
}

/// A risk under any model and loss.
type AnyRisk<F> = EmpiricalRisk<F, Box<dyn Model<F>>, Box<dyn Loss<F>>>;

fn risk<F: Real>(
    model: &str,
    loss: &str,
    (rows, features): (usize, usize),
    regularizer: Regularizer,
) -> AnyRisk<F> {
    let x = Array2::from_shape_vec((rows, features), spread(rows * features, 37, 97)).unwrap();
    let model = ModelKind::parse(model).unwrap().build(features, 3, None);
    EmpiricalRisk::new(model, loss::by_name(loss).unwrap(), x, labels(rows, 3), regularizer).unwrap()
}

fn record_risk<F: Real>(record: &mut Record, key: &str, mut risk: AnyRisk<F>, batch: &[u32], hessian: bool) {
    let dim = risk.dim();
    let (x, v) = (Array1::from_vec(spread::<F>(dim, 53, 89)), Array1::from_vec(spread::<F>(dim, 31, 83)));
    let mut out = Array1::from_elem(dim, F::nan());
    let (value, with_grad) = (risk.value(&x), risk.value_grad(&x, &mut out));
    record.numbers(format!("{key}, gradient"), &wide(out.as_slice().unwrap()));
    let of_batch = risk.batch_value_grad(&x, batch, &mut out);
    record.numbers(format!("{key}, gradient of a batch"), &wide(out.as_slice().unwrap()));
    let before = risk.batch_value_grad_before(&x, batch, &[0, 1], &mut out);
    record.numbers(
        format!("{key}, values"),
        &wide(&[value, with_grad, of_batch, before, risk.regularization(&x)]),
    );
    risk.hess_vec(&x, &v, &mut out);
    record.numbers(format!("{key}, product"), &wide(out.as_slice().unwrap()));
    risk.batch_hess_vec(&x, batch, &v, &mut out);
    record.numbers(format!("{key}, product of a batch"), &wide(out.as_slice().unwrap()));
    let products = risk.as_batch_products().unwrap();
    products.batch_hess_vec(&x, batch, &v, &mut out);
    record.numbers(format!("{key}, the same"), &wide(out.as_slice().unwrap()));
    record.exact(format!("{key}, counts"), format!("{dim} {} {:?}", risk.terms(), risk.param_layout()));
    if hessian {
        let mut matrix = Array2::from_elem((dim, dim), F::nan());
        risk.hessian(&x, &mut matrix);
        assert_eq!(matrix, matrix.t(), "{key}");
        record.numbers(format!("{key}, Hessian"), &wide(matrix.as_slice().unwrap()));
    }
}

/// Drawn with repetition.
const BATCH: [u32; 5] = [3, 0, 3, 4, 1];

#[test]
fn risks_of_every_model_and_loss() {
    let mut record = Record::open("risks/models");
    for model in ["linear", "mlp:4", "mlp:4,tanh", "mlp:3,2,tanh"] {
        for loss in loss::NAMES {
            let key = format!("{model} {loss}");
            record_risk(
                &mut record,
                &key,
                risk::<f64>(model, loss, (17, 4), Regularizer::elastic(0.3, 0.05)),
                &BATCH,
                true,
            );
        }
    }
    record.within(1e-4);
    for model in ["linear", "mlp:3,tanh"] {
        let of = risk::<f32>(model, "softmax", (17, 4), Regularizer::elastic(0.3, 0.05));
        record_risk(&mut record, &format!("{model}, f32"), of, &BATCH, true);
    }
    record.finish();
}

#[test]
fn risks_with_every_regularizer_and_number_of_rows() {
    let mut record = Record::open("risks/regularizers");
    let many: Vec<u32> = (0..150).map(|i| i * 37 % 131).collect();
    for (name, regularizer) in [
        ("none", Regularizer::default()),
        ("l2", Regularizer::l2(0.3)),
        ("l1", Regularizer::l1(0.05)),
        ("elastic", Regularizer::elastic(0.3, 0.05)),
    ] {
        for model in ["linear", "mlp:3,tanh"] {
            let of = |rows, features| risk::<f64>(model, "softmax", (rows, features), regularizer);
            record_risk(&mut record, &format!("{name}, {model}, 131 rows"), of(131, 3), &many, true);
            record_risk(&mut record, &format!("{name}, {model}, a row"), of(1, 2), &[0], true);
        }
    }
    record_risk(
        &mut record,
        "wide",
        risk::<f64>("linear", "softmax", (60, 1500), Regularizer::l2(0.1)),
        &many[..1],
        false,
    );
    record_risk(
        &mut record,
        "many rows",
        risk::<f64>("linear", "softmax", (4100, 3), Regularizer::l2(0.1)),
        &many,
        true,
    );
    let alone = risk::<f64>("mlp:3,tanh", "softmax", (4100, 3), Regularizer::l2(0.1)).on_one_thread();
    record_risk(&mut record, "many rows, one thread", alone, &many, true);
    record.finish();
}

#[test]
fn risks_that_are_refused() {
    let mut record = Record::open("risks/refused");
    let made = |rows: usize, columns: usize, labels: Vec<u8>, regularizer| {
        said(EmpiricalRisk::new(
            Linear::new(2, 3),
            Softmax,
            Array2::<f64>::zeros((rows, columns)),
            labels,
            regularizer,
        ))
    };
    let none = Regularizer::default();
    record.exact("good", made(1, 2, vec![2], none));
    record.exact("labels", made(1, 2, vec![2, 1], none));
    record.exact("columns", made(1, 3, vec![2], none));
    record.exact("no rows", made(0, 2, vec![], none));
    record.exact("a label", made(1, 2, vec![3], none));
    for lambda in [-1.0, -1e-300, 0.0, 1e-300, 1.0, f64::INFINITY, f64::NAN] {
        record.exact(format!("l2 {lambda:e}"), made(1, 2, vec![0], Regularizer::l2(lambda)));
        record.exact(format!("l1 {lambda:e}"), made(1, 2, vec![0], Regularizer::l1(lambda)));
        let fits = [Regularizer::l2(lambda), Regularizer::l1(lambda)].map(|r| said(r.check_fits::<f32>()));
        record.exact(format!("{lambda:e} in f32"), format!("{fits:?}"));
    }
    let risk =
        EmpiricalRisk::new(Linear::new(2, 3), Softmax, Array2::<f64>::zeros((1, 2)), vec![0], none).unwrap();
    record.exact("itself", format!("{} {:?}", Model::<f64>::classes(risk.model()), risk.layout()));
    record.finish();
}

#[test]
fn accuracies() {
    let mut record = Record::open("risks/accuracy");
    for rows in [1, 5, 128, 300] {
        let x = Array2::from_shape_vec((rows, 4), spread::<f64>(rows * 4, 37, 97)).unwrap();
        let model = Linear::new(4, 3);
        let mut params = Array1::from_vec(spread::<f64>(15, 53, 89));
        record.number(format!("{rows} rows"), accuracy(&model, &params, &x, &labels(rows, 3)));
        params[13] = f64::NAN;
        record.number(
            format!("{rows} rows, a NaN in the middle"),
            accuracy(&model, &params, &x, &labels(rows, 3)),
        );
        let zeros = Array1::zeros(15);
        record.number(format!("{rows} rows, ties"), accuracy(&model, &zeros, &x, &labels(rows, 3)));
    }
    record.finish();
}

/// What preconditioners and K-FAC ask of a risk.
#[test]
fn blocks_and_factors() {
    let mut record = Record::open("risks/factors");
    let (rows, features) = (140, 5);
    let x = Array2::from_shape_vec((rows, features), spread::<f64>(rows * features, 37, 97)).unwrap();
    let batch: Vec<u32> = (0..150).map(|i| i * 37 % 140).collect();
    for loss in loss::NAMES {
        let loss_of = loss::by_name::<f64>(loss).unwrap();
        let regularizer = Regularizer::l2(0.3);
        let mut risk =
            EmpiricalRisk::new(Linear::new(features, 3), loss_of, x.clone(), labels(rows, 3), regularizer)
                .unwrap();
        let at = Array1::from_vec(spread::<f64>(risk.dim(), 53, 89));
        record.exact(format!("{loss}, blocks"), format!("{:?}", risk.curvature_blocks()));
        let mut blocks = vec![Array2::zeros((features + 1, features + 1)); 3];
        risk.write_curvature_blocks(&at, &batch, &mut blocks);
        for (class, block) in blocks.iter().enumerate() {
            let lower: Vec<f64> =
                block.indexed_iter().filter(|((i, j), _)| j <= i).map(|(_, &v)| v).collect();
            record.numbers(format!("{loss}, block {class}"), &lower);
        }
        record.exact(format!("{loss}, offers"), format!("{:?}", AnyObjective::new(risk).capabilities()));
    }
    let model = Mlp::new(features, &[4], 3).unwrap().activation(Activation::Tanh);
    let mut risk = EmpiricalRisk::new(model, Softmax, x, labels(rows, 3), Regularizer::l2(0.3)).unwrap();
    let at = Array1::from_vec(spread::<f64>(risk.dim(), 53, 89));
    let blocks = risk.kronecker_blocks();
    record.exact("layers", format!("{blocks:?}"));
    for seed in [None, Some(3)] {
        let mut stream: Option<Stream> = seed.map(|seed| rng::stream(seed, "labels", 0));
        let mut factors: Vec<KroneckerFactors> = blocks.iter().map(KroneckerFactors::zeros).collect();
        for batch in [&batch[..], &batch[..7]] {
            risk.write_factors(&at, batch, stream.as_mut(), &mut factors);
            for (depth, of) in factors.iter().enumerate() {
                let key = format!("layer {depth}, {seed:?}, {} rows", batch.len());
                record.numbers(format!("{key}, A"), &wide(of.a.as_slice().unwrap()));
                record.numbers(format!("{key}, G"), &wide(of.g.as_slice().unwrap()));
            }
        }
    }
    let (u, v) = (Array1::from_vec(spread(risk.dim(), 31, 83)), Array1::from_vec(spread(risk.dim(), 29, 79)));
    record.numbers("forms", &risk.fisher_forms(&at, &batch, &u, &v));
    record.number("curvature of the regularizer", risk.regularization_curvature());
    record.exact("a net offers", format!("{:?}", AnyObjective::new(risk).capabilities()));
    let dynamic = self::risk::<f64>("mlp:3", "svm", (5, 2), Regularizer::default());
    record.exact("any model offers", format!("{:?}", AnyObjective::new(dynamic).capabilities()));
    record.finish();
}

fn schedules() -> Vec<Schedule> {
    let mut all = vec![Schedule::Constant];
    for every in [1, 3] {
        all.extend([Schedule::InverseTime { every }, Schedule::InverseRoot { every }]);
        for factor in [0.5, 1.5] {
            all.extend([Schedule::Step { every, factor }, Schedule::Exponential { every, factor }]);
        }
    }
    all.extend([1, 2, 10].map(|total| Schedule::Cosine { total }));
    all.extend(
        [(1, 1), (4, 1), (3, 2), (1, 3)].map(|(period, growth)| Schedule::CosineRestarts { period, growth }),
    );
    all.extend(
        [(2, 1), (3, 2), (10, 3), (10, 9), (10, 1)].map(|(total, peak)| Schedule::OneCycle { total, peak }),
    );
    let warm = |schedule: &Schedule| {
        [(1, 0.0), (4, 0.25), (0, 0.5)].map(|(steps, from)| schedule.after_warmup(steps, from))
    };
    let warmed: Vec<Schedule> = [0, 9, 13].iter().flat_map(|&i| warm(&all[i])).collect();
    all.extend(warmed);
    all
}

#[test]
fn schedules_at_every_step() {
    let mut record = Record::open("schedules/steps");
    let steps: Vec<usize> = (0..16).chain([19, 20, 21, 99, 100, 1001]).collect();
    for schedule in schedules() {
        let factors: Vec<f64> = steps.iter().map(|&k| schedule.at(k)).collect();
        record.numbers(format!("{schedule:?}"), &factors);
        record.exact(format!("{schedule:?}, valid"), said(schedule.validate()));
        // Each by itself too, since small factors are beyond the rounding of large ones.
        for k in [1, 2, 8, 9, 10] {
            record.number(format!("{schedule:?} at {k}"), schedule.at(k));
        }
    }
    record.number("a very late cut", Schedule::Step { every: 1, factor: 1.0 - 1e-9 }.at(usize::MAX));
    record.finish();
}

#[test]
fn schedules_out_of_range_and_texts() {
    let mut record = Record::open("schedules/texts");
    let mut wrong = vec![];
    for n in [0, 1, 2] {
        wrong.extend([Schedule::InverseTime { every: n }, Schedule::Cosine { total: n }]);
        wrong.extend([
            Schedule::Step { every: n, factor: 0.5 },
            Schedule::Exponential { every: n, factor: 0.5 },
        ]);
        for m in [0, 1, 2] {
            wrong.push(Schedule::CosineRestarts { period: n, growth: m });
            wrong.push(Schedule::OneCycle { total: n, peak: m });
        }
    }
    for factor in [-1.0, 0.0, f64::MIN_POSITIVE, 1.0, 2.0, f64::INFINITY, f64::NAN] {
        wrong.extend([Schedule::Step { every: 1, factor }, Schedule::Exponential { every: 1, factor }]);
        wrong.push(Schedule::Constant.after_warmup(1, factor));
    }
    wrong.push(Schedule::Cosine { total: 0 }.after_warmup(1, 0.5));
    for schedule in wrong {
        record.exact(format!("{schedule:?}"), said(schedule.validate()));
        if !format!("{schedule:?}").contains("NaN") {
            record.numbers(format!("{schedule:?}, factors"), &[0, 1, 2, 5].map(|k| schedule.at(k)));
        }
    }
    for text in [
        "constant",
        "constant:1",
        "cosine",
        "cosine:3",
        "step:2,0.5",
        "step: 2 , .5",
        "step:2",
        "step:0,1",
        "step:2,0",
        "step:2,inf",
        "step:x,1",
        "step:99999999999999999999,1",
        "exponential:2,0.5",
        "exponential:2",
        "inverse:3",
        "inverse",
        "inverse:0",
        "restarts:3",
        "restarts:3,2",
        "restarts:0",
        "restarts:3,0",
        "restarts",
        "onecycle",
        "onecycle:0.5",
        "onecycle:1",
        "onecycle:0",
        "onecycle:0.01",
        "onecycle:0.99",
        "warmup:2",
        "warmup:2+cosine",
        "warmup:0",
        "warmup:2+step:1,0.5",
        "warmup:200+cosine",
        "warmup:2+onecycle",
        "warmup:2+warmup:2",
        "warmup",
        "",
    ] {
        for (unit, total) in [(1, 20), (7, 100), (1, 1)] {
            let schedule = Schedule::parse(text, unit, total);
            let schedule = schedule.map_or_else(|e| e.to_string(), |schedule| format!("{schedule:?}"));
            record.exact(format!("{text:?} {unit} {total}"), schedule);
        }
    }
    record.finish();
}
