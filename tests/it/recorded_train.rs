//! Recorded training runs: every setting, what is counted, how a run ends.

use crate::recorded::Record;
use crate::recorded_first_order::{said, short, spread, wide};
use gradus::notebook::*;
use gradus::train::ByOptimizer;
use std::ops::ControlFlow;

type Risk<F> = EmpiricalRisk<F, Box<dyn Model<F>>>;

/// A risk on 11 examples.
fn risk<F: Real>(model: &str) -> (Risk<F>, Array1<F>) {
    let x = Array2::from_shape_vec((11, 3), spread(33, 37, 97)).unwrap();
    let labels: Vec<u8> = (0..11).map(|i| (i * 7 % 11 % 3) as u8).collect();
    let model = ModelKind::parse(model).unwrap().build(3, 3, None);
    let risk = EmpiricalRisk::new(model, Softmax, x, labels, Regularizer::l2(0.01)).unwrap();
    let start = Array1::from_vec(spread(risk.dim(), 53, 89));
    (risk, start)
}

fn record_trained<F: Real>(record: &mut Record, key: &str, trained: &Trained<F>) {
    record.numbers(format!("{key}, result"), &wide(trained.params.as_slice().unwrap()));
    let counts = (trained.steps, trained.epochs, trained.example_grads, trained.clipped);
    record.exact(format!("{key}, counts"), format!("{counts:?} {}", trained.termination));
}

fn record_training<F: Real, R: UpdateRule<F>>(
    record: &mut Record,
    key: &str,
    model: &str,
    rule: R,
    settings: &Training,
) {
    let (mut risk, x0) = risk::<F>(model);
    let (mut seen, mut numbers) = (vec![], vec![]);
    let outcome = train_observed(&mut risk, rule, &x0, settings, |at| {
        seen.push((at.steps, at.epochs, at.example_grads, at.clipped));
        numbers.extend([at.batch_loss, at.lr]);
        numbers.extend(wide(at.params.as_slice().unwrap()).iter().take(3));
    });
    match outcome {
        Ok(trained) => record_trained(record, key, &trained),
        Err(error) => record.exact(format!("{key}, refused"), error),
    }
    record.exact(format!("{key}, checkpoints"), format!("{seen:?}"));
    let numbers: Vec<f64> = numbers.into_iter().map(short).collect();
    record.numbers(format!("{key}, at the checkpoints"), &numbers);
}

#[test]
fn every_setting() {
    let mut record = Record::open("train/settings");
    let usual = Training { epochs: 3, batch: Batch::Size(4), lr: 0.3, seed: 2, ..Training::default() };
    let cosine = Schedule::Cosine { total: 9 };
    let settings = [
        ("usual", usual),
        ("full", Training { batch: Batch::Full, ..usual }),
        ("one", Training { batch: Batch::Size(1), epochs: 1, ..usual }),
        ("all in a batch", Training { batch: Batch::Size(11), ..usual }),
        ("with replacement", Training { batch: Batch::WithReplacement(4), ..usual }),
        ("large with replacement", Training { batch: Batch::WithReplacement(20), ..usual }),
        ("accumulated", Training { accumulate: 2, ..usual }),
        ("more accumulated than there are", Training { accumulate: 5, ..usual }),
        ("accumulated ones", Training { batch: Batch::Size(2), accumulate: 4, ..usual }),
        ("accumulated wholes", Training { batch: Batch::Full, accumulate: 2, ..usual }),
        (
            "accumulated with replacement",
            Training { batch: Batch::WithReplacement(3), accumulate: 3, ..usual },
        ),
        ("each step", Training { checkpoint_every: Some(1), schedule: cosine, ..usual }),
        ("every two", Training { checkpoint_every: Some(2), ..usual }),
        ("rarely", Training { checkpoint_every: Some(100), ..usual }),
        ("warm-up", Training { schedule: cosine.after_warmup(3, 0.0), checkpoint_every: Some(1), ..usual }),
        (
            "mean",
            Training { average: Averaging::Mean { from: 2, every: 3 }, checkpoint_every: Some(1), ..usual },
        ),
        (
            "moving",
            Training { average: Averaging::Exponential { decay: 0.6 }, checkpoint_every: Some(1), ..usual },
        ),
        ("another seed", Training { seed: 3, ..usual }),
        ("nothing to learn", Training { lr: 1e-300, ..usual }),
        ("too fast", Training { lr: 1e300, checkpoint_every: Some(1), ..usual }),
        ("default", Training { epochs: 2, batch: Batch::Full, ..Training::default() }),
        ("no rate", Training { lr: 0.0, ..usual }),
        ("infinite rate", Training { lr: f64::INFINITY, ..usual }),
        ("no epochs", Training { epochs: 0, ..usual }),
        ("one epoch", Training { epochs: 1, ..usual }),
        ("nothing accumulated", Training { accumulate: 0, ..usual }),
        ("no checkpoints", Training { checkpoint_every: Some(0), ..usual }),
        ("no batch", Training { batch: Batch::Size(0), ..usual }),
        ("too large a batch", Training { batch: Batch::Size(12), ..usual }),
        ("no batch with replacement", Training { batch: Batch::WithReplacement(0), ..usual }),
        ("a schedule out of range", Training { schedule: Schedule::Cosine { total: 0 }, ..usual }),
        ("an average out of range", Training { average: Averaging::Mean { from: 1, every: 0 }, ..usual }),
    ];
    for (key, settings) in settings {
        let rule = Clipped::new(Momentum::new(0.8), Clip::Norm(0.4));
        record_training::<f64, _>(&mut record, key, "mlp:4,tanh", rule, &settings);
        record.exact(
            format!("{key}, steps per epoch"),
            format!("{:?}", [1, 10, 11, 12].map(|n| settings.steps_per_epoch(n))),
        );
    }
    record.exact("default settings", format!("{:?}", Training::default()));
    record.finish();
}

#[test]
fn every_kind_of_rule() {
    let mut record = Record::open("train/rules");
    record.within(1e-7);
    let usual = Training {
        epochs: 2,
        batch: Batch::Size(4),
        lr: 0.2,
        checkpoint_every: Some(1),
        ..Training::default()
    };
    let accumulated = Training { accumulate: 2, ..usual };
    let full = Training { batch: Batch::Full, ..usual };
    for (name, settings) in [("plain", usual), ("accumulated", accumulated), ("full", full)] {
        let run = |record: &mut Record, rule: AnyRule| {
            let key = format!("{name} {} {}", rule.name(), rule.wrapping());
            record_training::<f64, _>(record, &key, "mlp:4,tanh", rule, &settings);
        };
        run(&mut record, AnyRule::new(Adam::default()));
        run(&mut record, AnyRule::new(Nesterov::new(0.8).form(NesterovForm::LookAhead)));
        run(&mut record, AnyRule::new(ScheduleFreeSgd::default()));
        run(&mut record, AnyRule::new(Sam::new(Nesterov::new(0.8).form(NesterovForm::LookAhead)).rho(0.3)));
        run(&mut record, AnyRule::new(Lookahead::new(Sgd).every(2)));
        run(&mut record, AnyRule::new(Sophia { every: 2.0, gamma: 1.0, ..Sophia::default() }));
        run(&mut record, AnyRule::new(Muon::default()));
        run(&mut record, AnyRule::new(Lamb::default()));
        run(&mut record, AnyRule::new(Grouped::new(Matrices::All, Adafactor::default(), Adam::default())));
        run(&mut record, AnyRule::new(Shampoo { root_interval: 2.0, start: 2.0, ..Shampoo::default() }));
        run(&mut record, AnyRule::new(Momentum::new(1.0)));
    }
    let muon = AnyRule::new(Muon::default());
    record_training::<f64, _>(&mut record, "no hidden layer", "linear", muon, &usual);
    record.within(1e-4);
    record_training::<f32, _>(&mut record, "f32", "mlp:4,tanh", Adam::default(), &usual);
    record_training::<f32, _>(&mut record, "zero in f32", "linear", Sgd, &Training { lr: 1e-50, ..usual });
    record.finish();
}

/// A sum whose value or gradient breaks at an evaluation, and that offers no products.
struct Breaks {
    evaluations: usize,
    at: usize,
    value: f64,
    entry: f64,
}

impl Objective for Breaks {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        0.5 * x[0] * x[0]
    }
}

impl Differentiable for Breaks {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad.assign(&array![x[0], 0.0]);
        self.evaluations += 1;
        if self.evaluations < self.at {
            return self.value(x);
        }
        grad[1] = self.entry;
        self.value(x) + self.value
    }
}

impl FiniteSum for Breaks {
    fn terms(&self) -> usize {
        6
    }

    fn batch_value_grad(&mut self, x: &ArrayRef1<f64>, _: &[u32], grad: &mut ArrayRef1<f64>) -> f64 {
        self.value_grad(x, grad)
    }
}

#[test]
fn ends_of_runs() {
    let mut record = Record::open("train/ends");
    let settings = Training {
        epochs: 2,
        batch: Batch::Size(2),
        lr: 0.5,
        checkpoint_every: Some(1),
        ..Training::default()
    };
    let x0 = array![1.0, 1.0];
    for (value, entry) in
        [(0.0, 0.0), (f64::NAN, 0.0), (f64::INFINITY, 0.0), (0.0, f64::NAN), (0.0, f64::NEG_INFINITY)]
    {
        for at in [1, 2, 4] {
            for batch in [Batch::Size(2), Batch::Full] {
                for accumulate in [1, 2] {
                    let settings = Training { batch, accumulate, ..settings };
                    let key = format!("{value} {entry} at {at}, {batch:?}, {accumulate}");
                    let breaks = || Breaks { evaluations: 0, at, value, entry };
                    record_trained(&mut record, &key, &train(&mut breaks(), Sgd, &x0, &settings).unwrap());
                    let climbs = train(&mut breaks(), Sam::new(Sgd), &x0, &settings).unwrap();
                    record_trained(&mut record, &format!("{key}, climbs"), &climbs);
                }
            }
        }
    }
    let sound = || Breaks { evaluations: 0, at: usize::MAX, value: 0.0, entry: 0.0 };
    let divides = AdaGrad { eps: 0.0, ..AdaGrad::default() };
    record_trained(&mut record, "divides by zero", &train(&mut sound(), divides, &x0, &settings).unwrap());
    let averaged = Training { average: Averaging::Exponential { decay: 0.5 }, ..settings };
    record_trained(&mut record, "divides, averaged", &train(&mut sound(), divides, &x0, &averaged).unwrap());
    let huge = Training { lr: 1e308, ..settings };
    record_trained(
        &mut record,
        "leaves the numbers",
        &train(&mut sound(), Momentum::new(0.9), &x0, &huge).unwrap(),
    );
    for stop in [0, 1, 3, 100] {
        let stopped = train_observed(&mut sound(), Sgd, &x0, &settings, |at| {
            if at.steps == stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        record_trained(&mut record, &format!("stopped at {stop}"), &stopped.unwrap());
    }
    record.exact("another length", said(train(&mut sound(), Sgd, &array![1.0], &settings)));
    record.exact("no products", said(train(&mut sound(), Sophia::default(), &x0, &settings)));
    let twice = Training { accumulate: 2, ..settings };
    let (mut risk, start) = risk::<f64>("linear");
    record.exact("products accumulated", said(train(&mut risk, Sophia::default(), &start, &twice)));
    record.exact("no layers", said(train(&mut sound(), Muon::default(), &x0, &settings)));
    record.exact("one layer is enough", said(train(&mut sound(), Lamb::default(), &x0, &settings)));
    {
        let singular = Shampoo { matrix_eps: 0.0, root_interval: 1.0, ..Shampoo::default() };
        let ended = train(&mut risk, singular, &start, &settings).unwrap();
        record.exact(
            "a singular sum",
            format!("{} {} {}", ended.steps, ended.termination.word(), ended.params == start),
        );
    }
    record.finish();
}

/// Eleven examples to train, five to test.
fn prepared<F: Real>() -> Prepared<F> {
    let features =
        |rows: usize, factor| Array2::from_shape_vec((rows, 3), spread(3 * rows, factor, 97)).unwrap();
    let labels = |rows: usize| (0..rows).map(|i| (i * 7 % 11 % 3) as u8).collect();
    Prepared {
        name: "spread".into(),
        train_x: features(11, 37).into(),
        train_y: labels(11),
        test_x: features(5, 41).into(),
        test_y: labels(5),
        mean: Array1::zeros(3),
        classes: vec!["a".into(), "b".into(), "c".into()],
        shape: None,
        preprocessing: Preprocessing::NONE,
    }
}

fn record_fit<F: Real>(record: &mut Record, key: &str, fit: &Fit<F>) {
    record_trained(record, key, &fit.trained);
    let curve = &fit.curve;
    record.exact(
        format!("{key}, curve"),
        format!("{:?} {:?} {:?} {:?}", curve.epoch, curve.steps, curve.example_grads, curve.clipped),
    );
    record.numbers(format!("{key}, losses"), &wide(&curve.train_loss));
    record.numbers(format!("{key}, rates"), &curve.lr);
    record.numbers(format!("{key}, accuracies"), &[&curve.train_accuracy[..], &curve.test_accuracy].concat());
    record.exact(format!("{key}, finite"), format!("{} {}", fit.finite(), curve.seconds.len()));
}

#[test]
fn classifiers() {
    let mut record = Record::open("train/classifiers");
    let settings = Training { epochs: 3, batch: Batch::Size(4), lr: 0.5, seed: 2, ..Training::default() };
    for model in ["linear", "mlp:4", "mlp:4,tanh"] {
        let kind = ModelKind::parse(model).unwrap();
        for initialization in [None, Some(Initialization::He), Some(Initialization::Zero)] {
            let key = format!("{model} {initialization:?}");
            let classifier = Classifier::new(prepared::<f64>(), kind.clone(), Regularizer::l2(0.01));
            let classifier = initialization.into_iter().fold(classifier, Classifier::initialization);
            let fit = classifier.fit(Softmax, Momentum::new(0.5), &settings).unwrap();
            record_fit(&mut record, &key, &fit);
            record.numbers(format!("{key}, start"), &wide(classifier.initial(7).as_slice().unwrap()));
            let predicted = classifier.predict(&fit.trained.params, &prepared().test_x);
            record.exact(format!("{key}, predicted"), format!("{predicted:?} {:?}", classifier.layout()));
            record.number(format!("{key}, test accuracy"), classifier.test_accuracy(&fit.trained.params));
            for count in [1, 4, 11, 20] {
                let first = classifier.first(count);
                record.exact(
                    format!("{key}, first {count}"),
                    format!("{} {:?}", first.examples(), first.training_examples().1),
                );
            }
            let mut losses = vec![];
            let stopped = classifier.fit_observed(Softmax, Sgd, &settings, |at, loss| {
                losses.push(loss);
                if at.steps < 6 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            record_fit(&mut record, &format!("{key}, stopped"), &stopped.unwrap());
            record.numbers(format!("{key}, seen losses"), &losses);
            let sweep = classifier.over_rates(Softmax, Sgd, &settings, 4).unwrap();
            record.numbers(format!("{key}, sweep of rates"), &wide(&sweep.rates));
            record.numbers(format!("{key}, sweep of accuracies"), &wide(&sweep.accuracies));
            record.exact(
                format!("{key}, good"),
                format!("{:?}", [0.0, 0.2, 0.5].map(|margin| sweep.good(margin))),
            );
        }
    }
    let nets = ModelKind::parse("mlp:3").unwrap();
    let diverging = Classifier::new(prepared::<f64>(), nets, Regularizer::default());
    let fit = diverging.fit(Softmax, Sgd, &Training { lr: 1e300, ..settings }).unwrap();
    record_fit(&mut record, "diverged", &fit);
    record.exact("rate", Fit { trained: Trained { seconds: 2.0, ..fit.trained }, ..fit }.steps_per_second());
    let none = diverging.over_rates(Softmax, Sgd, &settings, 0).unwrap();
    record.exact("no rates", format!("{none:?} {} {}", none.best(), none.good(0.1)));
    record.within(1e-4);
    let single = Classifier::new(prepared::<f32>(), ModelKind::Linear, Regularizer::l2(0.01));
    record_fit(&mut record, "f32", &single.fit(Softmax, Adam::default(), &settings).unwrap());
    record.finish();
}

#[test]
fn by_other_optimizers() {
    let mut record = Record::open("train/optimizers");
    record.within(1e-7);
    let classifier = |model: &str| {
        Classifier::new(prepared::<f64>(), ModelKind::parse(model).unwrap(), Regularizer::l2(0.01))
    };
    record.exact("default", format!("{:?}", ByOptimizer::default()));
    for (size, epochs, examples) in [(4, 2, 11), (11, 3, 11), (1, 1, 1), (0, 1, 11), (12, 1, 11)] {
        let settings = ByOptimizer::batches(size, epochs, examples, 5);
        record.exact(
            format!("{size} of {examples}"),
            settings.map_or_else(|e| e.to_string(), |s| format!("{s:?}")),
        );
    }
    for model in ["linear", "mlp:4,tanh"] {
        let classifier = classifier(model);
        for (limit, stop) in [
            ("iterations", Stop::iterations(3)),
            ("tolerance", Stop::grad(0.3).max_iter(50)),
            ("nothing", Stop::iterations(0)),
            ("evaluations", Stop::iterations(9).max_evals(4)),
        ] {
            let settings = ByOptimizer { stop, seed: 3, batch: None };
            let risk = classifier.risk(Softmax).unwrap();
            let clipped = FirstOrder::new(Clipped::new(Sgd, Clip::Norm(0.2)), 0.3).unwrap();
            let fit = classifier.fit_by(risk, clipped, Softmax, &settings).unwrap();
            record_fit(&mut record, &format!("{model}, {limit}"), &fit);
            let batches = ByOptimizer { batch: Some(4), ..settings };
            let risk = classifier.risk(Softmax).unwrap();
            let mut seen = vec![];
            let fit = classifier.fit_by_observed(
                risk,
                FirstOrder::new(Sgd, 0.3).unwrap(),
                Softmax,
                &batches,
                |at, loss| {
                    seen.extend([
                        at.steps as f64,
                        at.epochs,
                        at.example_grads as f64,
                        at.batch_loss,
                        at.lr,
                        loss,
                    ]);
                    if at.steps < 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                },
            );
            record_fit(&mut record, &format!("{model}, {limit}, batches"), &fit.unwrap());
            record.numbers(format!("{model}, {limit}, seen"), &seen);
        }
        record.exact(format!("{model}, linear risk"), said(classifier.linear_risk(MulticlassSvm)));
        let net = classifier.network_risk().unwrap();
        record.exact(format!("{model}, network"), format!("{:?}", net.layout()));
        record.exact(
            format!("{model}, another objective"),
            said(classifier.fit_by(
                problems::Quadratic::new(&[1.0]),
                FirstOrder::new(Sgd, 0.1).unwrap(),
                Softmax,
                &ByOptimizer::default(),
            )),
        );
    }
    record.finish();
}
