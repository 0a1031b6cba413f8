//! Chained Rosenbrock from (−1.2, 1, −1.2, 1, …) to ‖∇f‖₂ ≤ 1e-8, by each minimizer: all call the same
//! function.
//!
//! Ours stops by the largest entry, so it is asked for 1e-8/√n, which is the stricter. argmin has no call for
//! value and gradient together; basin has, and gets it.

use argmin::core::Executor as ArgminExecutor;
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::{BFGS, LBFGS};
use gradus::linalg::{slice, slice_mut};
use gradus::notebook::*;
use std::convert::Infallible;

/// More iterations than any of these runs takes.
pub const MOST: u64 = 200_000;

pub fn value_grad(x: &[f64], grad: &mut [f64]) -> f64 {
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

pub fn start(n: usize) -> Vec<f64> {
    (0..n).map(|i| if i % 2 == 0 { -1.2 } else { 1.0 }).collect()
}

/// ‖∇f‖₂ at a point.
pub fn gradient_norm(x: &[f64]) -> f64 {
    let mut grad = vec![0.0; x.len()];
    value_grad(x, &mut grad);
    grad.iter().map(|g| g * g).sum::<f64>().sqrt()
}

/// The function as argmin and basin want it.
#[derive(Clone)]
pub struct Valley;

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

/// A minimization by ours.
pub fn ours<P: Optimizer<f64, Counted<FunctionWithGradient<'static>>>>(
    n: usize,
    iterations: usize,
    optimizer: P,
) -> Minimum {
    let f = |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| value_grad(slice(x), slice_mut(grad));
    let stop = Stop::grad(1e-8 / (n as f64).sqrt()).max_iter(iterations);
    minimize(FunctionWithGradient::new(n, f), &Array1::from(start(n)), optimizer, stop)
        .expect("the start fits")
}

/// A minimization by basin: a macro, since the solvers' types share no nameable bound.
#[macro_export]
macro_rules! basin_run {
    ($n:expr, $iterations:expr, $solver:expr) => {{
        let solver = $solver.with_absolute_gradient_tolerance(1e-8);
        let state = basin::FirstOrderState::new($crate::valley::start($n));
        let Ok(result) =
            basin::Executor::new($crate::valley::Valley, solver, state).max_iter($iterations).run();
        result
    }};
}

/// A minimization by argmin's BFGS.
pub fn argmin_bfgs(n: usize) -> Vec<f64> {
    let identity: Vec<Vec<f64>> =
        (0..n).map(|i| (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect()).collect();
    let solver = BFGS::new(MoreThuenteLineSearch::new()).with_tolerance_grad(1e-8).expect("in range");
    let solver = solver.with_tolerance_cost(0.0).expect("in range");
    let run = ArgminExecutor::new(Valley, solver)
        .configure(|s| s.param(start(n)).inv_hessian(identity).max_iters(MOST))
        .run();
    run.expect("it runs").state.take_best_param().expect("there is one")
}

/// A minimization by argmin's L-BFGS with ten pairs.
pub fn argmin_lbfgs(n: usize, iterations: u64) -> Vec<f64> {
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), 10).with_tolerance_grad(1e-8).expect("in range");
    let solver = solver.with_tolerance_cost(0.0).expect("in range");
    let run =
        ArgminExecutor::new(Valley, solver).configure(|s| s.param(start(n)).max_iters(iterations)).run();
    run.expect("it runs").state.take_best_param().expect("there is one")
}
