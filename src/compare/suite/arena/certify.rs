//! The lowest value of a problem, and how it is known: by Newton's method with products, down to where rounding ends it.

use super::{Build, Material};
use crate::error::Result;
use crate::minimize::{Minimum, minimize};
use crate::objective::HessVec;
use crate::optimizer::second_order::NewtonCg;
use crate::stop::Stop;
use ndarray::Array1;

/// A lowest value, and the sentence that says how it is known.
pub(super) struct Certificate {
    pub f_star: f64,
    pub sentence: String,
}

/// The gradient below which a minimum counts as found.
const STATIONARY: f64 = 1e-10;

fn newton<O: HessVec>(objective: O, start: &Array1<f64>) -> Minimum {
    minimize(objective, start, NewtonCg::new(), Stop::grad(STATIONARY).max_iter(500))
}

/// The lowest known minimum of a function, polished by Newton from the minimizer that its authors published.
pub(super) fn of_function(build: &Build) -> Certificate {
    let mut function = build();
    let Some((published, value)) = function.facts().minima.first().cloned() else {
        return Certificate { f_star: f64::NAN, sentence: "no minimum is known".into() };
    };
    if value == 0.0 && function.value(&published) == 0.0 {
        return Certificate { f_star: 0.0, sentence: "exact: f = 0 at the minimizer".into() };
    }
    let found = newton(function, &published);
    let f_star = found.value.min(value);
    let sentence = format!("Newton from the published minimizer ({value:e}): f = {:.15e}, ‖∇f‖∞ = {:.1e}", found.value, found.grad_norm);
    Certificate { f_star, sentence }
}

/// The lowest risk of a linear model: convex, so that Newton's stationary point is the minimum.
pub(super) fn of_linear(material: &Material) -> Result<Certificate> {
    let zero = Array1::zeros(material.dim());
    if material.smooth() {
        let found = newton(material.risk()?, &zero);
        let sentence = format!("convex; Newton: f = {:.15e}, ‖∇f‖∞ = {:.1e}", found.value, found.grad_norm);
        return Ok(Certificate { f_star: found.value, sentence });
    }
    // The hinge has no curvature: Newton on hinges whose kinks are rounded off less and less. Each minimum is a lower bound of the
    // SVM's, and the SVM's own value there an upper one.
    let (mut x, mut lower, mut upper) = (zero, f64::NEG_INFINITY, f64::INFINITY);
    let mut risk = material.risk()?;
    for mu in [1.0, 0.3, 0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4] {
        let found = newton(material.smoothed(mu)?, &x);
        x = found.x;
        upper = upper.min(risk.value(&x));
        if found.grad_norm <= 1e-7 {
            lower = lower.max(found.value);
        }
    }
    let sentence = format!("convex; Newton on smoothed hinges brackets it: {lower:.9e} ≤ f* ≤ {upper:.9e}, the upper end is taken");
    Ok(Certificate { f_star: upper, sentence })
}
