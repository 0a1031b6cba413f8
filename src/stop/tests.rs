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
