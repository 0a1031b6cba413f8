//! Paths of optimizers: some of their points, how they end, and what is saved of them.

use super::functions::{Scaled, difficult, scaled};
use crate::recorded::Record;
use gradus::notebook::*;

/// The iterations after which a path is recorded.
const SEEN: [usize; 5] = [1, 2, 3, 5, 12];

pub type Any = AnyObjective<Box<dyn Problem>>;

/// The start of the problem, or a point in the opposite direction.
fn start_of(problem: &dyn Problem, other: bool) -> Array1<f64> {
    let start = problem.facts().start;
    if other {
        start.iter().enumerate().map(|(i, x)| -0.6 * x + 0.3 + 0.1 * i as f64).collect()
    } else {
        start
    }
}

/// Records the path of an optimizer on a problem, how it ends, and what `look` sees then.
fn path<P: Optimizer<f64, Counted<Any>>>(
    out: &mut Record,
    key: &str,
    mut optimizer: P,
    (problem, x0, stop): (Box<dyn Problem>, Array1<f64>, Stop),
    look: impl Fn(&P) -> Vec<(&'static str, Vec<f64>)>,
) {
    let (mut floor, mut lengths) = (0.0, Vec::new());
    let found = minimize_observed(Any::new(problem), &x0, &mut optimizer, stop, |moment| {
        let Iterate { k, x, value, alpha, grad, .. } = moment.iterate;
        if *k == 0 {
            floor = 1e-5 * value.abs();
        }
        lengths.extend((*k > 0).then_some(*alpha));
        if SEEN.contains(k) {
            numbers(out, format!("{key}: x after {k}"), x.as_slice().unwrap());
        }
        if [1, 12].contains(k) {
            let largest = grad.iter().fold(0.0f64, |most, g| most.max(g.abs()));
            numbers(out, format!("{key}: f after {k}"), &[*value, floor]);
            numbers(out, format!("{key}: gradient after {k}"), &[largest, 1e-3 * floor + 1e-300]);
        }
    });
    let found = found.unwrap();
    let Evaluations { value, grad, hess } = found.evaluations;
    let ends = (found.iterations, value, grad, hess, found.termination.word());
    out.exact(format!("{key}: end"), format!("{ends:?}"));
    // The norm of a gradient that has converged is rounding.
    if !found.termination.converged() {
        let (measured, bound) = found.termination.evidence();
        out.numbers(format!("{key}: evidence"), &[measured]);
        out.numbers(format!("{key}: bound"), &[bound]);
    }
    numbers(out, format!("{key}: lengths"), &lengths);
    numbers(out, format!("{key}: x"), found.x.as_slice().unwrap());
    if let Some(verdict) = found.verdict() {
        out.exact(format!("{key}: verdict"), verdict.word());
        out.numbers(format!("{key}: smallest eigenvalue"), &[found.smallest_eigenvalue.unwrap(), 1e-3]);
    }
    if let Some(shift) = found.shift {
        out.number(format!("{key}: shift"), shift);
    }
    let mut saved = Saved::default();
    optimizer.save(&mut saved);
    for (name, column) in saved.columns() {
        numbers(out, format!("{key}: saved {name}"), column);
    }
    for (name, seen) in look(&optimizer) {
        numbers(out, format!("{key}: {name}"), &seen);
    }
}

/// Records numbers with ten digits, more than the tolerance.
pub fn numbers(out: &mut Record, key: String, numbers: &[f64]) {
    let few = |number: &f64| format!("{number:.9e}").parse().unwrap();
    out.numbers(key, &numbers.iter().map(few).collect::<Vec<f64>>());
}

/// Where a run ends: before its numbers are rounding.
fn soon() -> Stop {
    Stop::relative_grad(1e-4).max_iter(12)
}

pub fn open(name: &str) -> Record {
    let mut out = Record::open(name);
    out.within(1e-6);
    out
}

/// Records the paths on problems of these names, from two starts.
pub fn paths<P: Optimizer<f64, Counted<Any>>>(
    out: &mut Record,
    settings: &str,
    names: &[&str],
    make: impl Fn() -> P,
    look: impl Fn(&P) -> Vec<(&'static str, Vec<f64>)>,
) {
    for name in names {
        for other in [false, true] {
            let problem = problems::by_name(name).unwrap();
            let x0 = start_of(&*problem, other);
            let key = format!("{settings}, {name}{}", if other { " from elsewhere" } else { "" });
            path(out, &key, make(), (problem, x0, soon()), &look);
        }
    }
}

/// Records the paths on problems in extreme units, where they are compared after few iterations.
pub fn in_units<P: Optimizer<f64, Counted<Any>>>(
    out: &mut Record,
    settings: &str,
    names: &[&str],
    make: impl Fn() -> P,
    look: impl Fn(&P) -> Vec<(&'static str, Vec<f64>)>,
) {
    for (value, length) in [
        (1e-14, 1.0),
        (1e-200, 1.0),
        (1e30, 1.0),
        (1e150, 1.0),
        (1.0, 1e12),
        (1e-3, 1e4),
        (1e40, 1e15),
        (1e-30, 1e-12),
        (1e-10, 1e11),
    ] {
        for name in names {
            let problem = scaled(name, value, length);
            let (x0, stop) = (problem.facts().start, soon().max_iter(4));
            path(out, &format!("{settings}, {}", problem.facts().name), make(), (problem, x0, stop), &look);
        }
    }
}

/// Records how runs on difficult functions end.
pub fn on_difficult<P: Optimizer<f64, Counted<Any>>>(out: &mut Record, settings: &str, make: impl Fn() -> P) {
    for problem in difficult() {
        let (x0, stop) = (problem.facts().start, soon().max_iter(40));
        path(out, &format!("{settings}, {}", problem.facts().name), make(), (problem, x0, stop), |_| vec![]);
    }
    // In other units, which are powers of 2 so that no number is rounded.
    for (value, length) in [(2f64.powi(-100), 1.0), (2f64.powi(90), 2f64.powi(40))] {
        for inner in difficult() {
            let problem: Box<dyn Problem> = Box::new(Scaled { inner, value, length });
            let (x0, stop) = (problem.facts().start, soon().max_iter(12));
            path(
                out,
                &format!("{settings}, {}", problem.facts().name),
                make(),
                (problem, x0, stop),
                |_| vec![],
            );
        }
    }
}

pub fn nothing<P>(_: &P) -> Vec<(&'static str, Vec<f64>)> {
    vec![]
}

pub fn flat(matrix: Array2<f64>) -> Vec<f64> {
    matrix.into_iter().collect()
}
