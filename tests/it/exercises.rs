//! The expected numbers of the notebooks' exercises, where they are more than arithmetic and no solution in
//! the notebook computes them. notebooks/numbers.csv names these tests.

use gradus::notebook::*;

/// The digits, prepared as the notebooks prepare them, and their softmax risk without a penalty.
fn digits() -> (Prepared<f64>, EmpiricalRisk) {
    let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    let risk = EmpiricalRisk::new(
        Linear::new(64, 10),
        Softmax,
        digits.train_x.clone(),
        digits.train_y.clone(),
        Regularizer::default(),
    );
    (digits, risk.unwrap())
}

/// Notebook 01, exercise 1: the frog's two losses.
#[test]
fn the_frog_with_a_higher_score() {
    let scores = [2.2f64, 2.5, 3.1];
    let softmax = scores.iter().map(|s| s.exp()).sum::<f64>().ln() - 3.1;
    assert!((softmax - 0.67).abs() < 0.005, "{softmax}");
    let svm: f64 = scores[..2].iter().map(|s| (s - 3.1 + 1.0).max(0.0)).sum();
    assert!((svm - 0.5).abs() < 1e-12, "{svm}");
}

/// Notebook 01, exercise 3: the cat and the car with scores ten times as large.
#[test]
fn scores_ten_times_as_large() {
    let (cat, car) = ([32.0, 51.0, -17.0], [13.0, 49.0, 20.0]);
    assert_eq!(loss::of_scores(&MulticlassSvm, &cat, 0), 20.0);
    assert!((loss::of_scores(&Softmax, &cat, 0) - 19.0f64).abs() < 1e-8);
    assert_eq!(loss::of_scores(&MulticlassSvm, &car, 1), 0.0);
    let softmax = loss::of_scores(&Softmax, &car, 1) / (-29f64).exp();
    assert!((softmax - 1.0).abs() < 0.01, "{softmax}");
}

/// Notebook 04, exercises 2 and 3: the bowl after 200 steps, and how many steps a digit takes.
#[test]
fn steps_in_the_bowl() {
    let end = |lr: f64| {
        let rule = FirstOrder::new(Sgd, lr).unwrap();
        let bowl = problems::Quadratic::new(&[0.2, 4.0]);
        minimize(bowl, &array![-5.0, -2.0], rule, Stop::iterations(200)).unwrap().x[1]
    };
    assert!((end(0.49) + 0.0006).abs() < 0.00005, "{}", end(0.49));
    assert!((end(0.5) + 2.0).abs() < 1e-9 && end(0.51) < -5000.0);
    let digit = |rate: f64| 10f64.ln() / -rate.ln();
    assert_eq!([digit(99.0 / 101.0), digit(0.99)].map(f64::round), [115.0, 229.0]);
}

/// Notebook 05, exercise 1: the last batch of an epoch is short.
#[test]
fn the_last_batch_of_an_epoch() {
    let mut batches = Batches::without_replacement(1438, 128, 0).unwrap();
    let sizes: Vec<usize> = (0..batches.per_epoch()).map(|_| batches.next().len()).collect();
    assert_eq!((sizes.len(), sizes[10], sizes[11]), (12, 128, 30));
}

/// Notebook 06, exercise 5: on the ridge of a saddle that is turned by 30°, rounding is enough to leave it.
#[test]
fn a_saddle_in_turned_coordinates() {
    let (sin, cos) = std::f64::consts::FRAC_PI_6.sin_cos();
    let beside = move |x: &ArrayRef1<f64>| cos * x[1] - sin * x[0];
    let turned = FunctionWithGradient::new(2, move |x, grad| {
        let (along, across) = (cos * x[0] + sin * x[1], beside(x));
        grad[0] = cos * along + sin * across;
        grad[1] = sin * along - cos * across;
        0.5 * (along * along - across * across)
    });
    let path = minimize(turned, &array![cos, sin], FirstOrder::new(Sgd, 0.1).unwrap(), Stop::iterations(600))
        .unwrap()
        .trace
        .x;
    let left = (0..=600).find(|&k| beside(&array![path[0][k], path[1][k]]).abs() > 1.0).unwrap();
    assert!((387..=486).contains(&left), "{left}");
}

/// Notebook 07, exercise 4: momentum .95 in the two basins.
#[test]
fn momentum_in_two_basins() {
    for (lr, expected) in [(0.02, 1.599), (0.05, 4.53)] {
        let optimizer = FirstOrder::new(Momentum::new(0.95), lr).unwrap();
        let end = minimize(problems::TwoBasins, &array![-3.0], optimizer, Stop::grad(1e-10).max_iter(5_000))
            .unwrap();
        assert!((end.x[0] - expected).abs() < 0.005, "lr {lr}: {}", end.x[0]);
    }
}

/// Notebook 08, exercise 4: two forms of Nesterov's rule part where the learning rate is cut, and meet again.
#[test]
fn forms_of_nesterov_part_at_a_cut() {
    let path = |form| {
        let schedule = Schedule::Step { every: 100, factor: 0.1 };
        let optimizer = FirstOrder::new(Nesterov::new(0.9).form(form), 0.03).unwrap().schedule(schedule);
        minimize(problems::Quadratic::new(&[1.0, 25.0]), &array![-1.2, 1.0], optimizer, Stop::iterations(200))
            .unwrap()
            .trace
            .x
    };
    let (shifted, outside) = (path(NesterovForm::Shifted), path(NesterovForm::RateOutside));
    let apart = |k: usize| (0..2).map(|i| (shifted[i][k] - outside[i][k]).abs()).fold(0.0, f64::max) / 1.2;
    let most = (0..=200).map(apart).fold(0.0, f64::max);
    assert!((most - 0.0009).abs() < 0.00005, "{most}");
    assert!(apart(100) < 1e-12, "{}", apart(100));
    let rate = (apart(200) / apart(150)).powf(1.0 / 50.0);
    assert!((rate - 0.9f64.sqrt()).abs() < 0.02, "{rate}");
}

/// Notebook 09, exercise 1: how long AdaGrad takes down a slope.
#[test]
fn adagrad_down_a_slope() {
    let slope = FunctionWithGradient::new(1, |x, grad| {
        grad[0] = 3.0;
        3.0 * x[0]
    });
    let path = minimize(
        slope,
        &array![0.0],
        FirstOrder::new(AdaGrad::default(), 0.1).unwrap(),
        Stop::iterations(1000),
    )
    .unwrap()
    .trace
    .x;
    let steps = path[0].iter().position(|x| *x <= -5.0).unwrap();
    assert!((650..=670).contains(&steps), "{steps}");
}

/// Notebook 10, exercises 4 and 1: the longest step of Adam without its correction.
#[test]
fn adam_without_correction() {
    for (beta2, at, longest) in [(0.999, 12, 6.57), (0.99, 13, 2.13)] {
        let (mut m, mut s, mut lengths) = (0.0, 0.0, Vec::new());
        for _ in 0..100 {
            m = 0.9 * m + 0.1;
            s = f64::mul_add(beta2, s, 1.0 - beta2);
            lengths.push(m / f64::sqrt(s));
        }
        let most = lengths.iter().copied().fold(0.0, f64::max);
        assert!((most - longest).abs() < 0.005, "{most}");
        assert_eq!(lengths[at - 1], most, "β₂ {beta2}: {lengths:?}");
    }
}

/// Notebook 12, exercise 4: pure Newton beside a saddle, from where it does not go there.
#[cfg(feature = "lapack")]
#[test]
fn pure_newton_from_beyond_the_saddle() {
    for (start, first, end) in [(0.5, -1.0, -1.0), (0.6, 5.4, 1.0)] {
        let found =
            minimize(problems::Saddle, &array![1.0, start], Newton::pure(), Stop::grad(1e-9)).unwrap();
        assert!((found.trace.x[1][1] - first).abs() < 1e-9, "from {start}: {:?}", found.trace.x[1]);
        assert!((found.x[1] - end).abs() < 1e-9, "from {start}: {}", found.x);
    }
    let found = minimize(problems::Saddle, &array![1.0, 0.44], Newton::pure(), Stop::grad(1e-9)).unwrap();
    assert!(found.x[1].abs() < 1e-9, "{}", found.x);
}

/// Notebook 13, exercise 4: BFGS with steps of length 1 on a quadratic of three variables.
#[test]
fn bfgs_without_a_line_search() {
    let curvatures = array![1.0, 5.0, 25.0];
    let outer = |a: &Array1<f64>, b: &Array1<f64>| Array2::from_shape_fn((3, 3), |(i, j)| a[i] * b[j]);
    let (mut x, mut b, mut heights) = (Array1::<f64>::ones(3), Array2::<f64>::eye(3), vec![15.5]);
    for _ in 0..10 {
        let gradient = &curvatures * &x;
        let s = -b.dot(&gradient);
        x += &s;
        let y = &curvatures * &x - &gradient;
        let left = Array2::<f64>::eye(3) - outer(&s, &y) / s.dot(&y);
        b = left.dot(&b).dot(&left.t()) + outer(&s, &s) / s.dot(&y);
        heights.push(0.5 * x.dot(&(&curvatures * &x)));
    }
    assert!(heights[1] > 300.0 * heights[0] && heights[4] > 1e-9 && heights[5] < 1e-9, "{heights:?}");
}

/// Notebook 13, exercise 5: how many evaluations L-BFGS takes in Rosenbrock's valley with short and long
/// memories.
#[test]
fn memories_of_lbfgs() {
    let evaluations = |memory| {
        let found = minimize(
            problems::Rosenbrock::new(2),
            &array![-1.2, 1.0],
            Lbfgs::new(memory),
            Stop::grad(1e-8).max_iter(200),
        )
        .unwrap();
        if found.termination.converged() { found.evaluations.grad } else { usize::MAX }
    };
    assert_eq!(evaluations(0), usize::MAX);
    assert!((80..=100).contains(&evaluations(1)), "{}", evaluations(1));
    assert!((40..=55).contains(&evaluations(5)) && (40..=55).contains(&evaluations(20)));
}

/// Notebook 13, exercise 6: the change of a gradient, on one batch and across two, after a short step and a
/// long one.
#[test]
fn differences_of_gradients_across_batches() {
    let (digits, _) = digits();
    let mut risk = EmpiricalRisk::new(
        Linear::new(64, 10),
        Softmax,
        digits.train_x,
        digits.train_y,
        Regularizer::l2(1e-4),
    )
    .unwrap();
    let mut gradient = |x: &Array1<f64>, batch: std::ops::Range<u32>| {
        let mut gradient = Array1::<f64>::zeros(x.len());
        risk.batch_value_grad(x, &batch.collect::<Vec<_>>(), &mut gradient);
        gradient
    };
    let (all, one, two) = (0..1438, 0..64, 64..128);
    let here = Array1::zeros(650);
    let mut off = |length: f64| {
        let there = &here - &(length * gradient(&here, all.clone()));
        let y = gradient(&there, all.clone()) - gradient(&here, all.clone());
        let same = gradient(&there, one.clone()) - gradient(&here, one.clone());
        let mixed = gradient(&there, two.clone()) - gradient(&here, one.clone());
        [same, mixed].map(|v| (&v - &y).dot(&(&v - &y)).sqrt() / y.dot(&y).sqrt())
    };
    let (short, long) = (off(0.1), off(10.0));
    assert!(short[0] < 1.0 && (0.5..2.0).contains(&(long[0] / short[0])), "{short:?} {long:?}");
    assert!(short[1] > 10.0 && (50.0..200.0).contains(&(short[1] / long[1])), "{short:?} {long:?}");
}

/// Notebook 14, exercise 4: how few hidden units follow the spiral.
#[test]
fn hidden_units_for_the_spiral() {
    let arms = Preprocessing::NONE.prepare::<f64>(&data::by_name("spiral", 0).unwrap());
    let right = |hidden: usize, seed: u64| {
        let model = ModelKind::parse(&format!("mlp:{hidden}")).unwrap();
        let classifier = Classifier::new(arms.clone(), model, Regularizer::l2(1e-4));
        let settings = Training {
            epochs: 400,
            lr: 0.1,
            seed,
            batch: Batch::Size(32),
            checkpoint_every: Some(4000),
            ..Training::default()
        };
        let fit = classifier.fit(Softmax, Momentum::new(0.9), &settings).unwrap();
        *fit.curve.train_accuracy.last().unwrap()
    };
    let of = |hidden: usize| [0, 1, 2].map(|seed| right(hidden, seed));
    assert!(of(6).into_iter().all(|r| r > 0.93), "{:?}", of(6));
    let five = of(5);
    assert!(five.iter().any(|&r| r > 0.9) && five.iter().any(|&r| r < 0.87), "{five:?}");
}

/// Notebook 14, exercise 5: a net that starts at zero learns how frequent each class is, and nothing else.
#[test]
fn a_net_that_starts_at_zero() {
    let digits = Preprocessing::default().prepare::<f64>(&data::digits());
    let net = Mlp::new(64, &[20], 10).unwrap();
    let mut risk =
        EmpiricalRisk::new(net, Softmax, digits.train_x, digits.train_y, Regularizer::default()).unwrap();
    let (mut x, mut grad) = (Array1::<f64>::zeros(risk.dim()), Array1::zeros(risk.dim()));
    for _ in 0..100 {
        risk.value_grad(&x, &mut grad);
        x.scaled_add(-0.1, &grad);
    }
    let biases = x.len() - 10;
    assert!(x.iter().enumerate().all(|(i, &x)| (x != 0.0) == (i >= biases)));
    let printed = 10f64.ln();
    assert!((risk.value(&x) - printed).abs() < 0.001, "{}", risk.value(&x));
}

/// Notebook 15, exercise 4: more epochs move the left end of the good learning rates, and Adam's right end.
#[test]
fn good_rates_after_more_epochs() {
    let digits: Prepared<f32> = Preprocessing::default().prepare(&data::digits());
    let classifier = Classifier::new(digits, ModelKind::Linear, Regularizer::l2(1e-4));
    let good = |rule: &str, epochs: usize| {
        let accuracy = |lr: f64| {
            let settings = Training {
                epochs,
                lr,
                batch: Batch::Size(32),
                checkpoint_every: Some(45 * epochs),
                ..Training::default()
            };
            let rule = AnyRule::by_name(rule).unwrap();
            let fit = classifier.fit(Softmax, rule, &settings).unwrap();
            if fit.finite() { *fit.curve.test_accuracy.last().unwrap() } else { 0.0 }
        };
        let ends: Vec<f64> =
            (0..36).map(|i| accuracy(10f64.powf(-5.0 + 7.0 * f64::from(i) / 35.0))).collect();
        let best = ends.iter().copied().fold(0.0, f64::max);
        let is_good = |&a: &f64| a >= best - 0.01;
        (ends.iter().position(is_good).unwrap(), ends.iter().rposition(is_good).unwrap())
    };
    for (rule, right_end_stays) in [("sgd", true), ("momentum", true), ("adam", false)] {
        let (few, many) = (good(rule, 5), good(rule, 20));
        assert!(many.0 < few.0, "{rule}: {few:?} {many:?}");
        assert_eq!(few.1 == many.1, right_end_stays, "{rule}: {few:?} {many:?}");
    }
}

/// Notebook 15, exercise 1: an Adam that never counts its steps takes them .316 times as long in the end.
#[test]
fn an_adam_that_never_counts() {
    let (mut m, mut s) = (0.0, 0.0);
    for _ in 0..20_000 {
        (m, s) = (f64::mul_add(0.9, m, 0.1), f64::mul_add(0.999, s, 0.001));
    }
    let step = (m / 0.1) / (s / f64::mul_add(-1.0, 0.999, 1.0)).sqrt();
    assert!((step - 0.316).abs() < 0.0005, "{step}");
}

/// Notebook 15, exercise 5: L-BFGS on batches of all examples, in a new order each time, converges; on
/// smaller ones it does not.
#[test]
fn lbfgs_on_batches() {
    let (digits, _) = digits();
    let run = |batch: usize| {
        let (x, y) = (digits.train_x.clone(), digits.train_y.clone());
        let mut risk = EmpiricalRisk::new(Linear::new(64, 10), Softmax, x, y, Regularizer::l2(1e-4)).unwrap();
        let mut draws = Batches::without_replacement(risk.terms(), batch, 0).unwrap();
        let start = Array1::<f64>::zeros(risk.dim());
        let noisy = FunctionWithGradient::new(start.len(), move |x, grad| {
            risk.batch_value_grad(x, draws.next(), grad)
        });
        minimize(noisy, &start, Lbfgs::new(10), Stop::grad(1e-3).max_iter(200)).unwrap().termination
    };
    assert!(run(1438).converged(), "{}", run(1438));
    assert!(!run(128).converged(), "{}", run(128));
}
