//! Numbers that a faithful implementation reproduces, each from a published source.

use gradus::notebook::*;

/// f = x² from 10, ten steps of gradient descent (Dive into Deep Learning, ch. 12.3).
#[test]
fn gradient_descent_on_a_parabola() {
    for (lr, end) in [(0.2, 0.060466), (0.05, 3.486784), (1.1, 61.917364)] {
        let found = minimize(
            problems::Quadratic::new(&[2.0]),
            &array![10.0],
            FirstOrder::new(Sgd, lr).unwrap(),
            Stop::iterations(10),
        )
        .unwrap();
        assert!((found.x[0] - end).abs() < 1e-6, "lr {lr}: {}", found.x[0]);
    }
}

/// f = .1x² + 2y² from (−5, −2), 20 steps (Dive into Deep Learning, ch. 12.6).
#[test]
fn momentum_on_an_ellipse() {
    let cases = [
        (0.4, 0.0, -0.943467, -0.000073),
        (0.6, 0.0, -0.387814, -1673.365109),
        (0.6, 0.5, 0.007188, 0.002553),
        (0.6, 0.25, -0.126340, -0.186632),
    ];
    for (lr, rho, x, y) in cases {
        let optimizer = FirstOrder::new(Momentum::new(rho), lr).unwrap();
        let found = minimize(
            problems::Quadratic::new(&[0.2, 4.0]),
            &array![-5.0, -2.0],
            optimizer,
            Stop::iterations(20),
        )
        .unwrap();
        assert!(
            (found.x[0] - x).abs() < 1e-6 && (found.x[1] - y).abs() < 1e-6,
            "lr {lr}, ρ {rho}: {}",
            found.x
        );
    }
}

/// The same ellipse under AdaGrad and RMSProp, ε 1e-6 inside the root (Dive into Deep Learning, ch. 12.7 and
/// 12.8).
#[test]
fn adagrad_and_rmsprop_on_an_ellipse() {
    let end = |rule: AnyRule| {
        let optimizer = FirstOrder::new(rule, 0.4).unwrap();
        minimize(problems::Quadratic::new(&[0.2, 4.0]), &array![-5.0, -2.0], optimizer, Stop::iterations(20))
            .unwrap()
            .x
    };
    let adagrad = end(AnyRule::new(AdaGrad { eps: 1e-6, eps_at: Epsilon::Inside, initial: 0.0 }));
    assert!((adagrad[0] + 2.382563).abs() < 1e-6 && (adagrad[1] + 0.158591).abs() < 1e-6, "{adagrad}");
    let rmsprop =
        end(AnyRule::new(RmsProp { decay: 0.9, eps: 1e-6, eps_at: Epsilon::Inside, ..RmsProp::default() }));
    assert!((rmsprop[0] + 0.010599).abs() < 1e-6 && rmsprop[1].abs() < 1e-6, "{rmsprop}");
}

/// Rates at the best settings on a quadratic of condition 100 (slides; Polyak 1964): (κ−1)/(κ+1) and
/// (√κ−1)/(√κ+1).
#[test]
fn rates_on_a_quadratic() {
    let (eigenvalues, start) = ([0.01, 0.1, 1.0], array![1.0, 1.0, 1.0]);
    let path = |rho: f64, lr: f64| {
        let optimizer = FirstOrder::new(Momentum::new(rho), lr).unwrap();
        minimize(problems::Quadratic::new(&eigenvalues), &start, optimizer, Stop::iterations(40))
            .unwrap()
            .trace
            .x
    };
    let gd = path(0.0, 1.980198);
    let rate = (0..3).map(|mode| (gd[mode][40] / gd[mode][39]).abs()).fold(0.0, f64::max);
    assert!((rate - 0.980198).abs() < 1e-6, "{rate}");
    for x in path(0.669421, 3.305785) {
        // Each mode is a recurrence x'' = t·x' − ρ·x: its roots have modulus √ρ = .818182 as long as |t| ≤
        // 2√ρ, with equality at the ends.
        let t = (x[30] + 0.669421 * x[28]) / x[29];
        assert!(t.abs() <= 2.0 * 0.818182 + 1e-4, "{t}");
        let modulus = ((x[30] * x[28] - x[29].powi(2)) / (x[29] * x[27] - x[28].powi(2))).sqrt();
        assert!((modulus - 0.818182).abs() < 1e-6, "{modulus}");
    }
}

/// Adam's first step is lr long with the bias corrected, and √(1−β₂)⁻¹(1−β₁) = 3.162 lr without (Kingma & Ba
/// 2015).
#[test]
fn the_first_step_of_adam() {
    let step = |rule| {
        let found = minimize(
            problems::Quadratic::new(&[1.0]),
            &array![5.0],
            FirstOrder::new(rule, 1e-3).unwrap(),
            Stop::iterations(1),
        )
        .unwrap();
        (5.0 - found.x[0]) / 1e-3
    };
    assert!((step(Adam::default()) - 1.0).abs() < 1e-6);
    assert!((step(Adam::without_bias_correction()) - 3.162278).abs() < 1e-5);
}

/// Nesterov: the look-ahead form, seen at x + ρv, is the shifted form (slide "Nesterov Momentum"), and
/// torch's form is the shifted one at a constant rate.
#[test]
fn the_forms_of_nesterov_are_one_sequence() {
    let run = |form| {
        let optimizer = FirstOrder::new(Nesterov::new(0.9).form(form), 1e-3).unwrap();
        minimize(problems::Rosenbrock::new(2), &array![-1.2, 1.0], optimizer, Stop::iterations(200))
            .unwrap()
            .trace
            .x
    };
    let (ahead, shifted, torch) =
        (run(NesterovForm::LookAhead), run(NesterovForm::Shifted), run(NesterovForm::RateOutside));
    for k in 1..200 {
        for i in 0..2 {
            // x̃_k = x_k + ρ v_k, and v_k = x_k − x_{k−1}.
            let seen = ahead[i][k] + 0.9 * (ahead[i][k] - ahead[i][k - 1]);
            assert!((seen - shifted[i][k]).abs() < 1e-11, "step {k}: {seen} is not {}", shifted[i][k]);
            assert!((torch[i][k] - shifted[i][k]).abs() < 1e-11);
        }
    }
}

/// Newton ends in one iteration on a quadratic, and doubles its digits near Rosenbrock's minimum.
#[cfg(feature = "lapack")]
#[test]
fn newton_is_exact_on_quadratics_and_quadratic_elsewhere() {
    let found = minimize(
        problems::Quadratic::new(&[0.01, 1.0, 100.0]),
        &array![3.0, -2.0, 1.0],
        Newton::new(),
        Stop::grad(1e-12),
    )
    .unwrap();
    assert_eq!(found.iterations, 1);
    let found =
        minimize(problems::Rosenbrock::new(2), &array![-1.2, 1.0], Newton::new(), Stop::grad(1e-10)).unwrap();
    assert!(found.termination.converged() && found.iterations <= 25, "{found}");
    let last: Vec<f64> = found.trace.grad_norm.iter().rev().take(3).rev().copied().collect();
    assert!(last[2] < last[1].powi(2) * 1e3, "{last:?}");
}

/// A run that diverges says so, and keeps its trace and its best point.
#[test]
fn divergence_is_a_termination() {
    let found = minimize(
        problems::Rosenbrock::new(2),
        &array![-1.2, 1.0],
        FirstOrder::new(Sgd, 1.0).unwrap(),
        Stop::iterations(100),
    )
    .unwrap();
    assert_eq!(found.termination.word(), "not_finite");
    assert!(
        found.value.is_finite() && !found.trace.value.last().unwrap().is_finite() && found.trace.len() > 2
    );
}

/// Random search keeps the best of what it drew, and is the same for the same seed.
#[test]
fn random_search_keeps_the_best() {
    let run = |seed| {
        minimize(
            problems::Rastrigin::new(2),
            &array![2.3, 2.3],
            RandomSearch::new(1.0, seed).unwrap(),
            Stop::iterations(300),
        )
        .unwrap()
    };
    let (first, again, other) = (run(1), run(1), run(2));
    assert_eq!(first.x, again.x);
    assert_ne!(first.x, other.x);
    assert!(first.trace.value.windows(2).all(|pair| pair[1] <= pair[0]) && first.value < 10.0);
}
