//! An epoch of training as a user runs it, and small minimizations from start to end.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gradus::compare::replicates;
use gradus::data::Preprocessing;
use gradus::notebook::*;
use gradus::progress::Silent;
use std::sync::Arc;
use std::time::Duration;

/// An epoch of softmax with momentum and batches of 128. The throughput counts steps. `model` has the form of
/// the command line.
fn epoch<F: Real>(criterion: &mut Criterion, name: &str, model: &str) {
    let Ok(dataset) = data::by_name(name, 0) else { return eprintln!("{name} is not installed: left out") };
    let prepared = Preprocessing::default().prepare::<F>(&dataset);
    let built = ModelKind::parse(model).expect("a model").build::<F>(
        prepared.train_x.ncols(),
        prepared.classes.len(),
        None,
    );
    let start = built.initial(&mut rng::stream(0, "initial parameters", 0));
    let risk = EmpiricalRisk::new(built, Softmax, prepared.train_x, prepared.train_y, Regularizer::l2(1e-4));
    let mut risk = risk.expect("prepared data fits its model");
    let settings = Training { epochs: 1, lr: 0.02, ..Training::default() };
    let mut group = criterion.benchmark_group("epoch");
    group.throughput(Throughput::Elements(settings.steps_per_epoch(risk.terms()) as u64)).sample_size(20);
    let of_net =
        if model == "linear" { String::new() } else { format!("-{}", model.replace([':', ','], "-")) };
    group.bench_function(format!("momentum{of_net}/{name}-{}", F::NAME), |b| {
        b.iter(|| train(&mut risk, Momentum::default(), &start, &settings));
    });
    group.finish();
}

/// W2: steps of the linear classifier on random images of the size of those in CIFAR-10, with a bias feature,
/// 3073 → 10.
fn wide_steps(criterion: &mut Criterion) {
    let (rows, columns) = (20_000, 3073);
    let (mut data, first) = gradus::linalg::aligned_capacity::<f32>(rows * columns);
    data.resize(first, 0.0);
    let some = rng::normal::<f32>(&mut rng::stream(0, "bench", 0), 1_000_003, 0.3);
    data.extend(some.iter().cycle().take(rows * columns));
    let features = Array1::from(data)
        .slice_move(s![first..])
        .into_shape_with_order((rows, columns))
        .expect("the sizes fit");
    let labels: Vec<u8> = (0..rows).map(|i| (i % 10) as u8).collect();
    let risk = EmpiricalRisk::new(Linear::new(columns, 10), Softmax, features, labels, Regularizer::l2(1e-4));
    let mut risk = risk.expect("labels and features fit");
    let settings = Training { epochs: 1, lr: 1e-4, ..Training::default() };
    let start = Array1::zeros(risk.dim());
    let mut group = criterion.benchmark_group("epoch");
    group.throughput(Throughput::Elements(settings.steps_per_epoch(rows) as u64)).sample_size(20);
    group.bench_function("momentum/random-3073-f32", |b| {
        b.iter(|| train(&mut risk, Momentum::default(), &start, &settings));
    });
    group.finish();
}

/// A tenth of W8: 36 learning rates, two epochs of the linear classifier each, one run a core at a time. The
/// throughput counts runs.
fn sweep(criterion: &mut Criterion) {
    let Ok(dataset) = data::by_name("fashion-mnist", 0) else {
        return eprintln!("fashion-mnist is not installed: left out");
    };
    let prepared = Preprocessing::default().prepare::<f32>(&dataset);
    let (features, labels): (_, Arc<[u8]>) = (prepared.train_x, prepared.train_y.into());
    let run = |lr: usize, seed: u64| {
        let risk = EmpiricalRisk::new(
            Linear::new(784, 10),
            Softmax,
            features.clone(),
            labels.clone(),
            Regularizer::l2(1e-4),
        );
        let mut risk = risk.expect("prepared data fits its model");
        let start = Array1::zeros(risk.dim());
        let settings =
            Training { epochs: 2, lr: 1e-4 * 10f64.powf(lr as f64 / 12.0), seed, ..Training::default() };
        train(&mut risk, Momentum::default(), &start, &settings).map(|trained| trained.params[0])
    };
    let mut group = criterion.benchmark_group("sweep");
    group.throughput(Throughput::Elements(36)).sample_size(10).warm_up_time(Duration::from_millis(1));
    group.bench_function("momentum/36-rates", |b| {
        b.iter(|| replicates(36, &Silent, "sweep", |i| run(i as usize, 0).expect("settings are in range")));
    });
    group.finish();
}

/// Whole minimizations, with their traces.
fn minimizations(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("minimize");
    let start = problems::Rosenbrock::new(2).facts().start;
    group.bench_function("momentum/quadratic", |b| {
        b.iter(|| {
            let optimizer = FirstOrder::new(Momentum::new(0.67), 3.3).expect("in range");
            minimize(
                problems::Quadratic::new(&[0.01, 0.1, 1.0]),
                &array![1.0, 1.0, 1.0],
                optimizer,
                Stop::grad(1e-8),
            )
            .expect("the start fits")
        });
    });
    group.bench_function("newton/rosenbrock", |b| {
        b.iter(|| {
            minimize(problems::Rosenbrock::new(2), &start, Newton::new(), Stop::grad(1e-8).max_iter(200))
                .expect("the start fits")
        });
    });
    group.finish();
}

fn benches(criterion: &mut Criterion) {
    epoch::<f64>(criterion, "digits", "linear");
    epoch::<f32>(criterion, "fashion-mnist", "linear");
    epoch::<f64>(criterion, "fashion-mnist", "linear");
    epoch::<f64>(criterion, "digits", "mlp:32");
    epoch::<f32>(criterion, "fashion-mnist", "mlp:100");
    wide_steps(criterion);
    sweep(criterion);
    minimizations(criterion);
}

criterion_group! {
    name = group;
    config = Criterion::default()
            .warm_up_time(Duration::from_secs(1))
            .measurement_time(Duration::from_secs(3))
            .without_plots();
    targets = benches
}
criterion_main!(group);
