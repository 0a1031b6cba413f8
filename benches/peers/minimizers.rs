//! Whole minimizations beside those of argmin and basin: chained Rosenbrock from (−1.2, 1, −1.2, 1, …) to ‖∇f‖₂ ≤ 1e-8.
//!
//! All call the same function. Ours stops by the largest entry, so it is asked for 1e-8/√n, which is the stricter. argmin has
//! no call for value and gradient together; basin has, and gets it. Every run must converge, or the bench says so.

use argmin::core::Executor as ArgminExecutor;
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::{BFGS, LBFGS};
use criterion::{Criterion, criterion_group, criterion_main};
use gradus::prelude::*;
use std::convert::Infallible;
use std::hint::black_box;
use std::time::Duration;

/// More iterations than any of these runs takes.
const MOST: u64 = 200_000;

fn value_grad(x: &[f64], grad: &mut [f64]) -> f64 {
    grad.fill(0.0);
    let mut value = 0.0;
    for i in 1..x.len() {
        let (lag, rest) = (x[i] - x[i - 1] * x[i - 1], 1.0 - x[i - 1]);
        value += 100.0 * lag * lag + rest * rest;
        grad[i] += 200.0 * lag;
        grad[i - 1] -= 400.0 * lag * x[i - 1] + 2.0 * rest;
    }
    value
}

fn value(x: &[f64]) -> f64 {
    let term = |i: usize| {
        let (lag, rest) = (x[i] - x[i - 1] * x[i - 1], 1.0 - x[i - 1]);
        100.0 * lag * lag + rest * rest
    };
    (1..x.len()).map(term).sum()
}

fn start(n: usize) -> Vec<f64> {
    (0..n).map(|i| if i % 2 == 0 { -1.2 } else { 1.0 }).collect()
}

#[derive(Clone)]
struct Valley;

impl basin::CostFunction for Valley {
    type Param = Vec<f64>;
    type Output = f64;
    type Error = Infallible;

    fn cost(&self, x: &Vec<f64>) -> Result<f64, Infallible> {
        Ok(value(x))
    }
}

impl basin::Gradient for Valley {
    type Gradient = Vec<f64>;

    fn gradient(&self, x: &Vec<f64>) -> Result<Vec<f64>, Infallible> {
        let mut grad = vec![0.0; x.len()];
        value_grad(x, &mut grad);
        Ok(grad)
    }

    fn gradient_into(&self, x: &Vec<f64>, grad: &mut Vec<f64>) -> Result<(), Infallible> {
        grad.resize(x.len(), 0.0);
        value_grad(x, grad);
        Ok(())
    }

    fn cost_and_gradient(&self, x: &Vec<f64>) -> Result<(f64, Vec<f64>), Infallible> {
        let mut grad = vec![0.0; x.len()];
        Ok((value_grad(x, &mut grad), grad))
    }

    fn cost_and_gradient_into(&self, x: &Vec<f64>, grad: &mut Vec<f64>) -> Result<f64, Infallible> {
        grad.resize(x.len(), 0.0);
        Ok(value_grad(x, grad))
    }
}

impl argmin::core::CostFunction for Valley {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, x: &Vec<f64>) -> Result<f64, argmin::core::Error> {
        Ok(value(x))
    }
}

impl argmin::core::Gradient for Valley {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, x: &Vec<f64>) -> Result<Vec<f64>, argmin::core::Error> {
        let mut grad = vec![0.0; x.len()];
        value_grad(x, &mut grad);
        Ok(grad)
    }
}

fn ours<P>(n: usize, iterations: usize, optimizer: P) -> Minimum
where
    P: Optimizer<f64, Counted<FunctionWithGradient<f64, fn(&ArrayRef1<f64>, &mut ArrayRef1<f64>) -> f64>>>,
{
    fn call(x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        value_grad(x.as_slice().expect("without gaps"), grad.as_slice_mut().expect("without gaps"))
    }
    let f: fn(&ArrayRef1<f64>, &mut ArrayRef1<f64>) -> f64 = call;
    let stop = Stop::grad(1e-8 / (n as f64).sqrt()).max_iter(iterations);
    minimize(FunctionWithGradient::new(n, f), &Array1::from(start(n)), optimizer, stop)
}

/// A macro, since the solvers' types share no nameable bound.
macro_rules! basin_run {
    ($n:expr, $iterations:expr, $solver:expr) => {{
        let solver = $solver.with_absolute_gradient_tolerance(1e-8);
        let state = basin::FirstOrderState::new(start($n));
        let Ok(result) = basin::Executor::new(Valley, solver, state).max_iter($iterations).run();
        result
    }};
}

fn argmin_bfgs(n: usize) -> Vec<f64> {
    let identity: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect()).collect();
    let solver = BFGS::new(MoreThuenteLineSearch::new()).with_tolerance_grad(1e-8).expect("in range");
    let solver = solver.with_tolerance_cost(0.0).expect("in range");
    let run = ArgminExecutor::new(Valley, solver).configure(|s| s.param(start(n)).inv_hessian(identity).max_iters(MOST)).run();
    run.expect("it runs").state.take_best_param().expect("there is one")
}

fn argmin_lbfgs(n: usize, iterations: u64) -> Vec<f64> {
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), 10).with_tolerance_grad(1e-8).expect("in range");
    let solver = solver.with_tolerance_cost(0.0).expect("in range");
    let run = ArgminExecutor::new(Valley, solver).configure(|s| s.param(start(n)).max_iters(iterations)).run();
    run.expect("it runs").state.take_best_param().expect("there is one")
}

/// Before anything is timed: whether a run ends where it should.
fn check(name: &str, n: usize, x: &[f64], work: String) {
    let mut grad = vec![0.0; n];
    value_grad(x, &mut grad);
    let norm = grad.iter().map(|g| g * g).sum::<f64>().sqrt();
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
        check("gradus", n, found.x.as_slice().expect("without gaps"), of_ours(&found));
        let result = basin_run!(n, MOST, basin::Bfgs::new());
        check("basin", n, result.param(), format!("({} iterations, {} values)", result.iter(), result.cost_evals()));
        check("argmin", n, &argmin_bfgs(n), String::new());
        group.bench_function(format!("gradus/{n}"), |b| b.iter(|| black_box(ours(n, MOST as usize, Bfgs::new()))));
        group.bench_function(format!("gradus-cholesky/{n}"), |b| b.iter(|| black_box(ours(n, MOST as usize, CholeskyBfgs::new()))));
        group.bench_function(format!("basin/{n}"), |b| b.iter(|| black_box(basin_run!(n, MOST, basin::Bfgs::new()))));
        group.bench_function(format!("argmin/{n}"), |b| b.iter(|| black_box(argmin_bfgs(n))));
    }
    group.finish();
}

fn lbfgs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("lbfgs");
    for n in [2, 100] {
        let found = ours(n, MOST as usize, Lbfgs::new(10));
        check("gradus", n, found.x.as_slice().expect("without gaps"), of_ours(&found));
        let result = basin_run!(n, MOST, basin::Lbfgs::new().unbounded());
        check("basin", n, result.param(), format!("({} iterations, {} values)", result.iter(), result.cost_evals()));
        check("argmin", n, &argmin_lbfgs(n, MOST), String::new());
        group.bench_function(format!("gradus/{n}"), |b| b.iter(|| black_box(ours(n, MOST as usize, Lbfgs::new(10)))));
        group.bench_function(format!("basin/{n}"), |b| b.iter(|| black_box(basin_run!(n, MOST, basin::Lbfgs::new().unbounded()))));
        group.bench_function(format!("argmin/{n}"), |b| b.iter(|| black_box(argmin_lbfgs(n, MOST))));
    }
    // To converge takes 49,000 iterations, some seconds, of all three: the first two hundred tell as much.
    let (n, iterations) = (10_000, 200);
    group.sample_size(10);
    group.bench_function(format!("gradus/{n}"), |b| b.iter(|| black_box(ours(n, iterations, Lbfgs::new(10)))));
    group.bench_function(format!("basin/{n}"), |b| {
        b.iter(|| black_box(basin_run!(n, iterations as u64, basin::Lbfgs::new().unbounded())));
    });
    group.bench_function(format!("argmin/{n}"), |b| b.iter(|| black_box(argmin_lbfgs(n, iterations as u64))));
    group.finish();
}

/// One iteration at growing n, from which the slopes n² of BFGS and n of L-BFGS can be read: the function costs n.
fn growth(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("iteration");
    let stop = |iterations| Stop::iterations(iterations);
    let valley = |n: usize| problems::Rosenbrock::new(n);
    for n in [64, 128, 256, 512, 1024, 2048] {
        let x0 = Array1::from(start(n));
        group.bench_function(format!("bfgs/{n}"), |b| b.iter(|| black_box(minimize(valley(n), &x0, Bfgs::new(), stop(20)))));
    }
    for n in [1_000, 10_000, 100_000] {
        let x0 = Array1::from(start(n));
        group.bench_function(format!("lbfgs-10/{n}"), |b| b.iter(|| black_box(minimize(valley(n), &x0, Lbfgs::new(10), stop(40)))));
    }
    group.finish();
}

criterion_group! {
    name = group;
    config = Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2)).without_plots();
    targets = bfgs, lbfgs, growth
}
criterion_main!(group);
