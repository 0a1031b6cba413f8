//! Whole minimizations beside those of argmin and basin, of the function in `src/valley.rs`. Every run must
//! converge, or the bench says so.

use criterion::{Criterion, criterion_group, criterion_main};
use gradus::linalg::slice;
use gradus::notebook::*;
use gradus_peers::basin_run;
use gradus_peers::valley::{MOST, argmin_bfgs, argmin_lbfgs, gradient_norm, ours, start};
use std::hint::black_box;
use std::time::Duration;

/// Before anything is timed: whether a run ends where it should.
fn check(name: &str, n: usize, x: &[f64], work: String) {
    let norm = gradient_norm(x);
    let word = if norm <= 1e-8 { "" } else { ", NOT converged" };
    println!("{name}, n = {n}: ‖∇f‖₂ = {norm:.1e}{word} {work}");
}

fn of_ours(found: &Minimum) -> String {
    format!("({} iterations, {} gradients)", found.iterations, found.evaluations.grad)
}

fn bfgs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bfgs");
    for n in [2, 10, 100] {
        let found = ours(n, MOST as usize, Bfgs::new());
        check("gradus", n, slice(&found.x), of_ours(&found));
        let result = basin_run!(n, MOST, basin::Bfgs::new());
        check(
            "basin",
            n,
            result.param(),
            format!("({} iterations, {} values)", result.iter(), result.cost_evals()),
        );
        check("argmin", n, &argmin_bfgs(n), String::new());
        group.bench_function(format!("gradus/{n}"), |b| {
            b.iter(|| black_box(ours(n, MOST as usize, Bfgs::new())))
        });
        group.bench_function(format!("gradus-cholesky/{n}"), |b| {
            b.iter(|| black_box(ours(n, MOST as usize, CholeskyBfgs::new())))
        });
        group.bench_function(format!("basin/{n}"), |b| {
            b.iter(|| black_box(basin_run!(n, MOST, basin::Bfgs::new())))
        });
        group.bench_function(format!("argmin/{n}"), |b| b.iter(|| black_box(argmin_bfgs(n))));
    }
    group.finish();
}

fn lbfgs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("lbfgs");
    for n in [2, 100] {
        let found = ours(n, MOST as usize, Lbfgs::new(10));
        check("gradus", n, slice(&found.x), of_ours(&found));
        let result = basin_run!(n, MOST, basin::Lbfgs::new().unbounded());
        check(
            "basin",
            n,
            result.param(),
            format!("({} iterations, {} values)", result.iter(), result.cost_evals()),
        );
        check("argmin", n, &argmin_lbfgs(n, MOST), String::new());
        group.bench_function(format!("gradus/{n}"), |b| {
            b.iter(|| black_box(ours(n, MOST as usize, Lbfgs::new(10))))
        });
        group.bench_function(format!("basin/{n}"), |b| {
            b.iter(|| black_box(basin_run!(n, MOST, basin::Lbfgs::new().unbounded())))
        });
        group.bench_function(format!("argmin/{n}"), |b| b.iter(|| black_box(argmin_lbfgs(n, MOST))));
    }
    // To converge takes 49,000 iterations, some seconds, of all three: the first two hundred tell as much.
    let (n, iterations) = (10_000, 200);
    group.sample_size(10);
    group
        .bench_function(format!("gradus/{n}"), |b| b.iter(|| black_box(ours(n, iterations, Lbfgs::new(10)))));
    group.bench_function(format!("basin/{n}"), |b| {
        b.iter(|| black_box(basin_run!(n, iterations as u64, basin::Lbfgs::new().unbounded())));
    });
    group.bench_function(format!("argmin/{n}"), |b| b.iter(|| black_box(argmin_lbfgs(n, iterations as u64))));
    group.finish();
}

/// One iteration at growing n, from which the slopes n² of BFGS and n of L-BFGS can be read: the function
/// costs n.
fn growth(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("iteration");
    let stop = |iterations| Stop::iterations(iterations);
    let valley = |n: usize| problems::Rosenbrock::new(n);
    for n in [64, 128, 256, 512, 1024, 2048] {
        let x0 = Array1::from(start(n));
        group.bench_function(format!("bfgs/{n}"), |b| {
            b.iter(|| black_box(minimize(valley(n), &x0, Bfgs::new(), stop(20)).expect("the start fits")))
        });
    }
    for n in [1_000, 10_000, 100_000] {
        let x0 = Array1::from(start(n));
        group.bench_function(format!("lbfgs-10/{n}"), |b| {
            b.iter(|| black_box(minimize(valley(n), &x0, Lbfgs::new(10), stop(40)).expect("the start fits")))
        });
    }
    group.finish();
}

criterion_group! {
    name = group;
    config = Criterion::default()
            .warm_up_time(Duration::from_millis(500))
            .measurement_time(Duration::from_secs(2))
            .without_plots();
    targets = bfgs, lbfgs, growth
}
criterion_main!(group);
