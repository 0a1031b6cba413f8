//! Optimizers that do not depend on the scale of f or x by their theory do not depend on it in the code.

use gradus::objective::{AnyObjective, Counted};
use gradus::optimizer::Optimizer;
use gradus::optimizer::catalogue::{AnyOptimizer, Catalogue, Needs};
use gradus::prelude::*;
use gradus::problems::Quadratic;

/// The optimizers of the catalogue that use curvature of a function in the plane.
fn scale_free() -> Vec<&'static str> {
    let catalogue = Catalogue::built_in();
    let takes = |needs| matches!(needs, Needs::ExactGradients | Needs::Products | Needs::Hessian);
    let names: Vec<&str> = catalogue
        .iter()
        .filter(|entry| takes(entry.needs()) && entry.learning_rate().is_none())
        .map(|entry| entry.name())
        .collect();
    assert!(names.len() >= 6, "{names:?}");
    names
}

/// A quadratic function that offers everything that an optimizer may ask for.
fn quadratic(eigenvalues: &[f64]) -> AnyObjective<Box<dyn Problem>> {
    let problem: Box<dyn Problem> = Box::new(Quadratic::new(eigenvalues));
    AnyObjective::new(problem)
}

fn optimizer(name: &str) -> AnyOptimizer {
    Catalogue::built_in().get(name).unwrap().configure().optimizer().unwrap()
}

/// Minimizes S/t²·(½u² + 5v²) from t·(3, −2): the same function, S times as high and t times as wide.
fn run(name: &str, height: f64, width: f64) -> Minimum {
    let curvature = height / width / width;
    let stop = Stop { relative_grad_tol: Some(1e-6), ..Stop::iterations(300) };
    let bowl = quadratic(&[curvature, 10.0 * curvature]);
    minimize(bowl, &array![3.0 * width, -2.0 * width], optimizer(name), stop).unwrap()
}

#[test]
fn the_height_of_a_function_does_not_matter() {
    for name in scale_free() {
        let usual = run(name, 1.0, 1.0).evaluations.value;
        for exponent in (-30..=30).chain([-150, 150, -280, 280]) {
            let found = run(name, 10f64.powi(exponent), 1.0);
            let evaluations = found.evaluations.value;
            assert!(found.termination.converged(), "{name} at 1e{exponent}: {}", found.termination);
            // Up to 1e-8 a first step of length 1/‖∇f‖ is too short by design, and a search has to grow it.
            let most = if (-9..0).contains(&exponent) { usual + 60 } else { usual + 12 };
            assert!(
                evaluations <= most,
                "{name} at 1e{exponent}: {evaluations} evaluations, usually {usual}"
            );
        }
    }
}

/// Beyond the ordinary sizes, heights that are powers of two give the same iterates to the last bit.
#[test]
fn far_from_the_ordinary_every_bit_is_the_same() {
    for name in scale_free() {
        let of = |exponent: i32| run(name, 2f64.powi(exponent), 1.0);
        let low = of(-60);
        for exponent in [-900, -300, -100, 100, 300, 900] {
            let found = of(exponent);
            assert_eq!((&found.x, found.iterations), (&low.x, low.iterations), "{name} at 2^{exponent}");
            assert_eq!(found.evaluations, low.evaluations, "{name} at 2^{exponent}");
            let scaled = |value: f64| value * 2f64.powi(-exponent - 60);
            assert_eq!(scaled(found.trace.value[0]), low.trace.value[0], "{name} at 2^{exponent}");
        }
    }
}

#[test]
fn the_width_of_a_function_does_not_matter() {
    for name in scale_free() {
        let usual = run(name, 1.0, 1.0).evaluations.value;
        for exponent in (-30..=30).step_by(3) {
            let found = run(name, 1.0, 10f64.powi(exponent));
            let evaluations = found.evaluations.value;
            assert!(found.termination.converged(), "{name} at 1e{exponent}: {}", found.termination);
            assert!(evaluations <= usual + 130, "{name} at 1e{exponent}: {evaluations}, usually {usual}");
        }
    }
}

/// Rosenbrock's valley, 10⁻ⁿ times as wide: unlike on a quadratic, the first radius of 1 has to shrink.
#[test]
#[cfg(feature = "lapack")]
fn a_trust_region_shrinks_into_a_valley_however_narrow() {
    use gradus::optimizer::second_order::TrustRegion;
    for exponent in [0, 3, 6, 9, 12, 15, 18, 24, 30] {
        let width = 10f64.powi(-exponent);
        let found = minimize(
            narrow_valley(width),
            &array![-1.2 * width, width],
            TrustRegion::new(),
            Stop { relative_grad_tol: Some(1e-9), ..Stop::iterations(200) },
        )
        .unwrap();
        assert!(found.termination.converged(), "{width}: {}", found.termination);
        assert!((&found.x / width - 1.0).iter().all(|d| d.abs() < 1e-6), "{width}: {}", found.x);
        assert!(found.evaluations.value < 150, "{width}: {}", found.evaluations.value);
    }
}

/// Rosenbrock's function of x/width.
#[cfg(feature = "lapack")]
fn narrow_valley(width: f64) -> impl gradus::objective::TwiceDifferentiable {
    use gradus::objective::TwiceDifferentiable;
    use ndarray::ArrayRef2;
    struct Narrow(problems::Rosenbrock, f64);
    impl Objective for Narrow {
        fn dim(&self) -> usize {
            2
        }
        fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
            self.0.value(&x.mapv(|x| x / self.1))
        }
    }
    impl Differentiable for Narrow {
        fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
            let value = self.0.value_grad(&x.mapv(|x| x / self.1), grad);
            *grad /= self.1;
            value
        }
    }
    impl TwiceDifferentiable for Narrow {
        fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
            self.0.hessian(&x.mapv(|x| x / self.1), hessian);
            *hessian /= self.1 * self.1;
        }
    }
    Narrow(problems::Rosenbrock::new(2), width)
}

#[test]
fn a_run_in_other_units_is_saved_and_resumed_with_the_same_bits() {
    use gradus::minimize::{Minimization, SavedRun};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    let valley = || quadratic(&[1e-100, 3e-99, 7e-98]);
    let (x0, stop) = (array![1.0, -2.0, 3.0], |count| Stop::iterations(count));
    for name in scale_free() {
        let whole = minimize(valley(), &x0, optimizer(name), stop(6)).unwrap();
        Minimization::new(valley(), &x0, optimizer(name), stop(2)).save_to(&file).run().unwrap();
        let saved = SavedRun::read(&file).unwrap();
        let rest = Minimization::resume(valley(), saved, optimizer(name), stop(6)).unwrap().run().unwrap();
        assert_eq!((rest.x, rest.value), (whole.x, whole.value), "{name}");
    }
}

#[test]
fn a_zero_gradient_ends_a_run_without_a_trial() {
    for name in ["sr1", "lbfgs", "bfgs", "cg"] {
        let bowl = quadratic(&[1.0, 2.0]);
        let found = minimize(bowl, &array![0.0, 0.0], optimizer(name), Stop::iterations(50)).unwrap();
        let sentence = found.termination.to_string();
        assert!(sentence.contains("the gradient is exactly zero"), "{name}: {sentence}");
        assert!(found.evaluations.value <= 2, "{name}: {}", found.evaluations.value);
    }
}

/// f in one variable with its derivative.
fn curve(f: impl FnMut(f64) -> (f64, f64) + 'static) -> impl Differentiable {
    let mut f = f;
    gradus::objective::FunctionWithGradient::new(1, move |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
        let (value, slope) = f(x[0]);
        grad[0] = slope;
        value
    })
}

#[test]
fn a_search_that_only_backtracks_does_not_turn_in_rounding() {
    use gradus::line_search::Backtracking;
    use gradus::optimizer::second_order::ConjugateGradient;
    let cg = || ConjugateGradient::default().line_search(Backtracking::default()).unwrap();
    let found =
        minimize(curve(|x| (0.5 * x * x + 1e17, x)), &array![3.0], cg(), Stop::iterations(2000)).unwrap();
    assert!(found.iterations < 200, "{found}");
    let log = |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
        grad.assign(&array![1.0 - 1.0 / x[0], 2.0 * x[1]]);
        x[0] - x[0].ln() + x[1] * x[1]
    };
    let log = gradus::objective::FunctionWithGradient::new(2, log);
    let found = minimize(log, &array![3.0, 1.0], cg(), Stop::iterations(2000)).unwrap();
    assert!(found.iterations < 200, "{found}");
}

mod sentences {
    use super::*;
    use gradus::line_search::{Exact, HagerZhang, LineSearch, MoreThuente};
    use gradus::optimizer::second_order::ConjugateGradient;

    fn ends<O: Differentiable>(
        objective: O,
        x0: &Array1<f64>,
        optimizer: impl Optimizer<f64, Counted<O>>,
    ) -> Minimum {
        minimize(objective, x0, optimizer, Stop::grad(1e-10).max_iter(500)).unwrap()
    }

    #[test]
    fn a_kink_is_told_from_a_wrong_gradient() {
        let bent = || {
            gradus::objective::FunctionWithGradient::new(
                2,
                |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
                    grad.assign(&array![x[0].signum(), 2.0 * x[1].signum()]);
                    x[0].abs() + 2.0 * x[1].abs()
                },
            )
        };
        let mut kinks = 0;
        for x0 in [array![1.0, 1.0], array![3.0, -2.0], array![0.3, 0.7]] {
            for word in [
                ends(bent(), &x0, Lbfgs::new(5)).termination.word(),
                ends(bent(), &x0, Bfgs::new()).termination.word(),
            ] {
                assert_ne!(word, "gradient_contradicted", "{x0}");
                kinks += usize::from(word == "kink");
            }
        }
        assert!(kinks > 0);
        // A kink with a wrong gradient beside it is still a wrong gradient.
        let wrong = gradus::objective::FunctionWithGradient::new(
            2,
            |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
                grad.assign(&array![-x[0].signum(), -2.0 * x[1].signum()]);
                x[0].abs() + 2.0 * x[1].abs()
            },
        );
        let found = ends(wrong, &array![1.0, 1.0], Lbfgs::new(5));
        assert_eq!(found.termination.word(), "gradient_contradicted", "{found}");
        // −∇f of a smooth function is named too.
        let uphill = curve(|x| (x * x, -2.0 * x));
        assert_eq!(ends(uphill, &array![1.0], Lbfgs::new(5)).termination.word(), "gradient_contradicted");
    }

    #[test]
    fn a_right_gradient_beside_a_large_constant_is_not_called_wrong() {
        for constant in [1e8, 1e12, 1e15] {
            let wave = move || curve(move |x| (constant + x.sin(), x.cos()));
            let report = check_gradient(&mut wave(), &array![0.7]).unwrap();
            assert_eq!(report.count("wrong"), 0, "{constant}: {report}");
            let word = ends(wave(), &array![0.7], Lbfgs::new(5)).termination.word();
            assert_ne!(word, "gradient_contradicted", "{constant}");
        }
        // Beside a small one, a wrong gradient is still found.
        let wrong = curve(|x| (1e3 + x.sin(), 1.1 * x.cos()));
        let mut wrong = wrong;
        assert_eq!(check_gradient(&mut wrong, &array![0.7]).unwrap().count("wrong"), 1);
    }

    #[test]
    fn a_step_function_is_not_called_wrong() {
        for (x, slope) in [(1.0, 0.0), (0.3, 0.0), (0.1 + 0.2, 1.0), (1.0 - 1e-16, 1.0), (-2.0, -1.0)] {
            let mut stairs = curve(move |x| ((10.0 * x).floor() + slope * x, slope));
            let report = check_gradient(&mut stairs, &array![x]).unwrap();
            assert_eq!(report.count("wrong"), 0, "{x}: {report}");
        }
    }

    #[test]
    fn a_step_of_a_check_that_moves_nothing_is_refused() {
        use gradus::gradcheck::GradCheck;
        let check = |h: f64, x: f64| {
            GradCheck::default().h(h).gradient(&mut problems::Rosenbrock::new(2), &array![x, 1.0])
        };
        let sentence = check(1e-17, 1.0).unwrap_err().to_string();
        assert!(sentence.starts_with("h = 1e-17 is out of range: h must be large enough"), "{sentence}");
        assert!(check(1e-6, 1e12).is_err() && check(1e-6, 1e3).is_ok() && check(1e-17, 0.0).is_err());
    }

    #[test]
    fn an_unbounded_function_is_told_and_its_lowest_point_returned() {
        let line = || {
            gradus::objective::FunctionWithGradient::new(
                2,
                |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
                    grad.assign(&array![-1.0, 0.0]);
                    -x[0]
                },
            )
        };
        let (x0, usual) = (array![0.0, 0.0], MoreThuente::default());
        for search in [LineSearch::from(HagerZhang::default()), Exact::default().into(), usual.into()] {
            let products = gradus::objective::GradientDifference::new(line());
            for found in [
                ends(line(), &x0, Lbfgs::new(5).line_search(search).unwrap()),
                ends(line(), &x0, ConjugateGradient::default().line_search(search).unwrap()),
                ends(products, &x0, NewtonCg::new().line_search(search).unwrap()),
            ] {
                assert_eq!(found.termination.word(), "unbounded", "{search:?}: {found}");
                assert!(found.value < -1e30 && found.x[0] == -found.value, "{search:?}: {found}");
            }
        }
        for name in scale_free() {
            let saddle = quadratic(&[-1.0, 1.0]);
            let found = minimize(saddle, &array![1.0, 1.0], optimizer(name), Stop::grad(1e-8)).unwrap();
            let sentence = found.termination.to_string();
            assert!(
                !sentence.contains("gradient is not right") && !sentence.contains("wrong"),
                "{name}: {sentence}"
            );
            if !matches!(
                found.termination,
                Termination::OutOfIterations { .. } | Termination::Converged { .. }
            ) {
                assert!(sentence.contains("unbounded") || name.starts_with("newton"), "{name}: {sentence}");
            }
        }
    }

    #[test]
    fn dividing_by_zero_is_named() {
        use gradus::optimizer::first_order::{AdaGrad, RmsProp};
        // The second coordinate has no gradient.
        let flat = || Quadratic::new(&[1.0, 0.0]);
        let x0 = array![1.0, 1.0];
        let stop = Stop::grad(1e-8).max_iter(10);
        let found = [
            minimize(flat(), &x0, FirstOrder::new(Adam { eps: 0.0, ..Adam::default() }, 0.1).unwrap(), stop),
            minimize(
                flat(),
                &x0,
                FirstOrder::new(AdaGrad { eps: 0.0, ..AdaGrad::default() }, 0.1).unwrap(),
                stop,
            ),
            minimize(
                flat(),
                &x0,
                FirstOrder::new(RmsProp { eps: 0.0, ..RmsProp::default() }, 0.1).unwrap(),
                stop,
            ),
        ];
        for found in found {
            let found = found.unwrap();
            let sentence = found.termination.to_string();
            assert!(sentence.contains("divided 0 by 0") && sentence.contains("eps"), "{sentence}");
            assert!(found.termination.diverged() && found.value.is_finite());
        }
        // A rate that is too large is no such case.
        let rule = FirstOrder::new(Sgd, 1e10).unwrap();
        let found = minimize(Quadratic::new(&[1.0]), &array![1.0], rule, Stop::iterations(100)).unwrap();
        assert_eq!(found.termination.word(), "not_finite");
        assert!(FirstOrder::<_, f32>::new(Adam { eps: 1e-50, ..Adam::default() }, 0.1).is_err());
    }
}
