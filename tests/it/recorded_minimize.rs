//! What the loop of a minimization makes of its iterates: limits, records, summaries, saved runs.

use crate::recorded::Record;
use gradus::minimize::{LoopState, SavedPoint, coordinate};
use gradus::notebook::*;
use gradus::optimizer::{Spectrum, Stationary};
use gradus::stop::{Measurements, Reply};
use gradus::trace::{Trace, TraceRow};
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::time::Duration;

/// An iterate of a script: x, f, the gradient and the step length.
type Point = (&'static [f64], f64, &'static [f64], f64);

/// An optimizer that goes from point to point as it is told, and then ends for the given reason.
#[derive(Clone)]
struct Script {
    points: Vec<Point>,
    end: Termination,
    /// Whether it asks for gradients, so that they count.
    gradients: bool,
    stays_finite: bool,
    clipped: Option<bool>,
    blamed: Option<Termination>,
    spectrum: Option<Spectrum>,
    at: usize,
}

impl Script {
    fn of(points: &[Point], end: Termination) -> Self {
        let (gradients, stays_finite, clipped) = (true, false, None);
        let (points, blamed, spectrum) = (points.to_vec(), None, None);
        Script { points, end, gradients, stays_finite, clipped, blamed, spectrum, at: 0 }
    }

    fn evaluate<O: Differentiable>(&self, objective: &mut O, iterate: &mut Iterate<f64>) {
        let (x, value, grad, alpha) = self.points[self.at];
        iterate.x.assign(&ArrayRef1::from_slice(x));
        match self.gradients {
            true => objective.value_grad(&iterate.x, &mut iterate.grad),
            false => objective.value(&iterate.x),
        };
        iterate.grad.assign(&ArrayRef1::from_slice(grad));
        (iterate.value, iterate.alpha, iterate.clipped) = (value, alpha, self.clipped);
    }
}

/// A view of numbers as a vector.
trait FromSlice {
    fn from_slice(numbers: &[f64]) -> Array1<f64>;
}

impl FromSlice for ArrayRef1<f64> {
    fn from_slice(numbers: &[f64]) -> Array1<f64> {
        numbers.to_vec().into()
    }
}

impl<O: Differentiable> Optimizer<f64, O> for Script {
    fn name(&self) -> String {
        "script".into()
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) {
        self.at = 0;
        self.evaluate(objective, iterate);
        iterate.alpha = f64::NAN;
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) -> ControlFlow<Termination> {
        if self.at + 1 == self.points.len() {
            return ControlFlow::Break(self.end);
        }
        self.at += 1;
        self.evaluate(objective, iterate);
        ControlFlow::Continue(())
    }

    fn stays_finite(&self) -> bool {
        self.stays_finite
    }

    fn blame(&self, _: &Iterate<f64>) -> Option<Termination> {
        self.blamed
    }

    fn spectrum(&mut self, objective: &mut O, x: &ArrayRef1<f64>) -> Option<Spectrum> {
        objective.value(x);
        self.spectrum
    }

    fn shift(&self) -> Option<f64> {
        self.spectrum.map(|spectrum| 2.0 * spectrum.smallest)
    }

    fn save(&self, saved: &mut Saved) {
        saved.put_one("at", self.at as f64);
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        self.at = saved.take_one("at")? as usize;
        Ok(())
    }
}

fn bowl(dim: usize) -> problems::Quadratic {
    problems::Quadratic::new(&vec![1.0; dim])
}

/// Every number of an outcome but its time.
fn outcome(out: &mut Record, key: &str, found: &Minimum) {
    out.exact(format!("{key}: end"), found.termination);
    let Evaluations { value, grad, hess } = found.evaluations;
    out.exact(format!("{key}: counts"), format!("{} {value} {grad} {hess}", found.iterations));
    out.numbers(format!("{key}: x"), found.x.as_slice().unwrap());
    out.numbers(format!("{key}: f"), &[found.value]);
    out.numbers(format!("{key}: gradient"), &[found.grad_norm]);
    let known = [found.smallest_eigenvalue, found.eigenvalue_rounding, found.shift];
    out.exact(format!("{key}: eigenvalue, rounding, shift"), format!("{known:?} {:?}", found.verdict()));
    out.exact(format!("{key}: remark"), format!("{:?}", found.remark()));
    let trace = &found.trace;
    out.numbers(format!("{key}: trace of f"), &trace.value);
    out.numbers(format!("{key}: trace of the gradient"), &trace.grad_norm);
    out.numbers(format!("{key}: trace of lengths"), &trace.alpha);
    for (i, column) in trace.x.iter().enumerate() {
        out.numbers(format!("{key}: trace of x[{i}]"), column);
    }
    let counts: Vec<_> = trace.evaluations.iter().map(|e| (e.value, e.grad, e.hess)).collect();
    out.exact(
        format!("{key}: trace of counts"),
        format!("{:?} {counts:?} {:?}", trace.iteration, trace.clipped),
    );
}

const PLAIN: Termination = Termination::StoppedByObserver { iterations: 99 };

/// Each limit below, at and above what is measured.
#[test]
fn limits() {
    let mut out = Record::open("minimize_limits");
    let usual = Measurements {
        iteration: 7,
        value: 2.0,
        grad_norm: 0.5,
        start_grad_norm: 8.0,
        step: 0.25,
        change: 0.125,
        evaluations: 30,
        elapsed: Duration::from_millis(1500),
    };
    let stops = |v: f64| {
        let count = (v * 100.0) as usize;
        [
            ("grad", Stop::grad(v)),
            ("relative grad", Stop::relative_grad(v)),
            ("iterations", Stop::iterations((v * 28.0) as usize)),
            ("max_iter", Stop::grad(0.0).max_iter((v * 28.0) as usize)),
            ("norm", Stop::grad(v).norm(Norm::Euclidean)),
            ("relative norm", Stop::relative_grad(v).norm(Norm::Euclidean)),
            ("step", Stop::iterations(100).step_tol(v)),
            ("value", Stop::iterations(100).value_tol(v)),
            ("target", Stop::iterations(100).target(8.0 * v)),
            ("evaluations", Stop::iterations(100).max_evals(count)),
            ("time", Stop::iterations(100).max_time(Duration::from_secs_f64(6.0 * v))),
            ("all", Stop::grad(v).step_tol(v).value_tol(v).target(v).max_evals(count).max_iter(count)),
        ]
    };
    for v in [
        0.0, 0.0624, 0.0625, 0.0626, 0.1249, 0.125, 0.1251, 0.2499, 0.25, 0.2501, 0.29, 0.3, 0.4999, 0.5,
        0.5001,
    ] {
        for (name, stop) in stops(v) {
            let shown = |m: &Measurements| {
                stop.check(m).map_or("goes on".into(), |t| format!("{t} {:?}", t.evidence()))
            };
            out.exact(format!("{name} {v}"), shown(&usual));
            for (case, state) in [
                ("no gradient", Measurements { grad_norm: f64::NAN, start_grad_norm: f64::NAN, ..usual }),
                ("no start", Measurements { start_grad_norm: 0.0, grad_norm: 0.0, ..usual }),
                ("at the start", Measurements { step: f64::NAN, change: f64::NAN, iteration: 0, ..usual }),
                ("infinite gradient", Measurements { grad_norm: f64::INFINITY, ..usual }),
                ("infinite value", Measurements { value: f64::NEG_INFINITY, ..usual }),
                ("no value", Measurements { value: f64::NAN, ..usual }),
            ] {
                if v == 0.5 || v == 0.0 {
                    out.exact(format!("{name} {v}, {case}"), shown(&state));
                }
            }
        }
    }
    for v in [f64::NEG_INFINITY, -1.0, -1e-300, -0.0, 0.0, 1.0, f64::INFINITY, f64::NAN] {
        for (name, stop) in [
            ("grad", Stop::grad(v)),
            ("relative grad", Stop::relative_grad(v)),
            ("step", Stop::iterations(1).step_tol(v)),
            ("value", Stop::iterations(1).value_tol(v)),
            ("target", Stop::iterations(1).target(v)),
        ] {
            let text = stop.validate().map_or_else(|error| error.to_string(), |()| "allowed".into());
            out.exact(format!("validate {name} {v:e}"), text);
        }
    }
    out.exact("defaults", format!("{:?} {}", Stop::grad(1e-3), Stop::DEFAULT_MAX_ITER));
    out.exact("no limits", format!("{:?} {:?}", Stop::iterations(3), Stop::relative_grad(0.5)));
    for (name, x) in [("3 4", array![3.0, -4.0]), ("NaN", array![1.0, f64::NAN]), ("none", array![])] {
        out.numbers(format!("norms of {name}"), &[Norm::Max.of(&x), Norm::Euclidean.of(&x)]);
    }
    out.exact("signs", format!("{} {}", Norm::Max.sign(), Norm::Euclidean.sign()));
    let flows = [().flow(), ControlFlow::Continue(()).flow(), ControlFlow::Break(()).flow()];
    out.exact("replies", format!("{flows:?}"));
    out.finish();
}

/// Every reason for an end.
fn reasons(value: f64) -> Vec<Termination> {
    vec![
        Termination::Converged { norm: Norm::Max, grad_norm: 0.5, bound: 0.75 },
        Termination::ConvergedRelatively { norm: Norm::Euclidean, share: 0.5, bound: 0.75 },
        Termination::TargetReached { value, bound: 0.75 },
        Termination::StepTooSmall { step: 0.5, bound: 0.75 },
        Termination::ValueStalled { change: 0.5, bound: 0.75 },
        Termination::CriterionMet { name: "name", measured: 0.5, bound: 0.75 },
        Termination::OutOfIterations { iterations: 4, bound: 5 },
        Termination::OutOfEvaluations { evaluations: 4, bound: 5 },
        Termination::OutOfTime { seconds: 1.5, bound: 1.25 },
        Termination::LineSearchFailed { alpha: 0.5, slope: -2.0, trials: 0 },
        Termination::LineSearchFailed { alpha: 0.5, slope: 0.0, trials: 0 },
        Termination::LineSearchFailed { alpha: 0.5, slope: -2.0, trials: 1 },
        Termination::LineSearchFailed { alpha: 0.5, slope: -2.0, trials: 2 },
        Termination::GradientContradicted { slope: -2.0, measured: 3.0 },
        Termination::Kink { before: -1.0, after: 2.0 },
        Termination::Unbounded { value },
        Termination::NotADescentDirection { iteration: 4, slope: 0.5 },
        Termination::TrustRegionFailed { radius: 0.5, bound: 0.75, trials: 9 },
        Termination::HessianFailed { iteration: 4, shift: 0.0 },
        Termination::HessianFailed { iteration: 4, shift: 2.0 },
        Termination::HessianNotFinite { iteration: 4 },
        Termination::NotPositive { iteration: 4, eigenvalue: -0.5, bound: 1e-9 },
        Termination::OutOfMemory { bytes: 3e9, bound: 2e9 },
        Termination::NotFinite { iteration: 0, value: f64::NAN },
        Termination::NotFinite { iteration: 4, value },
        Termination::DividedByZero { iteration: 4 },
        Termination::StoppedByObserver { iterations: 4 },
        Termination::Interrupted { iterations: 4 },
    ]
}

#[test]
fn reasons_and_their_evidence() {
    let mut out = Record::open("minimize_reasons");
    for (number, reason) in reasons(0.5).into_iter().enumerate() {
        out.exact(format!("{number}"), reason);
        let flags = (reason.word(), reason.converged(), reason.diverged(), reason.evidence());
        out.exact(format!("{number}: word, converged, diverged, evidence"), format!("{flags:?}"));
    }
    out.finish();
}

/// A run that fails far below its start is unbounded: from 10²⁰ times the size of f and of its gradient
/// there.
#[test]
fn falls_that_count_as_unbounded() {
    let mut out = Record::open("minimize_unbounded");
    for value in [-4.9e20, -5e20, -5.1e20, 5.1e20, -1e300] {
        for (number, reason) in reasons(value).into_iter().enumerate() {
            let points: [Point; 2] = [(&[1.0], -3.0, &[-2.0], 0.0), (&[2.0], value, &[-1.0], 0.5)];
            let script = Script::of(&points, reason);
            let found = minimize(bowl(1), &array![0.0], script, Stop::iterations(9)).unwrap();
            out.exact(format!("reason {number} at {value:e}"), found.termination.word());
        }
    }
    out.finish();
}

/// The last, the best and the first point of runs that diverge and of others, and what limits make of them.
#[test]
fn records_of_runs() {
    let mut out = Record::open("minimize_records");
    let wandering: [Point; 7] = [
        (&[1.0, -2.0], 5.0, &[3.0, -4.0], 0.0),
        (&[0.5, -1.5], 3.0, &[2.0, 1.0], 0.5),
        (&[0.5, 1.5], 4.0, &[0.5, -0.25], 0.25),
        (&[0.75, 10.0], 1.0, &[0.125, 0.0], 2.0),
        (&[0.75, 10.5], 1.0, &[0.1, 0.0], 3.0),
        (&[-20.0, 10.5], 1.5, &[7.0, -1.0], 4.0),
        (&[-20.0, 10.5], -1.5, &[-7.0, 1.0], 5.0),
    ];
    let diverging: [Point; 4] = [
        (&[1.0, -2.0], 5.0, &[3.0, -4.0], 0.0),
        (&[2.0, -2.0], 3.0, &[1.0, 2.0], 0.5),
        (&[3.0, -2.0], 4.0, &[1.0, 1.0], 0.25),
        (&[4.0, 1.0], f64::INFINITY, &[1.0, 1.0], 0.75),
    ];
    let of_gradient: [Point; 3] = [
        (&[1.0, 1.0], 5.0, &[1.0, 1.0], 0.0),
        (&[2.0, 1.0], 3.0, &[f64::NAN, 1.0], 0.5),
        (&[3.0, 1.0], 2.0, &[1.0, 1.0], 0.5),
    ];
    let from_nowhere: [Point; 3] = [
        (&[1.0, 1.0], f64::NAN, &[1.0, 1.0], 0.0),
        (&[2.0, 1.0], 3.0, &[0.0, 1.0], 0.5),
        (&[3.0, 1.0], 2.0, &[1.0, 1.0], 0.5),
    ];
    let ended = Termination::NotFinite { iteration: 3, value: f64::NAN };
    let stops = [
        ("no limits", Stop::iterations(50)),
        ("two iterations", Stop::iterations(2)),
        ("no iterations", Stop::iterations(0)),
        ("grad", Stop::grad(0.125)),
        ("euclidean", Stop::grad(0.56).norm(Norm::Euclidean)),
        ("relative", Stop::relative_grad(0.03125)),
        ("relative euclidean", Stop::relative_grad(0.025).norm(Norm::Euclidean)),
        ("step", Stop::iterations(50).step_tol(0.047619047619047616)),
        ("step of 1", Stop::iterations(50).step_tol(0.5)),
        ("value", Stop::iterations(50).value_tol(0.0)),
        ("value of 1/4", Stop::iterations(50).value_tol(0.25)),
        ("value of 1/3", Stop::iterations(50).value_tol(1.0 / 3.0)),
        ("target", Stop::iterations(50).target(1.0)),
        ("evaluations", Stop::iterations(50).max_evals(4)),
    ];
    for (points_name, points, end) in [
        ("wandering", &wandering[..], PLAIN),
        ("diverging", &diverging[..], ended),
        ("gradient", &of_gradient[..], ended),
        ("from nowhere", &from_nowhere[..], ended),
        ("wandering to no number", &wandering[..], ended),
    ] {
        let plain = Script::of(points, end);
        let spectrum = Some(Spectrum { smallest: -0.25, rounding: 0.125 });
        for (name, script) in [
            ("plain", plain.clone()),
            ("finite", Script { stays_finite: true, ..plain.clone() }),
            ("values only", Script { gradients: false, clipped: Some(true), ..plain.clone() }),
            (
                "blamed",
                Script {
                    blamed: Some(Termination::DividedByZero { iteration: 2 }),
                    clipped: Some(false),
                    ..plain.clone()
                },
            ),
            ("with a spectrum", Script { spectrum, ..plain.clone() }),
        ] {
            for (stop_name, stop) in stops {
                if name == "plain" || stop_name == "no limits" || stop_name == "grad" {
                    let found = minimize(bowl(2), &array![0.0, 0.0], script.clone(), stop).unwrap();
                    outcome(&mut out, &format!("{points_name}, {name}, {stop_name}"), &found);
                }
            }
        }
    }
    out.finish();
}

/// A run that diverges ends at its lowest point; of equal ones at the first.
#[test]
fn of_equal_values_the_first_is_kept() {
    let points: [Point; 4] = [
        (&[1.0], 5.0, &[3.0], 0.0),
        (&[2.0], 3.0, &[1.0], 0.5),
        (&[3.0], 3.0, &[1.0], 0.25),
        (&[4.0], f64::INFINITY, &[1.0], 0.75),
    ];
    let script = Script::of(&points, PLAIN);
    let found = minimize(bowl(1), &array![0.0], script, Stop::iterations(9)).unwrap();
    assert_eq!((found.termination.word(), found.x[0], found.value), ("not_finite", 2.0, 3.0));
}

/// What an observer and a criterion see, and how they end a run.
#[test]
fn observers_and_criteria() {
    let mut out = Record::open("minimize_observed");
    let rule = || FirstOrder::new(Clipped::new(Momentum::default(), Clip::Norm(1.0)), 0.25).unwrap();
    for end in [0, 1, 3, 9] {
        let mut seen = Vec::new();
        let found = minimize_observed(bowl(2), &array![3.0, -4.0], rule(), Stop::iterations(6), |moment| {
            let Evaluations { value, grad, hess } = moment.evaluations();
            seen.push(format!(
                "{} {} {value} {grad} {hess} {:?}",
                moment.iterate.k, moment.clipped, moment.iterate.clipped
            ));
            if moment.iterate.k == end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        outcome(&mut out, &format!("observer to {end}"), &found.unwrap());
        out.exact(format!("observer to {end}: seen"), seen.join(", "));
        let calls = RefCell::new(Vec::new());
        let found = Minimization::new(bowl(2), &array![3.0, -4.0], rule(), Stop::iterations(6))
            .criterion("k", |iterate| {
                calls.borrow_mut().push(iterate.k);
                (iterate.k >= end).then_some((iterate.value, 0.5))
            })
            .observed(|moment| calls.borrow_mut().push(100 + moment.iterate.k));
        outcome(&mut out, &format!("criterion to {end}"), &found.unwrap());
        out.exact(format!("criterion to {end}: calls"), format!("{:?}", calls.into_inner()));
    }
    let refused = minimize(bowl(2), &array![3.0], rule(), Stop::iterations(6));
    out.exact("another length", refused.unwrap_err());
    out.exact("another length of a state", LoopState::new(bowl(2), &array![3.0]).unwrap_err());
    // The bare loop.
    let mut script = Script::of(
        &[(&[1.0], 2.0, &[3.0], 0.5), (&[2.0], 1.0, &[2.0], 0.25), (&[3.0], 0.0, &[1.0], 0.5)],
        PLAIN,
    );
    script.clipped = Some(true);
    let mut state = LoopState::new(Counted::new(bowl(1)), &array![8.0]).unwrap().untimed();
    state.start(&mut script);
    let mut seen = Vec::new();
    for round in 0..3 {
        let end: Termination = state.run(&mut script, |moment| {
            seen.push(format!("{} {} {:?}", moment.iterate.k, moment.clipped, moment.elapsed));
            if round == 0 && moment.iterate.k == 1 {
                ControlFlow::Break(PLAIN)
            } else {
                ControlFlow::Continue(())
            }
        });
        seen.push(end.to_string());
    }
    let moment = state.moment();
    seen.push(format!(
        "{} {} {:?} {:?}",
        moment.iterate.k,
        moment.clipped,
        moment.elapsed,
        moment.evaluations()
    ));
    out.exact("bare loop", seen.join(", "));
    out.exact("its iterate", format!("{:?}", state.iterate()));
    out.finish();
}

/// Summaries of runs of any length.
#[test]
fn summaries() {
    let mut out = Record::open("minimize_summaries");
    for v in [0.0, 1.5, -9999999999.0, 1e10, -1e10, 9.999999999e9, 1e11, -1e100, f64::INFINITY, f64::NAN] {
        out.exact(format!("coordinate {v:e}"), coordinate(v));
    }
    let minimum = |rows: usize, dim: usize| {
        let mut trace = Trace::new(dim, rows);
        for k in 0..rows {
            let evaluations = Evaluations { value: 10 + k, grad: 20 + k, hess: 30 + k };
            let missing = |v: f64| if k == 1 { f64::NAN } else { v };
            let (value, grad_norm, alpha) = (100.0 - k as f64, missing(2.0 + k as f64), missing(0.5));
            trace.push(TraceRow {
                iteration: k,
                value,
                grad_norm,
                alpha,
                clipped: None,
                evaluations,
                seconds: 0.0,
                x: &vec![1.0; dim],
            });
        }
        Minimum {
            optimizer: "optimizer".into(),
            x: (0..dim).map(|i| i as f64).collect(),
            value: 0.125,
            grad_norm: 0.25,
            iterations: rows,
            evaluations: Evaluations { value: 1, grad: 2, hess: 3 },
            termination: PLAIN,
            smallest_eigenvalue: None,
            eigenvalue_rounding: None,
            shift: None,
            seconds: 0.5,
            trace,
        }
    };
    for rows in [0, 1, 2, 4, 5, 7, 8, 9, 10, 12] {
        out.exact(format!("{rows} rows"), minimum(rows, 2));
    }
    for dim in [1, 9, 10, 11, 20, 21] {
        out.exact(format!("{dim} parameters"), minimum(3, dim));
    }
    out.exact("no gradient", Minimum { grad_norm: f64::NAN, ..minimum(2, 1) });
    for smallest in [-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0, f64::NAN] {
        let spectrum = Spectrum { smallest, rounding: 0.5 };
        let found = minimum(1, 1).with_spectrum(spectrum);
        let known = (found.smallest_eigenvalue, found.eigenvalue_rounding, found.verdict(), found.remark());
        out.exact(format!("eigenvalue {smallest}"), format!("{known:?} {}", spectrum.verdict().word()));
        out.exact(format!("eigenvalue {smallest}: summary"), &found);
        let half = Minimum { eigenvalue_rounding: None, ..found };
        out.exact(
            format!("eigenvalue {smallest}, rounding not known"),
            format!("{:?} {:?}", half.verdict(), half.remark()),
        );
    }
    for eigenvalues in [&[1.0, 3.0][..], &[-4.0, 3.0], &[0.0, 0.0], &[1.0], &[]] {
        for asymmetry in [0.0, 0.5, 2.0] {
            let spectrum = Spectrum::of(eigenvalues, asymmetry);
            out.exact(
                format!("spectrum {eigenvalues:?}, {asymmetry}"),
                format!("{spectrum:?} {:?}", spectrum.map(Spectrum::verdict)),
            );
        }
    }
    let words = [Stationary::Minimum, Stationary::Saddle, Stationary::Unknown].map(Stationary::word);
    out.exact("words", words.join(", "));
    out.finish();
}

/// A saved run as text, and every way to damage it.
#[test]
fn saved_runs() {
    let mut out = Record::open("minimize_saved");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.txt");
    let diverging: [Point; 3] = [
        (&[1.0, -2.0], 5.0, &[3.0, -4.0], 0.0),
        (&[2.0, -2.5], 3.0, &[1.0, 2.0], 0.5),
        (&[3.0, -2.0], 4.0, &[1.0, 1.5], 0.25),
    ];
    let script = || Script::of(&diverging, PLAIN);
    let rule = || FirstOrder::new(Momentum::default(), 0.25).unwrap();
    let text = |label: &str, k: usize, stays_finite: bool| {
        let (run, stop) = (Script { stays_finite, ..script() }, Stop::iterations(k));
        Minimization::new(bowl(2), &array![0.0, 0.0], run, stop).label(label).save_to(&file).run().unwrap();
        let saved = SavedRun { seconds: 0.25, ..SavedRun::read(&file).unwrap() };
        saved.write(&file).unwrap();
        std::fs::read_to_string(&file).unwrap()
    };
    for k in 0..4 {
        for stays_finite in [false, true] {
            out.exact(format!("after {k}, {stays_finite}"), text("a label \n and more", k, stays_finite));
        }
    }
    let whole = text("label", 2, false);
    let refused = |text: &str| {
        std::fs::write(&file, text).unwrap();
        match SavedRun::read(&file) {
            Ok(run) => format!(
                "read: {:?} {:?}",
                (run.iteration, run.evaluations, run.seconds, run.label),
                run.best.is_some()
            ),
            Err(error) => error.to_string().replace(&file.display().to_string(), "FILE"),
        }
    };
    let lines: Vec<&str> = whole.lines().collect();
    let with = |number: usize, line: &str| {
        let mut changed = lines.clone();
        changed[number] = line;
        refused(&(changed.join("\n") + "\n"))
    };
    for (number, line) in lines.iter().enumerate() {
        let words: Vec<&str> = line.split(' ').collect();
        let without: Vec<&str> =
            lines.iter().enumerate().filter(|(n, _)| *n != number).map(|(_, line)| *line).collect();
        out.exact(format!("without line {number}"), refused(&(without.join("\n") + "\n")));
        out.exact(format!("line {number} longer"), with(number, &format!("{line} 7")));
        out.exact(format!("line {number} twice"), with(number, &format!("{line}\n{line}")));
        for place in 0..words.len() {
            for word in [
                "",
                "-1",
                "2.5",
                "NaN",
                "inf",
                "1e300",
                "9007199254740992",
                "9007199254740993",
                "4294967295",
                "4294967296",
                "word",
            ] {
                let mut changed = words.clone();
                changed[place] = word;
                out.exact(
                    format!("line {number}, word {place} is {word:?}"),
                    with(number, &changed.join(" ")),
                );
            }
        }
    }
    let missing = SavedRun::read(&folder.path().join("none.txt")).unwrap_err();
    out.exact("no file", missing.to_string().replace(&folder.path().display().to_string(), "FOLDER"));
    // What is resumed, and what is refused.
    std::fs::write(&file, &whole).unwrap();
    let saved = SavedRun::read(&file).unwrap();
    for stop in [2, 5] {
        let resumed =
            Minimization::resume(bowl(2), saved.clone(), script(), Stop::iterations(stop)).unwrap().run();
        outcome(&mut out, &format!("resumed to {stop}"), &resumed.unwrap());
    }
    let again =
        |run: SavedRun| Minimization::resume(bowl(2), run, script(), Stop::relative_grad(0.5)).unwrap().run();
    for (name, run) in [
        ("another start", SavedRun { start_grad_norm: 3.0, ..saved.clone() }),
        ("no best point", SavedRun { best: None, ..saved.clone() }),
        (
            "a lower best point",
            SavedRun {
                best: saved.best.clone().map(|best| SavedPoint { value: -9.0, iteration: 1, ..best }),
                ..saved.clone()
            },
        ),
        ("no memory", SavedRun { memory: Saved::default(), ..saved.clone() }),
        ("a longer memory", SavedRun { memory: memory(&[1.0, 2.0]), ..saved.clone() }),
    ] {
        match again(run) {
            Ok(found) => outcome(&mut out, &format!("resumed with {name}"), &found),
            Err(error) => out.exact(format!("resumed with {name}"), error),
        }
    }
    let other = Minimization::resume(bowl(2), saved.clone(), rule(), Stop::iterations(5)).err().unwrap();
    out.exact("another optimizer", other);
    let other = Minimization::resume(bowl(3), saved, script(), Stop::iterations(5)).err().unwrap();
    out.exact("another objective", other);
    out.finish();
}

fn memory(at: &[f64]) -> Saved {
    let mut saved = Saved::default();
    saved.put("at", at.to_vec());
    saved
}
