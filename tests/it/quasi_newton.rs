//! Quasi-Newton methods and conjugate gradients against theory, and against recorded iterates of SciPy.

use gradus::linalg::max_norm;
use gradus::line_search::{Ray, Search};
use gradus::notebook::*;
use gradus::problems::{Beale, Quadratic, Rosenbrock};

/// ½xᵀAx − bᵀx with a random positive definite A of condition 10.
fn quadratic(n: usize) -> (Array2<f64>, impl Differentiable) {
    let draw = |purpose: &str, len| rng::normal::<f64>(&mut rng::stream(4, purpose, n as u64), len, 1.0);
    let mut basis = draw("basis", n * n).into_shape_with_order((n, n)).unwrap();
    for i in 0..n {
        for j in 0..i {
            let (done, mut rest) = basis.view_mut().split_at(gradus::ndarray::Axis(0), i);
            let overlap = done.row(j).dot(&rest.row(0));
            rest.row_mut(0).scaled_add(-overlap, &done.row(j));
        }
        let length = basis.row(i).dot(&basis.row(i)).sqrt();
        basis.row_mut(i).mapv_inplace(|v| v / length);
    }
    let eigenvalues = Array1::from_shape_fn(n, |i| 10f64.powf(i as f64 / (n as f64 - 1.0)));
    let a = basis.t().dot(&Array2::from_diag(&eigenvalues)).dot(&basis);
    let (matrix, b) = (a.clone(), draw("b", n));
    let f = FunctionWithGradient::new(n, move |x, grad| {
        let ax = matrix.dot(x);
        grad.assign(&(&ax - &b));
        0.5 * ax.dot(x) - b.dot(x)
    });
    (a, f)
}

/// Runs at most `iterations`, until the gradient is at most `tolerance` or no step is found, and returns all
/// points.
fn path<O: Differentiable, P: Optimizer<f64, O>>(
    mut f: O,
    x0: &Array1<f64>,
    mut p: P,
    iterations: usize,
    tolerance: f64,
) -> Vec<Iterate<f64>> {
    let mut iterate = Iterate::new(x0);
    p.start(&mut f, &mut iterate);
    let mut points = vec![iterate.clone()];
    for _ in 0..iterations {
        if max_norm(&iterate.grad) <= tolerance || p.iterate(&mut f, &mut iterate).is_break() {
            break;
        }
        points.push(iterate.clone());
    }
    points
}

fn close(a: &[Iterate<f64>], b: &[Iterate<f64>], tolerance: f64, what: &str) {
    assert_eq!(a.len(), b.len(), "{what}");
    for (k, (a, b)) in a.iter().zip(b).enumerate() {
        let apart = max_norm(&(&a.x - &b.x));
        assert!(apart <= tolerance * max_norm(&b.x).max(1.0), "{what}: {apart:e} apart after {k} iterations");
    }
}

#[test]
fn with_exact_steps_a_quadratic_ends_within_n_steps_and_all_take_the_same_path() {
    let n = 8;
    let x0 = rng::normal(&mut rng::stream(4, "x0", 0), n, 1.0);
    let run = |p: &dyn Fn() -> Vec<Iterate<f64>>| p();
    let f = || quadratic(n).1;
    let exact = Exact::default();
    let cg = path(
        f(),
        &x0,
        ConjugateGradient::new(Conjugacy::FletcherReeves).line_search(exact).unwrap(),
        20,
        1e-8,
    );
    assert!(cg.len() <= n + 1, "{} iterations", cg.len() - 1);
    for scaling in [Scaling::Identity, Scaling::Pair] {
        let bfgs =
            run(&|| path(f(), &x0, Bfgs::new().scaling(scaling).line_search(exact).unwrap(), 20, 1e-8));
        let factored = run(&|| {
            path(f(), &x0, CholeskyBfgs::new().scaling(scaling).line_search(exact).unwrap(), 20, 1e-8)
        });
        let limited =
            run(&|| path(f(), &x0, Lbfgs::new(n).scaling(scaling).line_search(exact).unwrap(), 20, 1e-8));
        close(&bfgs, &cg, 1e-7, "BFGS");
        close(&factored, &cg, 1e-7, "factored BFGS");
        close(&limited, &cg, 1e-7, "L-BFGS");
    }
    for conjugacy in [Conjugacy::PolakRibierePlus, Conjugacy::HagerZhang] {
        close(
            &path(f(), &x0, ConjugateGradient::new(conjugacy).line_search(exact).unwrap(), 20, 1e-8),
            &cg,
            1e-7,
            "CG",
        );
    }
}

#[test]
fn three_forms_of_bfgs_give_the_same_iterates() {
    let x0 = Rosenbrock::new(6).facts().start;
    let inverse = path(Rosenbrock::new(6), &x0, Bfgs::new().scaling(Scaling::Identity), 30, 0.0);
    let factored = path(Rosenbrock::new(6), &x0, CholeskyBfgs::new().scaling(Scaling::Identity), 30, 0.0);
    let limited = path(Rosenbrock::new(6), &x0, Lbfgs::new(30).scaling(Scaling::Identity), 30, 0.0);
    close(&inverse, &factored, 1e-6, "inverse and factored");
    close(&inverse, &limited, 1e-6, "inverse and limited");
}

#[test]
fn the_wolfe_conditions_hold_at_accepted_steps() {
    fn check(points: &[Iterate<f64>], c1: f64, c2: f64, strong: bool, what: &str) {
        assert!(points.len() > 5, "{what}");
        for pair in points.windows(2) {
            let (before, after) = (&pair[0], &pair[1]);
            if max_norm(&before.grad) < 1e-5 {
                continue; // Values there differ by rounding, which the approximate conditions are for.
            }
            let d = (&after.x - &before.x) / after.alpha;
            let (slope, slope_after) = (before.grad.dot(&d), after.grad.dot(&d));
            assert!(slope < 0.0, "{what}");
            assert!(after.value <= before.value + c1 * after.alpha * slope + 1e-12, "{what}");
            assert!(
                slope_after >= c2 * slope * (1.0 + 1e-9)
                    && (!strong || slope_after <= -c2 * slope * (1.0 + 1e-9)),
                "{what}"
            );
        }
    }
    let (x0, f) = (Rosenbrock::new(10).facts().start, || Rosenbrock::new(10));
    check(&path(f(), &x0, Bfgs::new(), 500, 1e-8), 1e-4, 0.9, true, "BFGS");
    check(&path(f(), &x0, CholeskyBfgs::new(), 500, 1e-8), 1e-4, 0.9, true, "factored BFGS");
    check(&path(f(), &x0, Lbfgs::new(5), 500, 1e-8), 1e-4, 0.9, true, "L-BFGS");
    for conjugacy in [Conjugacy::FletcherReeves, Conjugacy::PolakRibierePlus, Conjugacy::HagerZhang] {
        check(&path(f(), &x0, ConjugateGradient::new(conjugacy), 500, 1e-8), 1e-4, 0.1, true, "CG");
    }
}

#[test]
fn the_secant_equation_holds_and_the_matrices_stay_positive_definite() {
    let n = 5;
    let (mut f, mut iterate) = (Rosenbrock::new(n), Iterate::new(&Rosenbrock::new(n).facts().start));
    let mut bfgs = Bfgs::new();
    bfgs.start(&mut f, &mut iterate);
    let mut last: Option<(Array1<f64>, Array1<f64>)> = None;
    for k in 0..60 {
        let before = iterate.clone();
        if bfgs.iterate(&mut f, &mut iterate).is_break() || max_norm(&iterate.grad) < 1e-7 {
            break;
        }
        let h = bfgs.inverse_hessian();
        assert!(positive_definite(&h), "after {k} iterations");
        if let Some((s, y)) = &last {
            let off = max_norm(&(&h.dot(y) - s));
            assert!(off <= 1e-7 * max_norm(s), "Hy − s = {off:e} after {k} iterations");
        }
        last = Some((&iterate.x - &before.x, &iterate.grad - &before.grad));
    }
    let (mut f, mut iterate) = (Rosenbrock::new(n), Iterate::new(&Rosenbrock::new(n).facts().start));
    let mut factored = CholeskyBfgs::new();
    factored.start(&mut f, &mut iterate);
    for k in 0..60 {
        let before = iterate.clone();
        if factored.iterate(&mut f, &mut iterate).is_break() || max_norm(&iterate.grad) < 1e-7 {
            break;
        }
        let (s, y) = (&iterate.x - &before.x, &iterate.grad - &before.grad);
        let off = max_norm(&(&factored.hessian().dot(&s) - &y));
        assert!(off <= 1e-9 * max_norm(&y).max(1e-3), "Bs − y = {off:e} after {k} iterations");
        assert!(positive_definite(&factored.hessian()), "after {k} iterations");
    }
}

/// Returns whether all pivots of Cholesky's factorization are positive.
fn positive_definite(a: &Array2<f64>) -> bool {
    let n = a.nrows();
    let mut l = Array2::<f64>::zeros((n, n));
    for i in 0..n {
        for j in 0..=i {
            let rest = a[[i, j]] - (0..j).map(|k| l[[i, k]] * l[[j, k]]).sum::<f64>();
            if i == j && (rest.is_nan() || rest <= 0.0) {
                return false;
            }
            l[[i, j]] = if i == j { rest.sqrt() } else { rest / l[[j, j]] };
        }
    }
    true
}

#[test]
fn sr1_learns_the_hessian_of_a_quadratic() {
    let n = 6;
    let (a, mut f) = quadratic(n);
    let mut iterate = Iterate::new(&rng::normal(&mut rng::stream(4, "x0", 1), n, 1.0));
    let mut sr1 = Sr1::new();
    sr1.start(&mut f, &mut iterate);
    for _ in 0..4 * n {
        if sr1.iterate(&mut f, &mut iterate).is_break() || max_norm(&iterate.grad) < 1e-10 {
            break;
        }
    }
    assert!(max_norm(&iterate.grad) < 1e-8, "{:?}", iterate.grad);
    let off = (&sr1.hessian() - &a).iter().fold(0.0f64, |m, v| m.max(v.abs()));
    assert!(off < 1e-5, "{off:e}");
}

/// Scales f by a power of two, which does not change any rounding, and expects the same points to the bit.
#[test]
fn iterates_do_not_depend_on_the_scale_of_f() {
    let scaled = |factor: f64| {
        let mut inner = Rosenbrock::new(4);
        FunctionWithGradient::new(4, move |x, grad| {
            let value = factor * inner.value_grad(x, grad);
            grad.map_inplace(|g| *g *= factor);
            value
        })
    };
    let x0 = Rosenbrock::new(4).facts().start;
    for factor in [1048576.0, 0.25] {
        let xs = |points: Vec<Iterate<f64>>| points.into_iter().map(|p| p.x).collect::<Vec<_>>();
        assert_eq!(
            xs(path(scaled(1.0), &x0, Bfgs::new(), 30, 0.0)),
            xs(path(scaled(factor), &x0, Bfgs::new(), 30, 0.0))
        );
        assert_eq!(
            xs(path(scaled(1.0), &x0, Lbfgs::new(5), 30, 0.0)),
            xs(path(scaled(factor), &x0, Lbfgs::new(5), 30, 0.0))
        );
    }
}

type Run = Box<dyn Fn(&mut dyn Problem, Stop) -> Minimum>;

/// Returns every optimizer of this family with every line search that suits it.
fn all() -> Vec<(String, Run)> {
    fn run<P>(name: String, make: impl Fn() -> P + 'static) -> (String, Run)
    where
        P: for<'a> Optimizer<f64, Counted<&'a mut dyn Problem>>,
    {
        let run = move |problem: &mut dyn Problem, stop: Stop| {
            let x0 = problem.facts().start;
            minimize(problem, &x0, make(), stop).unwrap()
        };
        (name, Box::new(run))
    }
    let mut all = vec![run("sr1".into(), Sr1::new)];
    for search in LineSearch::NAMES.iter().map(|name| LineSearch::by_name(name).unwrap()) {
        let name = |optimizer: &str| format!("{optimizer} with {}", search.name());
        all.push(run(name("bfgs"), move || Bfgs::new().line_search(search).unwrap()));
        all.push(run(name("cholesky-bfgs"), move || CholeskyBfgs::new().line_search(search).unwrap()));
        all.push(run(name("lbfgs"), move || Lbfgs::new(7).line_search(search).unwrap()));
        for conjugacy in [Conjugacy::FletcherReeves, Conjugacy::PolakRibierePlus, Conjugacy::HagerZhang] {
            let search = match search {
                LineSearch::MoreThuente(_) => MoreThuente { curvature: 0.1, ..MoreThuente::default() }.into(),
                LineSearch::HagerZhang(_) => HagerZhang { curvature: 0.4, ..HagerZhang::default() }.into(),
                LineSearch::Backtracking(_) => continue,
                other => other,
            };
            all.push(run(name(&format!("{conjugacy:?}")), move || {
                ConjugateGradient::new(conjugacy).line_search(search).unwrap()
            }));
        }
    }
    all
}

#[test]
fn all_of_them_converge_on_the_test_functions() {
    for problem in ["rosenbrock", "rosenbrock:7", "beale", "himmelblau", "quadratic:.01,.1,1,100"] {
        for (name, run) in all() {
            let mut problem = problems::by_name(problem).unwrap();
            let found = run(&mut *problem, Stop::grad(1e-8).max_iter(3000));
            assert!(found.termination.converged(), "{name} on {}: {found}", problem.facts().name);
            let near = problem.facts().minima.iter().any(|(x, _)| max_norm(&(x - &found.x)) < 1e-4);
            assert!(
                near || problem.facts().name.starts_with("quadratic"),
                "{name} on {}: {found}",
                problem.facts().name
            );
        }
    }
}

#[test]
fn a_value_that_does_not_exist_is_backed_off_from_and_at_the_start_ends_the_run_at_once() {
    // For f = Σ xᵢ − ln xᵢ the first steps from .01 overshoot into negative numbers.
    let barrier = || {
        FunctionWithGradient::new(3, |x, grad| {
            grad.zip_mut_with(x, |g, &x| *g = 1.0 - 1.0 / x);
            x.iter().map(|x| x - x.ln()).sum()
        })
    };
    let from = |x0: Array1<f64>| {
        let stop = Stop::grad(1e-8).max_iter(200);
        vec![
            minimize(barrier(), &x0, Bfgs::new(), stop).unwrap(),
            minimize(barrier(), &x0, CholeskyBfgs::new(), stop).unwrap(),
            minimize(barrier(), &x0, Lbfgs::new(5), stop).unwrap(),
            minimize(barrier(), &x0, Lbfgs::new(5).line_search(HagerZhang::default()).unwrap(), stop)
                .unwrap(),
            minimize(barrier(), &x0, Lbfgs::new(5).line_search(Backtracking::default()).unwrap(), stop)
                .unwrap(),
            minimize(barrier(), &x0, ConjugateGradient::default(), stop).unwrap(),
            minimize(barrier(), &x0, Sr1::new(), stop).unwrap(),
        ]
    };
    for found in from(array![1e-2, 3.0, 40.0]) {
        assert!(found.termination.converged() && (found.x[0] - 1.0).abs() < 1e-6, "{found}");
    }
    for found in from(array![-1.0, 1.0, 1.0]) {
        assert!(matches!(found.termination, Termination::NotFinite { iteration: 0, .. }), "{found}");
    }
}

#[test]
fn a_wrong_gradient_is_named() {
    let wrong = || {
        let mut inner = Quadratic::new(&[1.0, 2.0, 3.0]);
        FunctionWithGradient::new(3, move |x, grad| {
            let value = inner.value_grad(x, grad);
            grad.map_inplace(|g| *g = -*g);
            value
        })
    };
    let (x0, stop) = (array![1.0, 1.0, 1.0], Stop::grad(1e-8));
    for found in [
        minimize(wrong(), &x0, Bfgs::new(), stop).unwrap(),
        minimize(wrong(), &x0, Lbfgs::new(5), stop).unwrap(),
        minimize(wrong(), &x0, ConjugateGradient::default(), stop).unwrap(),
        minimize(wrong(), &x0, Sr1::new(), stop).unwrap(),
    ] {
        let Termination::GradientContradicted { slope, measured } = found.termination else {
            panic!("{found}")
        };
        assert!(
            slope < 0.0 && measured > 0.0 && found.termination.to_string().contains("gradcheck"),
            "{found}"
        );
        assert_eq!(found.x, x0);
    }
}

#[test]
fn at_a_minimum_that_no_tolerance_asks_for_the_run_ends_without_calling_it_converged() {
    let found =
        minimize(Quadratic::new(&[1.0, 2.0]), &array![0.0, 0.0], Bfgs::new(), Stop::iterations(10)).unwrap();
    assert!(
        matches!(found.termination, Termination::LineSearchFailed { trials: 0, .. })
            && !found.termination.converged(),
        "{found}"
    );
    assert!(found.termination.to_string().contains("exactly zero"));
}

#[test]
fn a_closure_with_a_numeric_gradient_works_and_so_does_single_precision() {
    let valley = |x: &ArrayRef1<f64>| 100.0 * (x[1] - x[0] * x[0]).powi(2) + (1.0 - x[0]).powi(2);
    let found = minimize(
        FiniteDifference::new(Function::new(2, valley)),
        &array![-1.2, 1.0],
        Lbfgs::new(5),
        Stop::grad(1e-6),
    )
    .unwrap();
    assert!(found.termination.converged() && (found.x[0] - 1.0).abs() < 1e-5, "{found}");
    let bowl = FunctionWithGradient::typed(50, |x: &ArrayRef1<f32>, grad: &mut ArrayRef1<f32>| {
        grad.iter_mut().zip(x).enumerate().for_each(|(i, (g, &x))| *g = (i + 1) as f32 * (x - 1.0));
        x.iter().enumerate().map(|(i, x)| (i + 1) as f32 * (x - 1.0).powi(2) / 2.0).sum()
    });
    let found = minimize(bowl, &Array1::<f32>::zeros(50), Lbfgs::new(10), Stop::grad(1e-4)).unwrap();
    assert!(found.termination.converged() && (found.x[49] - 1.0).abs() < 1e-4, "{found}");
}

/// The evaluations to ‖∇f‖∞ ≤ 1e-8, as measured when the test was written. They may fall, but must not rise.
#[test]
fn evaluation_counts_do_not_rise() {
    let count = |problem: &str, run: &dyn Fn(&mut dyn Problem, &Array1<f64>) -> Minimum| {
        let mut problem = problems::by_name(problem).unwrap();
        let x0 = problem.facts().start;
        let found = run(&mut *problem, &x0);
        assert!(found.termination.converged(), "{found}");
        found.evaluations.grad
    };
    let stop = Stop::grad(1e-8);
    let mut measured = Vec::new();
    for (problem, most) in KNOWN_COUNTS {
        let now = [
            count(problem, &|f, x0| minimize(f, x0, Bfgs::new(), stop).unwrap()),
            count(problem, &|f, x0| minimize(f, x0, Lbfgs::new(10), stop).unwrap()),
            count(problem, &|f, x0| minimize(f, x0, ConjugateGradient::default(), stop).unwrap()),
            count(problem, &|f, x0| minimize(f, x0, Sr1::new(), stop).unwrap()),
        ];
        measured.push((problem, now, most));
    }
    assert!(
        measured.iter().all(|(_, now, most)| now.iter().zip(*most).all(|(now, most)| *now <= most)),
        "{measured:?}"
    );
}

/// The columns are BFGS, L-BFGS(10), conjugate gradients and SR1.
const KNOWN_COUNTS: [(&str, [usize; 4]); 5] = [
    ("rosenbrock", [43, 46, 149, 47]),
    ("rosenbrock:10", [51, 96, 323, 122]),
    ("rosenbrock:100", [488, 635, 1274, 835]),
    ("beale", [19, 17, 41, 20]),
    ("himmelblau", [18, 17, 26, 15]),
];

/// Returns what was recorded of one method and problem: the evaluations, and the points in order.
fn recorded(method: &str, problem: &str) -> (usize, Vec<Array1<f64>>) {
    let text = include_str!("../fixtures/second_order/quasi_newton.csv");
    let rows: Vec<Vec<&str>> =
        text.lines().filter(|l| !l.starts_with('#')).map(|l| l.split(',').collect()).collect();
    let rows: Vec<_> = rows.iter().filter(|row| row[0] == method && row[1] == problem).collect();
    let point = |row: &&Vec<&str>| row[4..].iter().map(|x| x.parse::<f64>().unwrap()).collect();
    (rows[0][2].parse().unwrap(), rows.iter().map(point).collect())
}

const RECORDED: [&str; 4] = ["rosenbrock:2", "rosenbrock:10", "beale", "himmelblau"];

/// Returns how many points of the two paths agree to `tolerance`, from the start on.
fn agree(ours: &[Iterate<f64>], theirs: &[Array1<f64>], tolerance: f64) -> usize {
    ours.iter()
        .zip(theirs)
        .take_while(|(a, b)| max_norm(&(&a.x - *b)) <= tolerance * max_norm(b).max(1.0))
        .count()
}

/// SciPy's BFGS does not scale, takes the first trial from the last decrease, and searches as MINPACK-2.
#[test]
fn set_as_scipy_sets_it_bfgs_takes_scipys_path() {
    for problem in RECORDED {
        let (evaluations, theirs) = recorded("bfgs", problem);
        let mut f = Counted::new(problems::by_name(problem).unwrap());
        let search = MoreThuente { rounding: 0.0, max_step: 1e100, ..MoreThuente::default() };
        let p = Bfgs::new()
            .scaling(Scaling::Identity)
            .first_trial(FirstTrial::LastDecrease)
            .line_search(search)
            .unwrap();
        let ours = path(&mut f, &theirs[0], p, 1000, 1e-8);
        let same = agree(&ours, &theirs, 1e-5);
        println!(
            "bfgs {problem}: {same} of {} points the same, {} evaluations for {evaluations}",
            theirs.len(),
            f.evaluations().grad
        );
        assert!(
            same == theirs.len() && ours.len() == theirs.len(),
            "{problem}: {same} of {} points agree",
            theirs.len()
        );
        assert_eq!(f.evaluations().grad, evaluations, "{problem}");
    }
}

/// L-BFGS-B without bounds has c₁ = 1e-3, c₂ = .9 and width .1. Its compact matrix is that of the two-loop
/// recursion.
#[test]
fn set_as_scipy_sets_it_lbfgs_takes_scipys_path() {
    for problem in RECORDED {
        let (evaluations, theirs) = recorded("lbfgs", problem);
        let mut f = Counted::new(problems::by_name(problem).unwrap());
        let search = MoreThuente { decrease: 1e-3, width: 0.1, rounding: 0.0, ..MoreThuente::default() };
        let ours = path(&mut f, &theirs[0], Lbfgs::new(10).line_search(search).unwrap(), 1000, 1e-8);
        let same = agree(&ours, &theirs, 1e-5);
        println!(
            "lbfgs {problem}: {same} of {} points the same, {} evaluations for {evaluations}",
            theirs.len(),
            f.evaluations().grad
        );
        assert!(
            same == theirs.len() && ours.len() == theirs.len(),
            "{problem}: {same} of {} points agree",
            theirs.len()
        );
        assert_eq!(f.evaluations().grad, evaluations, "{problem}");
    }
}

/// PyTorch's LBFGS has the same two loops and another cubic search. The paths therefore separate, but they
/// end at the same minima after a similar number of evaluations.
#[test]
fn torch_ends_at_the_same_minima_with_as_many_evaluations() {
    for problem in RECORDED {
        let (evaluations, ends) = recorded("torch", problem);
        let mut f = problems::by_name(problem).unwrap();
        let x0 = f.facts().start;
        let found =
            minimize(&mut *f, &x0, Lbfgs::new(10).first_trial(FirstTrial::UnitOneNorm), Stop::grad(1e-8))
                .unwrap();
        assert!(found.termination.converged(), "{found}");
        assert!(max_norm(&(&found.x - &ends[0])) < 1e-5, "{problem}: {} is not {}", found.x, ends[0]);
        assert!(
            found.evaluations.grad <= evaluations + evaluations / 5,
            "{problem}: {} for torch's {evaluations}",
            found.evaluations.grad
        );
    }
}

#[test]
fn the_summary_of_one_line_of_code_can_be_read() {
    let mut problem = Beale;
    let text =
        minimize(&mut problem, &array![1.0, 1.0], Lbfgs::new(10), Stop::grad(1e-8)).unwrap().to_string();
    assert!(
        text.starts_with("lbfgs: converged: ‖∇f‖∞ = ")
            && text.contains("≤ 1.0e-8")
            && text.contains("iterations"),
        "{text}"
    );
    assert_eq!(Objective::dim(&Beale), 2);
}

/// A plain L-BFGS: the two-loop recursion over a list of pairs, from which the oldest one falls out. A pair
/// without positive curvature is not kept, and takes the place of the oldest one with it.
fn plain_lbfgs(
    f: &mut impl Differentiable,
    x0: &Array1<f64>,
    memory: usize,
    search: LineSearch,
    iterations: usize,
) -> (Vec<Array1<f64>>, usize) {
    let (mut x, mut grad) = (x0.clone(), Array1::zeros(x0.len()));
    let mut value = f.value_grad(&x, &mut grad);
    let (mut pairs, mut points, mut skipped) = (Vec::<(Array1<f64>, Array1<f64>)>::new(), vec![x.clone()], 0);
    for _ in 0..iterations {
        let mut d = -&grad;
        let mut coefficients = Vec::new();
        for (s, y) in pairs.iter().rev() {
            let coefficient = s.dot(&d) / s.dot(y);
            d.scaled_add(-coefficient, y);
            coefficients.push(coefficient);
        }
        if let Some((s, y)) = pairs.last() {
            d *= s.dot(y) / y.dot(y);
        }
        for ((s, y), coefficient) in pairs.iter().zip(coefficients.into_iter().rev()) {
            let change = coefficient - y.dot(&d) / s.dot(y);
            d.scaled_add(change, s);
        }
        let slope = grad.dot(&d);
        let first = if pairs.is_empty() { 1f64.min(1.0 / grad.dot(&grad).sqrt()) } else { 1.0 };
        let (mut trial, mut trial_grad) = (x.clone(), grad.clone());
        let found = search.search(Ray { value, slope }, first, |alpha| {
            trial = &x + &(&d * alpha);
            let value = f.value_grad(&trial, &mut trial_grad);
            (value, trial_grad.dot(&d))
        });
        let Search::Found { value: lower, .. } = found else { break };
        let (s, y) = (&trial - &x, &trial_grad - &grad);
        if s.dot(&y) > 0.0 {
            pairs.push((s, y));
        } else {
            skipped += 1;
            if pairs.len() == memory {
                pairs.remove(0);
            }
        }
        if pairs.len() > memory {
            pairs.remove(0);
        }
        (x, grad, value) = (trial, trial_grad, lower);
        points.push(x.clone());
    }
    (points, skipped)
}

/// Few pairs and a function that is not convex: pairs are overwritten, and some are skipped.
#[test]
fn lbfgs_is_the_two_loop_recursion_also_where_pairs_are_overwritten_or_skipped() {
    let waves = || {
        FunctionWithGradient::new(4, |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
            let mut value = 0.0;
            for i in 0..4 {
                let (a, b) = (1.0 + i as f64, 0.02 * (i + 1) as f64);
                value += (a * x[i]).cos() + b * x[i] * x[i];
                grad[i] = -a * (a * x[i]).sin() + 2.0 * b * x[i];
            }
            value += 0.3 * (x[0] * x[3] + x[1] * x[2]);
            for i in 0..4 {
                grad[i] += 0.3 * x[3 - i];
            }
            value
        })
    };
    let (mut overwritten, mut all_skipped) = (0, 0);
    for memory in [1, 2, 3, 5] {
        for seed in 0..6 {
            let x0 = rng::normal::<f64>(&mut rng::stream(seed, "start of L-BFGS", 0), 4, 1.5);
            let search = LineSearch::from(Backtracking::default());
            let (expected, skipped) = plain_lbfgs(&mut waves(), &x0, memory, search, 12);
            let method = Lbfgs::new(memory).line_search(search).unwrap();
            let points = path(waves(), &x0, method, 12, 0.0);
            for (k, (ours, theirs)) in points.iter().zip(&expected).enumerate().take(11) {
                let error = max_norm(&(&ours.x - theirs));
                assert!(error < 1e-6, "memory {memory}, seed {seed}, iterate {k}: {error}");
            }
            overwritten += usize::from(expected.len() > memory + 1);
            all_skipped += skipped;
        }
    }
    assert!(overwritten > 10 && all_skipped > 5, "{overwritten} {all_skipped}");
}
