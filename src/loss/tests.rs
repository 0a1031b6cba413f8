use super::*;
use crate::linalg::on_every_level;
use crate::rng;

#[test]
fn every_entry_of_the_table_builds_the_loss_that_it_names() {
    for described in ALL {
        assert_eq!((described.build)().name(), described.name);
        assert_eq!(by_name::<f32>(described.name).unwrap().name(), described.name);
    }
    assert_eq!(NAMES, ["softmax", "svm", "one-vs-all", "structured", "squared", "logistic", "huber"]);
}

/// Each loss's errors against central differences of its value, and both ways of getting the value.
#[test]
fn errors_are_the_derivative_of_the_value() {
    for name in NAMES {
        let loss = by_name::<f64>(name).unwrap();
        let scores = rng::normal::<f64>(&mut rng::stream(3, "loss", 0), 40, 2.0).to_vec();
        let labels: Vec<u8> = (0..8).map(|i| i % 5).collect();
        let mut errors = scores.clone();
        let value = loss.value_errors(&mut errors, &labels);
        assert!((value - loss.value(&mut scores.clone(), &labels)).abs() < 1e-12);
        for i in 0..scores.len() {
            let at = |h: f64| {
                let mut moved = scores.clone();
                moved[i] += h;
                loss.value(&mut moved, &labels)
            };
            let difference = (at(1e-6) - at(-1e-6)) / 2e-6;
            assert!(
                (errors[i] - difference).abs() < 1e-7,
                "{name} {i}: {} instead of {difference}",
                errors[i]
            );
        }
    }
}

#[test]
fn every_loss_has_the_same_bits_on_every_instruction_set() {
    for name in NAMES {
        let loss = by_name::<f32>(name).unwrap();
        let scores = rng::normal::<f32>(&mut rng::stream(3, "loss", 1), 10 * 129, 3.0).to_vec();
        let labels: Vec<u8> = (0..129).map(|i| i % 10).collect();
        let computed = || {
            let mut errors = scores.clone();
            (loss.value_errors(&mut errors, &labels), errors)
        };
        let expected = computed();
        on_every_level(|| assert!(computed() == expected, "{name}"));
    }
}

/// Each loss's Hessian-vector product against central differences of its errors.
#[test]
fn curvature_is_the_derivative_of_the_errors() {
    for name in NAMES.iter().chain(&["huber:0.7"]) {
        let loss = by_name::<f64>(name).unwrap();
        let mut stream = rng::stream(4, "loss", 0);
        let scores = rng::normal::<f64>(&mut stream, 40, 2.0).to_vec();
        let direction = rng::normal::<f64>(&mut stream, 40, 1.0).to_vec();
        let labels: Vec<u8> = (0..8).map(|i| i % 5).collect();
        let errors = |h: f64| {
            let mut moved: Vec<f64> = scores.iter().zip(&direction).map(|(s, d)| s + h * d).collect();
            loss.value_errors(&mut moved, &labels);
            moved
        };
        let mut product = direction.clone();
        loss.hess_vec(&mut scores.clone(), &labels, &mut product);
        for (i, (plus, minus)) in errors(1e-6).iter().zip(errors(-1e-6)).enumerate() {
            let difference = (plus - minus) / 2e-6;
            assert!(
                (product[i] - difference).abs() < 1e-8,
                "{name} {i}: {} instead of {difference}",
                product[i]
            );
        }
    }
}

#[test]
fn losses_at_zero_scores() {
    let at_zero = [("softmax", 5f64.ln()), ("svm", 4.0), ("one-vs-all", 5.0), ("structured", 1.0)];
    for (name, expected) in
        at_zero.into_iter().chain([("squared", 0.5), ("logistic", 5.0 * 2f64.ln()), ("huber", 0.5)])
    {
        let value = of_scores(&by_name::<f64>(name).unwrap(), &[0.0; 5], 2);
        assert!((value - expected).abs() < 1e-14, "{name}: {value}");
    }
}

/// A run that diverged must not look like one without violations, under any loss.
#[test]
fn a_nan_among_the_scores_is_a_nan_of_the_loss() {
    for name in NAMES {
        let loss = by_name::<f64>(name).unwrap();
        for at in 0..3 {
            let mut scores: [f64; 3] = [1.0, 2.0, 3.0];
            scores[at] = f64::NAN;
            assert!(of_scores(&loss, &scores, 1).is_nan(), "{name}: score {at}");
        }
    }
}

#[test]
fn a_delta_out_of_range_is_refused() {
    let message = |name: &str| by_name::<f64>(name).err().unwrap().to_string();
    assert_eq!(message("huber:0"), "delta = 0 is out of range: delta must be finite and > 0");
    assert!(message("huber:x").contains("huber:DELTA"));
}

#[test]
fn the_worked_example_of_the_lecture_before() {
    let scores = [[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]];
    let losses: Vec<f64> = (0..3).map(|i| of_scores(&MulticlassSvm, &scores[i], i as u8)).collect();
    for (loss, expected) in losses.iter().zip([2.9, 0.0, 12.9]) {
        assert!((loss - expected).abs() < 1e-12, "{losses:?}");
    }
}

#[test]
fn huge_scores_do_not_overflow() {
    let value = of_scores(&Softmax, &[1e4f32, -1e4, 0.0], 1);
    assert!((value - 2e4).abs() < 1.0, "{value}");
    let value = of_scores(&Logistic, &[1e4f64, -1e4, 0.0], 1);
    assert!((value - (2e4 + 2f64.ln())).abs() < 1e-9, "{value}");
}
