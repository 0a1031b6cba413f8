//! An epoch of training, as a user runs it, and small minimizations from start to end.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gradus::data::Preprocessing;
use gradus::prelude::*;
use std::ops::ControlFlow;
use std::time::Duration;

/// An epoch of minibatch softmax with momentum, batch 128; throughput counts steps. `model` is as on the command line.
fn epoch<F: Real>(criterion: &mut Criterion, name: &str, model: &str) {
    let Ok(dataset) = data::by_name(name, 0) else { return eprintln!("{name} is not installed: left out") };
    let prepared = Preprocessing::default().prepare::<F>(&dataset);
    let built = ModelKind::parse(model).expect("a model").build::<F>(prepared.train_x.ncols(), prepared.classes.len(), None);
    let start = built.initial(&mut rng::stream(0, "initial parameters", 0));
    let risk = EmpiricalRisk::new(built, Softmax, prepared.train_x, prepared.train_y, Regularizer::l2(1e-4));
    let mut risk = risk.expect("prepared data fits its model");
    let settings = Training { epochs: 1, lr: 0.02, ..Training::default() };
    let mut group = criterion.benchmark_group("epoch");
    group.throughput(Throughput::Elements(settings.steps_per_epoch(risk.terms()) as u64)).sample_size(20);
    let of_net = if model == "linear" { String::new() } else { format!("-{}", model.replace([':', ','], "-")) };
    group.bench_function(format!("momentum{of_net}/{name}-{}", F::NAME), |b| {
        b.iter(|| train(&mut risk, Momentum::default(), &start, &settings, |_| ControlFlow::Continue(())));
    });
    group.finish();
}

/// Whole minimizations, the trace included.
fn minimizations(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("minimize");
    let start = problems::Rosenbrock::new(2).facts().start;
    group.bench_function("momentum/quadratic", |b| {
        b.iter(|| {
            let optimizer = FirstOrder::new(Momentum::new(0.67), 3.3).expect("in range");
            minimize(problems::Quadratic::new(&[0.01, 0.1, 1.0]), &array![1.0, 1.0, 1.0], optimizer, Stop::grad(1e-8))
        });
    });
    group.bench_function("newton/rosenbrock", |b| {
        b.iter(|| minimize(problems::Rosenbrock::new(2), &start, Newton::new(), Stop::grad(1e-8).max_iter(200)));
    });
    group.finish();
}

fn benches(criterion: &mut Criterion) {
    epoch::<f64>(criterion, "digits", "linear");
    epoch::<f32>(criterion, "fashion-mnist", "linear");
    epoch::<f64>(criterion, "fashion-mnist", "linear");
    epoch::<f64>(criterion, "digits", "mlp:32");
    epoch::<f32>(criterion, "fashion-mnist", "mlp:100");
    minimizations(criterion);
}

criterion_group! {
    name = group;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3)).without_plots();
    targets = benches
}
criterion_main!(group);
