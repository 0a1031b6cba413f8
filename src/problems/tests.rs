use super::*;
use crate::linalg::{max_norm, norm};
use crate::objective::{Differentiable, FiniteDifference};
use crate::rng;
use ndarray::{Array1, Array2, ArrayRef1};

/// A problem of each kind, and some in dimensions that are not their default.
fn all() -> Vec<Box<dyn Problem>> {
    let more = [
        "rosenbrock:5",
        "ravine:1000",
        "watson:2",
        "watson:12",
        "extended-rosenbrock:2",
        "extended-powell-singular:8",
        "penalty-1:1",
        "penalty-2:2",
        "variably-dimensioned:3",
        "trigonometric:1",
        "brown-almost-linear:2",
        "discrete-boundary-value:1",
        "discrete-integral-equation:3",
        "broyden-tridiagonal:2",
        "broyden-banded:14",
        "linear-rank-1-zero:3",
        "chebyquad:1",
        "chained-wood:4",
        "chained-singular:6",
    ];
    examples().into_iter().chain(more.map(|name| by_name(name).unwrap())).collect()
}

/// The start and some points near it.
fn points(problem: &dyn Problem) -> Vec<Array1<f64>> {
    let start = problem.facts().start;
    let about = |replicate| {
        let mut stream = rng::stream(11, "problems", replicate);
        let (relative, absolute): (Array1<f64>, Array1<f64>) =
            (rng::normal(&mut stream, start.len(), 0.1), rng::normal(&mut stream, start.len(), 0.01));
        &start * &(relative + 1.0) + absolute
    };
    std::iter::once(start.clone()).chain((0..4).map(about)).collect()
}

fn gradient(problem: &mut dyn Problem, x: &ArrayRef1<f64>) -> Array1<f64> {
    let mut grad = Array1::from_elem(x.len(), f64::NAN);
    problem.value_grad(x, &mut grad);
    grad
}

fn hessian(problem: &mut dyn Problem, x: &ArrayRef1<f64>) -> Array2<f64> {
    let mut hessian = Array2::from_elem((x.len(), x.len()), f64::NAN);
    problem.hessian(x, &mut hessian);
    hessian
}

/// Gradients against differences of values, Hessians against differences of gradients. A difference over 2h
/// of numbers of size s is off by about ε·s/h from rounding, which is what the second part of each bound
/// allows; the first allows for their own error, which for the e^(−320x) in osborne-1 is some (320h)²/6.
#[test]
fn derivatives_agree_with_differences() {
    for mut problem in all() {
        let name = problem.facts().name;
        for x in points(&*problem) {
            let mut grad = Array1::from_elem(x.len(), f64::NAN);
            let value = problem.value_grad(&x, &mut grad);
            assert_eq!(value, problem.value(&x), "{name}");
            let mut numeric = Array1::zeros(x.len());
            FiniteDifference::new(&mut *problem).value_grad(&x, &mut numeric);
            let bound = 5e-6 * max_norm(&grad).max(1e-3) + 1e-10 * value.abs();
            assert!(max_norm(&(&grad - &numeric)) < bound, "{name}: {grad} is not {numeric} at {x}");

            let exact = hessian(&mut *problem, &x);
            assert_eq!(exact, exact.t(), "{name}");
            for j in 0..x.len() {
                let h = 3e-6 * x[j].abs().max(1.0);
                let at = |problem: &mut dyn Problem, h: f64| {
                    let mut moved = x.clone();
                    moved[j] += h;
                    gradient(problem, &moved)
                };
                let column = (at(&mut *problem, h) - at(&mut *problem, -h)) / (2.0 * h);
                let error = max_norm(&(&exact.column(j) - &column));
                let bound = 1e-5 * max_norm(&column).max(1e-2) + 1e-9 * max_norm(&grad);
                assert!(error < bound, "{name}, column {j}: {error} ≥ {bound} at {x}");
            }
        }
    }
}

#[test]
fn products_are_those_of_the_hessian() {
    for mut problem in all() {
        for x in points(&*problem) {
            let v: Array1<f64> = rng::normal(&mut rng::stream(12, "problems", 0), x.len(), 1.0);
            let (exact, mut product) = (hessian(&mut *problem, &x), Array1::from_elem(x.len(), f64::NAN));
            problem.hess_vec(&x, &v, &mut product);
            let bound = 1e-12 * exact.iter().fold(0.0f64, |a, h| a.max(h.abs())) * x.len() as f64;
            assert!(max_norm(&(&product - &exact.dot(&v))) <= bound, "{}", problem.facts().name);
        }
    }
}

#[test]
fn residuals_make_the_value_and_the_gradient() {
    for mut problem in all() {
        for x in points(&*problem) {
            let (name, grad, value) = (problem.facts().name, gradient(&mut *problem, &x), problem.value(&x));
            let Some(residuals) = problem.as_residuals() else { continue };
            let mut r = Array1::from_elem(residuals.residual_count(), f64::NAN);
            let mut jacobian = Array2::from_elem((r.len(), x.len()), f64::NAN);
            residuals.residuals(&x, &mut r);
            residuals.jacobian(&x, &mut jacobian);
            let scale = residuals.scale();
            assert!((scale * r.dot(&r) - value).abs() <= 1e-14 * value.abs(), "{name}");
            let bound = 1e-12
                * r.len() as f64
                * max_norm(&grad).max(norm(&r) * jacobian.iter().fold(0.0f64, |a, j| a.max(j.abs())));
            assert!(max_norm(&(jacobian.t().dot(&r) * (2.0 * scale) - grad)) <= bound, "{name}");
        }
    }
}

/// Compares with an independent implementation in another language, which differentiates automatically.
#[test]
fn values_and_derivatives_are_those_of_another_implementation() {
    let recorded = include_str!("../../tests/fixtures/mgh/values.csv");
    let mut seen = 0;
    for line in recorded.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |i: usize| cells[i].parse::<f64>().unwrap();
        let mut problem = by_name(cells[0]).unwrap();
        let start = problem.facts().start;
        assert_eq!(
            (start.len(), problem.as_residuals().unwrap().residual_count()),
            (number(1) as usize, number(2) as usize)
        );
        let x = if cells[3] == "start" { start } else { start * 1.01 + 0.001 };
        let probe: Array1<f64> = (0..x.len()).map(|j| (1.0 + 2.0 * j as f64).cos()).collect();
        let (value, grad, hessian) =
            (problem.value(&x), gradient(&mut *problem, &x), hessian(&mut *problem, &x));
        assert!((value - number(4)).abs() <= 1e-11 * value.abs(), "{line}: value {value}");
        let slope = grad.dot(&probe);
        assert!(
            (slope - number(5)).abs() <= 1e-11 * max_norm(&grad) * x.len() as f64,
            "{line}: slope {slope}"
        );
        let curvature = probe.dot(&hessian.dot(&probe));
        let largest = hessian.iter().fold(0.0f64, |a, h| a.max(h.abs()));
        assert!(
            (curvature - number(6)).abs() <= 1e-11 * largest * (x.len() * x.len()) as f64,
            "{line}: curvature {curvature}"
        );
        seen += 1;
    }
    assert_eq!(seen, 70);
}

/// At a minimum the gradient is what rounding of x leaves: a few ε times the Hessian times x.
#[test]
fn known_minima_are_stationary_and_have_the_value_stated() {
    for mut problem in all() {
        let facts = problem.facts();
        assert_eq!(facts.start.len(), problem.dim());
        for (x, value) in &facts.minima {
            let (found, grad) = (problem.value(x), gradient(&mut *problem, x));
            assert!(
                (found - value).abs() <= 1e-9 * value.abs() + 1e-20,
                "{}: {found} is not {value} at {x}",
                facts.name
            );
            let largest = hessian(&mut *problem, x).iter().fold(0.0f64, |a, h| a.max(h.abs()));
            let bound = 1e-13 * largest * max_norm(x).max(1.0);
            assert!(max_norm(&grad) <= bound, "{}: gradient {grad} ≥ {bound} at {x}", facts.name);
        }
    }
}

/// The minima that the paper prints, to the digits that it prints.
#[test]
fn known_minima_are_those_of_the_paper() {
    let printed = [
        ("freudenstein-roth", 48.9842),
        ("jennrich-sampson", 124.362),
        ("bard", 8.21487e-3),
        ("gaussian", 1.12793e-8),
        ("meyer", 87.9458),
        ("kowalik-osborne", 3.07505e-4),
        ("brown-dennis", 85822.2),
        ("osborne-1", 5.46489e-5),
        ("biggs-exp6", 5.65565e-3),
        ("osborne-2", 4.01377e-2),
        ("watson", 1.39976e-6),
        ("penalty-1", 7.08765e-5),
        ("penalty-2", 2.93660e-4),
        ("trigonometric", 2.79506e-5),
        ("brown-almost-linear", 1.0),
        ("chebyquad", 3.51687e-3),
    ];
    for (name, value) in printed {
        let minima = by_name(name).unwrap().facts().minima;
        assert!(
            minima.iter().any(|(_, found)| (found - value).abs() <= 1.5e-5 * value),
            "{name}: {value} is not among {minima:?}"
        );
    }
    assert!(
        more_garbow_hillstrom::NAMES.iter().all(|name| !by_name(name).unwrap().facts().minima.is_empty())
    );
}

#[test]
fn the_large_ones_cost_what_their_entries_do() {
    // A dense Jacobian or Hessian of these would need a terabyte.
    for name in [
        "rosenbrock",
        "extended-rosenbrock",
        "extended-powell-singular",
        "broyden-banded",
        "chained-wood",
        "chained-singular",
    ] {
        let mut problem = by_name(&format!("{name}:400000")).unwrap();
        let (start, mut product) = (problem.facts().start, Array1::zeros(400_000));
        assert!(max_norm(&gradient(&mut *problem, &start)).is_finite());
        problem.hess_vec(&start, &start, &mut product);
        assert!(max_norm(&product) > 0.0, "{name}");
    }
}

#[test]
fn the_extended_and_the_chained_functions_are_one_in_their_smallest_dimension() {
    for (a, b) in [
        ("rosenbrock", "extended-rosenbrock:2"),
        ("chained-wood:4", "wood"),
        ("chained-singular:4", "powell-singular"),
    ] {
        let (mut a, mut b) = (by_name(a).unwrap(), by_name(b).unwrap());
        let x = b.facts().start * 1.3;
        assert!((a.value(&x) / b.value(&x) - 1.0).abs() < 1e-14);
        assert_eq!(a.facts().start, b.facts().start);
    }
}

#[test]
fn a_strided_point_is_read_as_well() {
    let mut problem = by_name("wood").unwrap();
    let wide = ndarray::array![-3.0, 9.0, -1.0, 9.0, -3.0, 9.0, -1.0, 9.0];
    assert_eq!(problem.value(&wide.slice(ndarray::s![..;2])), 19192.0);
}

#[test]
fn texts_give_problems_or_a_sentence() {
    assert_eq!(by_name("quadratic:.01,.1,1").unwrap().facts().name, "quadratic:0.01,0.1,1");
    assert_eq!(by_name("ravine:1e3").unwrap().facts().name, "ravine:1000");
    assert_eq!(by_name("extended-powell-singular:4").unwrap().facts().name, "powell-singular");
    let wrong = [
        "rosenbrock:1",
        "rosenbrock:x",
        "rosenbrock:",
        "quadratic:",
        "quadratic:1,x",
        "quadratic:inf",
        "ravine:.5",
        "ravine:1,2",
        "beale:3",
        "watson:32",
        "extended-rosenbrock:7",
        "extended-powell-singular:6",
        "chained-wood:5",
        "trigonometric:20000",
        "",
        ":",
    ];
    for wrong in wrong {
        assert!(by_name(wrong).is_err(), "{wrong}");
    }
    let refused = by_name("watson:32").err().unwrap().to_string();
    assert_eq!(refused, "'watson:32' is not a problem: write watson:N with N from 2 to 31");
}

#[test]
fn each_example_has_the_name_by_which_it_is_found() {
    assert_eq!(forms().len(), examples().len());
    for problem in examples() {
        let facts = problem.facts();
        assert_eq!(by_name(&facts.name).unwrap().facts(), facts);
    }
}
