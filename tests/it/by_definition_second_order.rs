//! What follows from a definition alone for runs and for optimizers that use curvature: resumed runs, the
//! memory they ask for, the clock, an interrupt.
#![cfg(feature = "lapack")]

use gradus::notebook::*;
use gradus::stop::interrupt;
use std::ops::ControlFlow;
use std::time::Duration;

/// f(x) = c·(100(x₁ − x₀²)² + (1 − x₀)²) at x/t: a valley in any units.
#[derive(Clone, Copy)]
struct Valley {
    value: f64,
    length: f64,
}

impl Valley {
    fn inner(self) -> (problems::Rosenbrock, f64) {
        (problems::Rosenbrock::new(2), 1.0 / self.length)
    }
}

impl Objective for Valley {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        let (mut valley, unit) = self.inner();
        self.value * valley.value(&(x * unit))
    }
}

impl Differentiable for Valley {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let (mut valley, unit) = self.inner();
        let value = self.value * valley.value_grad(&(x * unit), grad);
        *grad *= self.value * unit;
        value
    }
}

impl TwiceDifferentiable for Valley {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        let (mut valley, unit) = self.inner();
        TwiceDifferentiable::hessian(&mut valley, &(x * unit), hessian);
        *hessian *= self.value * unit * unit;
    }
}

impl HessVec for Valley {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        let (mut valley, unit) = self.inner();
        valley.hess_vec(&(x * unit), v, product);
        *product *= self.value * unit * unit;
    }
}

/// A run that is saved after `cut` iterations and resumed has the bits of one that is not, in any units.
fn resumes<P: Optimizer<f64, Counted<Valley>>>(make: impl Fn() -> P) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    for (value, length) in [(1.0, 1.0), (1e-120, 1.0), (1e150, 1e12), (1e-20, 1e11)] {
        let (f, x0) = (Valley { value, length }, array![-1.2, 1.0] * length);
        let at_once = minimize(f, &x0, make(), Stop::iterations(7)).unwrap();
        for cut in [1, 2, 4] {
            Minimization::new(f, &x0, make(), Stop::iterations(cut)).save_to(&file).run().unwrap();
            let saved = SavedRun::read(&file).unwrap();
            let resumed = Minimization::resume(f, saved, make(), Stop::iterations(7)).unwrap().run().unwrap();
            let key = format!("{} in units {value:e} and {length:e}, cut at {cut}", at_once.optimizer);
            assert_eq!((resumed.value, &resumed.x), (at_once.value, &at_once.x), "{key}");
            assert_eq!(resumed.evaluations, at_once.evaluations, "{key}");
            assert_eq!(resumed.trace.value[..], at_once.trace.value[cut..], "{key}");
        }
    }
}

#[test]
fn every_optimizer_resumes_in_any_units() {
    resumes(Bfgs::new);
    resumes(CholeskyBfgs::new);
    resumes(|| Lbfgs::new(2));
    resumes(|| Lbfgs::new(5));
    resumes(Sr1::new);
    for conjugacy in [Conjugacy::HagerZhang, Conjugacy::PolakRibierePlus, Conjugacy::FletcherReeves] {
        resumes(|| ConjugateGradient::new(conjugacy));
    }
    resumes(NewtonCg::new);
    resumes(Newton::new);
    resumes(Newton::damped);
    resumes(Newton::pure);
    resumes(TrustRegion::new);
    resumes(|| RandomSearch::new(0.5, 3).unwrap());
}

/// The bytes that a run which is refused for them would take.
fn bytes_for<O: Objective, P: Optimizer<f64, Counted<O>>>(objective: O, optimizer: P) -> f64 {
    let x0 = Array1::zeros(objective.dim());
    let found = minimize(objective, &x0, optimizer, Stop::iterations(2)).unwrap();
    assert_eq!((found.termination.word(), found.iterations), ("out_of_memory", 0));
    assert_eq!((found.evaluations.value, found.value), (1, 1.5));
    let (bytes, available) = found.termination.evidence();
    assert!(bytes > available, "{bytes} {available}");
    bytes
}

/// A line of many parameters, and of many residuals.
#[derive(Clone, Copy)]
struct Wide {
    dim: usize,
    residuals: usize,
}

impl Objective for Wide {
    fn dim(&self) -> usize {
        self.dim
    }

    fn value(&mut self, _: &ArrayRef1<f64>) -> f64 {
        1.5
    }
}

impl Differentiable for Wide {
    fn value_grad(&mut self, _: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad.fill(1.0);
        1.5
    }
}

impl TwiceDifferentiable for Wide {
    fn hessian(&mut self, _: &ArrayRef1<f64>, _: &mut ArrayRef2<f64>) {
        unreachable!("there is no room for it")
    }
}

impl Residuals for Wide {
    fn residual_count(&self) -> usize {
        self.residuals
    }

    fn scale(&self) -> f64 {
        1.0
    }

    fn residuals(&mut self, _: &ArrayRef1<f64>, _: &mut ArrayRef1<f64>) {
        unreachable!("the run ends before")
    }

    fn jacobian(&mut self, _: &ArrayRef1<f64>, _: &mut ArrayRef2<f64>) {
        unreachable!("there is no room for it")
    }
}

/// 8 bytes a number: n² of BFGS, SR1 and Newton, 2n² of a trust region, 2m(n + 1) of L-BFGS with m pairs; for
/// least squares two Jacobians and \[J r\] with at least n + 1 rows, and (2n + 1)(n + 1) for damping.
#[test]
fn memory_that_is_not_there_is_counted_by_the_byte() {
    let n = 1_000_000;
    let (size, wide) = (n as f64, Wide { dim: n, residuals: 3 });
    assert_eq!(bytes_for(wide, Bfgs::new()), 8.0 * size * size);
    assert_eq!(bytes_for(wide, CholeskyBfgs::new()), 8.0 * size * size);
    assert_eq!(bytes_for(wide, Sr1::new()), 8.0 * size * size);
    assert_eq!(bytes_for(wide, Newton::new()), 8.0 * size * size);
    assert_eq!(bytes_for(wide, Newton::pure()), 8.0 * size * size);
    assert_eq!(bytes_for(wide, TrustRegion::new()), 16.0 * size * size);
    assert_eq!(bytes_for(wide, Lbfgs::new(500_000)), 8.0 * 2.0 * (size + 1.0) * 500_000.0);
    let fit = 8.0 * (2.0 * 3.0 * size + (size + 1.0) * (size + 1.0));
    assert_eq!(bytes_for(wide, GaussNewton::new()), fit);
    let damped = 8.0 * (2.0 * size + 1.0) * (size + 1.0);
    assert_eq!(bytes_for(wide, LevenbergMarquardt::new()), fit + damped);
    // More residuals than parameters.
    let long = Wide { dim: 1000, residuals: 1 << 32 };
    let m = (1u64 << 32) as f64;
    assert_eq!(bytes_for(long, GaussNewton::new()), 8.0 * (2.0 * m * 1000.0 + m * 1001.0));
}

/// An optimizer whose iterations take a while and change nothing.
struct Slow(Duration);

impl<O: Objective> Optimizer<f64, O> for Slow {
    fn name(&self) -> String {
        "slow".into()
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) {
        iterate.value = objective.value(&iterate.x);
    }

    fn iterate(&mut self, _: &mut O, _: &mut Iterate<f64>) -> ControlFlow<Termination> {
        std::thread::sleep(self.0);
        ControlFlow::Continue(())
    }
}

const PAUSE: Duration = Duration::from_millis(4);

/// Every iteration that takes long has its own time, and the time of a pause is a part of it.
#[test]
fn the_clock_shows_each_iteration_that_takes_long() {
    let bowl = || problems::Quadratic::new(&[1.0]);
    let each = |seconds: &[f64]| seconds.windows(2).all(|pair| pair[1] - pair[0] >= PAUSE.as_secs_f64());
    let found = minimize(bowl(), &array![1.0], Slow(PAUSE), Stop::iterations(20)).unwrap();
    assert!(each(&found.trace.seconds), "{:?}", found.trace.seconds);
    assert!(found.seconds >= 20.0 * PAUSE.as_secs_f64() && found.seconds >= found.trace.seconds[20]);
    let stop = Stop::iterations(20).max_time(Duration::from_secs(100));
    let found = minimize(bowl(), &array![1.0], Slow(PAUSE), stop).unwrap();
    assert!(each(&found.trace.seconds), "{:?}", found.trace.seconds);
    // The limit of time counts what is above it, and ends the run.
    let found = minimize(bowl(), &array![1.0], Slow(PAUSE), stop.max_time(6 * PAUSE)).unwrap();
    let (seconds, bound) = found.termination.evidence();
    assert_eq!((found.termination.word(), bound), ("out_of_time", 6.0 * PAUSE.as_secs_f64()));
    assert!(seconds >= bound && found.iterations <= 6, "{} iterations, {seconds} s", found.iterations);
}

/// The time of an observer is none of the run's.
#[test]
fn the_clock_stands_still_while_an_observer_works() {
    let (bowl, rule) = (problems::Quadratic::new(&[1.0]), FirstOrder::new(Sgd, 0.5).unwrap());
    let mut elapsed = Vec::new();
    let found = minimize_observed(bowl, &array![1.0], rule, Stop::iterations(40), |moment| {
        std::thread::sleep(PAUSE);
        elapsed.push(moment.elapsed);
    })
    .unwrap();
    assert_eq!(elapsed.len(), 40);
    // A busy machine may stop the run for a moment between two pauses, but not for half of the time.
    assert!(found.seconds < 20.0 * PAUSE.as_secs_f64(), "{} s", found.seconds);
    assert!(elapsed.is_sorted() && elapsed[39].as_secs_f64() <= found.seconds && !elapsed[39].is_zero());
}

/// Where an iteration takes less than a microsecond, 16 rows share a reading of the clock.
#[test]
fn short_iterations_share_a_reading() {
    let iterations = 40_000;
    let bowl = problems::Quadratic::new(&[1.0]);
    let rule = FirstOrder::new(Sgd, 1e-9).unwrap();
    let found = minimize(bowl, &array![1.0], rule, Stop::iterations(iterations)).unwrap();
    let shared: Vec<usize> = found.trace.seconds.chunk_by(|a, b| a == b).map(<[f64]>::len).collect();
    assert!(shared[..shared.len() - 1].iter().all(|&rows| rows == 1 || rows == 16), "{shared:?}");
    if found.seconds < 0.4e-6 * iterations as f64 {
        assert!(shared.len() < iterations / 4, "{} readings", shared.len());
    }
}

/// A run of two seconds of pauses is saved in its middle, and not before half a second.
#[test]
fn a_run_is_saved_every_half_second() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    let began = std::time::Instant::now();
    let mut first = None;
    let pause = Duration::from_millis(90);
    let bowl = problems::Quadratic::new(&[1.0]);
    Minimization::new(bowl, &array![1.0], Slow(pause), Stop::iterations(20))
        .save_to(&file)
        .observed(|moment| match (file.is_file(), first) {
            (true, None) => {
                first = Some(began.elapsed());
                assert!(SavedRun::read(&file).unwrap().iteration < moment.iterate.k);
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        })
        .unwrap();
    let first = first.expect("the run is saved before its end");
    assert!(first >= Duration::from_millis(500), "{first:?}");
}

/// The request concerns all runs of a process, so this test does its work in one of its own.
#[test]
fn an_interrupt_ends_runs_until_it_is_withdrawn() {
    const ALONE: &str = "GRADUS_TEST_ALONE";
    interrupt::withdraw();
    assert!(!interrupt::requested());
    if std::env::var_os(ALONE).is_none() {
        let name = "by_definition_second_order::an_interrupt_ends_runs_until_it_is_withdrawn";
        let program = std::env::current_exe().unwrap();
        let child =
            std::process::Command::new(program).args(["--exact", name]).env(ALONE, "1").output().unwrap();
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
        return;
    }
    let run = || {
        let rule = FirstOrder::new(Sgd, 0.5).unwrap();
        let found =
            minimize(problems::Quadratic::new(&[1.0]), &array![1.0], rule, Stop::iterations(9)).unwrap();
        (found.termination.word(), found.iterations)
    };
    assert_eq!(run(), ("out_of_iterations", 9));
    interrupt::request();
    assert!(interrupt::requested());
    assert_eq!(run(), ("interrupted", 0));
    interrupt::withdraw();
    assert!(!interrupt::requested());
    assert_eq!(run(), ("out_of_iterations", 9));
}

/// ½·10⁻⁸x² above a plain, whose values carry an error everywhere but at the start x = 1.
struct Plain {
    height: f64,
    error: f64,
    /// Whether the gradient becomes smaller.
    flatter: bool,
}

impl Objective for Plain {
    fn dim(&self) -> usize {
        1
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        if x[0] == 1.0 { self.height } else { self.height + self.error }
    }
}

impl Differentiable for Plain {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad[0] = if self.flatter { 1e-8 * x[0] } else { 1e-8 };
        self.value(x)
    }
}

impl TwiceDifferentiable for Plain {
    fn hessian(&mut self, _: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian.fill(1e-8);
    }
}

/// A full step that makes the gradient smaller is taken, if f rises by no more than 1000 ε |f| =
/// 2.2·10⁻¹³ |f|.
#[test]
fn a_rise_of_f_that_is_rounding_does_not_stop_newton() {
    for (height, error, flatter, word) in [
        (1.0, 1e-13, true, "converged"),
        (1.0, 3e-13, true, "line_search_failed"),
        (1.0, 1e-13, false, "line_search_failed"),
        (-4.0, 8e-13, true, "converged"),
        (-4.0, 1e-12, true, "line_search_failed"),
        (0.25, 1e-13, true, "line_search_failed"),
    ] {
        let plain = Plain { height, error, flatter };
        let found = minimize(plain, &array![1.0], Newton::damped(), Stop::grad(1e-12)).unwrap();
        assert_eq!(found.termination.word(), word, "{height} {error} {flatter}");
        let cost = (found.iterations, found.evaluations.value);
        assert!(word != "converged" || cost == (1, 2) && found.x[0].abs() < 1e-12, "{cost:?} {}", found.x);
    }
}

/// The residuals 2 and 10⁻⁷x, the first of which carries an error everywhere but at the start x = 1.
struct PlainFit(f64);

impl Objective for PlainFit {
    fn dim(&self) -> usize {
        1
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        let mut residuals = array![0.0, 0.0];
        self.residuals(x, &mut residuals);
        residuals.dot(&residuals)
    }
}

impl Differentiable for PlainFit {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad[0] = 2e-14 * x[0];
        self.value(x)
    }
}

impl Residuals for PlainFit {
    fn residual_count(&self) -> usize {
        2
    }

    fn scale(&self) -> f64 {
        1.0
    }

    fn residuals(&mut self, x: &ArrayRef1<f64>, residuals: &mut ArrayRef1<f64>) {
        let error = if x[0] == 1.0 { 0.0 } else { self.0 };
        residuals.assign(&array![2.0 + error, 1e-7 * x[0]]);
    }

    fn jacobian(&mut self, _: &ArrayRef1<f64>, jacobian: &mut ArrayRef2<f64>) {
        jacobian.assign(&array![[0.0], [1e-7]]);
    }
}

/// The same for sums of squares: f = 4 may rise by 8.9·10⁻¹³ if the gradient becomes smaller.
#[test]
fn a_rise_of_f_that_is_rounding_does_not_stop_least_squares() {
    for (error, taken) in [(7.5e-14, true), (2e-13, true), (3e-13, false), (1e-12, false)] {
        let stop = Stop::iterations(1);
        let newton = minimize(PlainFit(error), &array![1.0], GaussNewton::new(), stop).unwrap();
        let damped = minimize(PlainFit(error), &array![1.0], LevenbergMarquardt::new(), stop).unwrap();
        for (found, failure) in [(newton, "line_search_failed"), (damped, "trust_region_failed")] {
            let word = if taken { "out_of_iterations" } else { failure };
            assert_eq!(found.termination.word(), word, "{} with {error}", found.optimizer);
            assert_eq!(found.x[0].abs() < 0.01, taken, "{} with {error}: {}", found.optimizer, found.x);
        }
    }
}

/// Where the squares of a gradient become 0 in the middle of a run, it goes on in other units: f(x) = x
/// down to ½, and 10⁻²⁰⁰(x + 1)²/2 below, with its minimum at −1.
#[test]
fn a_run_goes_on_where_its_gradient_becomes_tiny() {
    let f = || {
        FunctionWithGradient::new(1, |x, grad| match x[0] > 0.5 {
            true => {
                grad[0] = 1.0;
                x[0]
            }
            false => {
                grad[0] = 1e-200 * (x[0] + 1.0);
                0.5e-200 * (x[0] + 1.0).powi(2)
            }
        })
    };
    let check = |found: Minimum| {
        assert_eq!(found.termination.word(), "converged", "{found}");
        assert!((found.x[0] + 1.0).abs() < 1e-5, "{found}");
    };
    let stop = Stop::grad(1e-206).max_iter(50);
    check(minimize(f(), &array![1.0], Bfgs::new(), stop).unwrap());
    check(minimize(f(), &array![1.0], CholeskyBfgs::new(), stop).unwrap());
    check(minimize(f(), &array![1.0], Lbfgs::new(3), stop).unwrap());
    check(minimize(f(), &array![1.0], ConjugateGradient::default(), stop).unwrap());
}

/// A first pair whose curvature is exactly 0 leaves the identity: the second step is tried with length 1
/// along −∇f, and not with 1/‖∇f‖ as after a restart.
#[test]
fn a_first_pair_without_curvature_leaves_the_identity() {
    let f = FunctionWithGradient::new(2, |x, grad| {
        grad.assign(&array![1.0, if x[0] == 1.0 { 0.0 } else { 1.0 }]);
        x[0] + x[1]
    });
    let bfgs = Bfgs::new().line_search(Backtracking::default()).unwrap();
    let found = minimize(f, &array![1.0, 0.0], bfgs, Stop::iterations(2)).unwrap();
    assert_eq!((found.trace.alpha[1], found.trace.alpha[2], found.x), (1.0, 1.0, array![-1.0, -1.0]));
}

/// A point whose gradient does not exist is refused, although f is lower there: SR1 halves its step from
/// 1 to 0.
#[test]
fn sr1_backs_off_from_a_gradient_that_does_not_exist() {
    let f = FunctionWithGradient::new(1, |x, grad| {
        grad[0] = if x[0].abs() < 0.25 { f64::NAN } else { x[0] };
        0.5 * x[0] * x[0]
    });
    let found = minimize(f, &array![1.0], Sr1::new(), Stop::iterations(1)).unwrap();
    assert_eq!((found.x[0], found.evaluations.value), (0.5, 3));
}

/// A pair with sᵀy > 0 so small that yᵀy/sᵀy is infinite leaves SR1's matrix the identity.
#[test]
fn sr1_does_not_take_an_infinite_scale() {
    let f = FunctionWithGradient::new(2, |x, grad| {
        let start = x[0] == 1.0;
        grad.assign(&array![if start { 1.0 } else { 1.0 - f64::EPSILON }, if start { 0.0 } else { 1e150 }]);
        x[0]
    });
    let mut sr1 = Sr1::new();
    minimize(f, &array![1.0, 0.0], &mut sr1, Stop::iterations(1)).unwrap();
    assert_eq!(sr1.hessian(), Array2::<f64>::eye(2));
}

/// −x + 3x²/2 by its derivatives, whose value falls by another amount: the step to the boundary ¼ has λ =
/// 1, and the model predicts a decrease of 5/32.
struct Falls(f64);

impl Objective for Falls {
    fn dim(&self) -> usize {
        1
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        if x[0] == 0.0 { 0.0 } else { -self.0 }
    }
}

impl Differentiable for Falls {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad[0] = 3.0 * x[0] - 1.0;
        self.value(x)
    }
}

impl TwiceDifferentiable for Falls {
    fn hessian(&mut self, _: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian.fill(3.0);
    }
}

/// The radius is doubled above ¾ of the predicted decrease, kept from ¼ to ¾, and quartered below.
#[test]
fn a_radius_follows_the_share_of_the_decrease() {
    for (share, radius) in
        [(1.0, 0.5), (0.7501, 0.5), (0.75, 0.25), (0.25, 0.25), (0.2499, 0.0625), (0.1501, 0.0625)]
    {
        let mut region = TrustRegion::new().radii(0.25, 10.0).unwrap();
        let f = Falls(share * 5.0 / 32.0);
        let found = minimize(f, &array![0.0], &mut region, Stop::iterations(1)).unwrap();
        assert_eq!((found.x[0], region.multiplier(), region.radius()), (0.25, 1.0, radius), "{share}");
        assert_eq!(found.evaluations.value, 2);
    }
}

/// A wrong Jacobian far from 0: the run ends once the step is shorter than ε‖x‖, after damping by 2, 8,
/// 64 … has shortened it to that.
#[test]
fn the_shortest_step_is_measured_by_the_size_of_x() {
    struct Wrong;

    impl Objective for Wrong {
        fn dim(&self) -> usize {
            1
        }

        fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
            x[0] * x[0]
        }
    }

    impl Differentiable for Wrong {
        fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
            grad[0] = -2.0 * x[0];
            x[0] * x[0]
        }
    }

    impl Residuals for Wrong {
        fn residual_count(&self) -> usize {
            1
        }

        fn scale(&self) -> f64 {
            1.0
        }

        fn residuals(&mut self, x: &ArrayRef1<f64>, residuals: &mut ArrayRef1<f64>) {
            residuals.assign(x);
        }

        fn jacobian(&mut self, _: &ArrayRef1<f64>, jacobian: &mut ArrayRef2<f64>) {
            jacobian.fill(-1.0);
        }
    }

    // With D = 1 the step is x/(1 + μ), and μ after n refusals 10⁻³·2^(n(n + 1)/2).
    for x in [1e-3f64, 1.0, 1e3, 1e9, 1e15] {
        let found = minimize(Wrong, &array![x], LevenbergMarquardt::new(), Stop::iterations(1)).unwrap();
        let short = |n: &i32| x / (1.0 + 1e-3 * 2f64.powi(n * (n + 1) / 2)) <= f64::EPSILON * x.max(1.0);
        let expected = (0..).find(short).unwrap() as usize + 1;
        let Termination::TrustRegionFailed { trials, bound, .. } = found.termination else {
            panic!("{found}")
        };
        assert_eq!((trials, bound), (expected, f64::EPSILON), "from {x}");
    }
}
