//! Newton without a Hessian: a small number of products with the Hessian is enough.

use super::sources::NOCEDAL;
use crate::claim::{Bound, Claim};
use crate::compare::ModelKind;
use crate::data::{self, Preprocessing};
use crate::error::Result;
use crate::findings::Findings;
use crate::loss::Logistic;
use crate::minimize::{Minimum, minimize};
use crate::objective::{Objective, ThroughHessian};
use crate::optimizer::second_order::{Newton, NewtonCg};
use crate::problems;
use crate::risk::Regularizer;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::{Rule, Table, Values};
use crate::train::Classifier;
use ndarray::Array1;

/// A function, minimized by both methods.
struct NewtonAndNewtonCg {
    function: &'static str,
    dim: usize,
    newton: Minimum,
    newton_cg: Minimum,
}

impl NewtonAndNewtonCg {
    /// Returns the number of products as a share of those that Newton's Hessians are worth, where a Hessian
    /// counts as n products.
    fn share(&self) -> f64 {
        self.newton_cg.evaluations.hess as f64 / (self.newton.evaluations.hess * self.dim) as f64
    }
}

fn pairs(context: &Context) -> Result<Vec<NewtonAndNewtonCg>> {
    let stop = || Stop::grad(1e-8).max_iter(5_000);
    let data = Preprocessing::default().prepare::<f64>(&data::digits());
    let classifier = Classifier::new(data, ModelKind::Linear, Regularizer::l2(1e-3));
    let start = Array1::zeros(classifier.risk(Logistic)?.dim());
    let logistic = NewtonAndNewtonCg {
        function: "logistic, digits",
        dim: start.len(),
        newton: minimize(classifier.risk(Logistic)?, &start, Newton::new(), stop())?,
        newton_cg: minimize(classifier.risk(Logistic)?, &start, NewtonCg::new(), stop())?,
    };
    let dim = context.choose(200, 50);
    let pair = |function: &'static str| -> Result<NewtonAndNewtonCg> {
        let build = || problems::by_name(&format!("{function}:{dim}"));
        let start = build()?.facts().start;
        let newton = minimize(build()?, &start, Newton::new(), stop())?;
        let newton_cg = minimize(ThroughHessian::new(build()?), &start, NewtonCg::new(), stop())?;
        Ok(NewtonAndNewtonCg { function, dim, newton, newton_cg })
    };
    Ok(vec![logistic, pair("rosenbrock")?, pair("chained-wood")?])
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let pairs = pairs(context)?;
    let integers =
        |of: fn(&NewtonAndNewtonCg) -> usize| Values::Integer(pairs.iter().map(|p| of(p) as i64).collect());
    let about = |atol| Rule::Within { rtol: 0.1, atol };
    findings.tables.push(
        Table::new(
            "products",
            "Newton with Hessians and Newton-CG with products, both to the same small gradient: Hessians, \
             gradients and products, the numbers that each method stores, and the products as a share of n \
             times Newton's Hessians",
        )
        .text("function", pairs.iter().map(|p| p.function))
        .column("n", integers(|p| p.dim), Rule::Exact)
        .column("newton_hessians", integers(|p| p.newton.evaluations.hess), about(2.0))
        .column("newton_keeps", integers(|p| p.dim * p.dim), Rule::Exact)
        .column("cg_grads", integers(|p| p.newton_cg.evaluations.grad), about(2.0))
        .column("cg_products", integers(|p| p.newton_cg.evaluations.hess), about(5.0))
        .column("cg_keeps", integers(|p| 6 * p.dim), Rule::Exact)
        .float_within(
            "share",
            pairs.iter().map(NewtonAndNewtonCg::share).collect::<Vec<_>>(),
            0.2,
            0.0,
        ),
    );
    let converged =
        pairs.iter().all(|p| p.newton.termination.converged() && p.newton_cg.termination.converged());
    let largest =
        if converged { pairs.iter().map(NewtonAndNewtonCg::share).fold(0.0, f64::max) } else { f64::NAN };
    let sentence = "Newton-CG needs only products with the Hessian, and at most a fifth of those that \
                    Newton's Hessians are worth (n each; largest share)";
    findings.claims.push(
        Claim::exact("newton-cg-products", "12", sentence, NOCEDAL)
            .reading(
                "the book says that products with the Hessian are enough; we ask for a \
                 fifth of those of a full Hessian",
            )
            .measured(largest, Bound::AtMost(0.2))
            .note(
                "The share falls as n grows. For few unknowns, such as the 50 of a quick run, conjugate \
                 gradients need a larger part of all directions.",
            ),
    );
    Ok(())
}
