//! Newton's method and its relatives against theory and against SciPy from the same points, and their
//! reaction to input that cannot work.
#![cfg(feature = "lapack")]

use gradus::linalg::max_norm;
use gradus::ndarray::Axis;
use gradus::notebook::*;
use gradus::problems::{Beale, Quadratic, Rosenbrock, Saddle};

/// A function given by two closures, one for value and gradient and one for the Hessian.
struct Smooth<G, H> {
    dim: usize,
    value_grad: G,
    hessian: H,
}

impl<G: FnMut(&ArrayRef1<f64>, &mut ArrayRef1<f64>) -> f64, H> Objective for Smooth<G, H> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        (self.value_grad)(x, &mut Array1::zeros(self.dim))
    }
}

impl<G: FnMut(&ArrayRef1<f64>, &mut ArrayRef1<f64>) -> f64, H> Differentiable for Smooth<G, H> {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        (self.value_grad)(x, grad)
    }
}

impl<G, H> TwiceDifferentiable for Smooth<G, H>
where
    G: FnMut(&ArrayRef1<f64>, &mut ArrayRef1<f64>) -> f64,
    H: FnMut(&ArrayRef1<f64>, &mut ArrayRef2<f64>),
{
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        (self.hessian)(x, hessian);
    }
}

/// ½xᵀAx − bᵀx.
fn quadratic(a: Array2<f64>, b: Array1<f64>) -> impl TwiceDifferentiable {
    let matrix = a.clone();
    let value_grad = move |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
        let ax = a.dot(x);
        grad.assign(&(&ax - &b));
        0.5 * ax.dot(x) - b.dot(x)
    };
    Smooth {
        dim: matrix.nrows(),
        value_grad,
        hessian: move |_: &ArrayRef1<f64>, h: &mut ArrayRef2<f64>| h.assign(&matrix),
    }
}

fn draw(rows: usize, columns: usize, purpose: &str) -> Array2<f64> {
    let numbers = rng::normal::<f64>(&mut rng::stream(12, purpose, rows as u64), rows * columns, 1.0);
    numbers.into_shape_with_order((rows, columns)).unwrap()
}

/// Returns the iterates of a run, beginning with the start.
fn path<O: Objective, P: Optimizer<f64, Counted<O>>>(
    f: O,
    x0: &Array1<f64>,
    optimizer: P,
    stop: Stop,
) -> (Minimum, Vec<Array1<f64>>) {
    let mut points = Vec::new();
    let found = minimize_observed(f, x0, optimizer, stop, |moment| {
        points.push(moment.iterate.x.clone());
    })
    .unwrap();
    if points.last() != Some(&found.x) {
        points.push(found.x.clone());
    }
    (found, points)
}

/// Returns ‖a − b‖∞ relative to max(1, ‖b‖∞).
fn apart(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    max_norm(&(a - b)) / max_norm(b).max(1.0)
}

mod theory {
    use super::*;

    #[test]
    fn a_quadratic_takes_one_newton_step_whatever_its_shape() {
        for n in [1, 2, 5, 40] {
            let root = draw(n, n, "root");
            let (definite, b) =
                (root.dot(&root.t()) + Array2::<f64>::eye(n), draw(n, 1, "b").column(0).to_owned());
            let x0 = draw(n, 1, "x0").column(0).to_owned();
            for newton in [Newton::pure(), Newton::damped(), Newton::new()] {
                let found =
                    minimize(quadratic(definite.clone(), b.clone()), &x0, newton, Stop::grad(1e-8)).unwrap();
                assert_eq!((found.iterations, found.termination.converged()), (1, true), "{found}");
            }
            // The pure form also goes to the stationary point of an indefinite function, by LDLᵀ, and knows
            // that it is a saddle.
            let found =
                minimize(quadratic(&root + &root.t(), b.clone()), &x0, Newton::pure(), Stop::grad(1e-8))
                    .unwrap();
            assert_eq!((found.iterations, found.termination.converged()), (1, true), "{found}");
            assert_eq!(found.remark().is_some(), found.smallest_eigenvalue.unwrap() < 0.0);
        }
    }

    #[test]
    fn newton_does_not_care_about_an_affine_map_of_its_coordinates() {
        // For g(z) = f(Az + c) with Rosenbrock's f, the iterates correspond: x = Az + c.
        let (a, c) = (array![[2.0, 1.0], [-0.5, 3.0]], array![0.3, -0.7]);
        let x0 = array![-1.2, 1.0];
        let inverse = array![[3.0, -1.0], [0.5, 2.0]] / 6.5;
        let z0 = inverse.dot(&(&x0 - &c));
        let (matrix, shift) = (a.clone(), c.clone());
        let to_x = move |z: &ArrayRef1<f64>| matrix.dot(z) + &shift;
        let (map, a_t) = (to_x.clone(), a.t().to_owned());
        let value_grad = move |z: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
            let mut inner = Array1::zeros(2);
            let value = Rosenbrock::new(2).value_grad(&map(z), &mut inner);
            grad.assign(&a_t.dot(&inner));
            value
        };
        let (map, a) = (to_x.clone(), a);
        let hessian = move |z: &ArrayRef1<f64>, h: &mut ArrayRef2<f64>| {
            let mut inner = Array2::zeros((2, 2));
            Rosenbrock::new(2).hessian(&map(z), &mut inner);
            h.assign(&a.t().dot(&inner).dot(&a));
        };
        for newton in [Newton::pure(), Newton::damped()] {
            let (_, straight) = path(Rosenbrock::new(2), &x0, newton.clone(), Stop::grad(1e-8));
            let mapped = Smooth { dim: 2, value_grad: value_grad.clone(), hessian: hessian.clone() };
            let (_, mapped) = path(mapped, &z0, newton, Stop::grad(1e-8));
            assert!(straight.len() > 5);
            for (x, z) in straight.iter().zip(&mapped) {
                assert!(apart(&to_x(z), x) < 1e-9, "{} is not {x}", to_x(z));
            }
        }
    }

    #[test]
    fn the_digits_double_near_the_minimum() {
        fn check<P: Optimizer<f64, Counted<Rosenbrock>>>(optimizer: P) {
            let (found, points) = path(Rosenbrock::new(2), &array![-1.2, 1.0], optimizer, Stop::grad(1e-12));
            let errors: Vec<f64> = points.iter().map(|x| max_norm(&(x - 1.0))).collect();
            // From 10⁻² until rounding, each error is at most a constant times the square of the previous
            // one.
            let pairs: Vec<_> = errors.windows(2).filter(|pair| pair[0] < 1e-2 && pair[1] > 1e-13).collect();
            assert!(!pairs.is_empty(), "{found}");
            assert!(pairs.iter().all(|pair| pair[1] <= 50.0 * pair[0] * pair[0]), "{errors:?}");
        }
        check(Newton::pure());
        check(Newton::damped());
        check(Newton::new());
        check(TrustRegion::new());
    }

    #[test]
    fn pure_newton_goes_to_the_saddle_and_says_so_and_the_others_leave_it() {
        let x0 = array![0.1, 0.1];
        let found = minimize(Saddle, &x0, Newton::pure(), Stop::grad(1e-8)).unwrap();
        assert!(found.termination.converged() && max_norm(&found.x) < 1e-8, "{found}");
        assert_eq!(found.smallest_eigenvalue, Some(-1.0));
        assert!(found.to_string().contains("a saddle point or maximum, no minimum"), "{found}");
        let mut newton = Newton::new();
        let mut largest_shift = 0.0f64;
        let stop = Stop::grad(1e-8);
        let mut iterate = Iterate::new(&x0);
        newton.start(&mut Saddle, &mut iterate);
        while max_norm(&iterate.grad) > 1e-8 {
            assert!(newton.iterate(&mut Saddle, &mut iterate).is_continue());
            largest_shift = largest_shift.max(newton.shift());
        }
        // H = diag(1, 3·.01 − 1) needs a shift of .97. The shifts tried are 10⁻³·4ʲ times its largest entry
        // 1.
        assert_eq!(largest_shift, 1e-3 * 4f64.powi(5));
        assert!((iterate.value + 0.25).abs() < 1e-15);
        for found in [
            minimize(Saddle, &x0, TrustRegion::new(), stop).unwrap(),
            minimize(ThroughHessian::new(Saddle), &x0, NewtonCg::new(), stop).unwrap(),
            // On the ridge the gradient points to the saddle; only an exact subproblem leaves the ridge.
            minimize(Saddle, &array![0.1, 0.0], TrustRegion::new(), stop).unwrap(),
            // At the saddle itself the gradient is 0, which must not end the run.
            minimize(Saddle, &array![0.0, 0.0], TrustRegion::new(), Stop::iterations(20)).unwrap(),
        ] {
            assert!((found.value + 0.25).abs() < 1e-12, "{found}");
        }
        assert_eq!(minimize(Saddle, &x0, Newton::new(), stop).unwrap().shift, Some(0.0));
    }

    /// The subproblem's solution must satisfy Moré & Sorensen's conditions: (H + λI)p = −g, λ ≥ 0, λ(Δ − ‖p‖)
    /// = 0 nearly, and no point of the region may be much lower.
    #[test]
    fn a_trust_region_step_is_nearly_the_best_in_its_region() {
        for (case, n) in [2, 3, 6, 12].into_iter().enumerate() {
            for radius in [1e-3, 0.1, 1.0, 30.0] {
                let root = draw(n, n, &format!("trust {case}"));
                let (h, g) = (&root + &root.t(), draw(n, 1, "trust g").column(0).to_owned());
                let model = |p: &Array1<f64>| g.dot(p) + 0.5 * p.dot(&h.dot(p));
                // On the quadratic itself the model is exact, so the step of one iteration from 0 is
                // accepted.
                let mut optimizer = TrustRegion::new().radii(radius, 1e3).unwrap();
                let found = minimize(
                    quadratic(h.clone(), -&g),
                    &Array1::zeros(n),
                    &mut optimizer,
                    Stop::iterations(1),
                )
                .unwrap();
                let (p, lambda) = (&found.x, optimizer.multiplier());
                assert!(p.dot(p).sqrt() <= 1.1 * radius * (1.0 + 1e-12));
                assert!(lambda >= 0.0);
                // Compare with many points of the region, and with the ends of H's eigenvectors.
                let mut best = f64::INFINITY;
                for replicate in 0..400 {
                    let mut q = rng::normal::<f64>(&mut rng::stream(9, "region", replicate), n, 1.0);
                    // Go to the best nearby point of the sphere by projected gradients.
                    for _ in 0..60 {
                        q = &q - &((&g + &h.dot(&q)) * 0.05);
                        let length = q.dot(&q).sqrt();
                        if length > radius {
                            q *= radius / length;
                        }
                    }
                    best = best.min(model(&q));
                    if replicate > 20 && n > 3 {
                        break;
                    }
                }
                assert!(model(p) <= 0.8 * best, "n {n}, Δ {radius}: {} is not nearly {best}", model(p));
            }
        }
    }

    #[test]
    fn least_squares_of_a_line_take_one_gauss_newton_step() {
        let mut fit = problems::by_name("linear-full-rank").unwrap();
        let x0 = fit.facts().start;
        let found = minimize(fit.as_residuals().unwrap(), &x0, GaussNewton::new(), Stop::grad(1e-8)).unwrap();
        assert_eq!((found.iterations, found.termination.converged()), (1, true), "{found}");
    }

    #[test]
    fn the_forcing_term_makes_newton_cg_superlinear() {
        let (_, points) =
            path(ThroughHessian::new(Beale), &array![2.5, 0.3], NewtonCg::new(), Stop::grad(1e-11));
        let errors: Vec<f64> = points.iter().map(|x| max_norm(&(x - &array![3.0, 0.5]))).collect();
        let last: Vec<f64> =
            errors.windows(2).filter(|pair| pair[1] > 1e-14).map(|pair| pair[1] / pair[0]).collect();
        assert!(last.last().unwrap() < &1e-3, "{errors:?}");
    }
}

mod scipy {
    use super::*;

    struct Recorded {
        problem: String,
        x0: Array1<f64>,
        counts: Vec<f64>,
        /// With SciPy's slip put right.
        repaired: Vec<f64>,
        rows: Vec<Vec<f64>>,
    }

    fn recorded(text: &str) -> Vec<Recorded> {
        let numbers = |words: &[&str]| words.iter().map(|word| word.parse().unwrap()).collect::<Vec<f64>>();
        let mut runs: Vec<Recorded> = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<&str> = line.split(' ').collect();
            match words[0] {
                "run" => {
                    let x0 = Array1::from(numbers(&words[2..]));
                    runs.push(Recorded {
                        problem: words[1].into(),
                        x0,
                        counts: Vec::new(),
                        repaired: Vec::new(),
                        rows: Vec::new(),
                    });
                }
                "counts" => runs.last_mut().unwrap().counts = numbers(&words[1..]),
                "repaired" => runs.last_mut().unwrap().repaired = numbers(&words[1..]),
                _ => runs.last_mut().unwrap().rows.push(numbers(&words[1..])),
            }
        }
        runs
    }

    #[test]
    fn trust_exact_takes_the_same_iterates_and_no_fewer_evaluations() {
        for run in recorded(include_str!("../fixtures/second_order/trust_exact.txt")) {
            let stop = Stop::grad(1e-8).norm(Norm::Euclidean);
            let (found, points) =
                path(problems::by_name(&run.problem).unwrap(), &run.x0, TrustRegion::new(), stop);
            assert!(found.termination.converged(), "{found}");
            let values = found.evaluations.value as f64;
            assert!(values <= run.repaired[0], "{}: {values} against {:?}", run.problem, run.repaired);
            assert!(values <= 1.05 * run.counts[0], "{}: {values} against {:?}", run.problem, run.counts);
            let value = run.counts[4];
            assert!(
                (found.value - value).abs() <= 1e-8 * value.abs().max(1.0),
                "{}: {} is not {value}",
                run.problem,
                found.value
            );
            if run.rows.is_empty() {
                continue;
            }
            assert_eq!(points.len(), run.rows.len(), "{} from {}", run.problem, run.x0);
            for (k, (ours, theirs)) in points.iter().zip(&run.rows).enumerate() {
                let theirs = Array1::from(theirs.clone());
                assert!(
                    apart(ours, &theirs) < 1e-6,
                    "{} after {k} iterations: {ours} is not {theirs}",
                    run.problem
                );
            }
        }
    }

    /// From each of SciPy's iterates where its line search took step length 1, one iteration of ours leads to
    /// the next.
    #[test]
    fn newton_cg_takes_the_same_steps_where_the_line_search_takes_them_whole() {
        let mut compared = 0;
        for run in recorded(include_str!("../fixtures/second_order/newton_cg.txt")) {
            let problem = || problems::by_name(&run.problem).unwrap();
            for pair in run.rows.windows(2).filter(|pair| pair[0][0] == 1.0) {
                let [from, to] = [&pair[0], &pair[1]].map(|row| Array1::from(row[1..].to_vec()));
                let found = minimize(problem(), &from, NewtonCg::new(), Stop::iterations(1)).unwrap();
                assert_eq!((found.iterations, found.trace.alpha[1]), (1, 1.0), "{} from {from}", run.problem);
                assert!(apart(&found.x, &to) < 1e-7, "{}: {} is not {to}", run.problem, found.x);
                compared += 1;
            }
            let found = minimize(problem(), &run.x0, NewtonCg::new(), Stop::grad(1e-8)).unwrap();
            assert!(found.termination.converged(), "{found}");
            assert!(
                found.iterations as f64 <= 2.0 * run.counts[3] + 12.0,
                "{}: {} against {:?}",
                run.problem,
                found.iterations,
                run.counts
            );
        }
        assert!(compared > 100, "{compared}");
    }

    /// The minima of `least_squares(method="lm")`, in any units.
    #[test]
    fn least_squares_end_where_scipys_do() {
        struct Decay {
            units: [f64; 3],
        }
        impl Decay {
            fn terms(&self, x: &ArrayRef1<f64>) -> impl Iterator<Item = (f64, [f64; 3])> {
                let [a, b, c] = [0, 1, 2].map(|i| x[i] * self.units[i]);
                let units = self.units;
                (0..10).map(move |i| {
                    let t = i as f64 / 9.0;
                    let data = 2.0 * (-1.5 * t).exp() + 0.5 + 0.05 * (7.0 * i as f64).cos();
                    let decay = (-b * t).exp();
                    (a * decay + c - data, [decay * units[0], -a * t * decay * units[1], units[2]])
                })
            }
        }
        impl Objective for Decay {
            fn dim(&self) -> usize {
                3
            }
            fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
                self.terms(x).map(|(r, _)| r * r).sum()
            }
        }
        impl Differentiable for Decay {
            fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
                grad.fill(0.0);
                self.terms(x).for_each(|(r, row)| (0..3).for_each(|j| grad[j] += 2.0 * r * row[j]));
                self.value(x)
            }
        }
        impl Residuals for Decay {
            fn residual_count(&self) -> usize {
                10
            }
            fn scale(&self) -> f64 {
                1.0
            }
            fn residuals(&mut self, x: &ArrayRef1<f64>, residuals: &mut ArrayRef1<f64>) {
                residuals.iter_mut().zip(self.terms(x)).for_each(|(out, (r, _))| *out = r);
            }
            fn jacobian(&mut self, x: &ArrayRef1<f64>, jacobian: &mut ArrayRef2<f64>) {
                jacobian
                    .axis_iter_mut(Axis(0))
                    .zip(self.terms(x))
                    .for_each(|(mut out, (_, row))| (0..3).for_each(|j| out[j] = row[j]));
            }
        }
        for run in recorded(include_str!("../fixtures/second_order/least_squares.txt")) {
            let mut problem: Box<dyn Residuals> = match run.problem.as_str() {
                "valley" => Box::new(Rosenbrock::new(2)),
                "beale" => Box::new(Beale),
                "decay" => Box::new(Decay { units: [1.0; 3] }),
                _ => Box::new(Decay { units: [1e-6, 1.0, 1e3] }),
            };
            let theirs = Array1::from(run.rows[0].clone());
            // In millionths of a unit the gradient is 10⁻⁶ as large. Relative to the start, units do not
            // matter.
            let stop = Stop::relative_grad(1e-9);
            let lm = minimize(&mut *problem, &run.x0, LevenbergMarquardt::new(), stop).unwrap();
            let gn = minimize(&mut *problem, &run.x0, GaussNewton::new(), stop).unwrap();
            for found in [lm, gn] {
                assert!(found.termination.converged(), "{}: {found}", run.problem);
                let error =
                    found.x.iter().zip(&theirs).map(|(a, b)| (a - b).abs() / b.abs()).fold(0.0, f64::max);
                assert!(error < 1e-6, "{}: {} is not {theirs}", run.problem, found.x);
                assert!(found.evaluations.value as f64 <= 2.0 * run.counts[0], "{}: {found}", run.problem);
            }
        }
    }
}

mod counts {
    use super::*;

    /// Known-good evaluations of values from the standard starts to ‖∇f‖∞ ≤ 1e-8. They may fall, and must not
    /// rise.
    #[test]
    fn known_good_counts_do_not_rise() {
        // The columns: problem, trust region, Newton, Newton-CG, Levenberg–Marquardt.
        let known = [
            ("rosenbrock", 26, 34, 104, 20),
            ("beale", 9, 8, 15, 12),
            ("helical-valley", 10, 12, 30, 15),
            ("bard", 15, 9, 14, 8),
            ("wood", 44, 75, 648, 53),
            ("kowalik-osborne", 10, 13, 17, 14),
            ("osborne-1", 38, 38, 110, 24),
            ("watson", 14, 14, 21, 18),
            ("variably-dimensioned", 15, 15, 15, 13),
            ("chebyquad", 18, 19, 19, 42),
        ];
        for (name, trust_region, newton, newton_cg, levenberg_marquardt) in known {
            let mut problem = problems::by_name(name).unwrap();
            let (x0, stop) = (problem.facts().start, Stop::grad(1e-8));
            let runs = [
                (minimize(&mut *problem, &x0, TrustRegion::new(), stop).unwrap(), trust_region),
                (minimize(&mut *problem, &x0, Newton::new(), stop).unwrap(), newton),
                (minimize(&mut *problem, &x0, NewtonCg::new(), stop).unwrap(), newton_cg),
                (
                    minimize(problem.as_residuals().unwrap(), &x0, LevenbergMarquardt::new(), stop).unwrap(),
                    levenberg_marquardt,
                ),
            ];
            for (found, known) in runs {
                assert!(found.termination.converged(), "{name}: {found}");
                assert!(
                    found.evaluations.value <= known,
                    "{name}: {} values, not {known}\n{found}",
                    found.evaluations.value
                );
            }
        }
    }

    /// Rosenbrock's function of 100 coordinates, by everything that has a Hessian.
    #[test]
    fn a_hundred_coordinates_converge() {
        let (valley, stop) = (|| Rosenbrock::new(100), Stop::grad(1e-8));
        let x0 = valley().facts().start;
        for found in [
            minimize(valley(), &x0, Newton::pure(), stop).unwrap(),
            minimize(valley(), &x0, Newton::new(), stop).unwrap(),
            minimize(valley(), &x0, NewtonCg::new(), stop).unwrap(),
            minimize(valley(), &x0, TrustRegion::new(), stop).unwrap(),
            minimize(valley(), &x0, LevenbergMarquardt::new(), stop).unwrap(),
            minimize(GradientDifference::new(valley()), &x0, NewtonCg::new(), stop).unwrap(),
        ] {
            assert!(found.termination.converged() && found.iterations < 500, "{found}");
        }
    }

    #[test]
    fn a_full_newton_step_costs_one_value_with_gradient() {
        let found =
            minimize(Quadratic::new(&[1.0, 100.0]), &array![1.0, 1.0], Newton::new(), Stop::grad(1e-8))
                .unwrap();
        let evaluations = found.evaluations;
        assert_eq!((evaluations.value, evaluations.grad, evaluations.hess), (2, 2, 1));
    }
}

mod one_line {
    use super::*;

    #[test]
    fn a_closure_is_enough_for_every_order() {
        let f = |x: &ArrayRef1<f64>| (x[0] - 3.0).powi(2) + (x[0] * x[1] - 6.0).powi(2);
        let with_gradient = || FiniteDifference::new(Function::new(2, f));
        let curved = || GradientDifference::with_step(with_gradient(), 1e-3);
        let (x0, stop) = (array![1.0, 1.0], Stop::grad(1e-6));
        for found in [
            minimize(with_gradient(), &x0, Lbfgs::new(5), stop).unwrap(),
            minimize(curved(), &x0, Newton::new(), stop).unwrap(),
            minimize(curved(), &x0, NewtonCg::new(), stop).unwrap(),
            minimize(curved(), &x0, TrustRegion::new(), stop).unwrap(),
        ] {
            assert!(found.termination.converged() && apart(&found.x, &array![3.0, 2.0]) < 1e-5, "{found}");
        }
    }

    #[test]
    fn runs_of_the_second_order_resume_with_the_same_bits() {
        fn check<O: Objective, P: Optimizer<f64, Counted<O>>>(
            objective: impl Fn() -> O,
            optimizer: impl Fn() -> P,
            x0: Array1<f64>,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("run.txt");
            let whole = minimize(objective(), &x0, optimizer(), Stop::grad(1e-8)).unwrap();
            assert!(whole.termination.converged(), "{whole}");
            for cut in [0, 1, 7] {
                let stop = Stop::grad(1e-8);
                Minimization::new(objective(), &x0, optimizer(), stop.max_iter(cut))
                    .save_to(&file)
                    .run()
                    .unwrap();
                let saved = SavedRun::read(&file).unwrap();
                let rest =
                    Minimization::resume(objective(), saved, optimizer(), stop).unwrap().run().unwrap();
                assert_eq!(
                    (&rest.x, rest.value, rest.iterations),
                    (&whole.x, whole.value, whole.iterations),
                    "{whole}"
                );
                assert_eq!(rest.evaluations, whole.evaluations, "{whole}");
                assert_eq!(rest.trace.value[..], whole.trace.value[cut..], "{whole}");
            }
        }
        let valley = || Rosenbrock::new(4);
        let x0 = valley().facts().start;
        check(valley, Newton::pure, x0.clone());
        check(valley, Newton::new, x0.clone());
        check(valley, TrustRegion::new, x0.clone());
        check(valley, NewtonCg::new, x0.clone());
        check(valley, GaussNewton::new, x0.clone());
        check(valley, LevenbergMarquardt::new, x0.clone());
        check(valley, Bfgs::new, x0.clone());
        check(valley, CholeskyBfgs::new, x0.clone());
        check(valley, || Lbfgs::new(3), x0.clone());
        check(valley, ConjugateGradient::default, x0.clone());
        check(valley, Sr1::new, x0);
    }
}

mod bad_input {
    use super::*;

    /// f = ½‖x‖², with a Hessian that says something else.
    fn with_hessian(hessian: Array2<f64>) -> impl TwiceDifferentiable {
        let value_grad = |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
            grad.assign(x);
            0.5 * x.dot(x)
        };
        Smooth {
            dim: hessian.nrows(),
            value_grad,
            hessian: move |_: &ArrayRef1<f64>, h: &mut ArrayRef2<f64>| h.assign(&hessian),
        }
    }

    fn ends(hessian: Array2<f64>) -> [&'static str; 4] {
        let (x0, stop) = (array![1.0, 2.0], Stop::grad(1e-8).max_iter(30));
        let f = || with_hessian(hessian.clone());
        [
            minimize(f(), &x0, Newton::pure(), stop).unwrap().termination.word(),
            minimize(f(), &x0, Newton::damped(), stop).unwrap().termination.word(),
            minimize(f(), &x0, Newton::new(), stop).unwrap().termination.word(),
            minimize(f(), &x0, TrustRegion::new(), stop).unwrap().termination.word(),
        ]
    }

    #[test]
    fn a_hessian_that_is_not_finite_ends_every_form() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(ends(array![[bad, 0.0], [0.0, 1.0]]), ["hessian_not_finite"; 4]);
            assert_eq!(ends(array![[1.0, bad], [bad, 1.0]]), ["hessian_not_finite"; 4]);
        }
        let f = || ThroughHessian::new(with_hessian(array![[f64::NAN, 0.0], [0.0, 1.0]]));
        assert_eq!(
            minimize(f(), &array![1.0, 2.0], NewtonCg::new(), Stop::grad(1e-8)).unwrap().termination.word(),
            "hessian_not_finite"
        );
    }

    #[test]
    fn a_singular_hessian_ends_the_forms_that_do_not_shift_and_not_the_others() {
        let [pure, damped, shifted, region] = ends(Array2::zeros((2, 2)));
        assert_eq!((pure, damped), ("hessian_failed", "hessian_failed"));
        assert!(matches!(shifted, "converged" | "out_of_iterations"), "{shifted}");
        assert_eq!(region, "converged");
        assert_eq!(ends(array![[1.0, 1.0], [1.0, 1.0]])[0], "hessian_failed");
        let found = minimize(
            with_hessian(Array2::zeros((2, 2))),
            &array![1.0, 2.0],
            Newton::pure(),
            Stop::grad(1e-8),
        )
        .unwrap();
        assert_eq!(found.termination.to_string(), "the Hessian of iteration 0 is singular");
        // The last good point is kept: the start.
        assert_eq!((found.x, found.value), (array![1.0, 2.0], 2.5));
    }

    #[test]
    fn a_direction_uphill_ends_the_damped_form_with_its_slope() {
        let found = minimize(
            with_hessian(array![[-1.0, 0.0], [0.0, -2.0]]),
            &array![1.0, 2.0],
            Newton::damped(),
            Stop::grad(1e-8),
        )
        .unwrap();
        assert_eq!(found.termination, Termination::NotADescentDirection { iteration: 0, slope: 3.0 });
        let sentence = found.termination.to_string();
        assert!(sentence.contains("not a descent direction") && sentence.contains("shift it"), "{sentence}");
        assert_eq!(ends(array![[-1.0, 0.0], [0.0, -2.0]])[2..], ["converged", "converged"]);
    }

    #[test]
    fn a_wrong_gradient_is_suspected() {
        let uphill = || Smooth {
            dim: 2,
            value_grad: |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
                grad.assign(&-x.to_owned());
                x.dot(x)
            },
            hessian: |_: &ArrayRef1<f64>, h: &mut ArrayRef2<f64>| h.assign(&array![[1.0, 0.0], [0.0, 1.0]]),
        };
        let (x0, stop) = (array![1.0, 2.0], Stop::grad(1e-8));
        for found in [
            minimize(uphill(), &x0, Newton::new(), stop).unwrap(),
            minimize(uphill(), &x0, TrustRegion::new(), stop).unwrap(),
        ] {
            assert!(
                !found.termination.converged() && found.termination.to_string().contains("gradcheck"),
                "{found}"
            );
            assert_eq!(found.x, x0);
        }
    }

    #[test]
    fn values_that_are_not_finite_mean_back_off() {
        // For f = −ln x − ln(1 − x), Newton's full step from near 0 leaves the interval on which f exists.
        let barrier = || Smooth {
            dim: 1,
            value_grad: |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
                grad[0] = 100.0 - 1.0 / x[0] + 1.0 / (1.0 - x[0]);
                100.0 * x[0] - x[0].ln() - (1.0 - x[0]).ln()
            },
            hessian: |x: &ArrayRef1<f64>, h: &mut ArrayRef2<f64>| {
                h[[0, 0]] = x[0].powi(-2) + (1.0 - x[0]).powi(-2)
            },
        };
        let (x0, stop) = (array![0.5], Stop::grad(1e-8));
        for found in [
            minimize(barrier(), &x0, Newton::new(), stop).unwrap(),
            minimize(barrier(), &x0, TrustRegion::new(), stop).unwrap(),
            minimize(ThroughHessian::new(barrier()), &x0, NewtonCg::new(), stop).unwrap(),
        ] {
            assert!(
                found.termination.converged() && found.trace.value.iter().all(|v| v.is_finite()),
                "{found}"
            );
        }
        // The pure form goes there and reports it; the best point is kept.
        let lost = minimize(barrier(), &x0, Newton::pure(), stop).unwrap();
        assert_eq!((lost.termination.word(), lost.x), ("not_finite", x0));
    }

    #[test]
    fn a_start_that_is_not_finite_ends_at_iteration_0() {
        let x0 = array![f64::NAN, 1.0];
        let stop = Stop::grad(1e-8);
        let runs = [
            minimize(Rosenbrock::new(2), &x0, Newton::new(), stop).unwrap(),
            minimize(Rosenbrock::new(2), &x0, TrustRegion::new(), stop).unwrap(),
            minimize(Rosenbrock::new(2), &x0, NewtonCg::new(), stop).unwrap(),
            minimize(Rosenbrock::new(2), &x0, LevenbergMarquardt::new(), stop).unwrap(),
            minimize(Rosenbrock::new(2), &x0, GaussNewton::new(), stop).unwrap(),
        ];
        for found in runs {
            assert_eq!((found.termination.word(), found.iterations), ("not_finite", 0), "{found}");
        }
    }

    #[test]
    fn a_hessian_that_does_not_fit_into_memory_is_refused_with_its_bytes() {
        let n = 3_000_000;
        let flat = Smooth {
            dim: n,
            value_grad: |x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>| {
                grad.assign(x);
                0.5 * x.dot(x)
            },
            hessian: |_: &ArrayRef1<f64>, _: &mut ArrayRef2<f64>| unreachable!("there is no room for it"),
        };
        let found = minimize(flat, &Array1::ones(n), Newton::new(), Stop::grad(1e-8)).unwrap();
        assert_eq!((found.termination.word(), found.termination.evidence().0), ("out_of_memory", 7.2e13));
        let sentence = found.termination.to_string();
        assert!(
            sentence.contains("72.0 TB (72000000000000 bytes)") && sentence.contains("L-BFGS"),
            "{sentence}"
        );
    }

    #[test]
    fn a_start_of_another_length_is_refused() {
        let found = minimize(Rosenbrock::new(2), &array![1.0, 2.0, 3.0], Newton::new(), Stop::grad(1e-8));
        let sentence = found.unwrap_err().to_string();
        assert!(sentence.contains("x0") && sentence.contains('3') && sentence.contains('2'), "{sentence}");
    }

    #[test]
    fn settings_out_of_range_name_the_range() {
        assert!(
            TrustRegion::new()
                .radii(2.0, 1.0)
                .unwrap_err()
                .to_string()
                .contains("at most the largest radius")
        );
        assert!(TrustRegion::new().radii(0.0, 1.0).is_err());
        assert!(NewtonCg::new().forcing(1.0).unwrap_err().to_string().contains("above 0 and below 1"));
        assert!(NewtonCg::new().most_products(0).is_err());
        assert!(LevenbergMarquardt::new().initial_damping(f64::NAN).is_err());
    }

    #[test]
    fn fewer_residuals_than_parameters_and_a_jacobian_without_full_rank_are_solved_by_the_shortest_step() {
        // For r = x₀ + x₁ − 2, the shortest step from 0 goes to (1, 1).
        struct One;
        impl Objective for One {
            fn dim(&self) -> usize {
                2
            }
            fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
                (x[0] + x[1] - 2.0).powi(2)
            }
        }
        impl Differentiable for One {
            fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
                grad.fill(2.0 * (x[0] + x[1] - 2.0));
                self.value(x)
            }
        }
        impl Residuals for One {
            fn residual_count(&self) -> usize {
                1
            }
            fn scale(&self) -> f64 {
                1.0
            }
            fn residuals(&mut self, x: &ArrayRef1<f64>, r: &mut ArrayRef1<f64>) {
                r[0] = x[0] + x[1] - 2.0;
            }
            fn jacobian(&mut self, _: &ArrayRef1<f64>, jacobian: &mut ArrayRef2<f64>) {
                jacobian.fill(1.0);
            }
        }
        let found = minimize(One, &array![0.0, 0.0], GaussNewton::new(), Stop::grad(1e-8)).unwrap();
        assert!(apart(&found.x, &array![1.0, 1.0]) < 1e-12 && found.iterations == 1, "{found}");
        let found = minimize(One, &array![0.0, 0.0], LevenbergMarquardt::new(), Stop::grad(1e-8)).unwrap();
        assert!(apart(&found.x, &array![1.0, 1.0]) < 1e-8, "{found}");
    }
}
