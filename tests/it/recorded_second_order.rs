//! The paths of every optimizer that uses curvature, for many settings, problems and starts.
#![cfg(feature = "lapack")]

use crate::recorded::Record;
use gradus::line_search::LineSearch;
use gradus::notebook::*;
use gradus::optimizer::second_order::{
    KfacStep, Labels, MOST_FOR_EIGENVALUES, smallest_eigenvalue, spectrum,
};
use gradus::problems::Facts;
use std::ops::ControlFlow;

/// The iterations after which a path is recorded.
const SEEN: [usize; 5] = [1, 2, 3, 5, 12];

/// A function by its name, its value with gradient, and its start. Its second derivatives are differences.
#[derive(Clone, Copy)]
struct Made(&'static str, fn(&[f64], &mut [f64]) -> f64, &'static [f64]);

impl Objective for Made {
    fn dim(&self) -> usize {
        self.2.len()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        (self.1)(x.as_slice().unwrap(), &mut vec![0.0; x.len()])
    }
}

impl Differentiable for Made {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        (self.1)(x.as_slice().unwrap(), grad.as_slice_mut().unwrap())
    }
}

impl TwiceDifferentiable for Made {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        GradientDifference::new(*self).hessian(x, hessian);
    }
}

impl HessVec for Made {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        GradientDifference::new(*self).hess_vec(x, v, product);
    }
}

impl Problem for Made {
    fn facts(&self) -> Facts {
        Facts { name: self.0.into(), formula: "", source: "", start: self.2.to_vec().into(), minima: vec![] }
    }
}

/// c·f(x/t) for a problem f, to have gradients and points of any size.
struct Scaled {
    inner: Box<dyn Problem>,
    value: f64,
    length: f64,
}

impl Scaled {
    fn point(&self, x: &ArrayRef1<f64>) -> Array1<f64> {
        x / self.length
    }
}

impl Objective for Scaled {
    fn dim(&self) -> usize {
        self.inner.dim()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        let z = self.point(x);
        self.value * self.inner.value(&z)
    }
}

impl Differentiable for Scaled {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let z = self.point(x);
        let value = self.value * self.inner.value_grad(&z, grad);
        *grad *= self.value / self.length;
        value
    }
}

impl TwiceDifferentiable for Scaled {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        let z = self.point(x);
        self.inner.hessian(&z, hessian);
        *hessian *= self.value / self.length / self.length;
    }
}

impl HessVec for Scaled {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        let z = self.point(x);
        self.inner.hess_vec(&z, v, product);
        *product *= self.value / self.length / self.length;
    }
}

impl Problem for Scaled {
    fn facts(&self) -> Facts {
        let facts = self.inner.facts();
        let start = &facts.start * self.length;
        let name = format!("{} in units {:e} and {:e}", facts.name, self.value, self.length);
        Facts { name, start, ..facts }
    }
}

fn scaled(name: &str, value: f64, length: f64) -> Box<dyn Problem> {
    Box::new(Scaled { inner: problems::by_name(name).unwrap(), value, length })
}

/// Functions on which an optimizer must give up, or nearly.
fn difficult() -> Vec<Box<dyn Problem>> {
    let all = [
        Made(
            "kink",
            |x, g| {
                (g[0], g[1]) = (if x[0] < 0.3 { -1.0 } else { 1.0 }, 0.2 * x[1]);
                (x[0] - 0.3).abs() + 0.1 * x[1] * x[1]
            },
            &[2.0, 1.0],
        ),
        Made(
            "wrong gradient",
            |x, g| {
                (g[0], g[1]) = (-2.0 * x[0], -2.0 * x[1] + 0.5);
                x[0] * x[0] + x[1] * x[1]
            },
            &[1.0, 2.0],
        ),
        Made(
            "gradient of half the size",
            |x, g| {
                (g[0], g[1]) = (x[0] + 0.1, 4.0 * x[1]);
                x[0] * x[0] + 2.0 * x[1] * x[1]
            },
            &[1.0, 2.0],
        ),
        Made(
            "line",
            |x, g| {
                (g[0], g[1]) = (-1.0, 0.25);
                -x[0] + 0.25 * x[1]
            },
            &[1.0, 2.0],
        ),
        Made(
            "steepening",
            |x, g| {
                (g[0], g[1]) = (-4.0 * x[0].powi(3), 2.0 * x[1]);
                -x[0].powi(4) + x[1] * x[1]
            },
            &[1.0, 2.0],
        ),
        Made(
            "wall",
            |x, g| {
                (g[0], g[1]) = (-1.0, x[1]);
                if x[0] < 4.0 { -x[0] + 0.5 * x[1] * x[1] } else { f64::INFINITY }
            },
            &[1.0, 2.0],
        ),
        Made(
            "logarithm",
            |x, g| {
                (g[0], g[1]) = (1.0 - 1.0 / x[0], 2.0 * x[1]);
                x[0] - x[0].ln() + x[1] * x[1]
            },
            &[0.1, 1.0],
        ),
        Made(
            "on a high plain",
            |x, g| {
                (g[0], g[1]) = (2.0 * (x[0] - 0.5), 8.0 * (x[1] + 0.25));
                1e14 + (x[0] - 0.5).powi(2) + 4.0 * (x[1] + 0.25).powi(2)
            },
            &[2.0, 1.0],
        ),
        Made(
            "level",
            |_, g| {
                g.fill(0.0);
                3.0
            },
            &[1.0, 2.0],
        ),
        Made(
            "level with a slope",
            |_, g| {
                g.copy_from_slice(&[1e-3, 2e-3]);
                3.0
            },
            &[1.0, 2.0],
        ),
        Made(
            "nowhere",
            |_, g| {
                g.fill(f64::NAN);
                f64::NAN
            },
            &[1.0, 2.0],
        ),
        Made(
            "hilltop",
            |x, g| {
                (g[0], g[1]) = (-x[0].sin(), -2.0 * x[1] * (-x[1] * x[1]).exp());
                x[0].cos() + (-x[1] * x[1]).exp()
            },
            &[0.1, 0.2],
        ),
        Made(
            "cliff",
            |x, g| {
                let steep = x[0] > 1.5;
                (g[0], g[1]) = (if steep { 1e12 } else { x[0] - 1.0 }, x[1]);
                0.5 * (x[0] - 1.0).powi(2) + 0.5 * x[1] * x[1] + if steep { 1e12 * (x[0] - 1.5) } else { 0.0 }
            },
            &[-3.0, 2.0],
        ),
    ];
    all.into_iter().map(|made| Box::new(made) as Box<dyn Problem>).collect()
}

const SMOOTH: &[&str] = &[
    "rosenbrock",
    "beale",
    "saddle",
    "himmelblau",
    "six-hump-camel",
    "ravine",
    "quadratic:.25,2,4",
    "two-basins",
    "powell-badly-scaled",
    "brown-badly-scaled",
    "helical-valley",
    "wood",
    "box",
    "extended-powell-singular:8",
    "chained-wood:6",
    "rastrigin:3",
    "trigonometric:4",
    "extended-rosenbrock:20",
];

/// Those that are also minimized in extreme units.
const IN_UNITS: &[&str] = &["beale", "quadratic:.25,2,4", "saddle"];

/// A shorter list, for settings.
const SOME: &[&str] =
    &["rosenbrock", "beale", "himmelblau", "six-hump-camel", "wood", "box", "quadratic:.25,2,4"];

type Any = AnyObjective<Box<dyn Problem>>;

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
fn numbers(out: &mut Record, key: String, numbers: &[f64]) {
    let few = |number: &f64| format!("{number:.9e}").parse().unwrap();
    out.numbers(key, &numbers.iter().map(few).collect::<Vec<f64>>());
}

/// Where a run ends: before its numbers are rounding.
fn soon() -> Stop {
    Stop::relative_grad(1e-4).max_iter(12)
}

fn open(name: &str) -> Record {
    let mut out = Record::open(name);
    out.within(1e-6);
    out
}

/// Records the paths on problems of these names, from two starts.
fn paths<P: Optimizer<f64, Counted<Any>>>(
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
fn in_units<P: Optimizer<f64, Counted<Any>>>(
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
fn on_difficult<P: Optimizer<f64, Counted<Any>>>(out: &mut Record, settings: &str, make: impl Fn() -> P) {
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

fn nothing<P>(_: &P) -> Vec<(&'static str, Vec<f64>)> {
    vec![]
}

fn flat(matrix: Array2<f64>) -> Vec<f64> {
    matrix.into_iter().collect()
}

#[test]
fn bfgs() {
    let mut out = open("bfgs");
    let look = |bfgs: &Bfgs| vec![("inverse Hessian", flat(bfgs.inverse_hessian()))];
    paths(&mut out, "default", SMOOTH, Bfgs::new, look);
    in_units(&mut out, "default", IN_UNITS, Bfgs::new, look);
    for scaling in [Scaling::Pair, Scaling::Identity] {
        paths(&mut out, &format!("{scaling:?}"), SOME, || Bfgs::new().scaling(scaling), look);
    }
    for first in [FirstTrial::UnitOneNorm, FirstTrial::LastDecrease] {
        paths(&mut out, &format!("{first:?}"), SOME, || Bfgs::new().first_trial(first), look);
    }
    for name in LineSearch::NAMES {
        let search = LineSearch::by_name(name).unwrap();
        paths(&mut out, name, &SOME[..4], || Bfgs::new().line_search(search).unwrap(), look);
    }
    out.finish();
}

#[test]
fn bfgs_where_it_is_difficult() {
    let mut out = open("bfgs_difficult");
    on_difficult(&mut out, "default", Bfgs::new);
    on_difficult(&mut out, "backtracking", || Bfgs::new().line_search(Backtracking::default()).unwrap());
    on_difficult(&mut out, "hager-zhang", || Bfgs::new().line_search(HagerZhang::default()).unwrap());
    out.finish();
}

#[test]
fn cholesky_bfgs() {
    let mut out = open("cholesky_bfgs");
    let look = |bfgs: &CholeskyBfgs| vec![("Hessian", flat(bfgs.hessian()))];
    paths(&mut out, "default", SMOOTH, CholeskyBfgs::new, look);
    in_units(&mut out, "default", IN_UNITS, CholeskyBfgs::new, look);
    on_difficult(&mut out, "default", CholeskyBfgs::new);
    for scaling in [Scaling::Pair, Scaling::Identity] {
        paths(&mut out, &format!("{scaling:?}"), SOME, || CholeskyBfgs::new().scaling(scaling), look);
    }
    paths(
        &mut out,
        "backtracking",
        SOME,
        || CholeskyBfgs::new().line_search(Backtracking::default()).unwrap(),
        look,
    );
    out.finish();
}

#[test]
fn lbfgs() {
    let mut out = open("lbfgs");
    for memory in [0, 1, 2, 3, 12] {
        let names = if memory == 3 { SMOOTH } else { SOME };
        paths(&mut out, &format!("memory {memory}"), names, || Lbfgs::new(memory), nothing);
    }
    in_units(&mut out, "memory 2", IN_UNITS, || Lbfgs::new(2), nothing);
    for scaling in [Scaling::Ample, Scaling::Identity] {
        paths(&mut out, &format!("{scaling:?}"), SOME, || Lbfgs::new(3).scaling(scaling), nothing);
    }
    for first in [FirstTrial::UnitOneNorm, FirstTrial::LastDecrease] {
        paths(&mut out, &format!("{first:?}"), SOME, || Lbfgs::new(3).first_trial(first), nothing);
    }
    paths(
        &mut out,
        "backtracking",
        SOME,
        || Lbfgs::new(2).line_search(Backtracking::default()).unwrap(),
        nothing,
    );
    out.finish();
}

#[test]
fn lbfgs_where_it_is_difficult() {
    let mut out = open("lbfgs_difficult");
    on_difficult(&mut out, "default", Lbfgs::default);
    on_difficult(&mut out, "memory 1", || Lbfgs::new(1).line_search(Backtracking::default()).unwrap());
    out.finish();
}

#[test]
fn conjugate_gradients() {
    let mut out = open("cg");
    for name in Conjugacy::NAMES {
        let conjugacy = Conjugacy::by_name(name).unwrap();
        out.exact(format!("name {name}"), format!("{} {conjugacy:?}", conjugacy.name()));
        paths(&mut out, name, SMOOTH, || ConjugateGradient::new(conjugacy), nothing);
        paths(
            &mut out,
            &format!("{name}, backtracking"),
            &SOME[..4],
            || ConjugateGradient::new(conjugacy).line_search(Backtracking::default()).unwrap(),
            nothing,
        );
    }
    in_units(&mut out, "default", IN_UNITS, ConjugateGradient::default, nothing);
    out.exact("unknown name", Conjugacy::by_name("polak").unwrap_err());
    out.finish();
}

#[test]
fn conjugate_gradients_where_it_is_difficult() {
    let mut out = open("cg_difficult");
    on_difficult(&mut out, "default", ConjugateGradient::default);
    on_difficult(&mut out, "fletcher-reeves", || ConjugateGradient::new(Conjugacy::FletcherReeves));
    out.finish();
}

#[test]
fn sr1() {
    let mut out = open("sr1");
    let look = |sr1: &Sr1| vec![("Hessian", flat(sr1.hessian()))];
    paths(&mut out, "default", SMOOTH, Sr1::new, look);
    in_units(&mut out, "default", IN_UNITS, Sr1::new, look);
    for scaling in [Scaling::Ample, Scaling::Identity] {
        paths(&mut out, &format!("{scaling:?}"), SOME, || Sr1::new().scaling(scaling), look);
    }
    out.finish();
}

#[test]
fn sr1_where_it_is_difficult() {
    let mut out = open("sr1_difficult");
    on_difficult(&mut out, "default", Sr1::new);
    out.finish();
}

#[test]
fn newton() {
    let mut out = open("newton");
    let look = |newton: &Newton| vec![("its shift", vec![newton.shift()])];
    for (form, make) in
        [("shifted", Newton::new as fn() -> Newton), ("pure", Newton::pure), ("damped", Newton::damped)]
    {
        // Where the Hessian is singular or the slope 0, rounding decides what the other forms do.
        let regular =
            |name: &&&str| form == "shifted" || !["extended-powell-singular:8", "beale"].contains(*name);
        let of = |names: &[&'static str]| names.iter().filter(regular).copied().collect::<Vec<_>>();
        paths(&mut out, form, &of(SMOOTH), make, look);
        in_units(&mut out, form, &of(IN_UNITS), make, look);
        let optimizer = make();
        let name = |newton: &Newton| Optimizer::<f64, Counted<Any>>::name(newton);
        out.exact(format!("{form}: name"), name(&optimizer));
        out.exact(format!("{form}: stays finite"), Optimizer::<f64, Counted<Any>>::stays_finite(&optimizer));
    }
    out.finish();
}

#[test]
fn newton_where_it_is_difficult() {
    let mut out = open("newton_difficult");
    on_difficult(&mut out, "shifted", Newton::new);
    on_difficult(&mut out, "pure", Newton::pure);
    on_difficult(&mut out, "damped", Newton::damped);
    out.finish();
}

#[test]
fn newton_cg() {
    let mut out = open("newton_cg");
    paths(&mut out, "default", SMOOTH, NewtonCg::new, nothing);
    in_units(&mut out, "default", IN_UNITS, NewtonCg::new, nothing);
    for forcing in [0.01, 0.99] {
        paths(
            &mut out,
            &format!("forcing {forcing}"),
            SOME,
            || NewtonCg::new().forcing(forcing).unwrap(),
            nothing,
        );
    }
    for most in [1, 2] {
        paths(
            &mut out,
            &format!("{most} products"),
            SOME,
            || NewtonCg::new().most_products(most).unwrap(),
            nothing,
        );
    }
    paths(
        &mut out,
        "backtracking",
        SOME,
        || NewtonCg::new().line_search(Backtracking::default()).unwrap(),
        nothing,
    );
    on_difficult(&mut out, "default", NewtonCg::new);
    out.finish();
}

#[test]
fn trust_region() {
    let mut out = open("trust_region");
    let look = |region: &TrustRegion| {
        vec![("radius", vec![region.radius()]), ("multiplier", vec![region.multiplier()])]
    };
    paths(&mut out, "default", SMOOTH, TrustRegion::new, look);
    in_units(&mut out, "default", IN_UNITS, TrustRegion::new, look);
    for (first, largest) in [(0.1, 0.25), (1e-3, 1e10), (100.0, 100.0)] {
        let make = || TrustRegion::new().radii(first, largest).unwrap();
        paths(&mut out, &format!("radii {first} and {largest}"), SOME, make, look);
    }
    out.finish();
}

#[test]
fn trust_region_where_it_is_difficult() {
    let mut out = open("trust_region_difficult");
    on_difficult(&mut out, "default", TrustRegion::new);
    on_difficult(&mut out, "long", || TrustRegion::new().radii(50.0, 1e3).unwrap());
    out.finish();
}

/// One step on a quadratic function ½xᵀHx + gᵀx with many matrices and radii: definite, indefinite, singular,
/// and the hard case, in which g has no part along the smallest eigenvalue.
#[test]
fn steps_of_trust_regions() {
    let mut out = open("trust_region_steps");
    let matrices: [(&str, [f64; 9]); 7] = [
        ("definite", [4.0, 1.0, 0.5, 1.0, 3.0, -1.0, 0.5, -1.0, 2.0]),
        ("indefinite", [1.0, 2.0, 0.0, 2.0, -3.0, 1.0, 0.0, 1.0, 0.5]),
        ("negative", [-1.0, 0.5, 0.0, 0.5, -2.0, 0.25, 0.0, 0.25, -4.0]),
        ("diagonal", [1.0, 0.0, 0.0, 0.0, -2.0, 0.0, 0.0, 0.0, 3.0]),
        ("singular", [1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 2.0]),
        ("nothing", [0.0; 9]),
        ("badly scaled", [1e6, 10.0, 0.0, 10.0, 1.0, 1e-3, 0.0, 1e-3, -1e-3]),
    ];
    let grads = [
        ("generic", [1.0, -2.0, 0.5]),
        ("hard", [1.0, 0.0, 0.0]),
        ("nearly hard", [1.0, 1e-4, -2.0]),
        ("zero", [0.0; 3]),
        ("tiny", [1e-18, -2e-18, 1e-18]),
    ];
    for (matrix, entries) in matrices {
        for (grad, b) in grads {
            for radius in [1e-3, 0.3, 1.0, 2.5, 50.0] {
                let h = Array2::from_shape_vec((3, 3), entries.to_vec()).unwrap();
                let mut region = TrustRegion::new().radii(radius, 60.0).unwrap();
                let mut f = Counted::new(Parabola { h, b: b.to_vec().into() });
                let mut iterate = Iterate::new(&Array1::zeros(3));
                region.start(&mut f, &mut iterate);
                let flow = region.iterate(&mut f, &mut iterate);
                let key = format!("{matrix}, {grad}, radius {radius}");
                // In the exact hard case, which of two opposite steps is taken is rounding.
                let x: Vec<f64> = iterate
                    .x
                    .iter()
                    .map(|x| if b == [0.0; 3] || grad == "hard" { x.abs() } else { *x })
                    .collect();
                let word = match flow {
                    ControlFlow::Continue(()) => "goes on",
                    ControlFlow::Break(reason) => reason.word(),
                };
                out.exact(format!("{key}: end"), format!("{word} {:?}", f.evaluations()));
                out.numbers(format!("{key}: x"), &x);
                out.numbers(format!("{key}: numbers"), &[iterate.alpha, region.radius()]);
                out.numbers(format!("{key}: multiplier"), &[region.multiplier(), 1e-6]);
            }
        }
    }
    out.finish();
}

/// ½xᵀHx + bᵀx.
struct Parabola {
    h: Array2<f64>,
    b: Array1<f64>,
}

impl Objective for Parabola {
    fn dim(&self) -> usize {
        self.b.len()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        0.5 * x.dot(&self.h.dot(x)) + self.b.dot(x)
    }
}

impl Differentiable for Parabola {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad.assign(&(self.h.dot(x) + &self.b));
        self.value(x)
    }
}

impl TwiceDifferentiable for Parabola {
    fn hessian(&mut self, _: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian.assign(&self.h);
    }
}

const SQUARES: &[&str] = &[
    "rosenbrock",
    "powell-badly-scaled",
    "helical-valley",
    "bard",
    "gaussian",
    "box",
    "powell-singular",
    "wood",
    "brown-dennis",
    "extended-rosenbrock:4",
    "broyden-tridiagonal:5",
    "linear-full-rank:3",
    "linear-rank-1:4",
    "variably-dimensioned:4",
    "freudenstein-roth",
];

#[test]
fn gauss_newton() {
    let mut out = open("gauss_newton");
    paths(&mut out, "default", SQUARES, GaussNewton::new, nothing);
    fits(&mut out, GaussNewton::new, nothing);
    out.finish();
}

#[test]
fn levenberg_marquardt() {
    let mut out = open("levenberg_marquardt");
    let look = |lm: &LevenbergMarquardt| vec![("damping", vec![lm.damping()])];
    paths(&mut out, "default", SQUARES, LevenbergMarquardt::new, look);
    for damping in [1e-8, 1.0, 1e4] {
        let make = || LevenbergMarquardt::new().initial_damping(damping).unwrap();
        paths(&mut out, &format!("damping {damping:e}"), &SQUARES[..8], make, look);
    }
    fits(&mut out, LevenbergMarquardt::new, look);
    out.finish();
}

/// A sum of squares by its residuals, its constant c, and its Jacobian by rows.
#[derive(Clone)]
struct Fit {
    scale: f64,
    count: usize,
    residuals: fn(&[f64]) -> Vec<f64>,
    jacobian: fn(&[f64]) -> Vec<f64>,
}

impl Objective for Fit {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.scale * (self.residuals)(x.as_slice().unwrap()).iter().map(|r| r * r).sum::<f64>()
    }
}

impl Differentiable for Fit {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let (r, j) = ((self.residuals)(x.as_slice().unwrap()), (self.jacobian)(x.as_slice().unwrap()));
        for k in 0..2 {
            grad[k] = 2.0 * self.scale * (0..self.count).map(|i| r[i] * j[2 * i + k]).sum::<f64>();
        }
        self.value(x)
    }
}

impl Residuals for Fit {
    fn residual_count(&self) -> usize {
        self.count
    }

    fn scale(&self) -> f64 {
        self.scale
    }

    fn residuals(&mut self, x: &ArrayRef1<f64>, residuals: &mut ArrayRef1<f64>) {
        residuals.assign(&Array1::from((self.residuals)(x.as_slice().unwrap())));
    }

    fn jacobian(&mut self, x: &ArrayRef1<f64>, jacobian: &mut ArrayRef2<f64>) {
        let rows = Array2::from_shape_vec((self.count, 2), (self.jacobian)(x.as_slice().unwrap()));
        jacobian.assign(&rows.unwrap());
    }
}

/// Records fits that are unusual: half of the sum, fewer residuals than parameters, a parameter without
/// influence, residuals that do not exist everywhere, a large constant residual, and a wrong Jacobian.
fn fits<P: Optimizer<f64, Counted<Fit>>>(
    out: &mut Record,
    make: impl Fn() -> P,
    look: impl Fn(&P) -> Vec<(&'static str, Vec<f64>)>,
) {
    let cases: [(&str, [f64; 2], Fit); 8] = [
        (
            "half",
            [-1.2, 1.0],
            Fit {
                scale: 0.5,
                count: 2,
                residuals: |x| vec![10.0 * (x[1] - x[0] * x[0]), 1.0 - x[0]],
                jacobian: |x| vec![-20.0 * x[0], 10.0, -1.0, 0.0],
            },
        ),
        (
            "one residual",
            [2.0, 1.0],
            Fit {
                scale: 1.0,
                count: 1,
                residuals: |x| vec![x[0] * x[0] + 2.0 * x[1] - 3.0],
                jacobian: |x| vec![2.0 * x[0], 2.0],
            },
        ),
        (
            "no influence",
            [3.0, 1.0],
            Fit {
                scale: 1.0,
                count: 3,
                residuals: |x| vec![x[0] * x[0] - 2.0, x[0] - 1.0, 0.5],
                jacobian: |x| vec![2.0 * x[0], 0.0, 1.0, 0.0, 0.0, 0.0],
            },
        ),
        (
            "logarithms",
            [0.2, 3.0],
            Fit {
                scale: 1.0,
                count: 3,
                residuals: |x| vec![x[0].ln(), (x[0] * x[1]).ln() - 1.0, x[1] - 2.0],
                jacobian: |x| vec![1.0 / x[0], 0.0, 1.0 / x[0], 1.0 / x[1], 0.0, 1.0],
            },
        ),
        (
            "a large constant",
            [2.0, 1.0],
            Fit {
                scale: 0.5,
                count: 3,
                residuals: |x| vec![1e7, x[0] - 0.5 + 0.1 * x[0] * x[0], x[1] + 0.25 * x[1] * x[1]],
                jacobian: |x| vec![0.0, 0.0, 1.0 + 0.2 * x[0], 0.0, 0.0, 1.0 + 0.5 * x[1]],
            },
        ),
        (
            "wrong Jacobian",
            [2.0, 1.0],
            Fit {
                scale: 1.0,
                count: 2,
                residuals: |x| vec![x[0] - 1.0, x[1] + 1.0],
                jacobian: |_| vec![-1.0, 0.0, 0.0, -1.0],
            },
        ),
        (
            "Jacobian that is not finite",
            [2.0, 1.0],
            Fit {
                scale: 1.0,
                count: 2,
                residuals: |x| vec![x[0] - 1.0, x[1] + 1.0],
                jacobian: |x| {
                    if x[0] == 2.0 { vec![1.0, 0.0, 0.0, 2.0] } else { vec![f64::NAN, 0.0, 0.0, 1.0] }
                },
            },
        ),
        (
            "at the minimum",
            [1.0, -1.0],
            Fit {
                scale: 1.0,
                count: 2,
                residuals: |x| vec![x[0] - 1.0, x[1] + 1.0],
                jacobian: |_| vec![1.0, 0.0, 0.0, 1.0],
            },
        ),
    ];
    for (name, x0, fit) in cases {
        for k in [1, 2, 3, 8] {
            let mut optimizer = make();
            let stop = Stop::grad(1e-7).max_iter(k);
            let found = minimize(fit.clone(), &Array1::from(x0.to_vec()), &mut optimizer, stop).unwrap();
            let key = format!("fit {name}, {k}");
            let Evaluations { value, grad, hess } = found.evaluations;
            let ends = (found.iterations, value, grad, hess, found.termination.word());
            out.exact(format!("{key}: end"), format!("{ends:?}"));
            out.numbers(format!("{key}: x"), found.x.as_slice().unwrap());
            out.numbers(format!("{key}: f"), &[found.value, 1e-6]);
            if found.termination.converged() {
                continue;
            }
            for (name, numbers) in look(&optimizer) {
                out.numbers(format!("{key}: {name}"), &numbers);
            }
        }
    }
}

/// Small data: two clouds for each of three classes.
fn data(examples: usize) -> (Array2<f64>, Vec<u8>) {
    let noise = rng::normal::<f64>(&mut rng::stream(5, "clouds", 0), examples * 4, 0.5);
    let noise = noise.into_shape_with_order((examples, 4)).unwrap();
    let x = Array2::from_shape_fn((examples, 4), |(i, j)| noise[[i, j]] + if i % 3 == j { 1.0 } else { 0.0 });
    (x, (0..examples).map(|i| (i % 3) as u8).collect())
}

fn net() -> (EmpiricalRisk<f64, Mlp, Softmax>, Array1<f64>) {
    let ((x, y), model) = (data(30), Mlp::new(4, &[3], 3).unwrap());
    let start = model.initial(&mut rng::stream(3, "initial parameters", 0));
    (EmpiricalRisk::new(model, Softmax, x, y, Regularizer::l2(1e-2)).unwrap(), start)
}

/// Records a run on the net, or on the linear classifier, at each of its first iterations.
fn trained<O: Objective, P: Optimizer<f64, Counted<O>>>(
    out: &mut Record,
    key: &str,
    (objective, x0): (O, Array1<f64>),
    optimizer: &mut P,
) {
    let found = minimize_observed(objective, &x0, &mut *optimizer, Stop::iterations(13), |moment| {
        let Iterate { k, x, value, alpha, .. } = moment.iterate;
        if *k % 3 == 0 || *k == 4 {
            numbers(out, format!("{key}: x after {k}"), x.as_slice().unwrap());
        }
        out.numbers(format!("{key}: f after {k}"), &[*value, *alpha]);
    })
    .unwrap();
    out.exact(
        format!("{key}: end"),
        format!("{} {:?} {:?}", found.optimizer, found.evaluations, found.termination),
    );
    out.numbers(format!("{key}: x"), found.x.as_slice().unwrap());
    let mut saved = Saved::default();
    optimizer.save(&mut saved);
    for (name, column) in saved.columns() {
        out.numbers(format!("{key}: saved {name}"), column);
    }
}

#[test]
fn kfac() {
    let mut out = open("kfac");
    let rate = |lr: f64, momentum: f64, clip: f64| KfacStep::Rate { lr, momentum, clip };
    let batches = |size: usize| Kfac::minibatch(size, 7).unwrap();
    let cases = [
        ("default", Kfac::new()),
        ("damping 1", Kfac::new().damping(1.0).unwrap()),
        ("damping 1e-4", Kfac::new().damping(1e-4).unwrap()),
        ("decay .5", Kfac::new().decay(0.5).unwrap()),
        ("decay 0", Kfac::new().decay(0.0).unwrap()),
        ("refresh 1", Kfac::new().refresh(1).unwrap()),
        ("refresh 4", Kfac::new().refresh(4).unwrap()),
        ("drawn labels", Kfac::new().labels(Labels::Sampled)),
        ("rate", Kfac::new().step(rate(0.2, 0.5, 1e-2)).unwrap()),
        ("rate without a bound", Kfac::new().step(rate(0.05, 0.0, f64::INFINITY)).unwrap()),
        ("batches", batches(10)),
        ("batches and a rate", batches(8).step(rate(0.2, 0.9, 1e-3)).unwrap()),
        ("batches and drawn labels", batches(15).labels(Labels::Sampled)),
        ("tridiagonal", Kfac::new().blocks(KfacBlocks::Tridiagonal)),
        (
            "tridiagonal batches and drawn labels",
            batches(15).blocks(KfacBlocks::Tridiagonal).labels(Labels::Sampled),
        ),
    ];
    for (name, mut kfac) in cases {
        trained(&mut out, name, net(), &mut kfac);
        out.number(format!("{name}: damping"), kfac.current_damping());
    }
    let (risk, _) = net();
    out.exact("bytes", Kfac::bytes(&risk.kronecker_blocks()));
    out.exact("bytes of nothing", Kfac::bytes(&[]));
    out.exact("tridiagonal bytes", KfacBlocks::Tridiagonal.bytes(&risk.kronecker_blocks()));
    out.exact("tridiagonal bytes of nothing", KfacBlocks::Tridiagonal.bytes(&[]));
    out.finish();
}

#[test]
fn block_diagonal_preconditioner() {
    let mut out = open("block_diagonal");
    let linear = || {
        let (x, y) = data(60);
        let risk = EmpiricalRisk::new(Linear::new(4, 3), Softmax, x, y, Regularizer::l2(1e-3)).unwrap();
        let start = rng::normal(&mut rng::stream(2, "start", 0), 15, 0.5);
        (risk, start)
    };
    let of = |m: usize| BlockDiagonal::default().sample(m).unwrap().seed(4);
    let cases = [
        ("default", 3, BlockDiagonal::default()),
        ("sample 20", 3, of(20)),
        ("sample 1", 2, of(1)),
        ("damping 0", 2, of(50).damping(0.0).unwrap()),
        ("damping 2", 5, of(50).damping(2.0).unwrap()),
    ];
    for (name, memory, blocks) in cases {
        for scaling in [Scaling::Pair, Scaling::Identity] {
            let mut lbfgs = Lbfgs::new(memory).scaling(scaling).preconditioned(blocks.clone());
            trained(&mut out, &format!("{name}, {scaling:?}"), linear(), &mut lbfgs);
        }
    }
    let mut lbfgs = Lbfgs::new(0).first_trial(FirstTrial::LastDecrease).preconditioned(of(20));
    trained(&mut out, "without memory", linear(), &mut lbfgs);
    out.finish();
}

/// Every setting inside, at and outside its bounds.
#[test]
fn bounds_of_the_settings() {
    fn shown<T>(result: Result<T>) -> String {
        result.map_or_else(|error| error.to_string(), |_| "allowed".into())
    }
    let mut out = Record::open("second_order_bounds");
    let values = [
        f64::NEG_INFINITY,
        -1.0,
        -1e-300,
        -0.0,
        0.0,
        1e-300,
        0.1,
        0.5,
        0.9999,
        1.0,
        1.0001,
        2.0,
        1e300,
        f64::INFINITY,
        f64::NAN,
    ];
    for value in values {
        let rate = |lr, momentum, clip| Kfac::new().step(KfacStep::Rate { lr, momentum, clip });
        for (name, text) in [
            ("newton-cg forcing", shown(NewtonCg::new().forcing(value))),
            ("levenberg-marquardt damping", shown(LevenbergMarquardt::new().initial_damping(value))),
            ("trust-region radius", shown(TrustRegion::new().radii(value, 1.0))),
            ("trust-region largest", shown(TrustRegion::new().radii(0.5, value))),
            ("trust-region both", shown(TrustRegion::new().radii(value, value))),
            ("kfac lr", shown(rate(value, 0.5, 1.0))),
            ("kfac momentum", shown(rate(1.0, value, 1.0))),
            ("kfac clip", shown(rate(1.0, 0.5, value))),
            ("kfac damping", shown(Kfac::new().damping(value))),
            ("kfac decay", shown(Kfac::new().decay(value))),
            ("block-diagonal damping", shown(BlockDiagonal::default().damping(value))),
            ("random search scale", shown(RandomSearch::<f64>::new(value, 0))),
        ] {
            out.exact(format!("{name} = {value:e}"), text);
        }
    }
    for count in [0, 1, 2] {
        for (name, text) in [
            ("newton-cg products", shown(NewtonCg::new().most_products(count))),
            ("kfac batch", shown(Kfac::minibatch(count, 0))),
            ("kfac refresh", shown(Kfac::new().refresh(count))),
            ("block-diagonal sample", shown(BlockDiagonal::default().sample(count))),
        ] {
            out.exact(format!("{name} = {count}"), text);
        }
    }
    let bad = Backtracking { shrink: 1.0, ..Backtracking::default() };
    out.exact("newton-cg line search", shown(NewtonCg::new().line_search(bad)));
    out.exact("bfgs line search", shown(Bfgs::<f64>::new().line_search(bad)));
    out.finish();
}

/// Random search: every draw that is kept.
#[test]
fn random_search() {
    let mut out = open("random_search");
    for (scale, seed) in [(1.0, 0), (0.1, 0), (2.5, 9)] {
        paths(
            &mut out,
            &format!("scale {scale}, seed {seed}"),
            SOME,
            || RandomSearch::new(scale, seed).unwrap(),
            nothing,
        );
    }
    out.finish();
}

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

type Single = FunctionWithGradient<'static, f32>;

/// Records runs in single precision, in ordinary units and in others.
fn in_single<P: Optimizer<f32, Counted<Single>>>(out: &mut Record, key: &str, make: impl Fn() -> P) {
    for (unit, length) in [(1.0, 1.0), (1e-30, 1.0), (1e-3, 3e11), (1e25, 1.0)] {
        let f = FunctionWithGradient::typed(2, move |x: &ArrayRef1<f32>, grad: &mut ArrayRef1<f32>| {
            let (a, b) = (x[0] / length, x[1] / length);
            let (u, v) = (b - a * a, 1.0 - a);
            grad[0] = unit * (-8.0 * a * u - 2.0 * v) / length;
            grad[1] = unit * 4.0 * u / length;
            unit * (2.0 * u * u + v * v)
        });
        let (x0, stop) = (array![-length, 0.5 * length], Stop::relative_grad(0.05).max_iter(4));
        let found = minimize(f, &x0, make(), stop).unwrap();
        let key = format!("{key} in units {unit:e} and {length:e}");
        out.exact(format!("{key}: end"), format!("{} {:?}", found.termination.word(), found.evaluations));
        let x: Vec<f64> = found.x.iter().map(|&x| x.into()).collect();
        out.numbers(format!("{key}: x"), &x);
        out.numbers(format!("{key}: f"), &found.trace.value);
    }
}

#[test]
fn single_precision() {
    let mut out = Record::open("single_precision");
    out.within(1e-3);
    in_single(&mut out, "bfgs", Bfgs::new);
    in_single(&mut out, "cholesky-bfgs", CholeskyBfgs::new);
    in_single(&mut out, "lbfgs", || Lbfgs::new(2));
    in_single(&mut out, "cg", ConjugateGradient::default);
    in_single(&mut out, "sr1", Sr1::new);
    in_single(&mut out, "random search", || RandomSearch::new(0.5, 1).unwrap());
    out.finish();
}

/// A function of one variable near 1, with the slope that it claims. It has no value farther away, so
/// that a line search with one trial fails, and the failure is looked into.
#[derive(Clone, Copy)]
struct Near {
    value: fn(f64, f64) -> f64,
    slope: fn(f64, f64) -> f64,
    setting: f64,
}

impl Objective for Near {
    fn dim(&self) -> usize {
        1
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        let near = (x[0] - 1.0).abs() < 1e-4;
        if near { (self.value)(x[0] - 1.0, self.setting) } else { f64::NAN }
    }
}

impl Differentiable for Near {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad[0] = (self.slope)(x[0] - 1.0, self.setting);
        self.value(x)
    }
}

/// What is found out about failed line searches: whether the gradient is to blame, or a kink.
#[test]
fn failures_that_are_looked_into() {
    type Function = fn(f64, f64) -> f64;
    let mut out = Record::open("failures");
    out.within(1e-4);
    // The setting is the share of the slope that is claimed, the place of a kink, or the size of something.
    let shares = [-1.0, 0.0, 0.3, 0.45, 0.49, 0.51, 0.55, 0.9, 1.1, 1.9, 1.99, 2.01, 2.1, 3.0];
    let places = [-1e-4, -1e-5, -5e-6, -1e-6, -5e-7, -1e-8, 0.0, 1e-8, 5e-7, 1e-6, 5e-6, 1e-5, 1e-4];
    let sizes = [1e-3, 1.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10];
    let cases: [(&str, &[f64], Function, Function); 9] = [
        ("share", &shares, |t, _| 3.0 * t, |_, share| 3.0 * share + 1e-9),
        ("share on a plain", &shares, |t, _| 3.0 * t + 1e6, |_, share| 3.0 * share + 1e-9),
        ("share on a high plain", &shares, |t, _| 3.0 * t + 1e12, |_, share| 3.0 * share + 1e-9),
        (
            "share of a parabola",
            &shares,
            |t, _| 3.0 * t + 1e4 * t * t,
            |t, share| share * (3.0 + 2e4 * t) + 1e-9,
        ),
        ("kink", &places, |t, at| (t - at).abs(), |t, at| if t < at { -1.0 } else { 1.0 }),
        (
            "kink that is flat before",
            &places,
            |t, at| (t - at).max(0.0) + 0.05 * t,
            |t, at| if t < at { 0.05 } else { 1.05 },
        ),
        (
            "kink upside down",
            &places,
            |t, at| -(t - at).abs() - 0.3 * t,
            |t, at| if t < at { 0.7 } else { -1.3 },
        ),
        ("curvature", &sizes, |t, c| t + 0.5 * c * t * t, |t, c| 1.0 + c * t),
        ("curvature of a cubic", &sizes, |t, c| t + c * c * t * t * t, |t, c| 1.0 + 2.0 * c * c * t * t),
    ];
    for (name, settings, value, slope) in cases {
        for &setting in settings {
            let search = MoreThuente { max_trials: 1, ..MoreThuente::default() };
            for (method, found) in [
                ("lbfgs", {
                    let lbfgs = Lbfgs::new(0).line_search(search).unwrap();
                    minimize(Near { value, slope, setting }, &array![1.0], lbfgs, Stop::iterations(1))
                        .unwrap()
                }),
                (
                    "sr1",
                    minimize(Near { value, slope, setting }, &array![1.0], Sr1::new(), Stop::iterations(1))
                        .unwrap(),
                ),
            ] {
                if method == "sr1" && found.termination.word() == "out_of_iterations" {
                    continue;
                }
                let key = format!("{method}, {name} {setting:e}");
                out.exact(format!("{key}: end"), found.termination.word());
                if method == "lbfgs" {
                    let (measured, bound) = found.termination.evidence();
                    out.numbers(format!("{key}: evidence"), &[measured]);
                    out.numbers(format!("{key}: bound"), &[bound]);
                }
            }
        }
    }
    out.finish();
}

/// A level function with any gradient, to see the units in which a run computes.
struct Claimed(f64, Array1<f64>);

impl Objective for Claimed {
    fn dim(&self) -> usize {
        self.1.len()
    }

    fn value(&mut self, _: &ArrayRef1<f64>) -> f64 {
        self.0
    }
}

impl Differentiable for Claimed {
    fn value_grad(&mut self, _: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad.assign(&self.1);
        self.0
    }
}

/// The units of f and x by the size of the gradient and of the point, at the sizes from which on they change.
#[test]
fn units() {
    let mut out = Record::open("units");
    let up = |v: f64| v * (1.0 + f64::EPSILON);
    let points = [0.0, 1.0, 999.0, 1e3, up(1e3), 1e7, 1e10, up(1e10), 1.5e10, 1e100, 1e300];
    let grads = [
        0.0,
        1e-300,
        1e-100,
        0.9e-8,
        1e-8,
        1.1e-8,
        1e-6,
        up(1e-6),
        1e-2,
        1.0,
        1e20,
        up(1e20),
        3e20,
        1e200,
        f64::INFINITY,
        f64::NAN,
    ];
    for x in points {
        for grad in grads {
            for value in [1.0, 1e280] {
                let claimed = || Claimed(value, array![grad, -0.5 * grad]);
                let mut bfgs = Bfgs::new();
                minimize(claimed(), &array![0.25 * x, -x], &mut bfgs, Stop::iterations(0)).unwrap();
                let mut saved = Saved::default();
                Optimizer::<f64, Counted<Claimed>>::save(&bfgs, &mut saved);
                let key = format!("point {x:e}, gradient {grad:e}, value {value:e}");
                if let Some(units) = saved.get("units") {
                    out.numbers(key, units);
                } else {
                    out.exact(key, "plain");
                }
            }
        }
    }
    for (x, grad) in [(1.0f32, 1e-9), (1.0, 1e-36), (1.0, 3e38), (1e12, 1e-20), (1e38, 1.0), (1e38, 1e30)] {
        let f = FunctionWithGradient::typed(1, move |_: &ArrayRef1<f32>, g: &mut ArrayRef1<f32>| {
            g[0] = grad;
            1.0
        });
        let mut bfgs = Bfgs::<f32>::new();
        minimize(f, &array![x], &mut bfgs, Stop::iterations(0)).unwrap();
        let mut saved = Saved::default();
        Optimizer::<f32, Counted<Single>>::save(&bfgs, &mut saved);
        out.exact(format!("single, point {x:e}, gradient {grad:e}"), format!("{:?}", saved.get("units")));
    }
    out.finish();
}

/// The first trial of each kind.
#[test]
fn first_trials() {
    let mut out = Record::open("first_trials");
    for first in [FirstTrial::Unit, FirstTrial::UnitOneNorm, FirstTrial::LastDecrease] {
        for grad in [array![0.3, -0.4], array![3.0, -4.0], array![0.0, 0.0]] {
            let iterate = Iterate { value: 2.0, grad, ..Iterate::new(&array![1.0, 1.0]) };
            for slope in [-0.5, -8.0] {
                for before in [f64::NAN, 3.0, 2.0, 1.0] {
                    for unscaled in [true, false] {
                        let key =
                            format!("{first:?}, {} along {slope}, from {before}, {unscaled}", iterate.grad);
                        out.number(key, first.length(&iterate, slope, unscaled, before));
                    }
                }
            }
        }
    }
    out.finish();
}
