//! The optimizers that take part, each as a program would call it: with its defaults.

use crate::error::Result;
use crate::minimize::{Minimum, minimize};
use crate::objective::AnyObjective;
use crate::optimizer::catalogue::{Catalogue, Entry, Needs};
use crate::problems::Problem;
use crate::stop::Stop;
use ndarray::Array1;

/// An optimizer of the catalogue, with SciPy's name for the same method.
pub(super) struct Contender {
    /// The name in the catalogue.
    pub name: &'static str,
    /// What the optimizer asks for.
    pub order: Order,
    /// SciPy's name for it, if SciPy has it.
    pub scipy: Option<&'static str>,
    entry: Entry,
}

/// The derivatives that an optimizer asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Gradients.
    First,
    /// Second derivatives, or residuals with their Jacobian.
    Second,
}

/// The optimizers with their names in SciPy. Update rules are left out: each would need a learning rate of
/// its own for every problem.
const NAMES: [(&str, Option<&str>); 10] = [
    ("bfgs", Some("BFGS")),
    ("lbfgs", Some("L-BFGS-B")),
    ("cholesky-bfgs", None),
    ("sr1", None),
    ("cg", None),
    ("newton-shifted", None),
    ("newton-cg", Some("Newton-CG")),
    ("trust-region", Some("trust-exact")),
    ("gauss-newton", None),
    ("levenberg-marquardt", None),
];

/// Returns all contenders, in the order of the tables.
///
/// # Errors
/// If one is not in the catalogue.
pub(super) fn contenders() -> Result<Vec<Contender>> {
    let catalogue = Catalogue::built_in();
    let contender = |(name, scipy)| {
        let entry = catalogue.get(name)?.clone();
        let order = if entry.needs() == Needs::ExactGradients { Order::First } else { Order::Second };
        Ok(Contender { name, order, scipy, entry })
    };
    NAMES.into_iter().map(contender).collect()
}

impl Contender {
    /// Minimizes `problem` from `x0`; `None` if it is not of a kind that the optimizer takes. Only the
    /// gradient stops a run, as on SciPy's side, and the limit of iterations is SciPy's too.
    ///
    /// # Errors
    /// If the optimizer refuses its defaults.
    pub fn run(&self, problem: &mut dyn Problem, x0: &Array1<f64>) -> Result<Option<Minimum>> {
        let objective = AnyObjective::new(problem);
        if !self.entry.needs().are_met_by(objective.capabilities()) {
            return Ok(None);
        }
        let optimizer = self.entry.configure().optimizer()?;
        minimize(objective, x0, optimizer, Stop::grad(1e-8).max_iter(100_000)).map(Some)
    }
}
