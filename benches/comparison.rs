//! What a comparison cannot measure while it runs on all cores: an iteration of each optimizer, and the time
//! of each to the target of each problem, one at a time and on one thread.
//!
//! The settings are those that the comparison found the best, as `results/comparison/outcomes.csv` has them:
//! to tune again would take as long as the comparison. The run of a pair is that of the seed with the median
//! of evaluations; where no seed reaches the target, there is nothing to time. The throughput counts
//! iterations. With `--test` it is of the quick suite.

use criterion::{
    BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main,
};
use gradus::compare::suite::{BestSetting, Replay, Settings};
use gradus::prelude::*;
use gradus::report::tables;
use std::path::Path;
use std::time::Duration;

/// The problems on which an iteration is timed: a function, and a sum over data. Not every optimizer takes
/// both.
const ITERATED: [&str; 2] = ["quadratic:1000", "digits/softmax"];
/// So many iterations from the start, fewer where the optimizer has converged before: what comes later does
/// not differ, but near the minimum a line search has nothing left to find.
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

/// The best settings, as the study `comparison` found them.
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
        Err(error) => eprintln!("the comparison's optimizers are left out: {error}"),
    }
}

criterion_group! {
    name = group;
    // Some 450 of them: ten samples in a quarter of a second each, and fewer resamples than Criterion's
    // 100,000 of these ten.
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(250))
        .nresamples(5000)
        .without_plots();
    targets = benches
}
criterion_main!(group);
