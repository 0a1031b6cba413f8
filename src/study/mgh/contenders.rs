//! The optimizers that take part, each as a program would call it: with its defaults.

use crate::minimize::{Minimum, minimize};
use crate::optimizer::second_order::{
    Bfgs, CholeskyBfgs, ConjugateGradient, GaussNewton, Lbfgs, LevenbergMarquardt, Newton, NewtonCg, Sr1,
    TrustRegion,
};
use crate::problems::Problem;
use crate::stop::Stop;
use ndarray::Array1;

/// An optimizer under its name.
pub(super) struct Contender {
    pub name: &'static str,
    pub order: Order,
    /// SciPy's name of the same, if it has it.
    pub scipy: Option<&'static str>,
    /// Minimizes from the start; `None` where the problem is not of a kind that it takes.
    pub run: fn(&mut dyn Problem, &Array1<f64>) -> Option<Minimum>,
}

/// What an optimizer asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Gradients.
    First,
    /// Second derivatives, or residuals with their Jacobian.
    Second,
}

/// Only the gradient stops a run, as on SciPy's side; the limit of iterations is SciPy's too.
fn stop() -> Stop {
    Stop::grad(1e-8).max_iter(100_000)
}

macro_rules! contender {
    ($name:literal, $order:ident, $scipy:expr, $optimizer:expr) => {
        Contender {
            name: $name,
            order: Order::$order,
            scipy: $scipy,
            run: |problem, x0| minimize(problem, x0, $optimizer, stop()).ok(),
        }
    };
}

macro_rules! least_squares {
    ($name:literal, $optimizer:expr) => {
        Contender {
            name: $name,
            order: Order::Second,
            scipy: None,
            run: |problem, x0| minimize(problem.as_residuals()?, x0, $optimizer, stop()).ok(),
        }
    };
}

/// First-order rules are left out: each would need a learning rate of its own for every problem.
pub(super) const CONTENDERS: &[Contender] = &[
    contender!("bfgs", First, Some("BFGS"), Bfgs::new()),
    contender!("lbfgs", First, Some("L-BFGS-B"), Lbfgs::new(10)),
    contender!("cholesky-bfgs", First, None, CholeskyBfgs::new()),
    contender!("sr1", First, None, Sr1::new()),
    contender!("cg", First, None, ConjugateGradient::default()),
    contender!("newton", Second, None, Newton::new()),
    contender!("newton-cg", Second, Some("Newton-CG"), NewtonCg::new()),
    contender!("trust-region", Second, Some("trust-exact"), TrustRegion::new()),
    least_squares!("gauss-newton", GaussNewton::new()),
    least_squares!("levenberg-marquardt", LevenbergMarquardt::new()),
];
