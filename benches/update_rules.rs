//! One step of each update rule over a vector in f32: of a linear classifier's size, and of a million.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use gradus::prelude::*;

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("update_rule");
    for dim in [7_850, 1_000_000] {
        let mut stream = rng::stream(0, "bench", 0);
        let grad = rng::normal::<f32>(&mut stream, dim, 1.0).to_vec();
        let mut x = rng::normal::<f32>(&mut stream, dim, 1.0).to_vec();
        group.throughput(Throughput::Elements(dim as u64));
        for name in Rule::NAMES {
            let rule = Rule::by_name(name).expect("each of the names is known");
            let mut state = State::new(&rule, dim);
            group.bench_function(BenchmarkId::new(name, dim), |b| b.iter(|| rule.step(&mut state, 1e-6, &grad, &mut x)));
        }
        // The limit beside it: as many bytes as SGD reads and writes, without arithmetic.
        group.bench_function(BenchmarkId::new("copy", dim), |b| b.iter(|| x.copy_from_slice(std::hint::black_box(&grad))));
    }
    group.finish();
}

criterion_group! {
    name = group;
    config = Criterion::default().warm_up_time(std::time::Duration::from_millis(500)).measurement_time(std::time::Duration::from_secs(2)).without_plots();
    targets = benches
}
criterion_main!(group);
