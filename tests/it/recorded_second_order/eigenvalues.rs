//! Eigenvalues at the end of a run.

use super::functions::difficult;
use super::paths::open;
use gradus::notebook::*;
use gradus::optimizer::second_order::{MOST_FOR_EIGENVALUES, smallest_eigenvalue, spectrum};

/// Eigenvalues are computed for few parameters only, and where the Hessian is finite.
#[test]
fn eigenvalues() {
    let mut out = open("eigenvalues");
    for dim in [1, 2, MOST_FOR_EIGENVALUES, MOST_FOR_EIGENVALUES + 1] {
        let mut f = problems::Quadratic::new(&vec![0.5; dim]);
        let x = Array1::zeros(dim);
        out.exact(format!("{dim}: whether"), smallest_eigenvalue(&mut f, &x).is_some());
        let rounding = spectrum(&mut f, &x).map_or(f64::NAN, |s| s.rounding);
        out.numbers(format!("{dim}: rounding"), &[rounding]);
        let run = minimize(problems::Quadratic::new(&vec![0.5; dim]), &x, NewtonCg::new(), Stop::grad(1.0))
            .unwrap();
        out.exact(format!("{dim}: by products"), run.smallest_eigenvalue.is_some());
    }
    for name in ["saddle", "beale", "wood", "rosenbrock", "six-hump-camel"] {
        let mut problem = problems::by_name(name).unwrap();
        let x = problem.facts().start;
        out.numbers(name, &[smallest_eigenvalue(&mut problem, &x).unwrap()]);
    }
    let mut nowhere = difficult().into_iter().find(|made| made.facts().name == "nowhere").unwrap();
    out.exact("not finite", format!("{:?}", smallest_eigenvalue(&mut nowhere, &array![1.0, 2.0])));
    out.finish();
}
