//! Times that a comparison cannot measure while it runs on all cores: an iteration of each optimizer, and the
//! time of each optimizer to the target of each problem, one at a time and on one thread.
//!
//! The settings are the best ones of the comparison, read from `results/comparison/outcomes.csv`, since
//! tuning again would take as long as the comparison. The run of a pair has the seed with the median number
//! of evaluations. Where no seed reaches the target, nothing is timed. The throughput counts iterations. With
//! `--test`, the suite is the quick one.

use criterion::{
    BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main,
};
use gradus::compare::suite::{BestSetting, Replay, Settings};
use gradus::notebook::*;
use gradus::report::tables;
use std::path::Path;
use std::time::Duration;

/// The problems on which an iteration is timed: a function, and a sum over data. Some optimizers can only be
/// run on one of them.
const ITERATED: [&str; 2] = ["quadratic:1000", "digits/softmax"];
/// The number of timed iterations from the start, fewer if the optimizer converges earlier. Later iterations
/// cost the same, except near the minimum, where a line search cannot make progress.
const ITERATIONS: u64 = 30;

fn iterations(criterion: &mut Criterion, replays: &[Replay]) {
    let mut group = criterion.benchmark_group("iteration");
    group.sampling_mode(SamplingMode::Flat);
    for replay in replays.iter().filter(|replay| ITERATED.contains(&replay.problem())) {
        let started = || {
            let mut prepared = replay.prepare().expect("a setting that has run");
            prepared.start();
            prepared
        };
        let made = started().iterate(ITERATIONS);
        if made == 0 {
            continue;
        }
        group.throughput(Throughput::Elements(made));
        group.bench_function(BenchmarkId::new(replay.optimizer(), replay.problem()), |b| {
            let iterate = |mut prepared: suite::PreparedRun| {
                prepared.iterate(made);
                prepared
            };
            b.iter_batched(started, iterate, BatchSize::LargeInput);
        });
    }
    group.finish();
}

fn times_to_target(criterion: &mut Criterion, replays: &[Replay]) {
    let mut group = criterion.benchmark_group("time_to_target");
    group.sampling_mode(SamplingMode::Flat);
    for replay in replays {
        let Some(needed) = replay.to_target() else { continue };
        group.throughput(Throughput::Elements(needed));
        group.bench_function(BenchmarkId::new(replay.optimizer(), replay.problem()), |b| {
            let run = |mut prepared: suite::PreparedRun| {
                prepared.start();
                prepared.iterate(needed);
                prepared
            };
            b.iter_batched(|| replay.prepare().expect("a setting that has run"), run, BatchSize::LargeInput);
        });
    }
    group.finish();
}

/// Returns the best settings, as the study `comparison` found them.
fn best() -> gradus::error::Result<Vec<BestSetting>> {
    let outcomes =
        tables::read_csv(&Path::new(env!("CARGO_MANIFEST_DIR")).join("results/comparison/outcomes.csv"))?;
    let [problem, optimizer, setting] = ["problem", "optimizer", "setting"].map(|name| outcomes.get(name));
    let (problem, optimizer, setting) = (&problem?.values, &optimizer?.values, &setting?.values);
    let found = |row| BestSetting {
        problem: problem.cell(row),
        optimizer: optimizer.cell(row),
        setting: setting.cell(row),
    };
    Ok((0..outcomes.rows()).map(found).collect())
}

fn benches(criterion: &mut Criterion) {
    let suite = if std::env::args().any(|argument| argument == "--test") {
        Suite::quick()
    } else {
        Suite::standard()
    };
    match best().and_then(|best| suite.replays(&best, &Settings::default())) {
        Ok(replays) => {
            iterations(criterion, &replays);
            times_to_target(criterion, &replays);
        }
        Err(error) => eprintln!("the optimizers of the comparison are left out: {error}"),
    }
}

criterion_group! {
    name = group;
    // There are some 450 benchmarks. Each takes ten samples in a quarter of a second, with fewer resamples
    // than the 100,000 that are Criterion's default.
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(250))
        .nresamples(5000)
        .without_plots();
    targets = benches
}
criterion_main!(group);
