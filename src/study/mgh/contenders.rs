//! The optimizers that take part, each as a program would call it: with its defaults.

use crate::minimize::{Minimum, minimize};
use crate::optimizer::second_order::{Bfgs, CholeskyBfgs, ConjugateGradient, Lbfgs, Newton, Sr1};
use crate::problems::Problem;
use crate::stop::Stop;
use ndarray::Array1;

/// An optimizer under its name.
pub(super) struct Contender {
    pub name: &'static str,
    /// SciPy's name of the same, if it has it.
    pub scipy: Option<&'static str>,
    /// Minimizes from the start; `None` where the problem is not of a kind that it takes.
    pub run: fn(&mut dyn Problem, &Array1<f64>) -> Option<Minimum>,
}

/// Only the gradient stops a run, as on SciPy's side; the limit of iterations is SciPy's too.
fn stop() -> Stop {
    Stop::grad(1e-8).max_iter(100_000)
}

macro_rules! contender {
    ($name:literal, $scipy:expr, $optimizer:expr) => {
        Contender { name: $name, scipy: $scipy, run: |problem, x0| Some(minimize(problem, x0, $optimizer, stop())) }
    };
}

/// First-order rules are left out: each would need a learning rate of its own for every problem.
pub(super) const CONTENDERS: &[Contender] = &[
    contender!("bfgs", Some("BFGS"), Bfgs::new()),
    contender!("lbfgs", Some("L-BFGS-B"), Lbfgs::new(10)),
    contender!("cholesky-bfgs", None, CholeskyBfgs::new()),
    contender!("sr1", None, Sr1::new()),
    contender!("cg", None, ConjugateGradient::default()),
    contender!("newton", None, Newton::new()),
];
