//! Loss and gradient of the linear classifier, for a batch of 128 and for a full pass.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gradus::data::Preprocessing;
use gradus::notebook::*;
use std::hint::black_box;

/// Returns the risk of a data set under a loss; `None` if the data set is not installed.
fn risk<F: Real>(name: &str, loss: &str) -> Option<EmpiricalRisk<F, Linear, Box<dyn Loss<F>>>> {
    let prepared = Preprocessing::default().prepare::<F>(&data::by_name(name, 0).ok()?);
    let model = Linear::new(prepared.train_x.ncols(), prepared.classes.len());
    EmpiricalRisk::new(
        model,
        loss::by_name(loss).ok()?,
        prepared.train_x,
        prepared.train_y,
        Regularizer::l2(1e-4),
    )
    .ok()
}

fn one<F: Real>(criterion: &mut Criterion, data: &str, loss: &str) {
    let Some(mut risk) = risk::<F>(data, loss) else { return eprintln!("{data} is not installed: left out") };
    let x = rng::normal::<F>(&mut rng::stream(0, "bench", 0), risk.dim(), 0.01);
    let mut grad = Array1::zeros(risk.dim());

    let mut group = criterion.benchmark_group("loss_gradient_batch");
    let mut batches =
        data::Batches::without_replacement(risk.terms(), 128, 0).expect("128 examples are there");
    group.throughput(Throughput::Elements(128));
    group.bench_function(format!("{loss}/{data}-{}", F::NAME), |b| {
        b.iter(|| black_box(risk.batch_value_grad(&x, batches.next(), &mut grad)));
    });
    group.finish();

    let mut group = criterion.benchmark_group("loss_gradient_full");
    group.throughput(Throughput::Elements(risk.terms() as u64)).sample_size(20);
    group.bench_function(format!("{loss}/{data}-{}", F::NAME), |b| {
        b.iter(|| black_box(risk.value_grad(&x, &mut grad)))
    });
    group.finish();
}

fn benches(criterion: &mut Criterion) {
    for loss in ["softmax", "svm"] {
        one::<f64>(criterion, "digits", loss);
        one::<f32>(criterion, "fashion-mnist", loss);
        one::<f64>(criterion, "fashion-mnist", loss);
    }
}

criterion_group! {
    name = group;
    config = Criterion::default()
            .warm_up_time(std::time::Duration::from_secs(1))
            .measurement_time(std::time::Duration::from_secs(3))
            .without_plots();
    targets = benches
}
criterion_main!(group);
