//! One step of each update rule over an f32 vector, from a thousand to thirty million parameters, compared
//! with a copy.
//!
//! The throughput counts parameters, and the bytes that a step must move: 4 · (3 + 2 · buffers) per
//! parameter, and 8 for `copy`. `GRADUS_BENCH_LARGEST` sets the longest vector (30,000,000 parameters need .7
//! GB).

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use gradus::notebook::*;
use std::hint::black_box;
use std::time::Duration;

const DIMS: [usize; 7] = [1_000, 7_850, 10_000, 100_000, 1_000_000, 10_000_000, 30_000_000];

/// All update rules, with the forms that have their own loops.
fn rules() -> Vec<(String, AnyRule)> {
    let mut rules: Vec<(String, AnyRule)> = AnyRule::names()
        .into_iter()
        .map(|name| (name.into(), AnyRule::by_name(name).expect("each is known")))
        .collect();
    rules.push((
        "rmsprop-centered-momentum".into(),
        AnyRule::new(RmsProp::default().centered().momentum(0.9)),
    ));
    rules
}

fn throughput(dim: usize, bytes: usize) -> Throughput {
    Throughput::ElementsAndBytes { elements: dim as u64, bytes: (dim * bytes) as u64 }
}

fn benches(criterion: &mut Criterion) {
    let largest =
        std::env::var("GRADUS_BENCH_LARGEST").ok().and_then(|n| n.parse().ok()).unwrap_or(usize::MAX);
    let mut group = criterion.benchmark_group("update_rule");
    for dim in DIMS.into_iter().filter(|dim| *dim <= largest) {
        let mut stream = rng::stream(0, "bench", 0);
        let grad = rng::normal::<f32>(&mut stream, dim, 1.0).to_vec();
        let mut x = rng::normal::<f32>(&mut stream, dim, 1.0).to_vec();
        group.sample_size(if dim > 1_000_000 { 20 } else { 50 });
        for (name, rule) in rules() {
            let mut state = State::new(&rule, dim);
            let numbers = 3 + 2 * rule.buffers().count();
            group.throughput(throughput(dim, 4 * numbers));
            group.bench_function(BenchmarkId::new(name, dim), |b| {
                b.iter(|| rule.step(&mut state, 1e-6, &grad, &mut x))
            });
        }
        // The limit: reading and writing without arithmetic, on one thread.
        group.throughput(throughput(dim, 8));
        group.bench_function(BenchmarkId::new("copy", dim), |b| {
            b.iter(|| x.copy_from_slice(black_box(&grad)))
        });
    }
    group.finish();
}

criterion_group! {
    name = group;
    config = Criterion::default()
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(1))
            .without_plots();
    targets = benches
}
criterion_main!(group);
