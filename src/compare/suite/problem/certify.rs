//! The lowest value of a problem, and how it is known. For smooth problems, Newton-CG runs until rounding
//! stops it. For a hinge, which has no curvature, the dual gives a lower bound.

use super::built_problem::Build;
use super::data::Material;
use crate::compare::suite::interruption::go_on;
use crate::error::Result;
use crate::minimize::{Minimum, minimize};
use crate::objective::HessVec;
use crate::optimizer::second_order::{Lbfgs, NewtonCg};
use crate::stop::Stop;
use ndarray::Array1;

/// A lowest value, and a sentence that says how it is known.
pub(super) struct Certificate {
    pub f_star: f64,
    pub sentence: String,
}

/// The gradient norm at which Newton's method stops.
const STATIONARY: f64 = 1e-10;

fn newton<O: HessVec>(objective: O, start: &Array1<f64>) -> Result<Minimum> {
    let found = minimize(objective, start, NewtonCg::new(), Stop::grad(STATIONARY).max_iter(500))?;
    go_on().map(|()| found)
}

/// Returns the lowest known minimum of a function, refined by Newton's method from the published minimizer.
pub(super) fn of_function(build: &Build) -> Result<Certificate> {
    let mut function = build();
    let Some((published, value)) = function.facts().minima.first().cloned() else {
        return Ok(Certificate { f_star: f64::NAN, sentence: "no minimum is known".into() });
    };
    if value == 0.0 && function.value(&published) == 0.0 {
        return Ok(Certificate { f_star: 0.0, sentence: "exact: f = 0 at the minimizer".into() });
    }
    let found = newton(function, &published)?;
    let f_star = found.value.min(value);
    let sentence = format!(
        "Newton from the published minimizer ({value:e}): f = {:.15e}, ‖∇f‖∞ = {:.1e}",
        found.value, found.grad_norm
    );
    Ok(Certificate { f_star, sentence })
}

/// Returns the lowest risk of a linear model. The risk is convex, so a stationary point is its minimum.
pub(super) fn of_linear(material: &Material) -> Result<Certificate> {
    let zero = Array1::zeros(material.dim());
    if material.smooth() {
        let found = newton(material.risk_on_all_threads()?, &zero)?;
        let sentence = format!("convex; Newton: f = {:.15e}, ‖∇f‖∞ = {:.1e}", found.value, found.grad_norm);
        return Ok(Certificate { f_star: found.value, sentence });
    }
    of_svm(material)
}

/// Returns what is known of the lowest risk of a net: nothing.
pub(super) fn of_net() -> Certificate {
    Certificate {
        f_star: f64::NAN,
        sentence: "unknown: not convex; gaps are measured from 0, below which no loss falls".into(),
    }
}

/// Returns a lower bound of the cross-entropy of an autoencoder: the entropy of the pixels.
pub(super) fn of_autoencoder(entropy: f64) -> Certificate {
    let sentence = format!(
        "a lower bound: {entropy:.15e}, the mean entropy of the pixels, below which no cross-entropy falls"
    );
    Certificate { f_star: entropy, sentence }
}

/// The widths over which the hinge is smoothed, and the largest number of rounds of [`ROUND`] iterations at
/// each.
const WIDTHS: [(f64, usize); 7] =
    [(1.0, 1), (0.3, 1), (0.1, 1), (0.03, 2), (5e-3, 10), (1e-3, 10), (2e-4, 10)];
const ROUND: usize = 200;
/// The relative gap between both bounds at which the lowest risk is known well enough.
const NARROW: f64 = 1e-3;

/// Returns the lowest risk of a linear SVM, enclosed from both sides: the risk at the minimum of the smoothed
/// hinge is an upper bound, the value of the dual a lower bound.
fn of_svm(material: &Material) -> Result<Certificate> {
    let (mut x, mut lower, mut upper) = (Array1::zeros(material.dim()), 0.0f64, f64::INFINITY);
    let mut risk = material.risk_on_all_threads()?;
    for mu in WIDTHS.iter().flat_map(|&(mu, rounds)| std::iter::repeat_n(mu, rounds)) {
        x = minimize(material.smoothed(mu)?, &x, Lbfgs::new(20), Stop::grad(1e-8).max_iter(ROUND))?.x;
        go_on()?;
        upper = upper.min(risk.value(&x));
        lower = lower.max(material.svm_bound(&x, mu));
        if upper - lower <= NARROW * upper {
            let sentence = format!(
                "convex; between the dual and the risk: {lower:.6e} ≤ f* ≤ {upper:.6e}, the lower end is \
                 taken"
            );
            return Ok(Certificate { f_star: lower, sentence });
        }
    }
    let sentence =
        format!("convex, but the dual leaves a gap: {lower:.6e} ≤ f* ≤ {upper:.6e}, the upper end is taken");
    Ok(Certificate { f_star: upper, sentence })
}
