//! Each limit, its word, its evidence and its sentence.

use super::*;
use ndarray::array;
use std::time::Duration;

fn measured(iteration: usize, value: f64, grad_norm: f64) -> Measurements {
    Measurements {
        iteration,
        value,
        grad_norm,
        start_grad_norm: 100.0,
        step: 0.1,
        change: 0.1,
        evaluations: iteration,
        elapsed: Duration::from_secs(1),
    }
}

#[test]
fn each_limit_has_its_own_word_and_evidence() {
    let stop = Stop::grad(1e-3)
        .max_iter(10)
        .target(-1.0)
        .max_evals(8)
        .max_time(Duration::from_secs(5))
        .step_tol(1e-9)
        .value_tol(1e-8);
    assert_eq!(stop.check(&measured(1, 1.0, 1.0)), None);
    assert_eq!(stop.check(&measured(1, 1.0, 1e-4)).unwrap().evidence(), (1e-4, 1e-3));
    assert_eq!(stop.check(&measured(1, -2.0, 1.0)).unwrap().word(), "target_reached");
    assert_eq!(stop.check(&measured(8, 1.0, 1.0)).unwrap().word(), "out_of_evaluations");
    assert_eq!(stop.check(&measured(10, 1.0, 1.0)).unwrap().word(), "out_of_iterations");
    assert_eq!(stop.check(&measured(1, f64::NAN, 1.0)).unwrap().word(), "not_finite");
    let late = Measurements { elapsed: Duration::from_secs(6), ..measured(1, 1.0, 1.0) };
    assert_eq!(stop.check(&late).unwrap().evidence(), (6.0, 5.0));
    let still = stop.check(&Measurements { step: 1e-10, ..measured(1, 1.0, 1.0) }).unwrap();
    assert_eq!((still.word(), still.evidence(), still.converged()), ("step_too_small", (1e-10, 1e-9), false));
    let flat = stop.check(&Measurements { change: 0.0, ..measured(1, 1.0, 1.0) }).unwrap();
    assert_eq!((flat.word(), flat.evidence(), flat.converged()), ("value_stalled", (0.0, 1e-8), false));
}

#[test]
fn the_relative_gradient_is_that_of_the_start() {
    let stop = Stop::relative_grad(1e-3).norm(Norm::Euclidean);
    assert_eq!(stop.check(&measured(1, 1.0, 0.2)), None);
    let met = stop.check(&measured(1, 1.0, 0.1)).unwrap();
    assert!(met.converged() && met.evidence() == (1e-3, 1e-3), "{met}");
    let at_a_minimum = Measurements { start_grad_norm: 0.0, ..measured(0, 1.0, 0.0) };
    assert_eq!(stop.check(&at_a_minimum).unwrap().evidence(), (0.0, 1e-3));
}

#[test]
fn the_norm_is_named() {
    assert_eq!((Norm::Max.of(&array![3.0, -4.0]), Norm::Euclidean.of(&array![3.0, -4.0])), (4.0, 5.0));
    let sentence = Stop::grad(1.0).norm(Norm::Euclidean).check(&measured(3, 1.0, 0.5)).unwrap().to_string();
    assert_eq!(sentence, "converged: ‖∇f‖₂ = 5.000e-1 ≤ 1.0e0");
}

#[test]
fn an_unknown_gradient_step_or_change_meets_nothing() {
    let unknown = Measurements {
        step: f64::NAN,
        change: f64::NAN,
        start_grad_norm: f64::NAN,
        ..measured(1, 1.0, f64::NAN)
    };
    assert_eq!(
        Stop { relative_grad_tol: Some(1.0), ..Stop::grad(1e-3) }
            .step_tol(1.0)
            .value_tol(1.0)
            .check(&unknown),
        None
    );
}

#[test]
fn what_is_not_finite_at_the_start_is_said_so() {
    let sentence = |state| Stop::grad(0.0).check(&state).unwrap().to_string();
    assert!(sentence(measured(0, f64::NAN, 1.0)).contains("f = NaN at the start"));
    assert!(sentence(measured(0, 1.0, f64::INFINITY)).contains("gradient at the start"));
    assert!(sentence(measured(3, 1.0, f64::INFINITY)).contains("gradient is not finite at iteration 3"));
    assert!(sentence(measured(3, f64::INFINITY, 1.0)).contains("f = inf at iteration 3"));
}

#[test]
fn limits_that_cannot_be_met_are_refused() {
    assert!(Stop::grad(-1.0).validate().is_err());
    assert!(Stop::grad(f64::NAN).validate().is_err());
    assert!(Stop::grad(0.0).validate().is_ok());
    assert!(
        Stop::grad(0.0)
            .step_tol(-1.0)
            .validate()
            .unwrap_err()
            .to_string()
            .contains("step-tol must be finite and ≥ 0")
    );
    assert!(Stop::relative_grad(f64::INFINITY).validate().is_err());
}

/// One termination of each kind that needs no limit, with its word and the beginning of its sentence.
#[test]
fn what_ends_a_run_by_itself_has_its_own_word_evidence_and_sentence() {
    let cases = [
        (
            Termination::CriterionMet { name: "accuracy", measured: 0.75, bound: 0.5 },
            ("criterion_met", 0.75, 0.5),
            "criterion met: accuracy, 7.500000e-1 against 5.000000e-1",
        ),
        (
            Termination::LineSearchFailed { alpha: 0.5, slope: -2.0, trials: 3 },
            ("line_search_failed", 0.5, f64::NAN),
            "line search failed: 3 step lengths, the last 5.0e-1, did not lower f",
        ),
        (
            Termination::LineSearchFailed { alpha: 0.0, slope: 2.0, trials: 0 },
            ("line_search_failed", 0.0, f64::NAN),
            "the direction does not descend: the slope of f along it is 2.0e0",
        ),
        (
            Termination::NOWHERE_TO_GO,
            ("line_search_failed", 0.0, f64::NAN),
            "no direction is left: the gradient is exactly zero",
        ),
        (
            Termination::GradientContradicted { slope: -2.0, measured: 3.0 },
            ("gradient_contradicted", 3.0, -2.0),
            "line search failed: by the gradient the slope of f along the direction is -2.000e0",
        ),
        (
            Termination::Kink { before: -1.0, after: 2.0 },
            ("kink", 2.0, -1.0),
            "line search failed: f has a kink here, where the slope along the direction jumps from -1.000e0",
        ),
        (
            Termination::Unbounded { value: -1e300 },
            ("unbounded", -1e300, f64::NAN),
            "unbounded below, as far as numbers show: f has fallen to -1.000e300",
        ),
        (
            Termination::NotADescentDirection { iteration: 4, slope: 0.5 },
            ("not_a_descent_direction", 0.5, 0.0),
            "not a descent direction: the slope along the step of iteration 4 is 5.0e-1",
        ),
        (
            Termination::TrustRegionFailed { radius: 0.5, bound: 0.75, trials: 9 },
            ("trust_region_failed", 0.5, 0.75),
            "trust region failed: 9 steps did not lower f",
        ),
        (
            Termination::HessianFailed { iteration: 4, shift: 0.0 },
            ("hessian_failed", 0.0, f64::NAN),
            "the Hessian of iteration 4 is singular",
        ),
        (
            Termination::HessianFailed { iteration: 4, shift: 2.0 },
            ("hessian_failed", 2.0, f64::NAN),
            "the Hessian of iteration 4 could not be factored, even shifted by 2.0e0",
        ),
        (
            Termination::HessianNotFinite { iteration: 4 },
            ("hessian_not_finite", 4.0, f64::NAN),
            "the derivatives of iteration 4 have entries",
        ),
        (
            Termination::OutOfMemory { bytes: 3e9, bound: 2e9 },
            ("out_of_memory", 3e9, 2e9),
            "out of memory: the optimizer needs 3.0 GB (3000000000 bytes), and 2.0 GB are available",
        ),
        (
            Termination::PointNotFinite { iteration: 4 },
            ("not_finite", 4.0, f64::NAN),
            "diverged: x has an entry that is infinite or not a number at iteration 4",
        ),
        (
            Termination::DividedByZero { iteration: 4 },
            ("divided_by_zero", 4.0, f64::NAN),
            "diverged: the rule divided 0 by 0 at iteration 4",
        ),
        (
            Termination::StoppedByObserver { iterations: 4 },
            ("stopped_by_observer", 4.0, f64::NAN),
            "stopped by the observer after 4 iterations",
        ),
        (
            Termination::Interrupted { iterations: 4 },
            ("interrupted", 4.0, f64::NAN),
            "interrupted after 4 iterations",
        ),
    ];
    for (termination, (word, measured, bound), sentence) in cases {
        assert_eq!(termination.word(), word);
        let evidence = termination.evidence();
        assert!(evidence.0 == measured && (evidence.1 == bound || bound.is_nan() && evidence.1.is_nan()));
        assert!(termination.to_string().starts_with(sentence), "{termination}");
        assert!(!termination.converged(), "{termination}");
        let diverged = ["divided_by_zero", "not_finite"].contains(&word);
        assert_eq!(termination.diverged(), diverged, "{termination}");
    }
}
