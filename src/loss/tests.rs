use super::*;
use crate::linalg::on_every_level;
use crate::rng;
use ndarray::{Array1, Array2};

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

/// The losses of real-valued targets.
const OF_TARGETS: [&str; 4] = ["squared", "logistic", "huber", "huber:0.7"];

/// Outputs and targets in [0, 1], more than two chunks of the logistic loss.
fn outputs_and_targets(len: usize) -> (Vec<f64>, Vec<f64>) {
    let mut stream = rng::stream(5, "targets", 0);
    let outputs = rng::normal::<f64>(&mut stream, len, 3.0).to_vec();
    let targets = rng::normal::<f64>(&mut stream, len, 1.0).mapv(|t| t.abs().min(1.0)).to_vec();
    (outputs, targets)
}

#[test]
fn four_losses_need_classes_and_three_take_targets() {
    let of = |name: &str| by_name::<f64>(name).unwrap().of_targets().is_some();
    assert!(OF_TARGETS.iter().all(|name| of(name)));
    assert!(["softmax", "svm", "one-vs-all", "structured"].iter().all(|name| !of(name)));
}

#[test]
fn losses_of_targets_by_hand() {
    let value = |name: &str, outputs: &[f64], targets: &[f64]| {
        let loss = by_name::<f64>(name).unwrap();
        loss.of_targets().unwrap().target_errors(&mut outputs.to_vec(), targets)
    };
    // ½·(.5² + 2²)
    assert_eq!(value("squared", &[1.0, -1.0], &[0.5, 1.0]), 2.125);
    // ½·.5² + 1·(2 − ½)
    assert_eq!(value("huber", &[1.0, -1.0], &[0.5, 1.0]), 1.625);
    // At s = 0 both outcomes have the probability ½, whatever the target.
    assert!((value("logistic", &[0.0; 3], &[0.0, 0.3, 1.0]) - 3.0 * 2f64.ln()).abs() < 1e-15);
    // −¾ ln σ(ln 3) − ¼ ln(1 − σ(ln 3)) with σ(ln 3) = ¾: the entropy of ¾, the lowest value at this target.
    let entropy = -0.75 * 0.75f64.ln() - 0.25 * 0.25f64.ln();
    assert!((value("logistic", &[3f64.ln()], &[0.75]) - entropy).abs() < 1e-15);
    // Far away the loss is |s| on the wrong side, and e^−|s| on the right one.
    assert_eq!(value("logistic", &[1e4, -1e4], &[0.0, 1.0]), 2e4);
    assert_eq!(value("logistic", &[1e4, -1e4], &[1.0, 0.0]), 0.0);
    assert!(
        value("logistic", &[f64::NAN], &[0.5]).is_nan() && value("squared", &[f64::NAN], &[0.5]).is_nan()
    );
}

/// A label is a one-hot target.
#[test]
fn one_hot_targets_give_the_loss_of_the_label() {
    for name in OF_TARGETS {
        let loss = by_name::<f64>(name).unwrap();
        let (outputs, _) = outputs_and_targets(7);
        let (mut of_label, mut of_targets) = (outputs.clone(), outputs.clone());
        let one_hot: Vec<f64> = (0..7).map(|j| f64::from(u8::from(j == 3))).collect();
        let label = loss.value_errors(&mut of_label, &[3]);
        let targets = loss.of_targets().unwrap().target_errors(&mut of_targets, &one_hot);
        assert!((label - targets).abs() < 1e-13, "{name}: {label} and {targets}");
        assert!(of_label.iter().zip(&of_targets).all(|(a, b)| (a - b).abs() < 1e-15), "{name}");
    }
}

#[test]
fn errors_and_curvature_of_targets_are_derivatives() {
    for name in OF_TARGETS {
        let loss = by_name::<f64>(name).unwrap();
        let loss = loss.of_targets().unwrap();
        let (outputs, targets) = outputs_and_targets(700);
        let direction = rng::normal::<f64>(&mut rng::stream(6, "targets", 0), 700, 1.0).to_vec();
        let at = |h: f64| {
            let mut moved: Vec<f64> = outputs.iter().zip(&direction).map(|(s, d)| s + h * d).collect();
            (loss.target_errors(&mut moved, &targets), moved)
        };
        let ((up, above), (down, below), (_, errors)) = (at(1e-6), at(-1e-6), at(0.0));
        let along: f64 = errors.iter().zip(&direction).map(|(e, d)| e * d).sum();
        assert!(((up - down) / 2e-6 - along).abs() < 1e-5, "{name}: {along}");
        let mut product = direction.clone();
        loss.target_hess_vec(&mut outputs.clone(), &targets, &mut product);
        for (i, (product, (above, below))) in product.iter().zip(above.iter().zip(&below)).enumerate() {
            let difference = (above - below) / 2e-6;
            assert!((product - difference).abs() < 1e-8, "{name} {i}: {product} or {difference}");
        }
        // Single outputs too, which a sum over many would hide.
        for i in [0, 255, 256, 511, 512, 699] {
            let single = |h: f64| loss.target_errors(&mut [outputs[i] + h], &[targets[i]]);
            let difference = (single(1e-6) - single(-1e-6)) / 2e-6;
            assert!((errors[i] - difference).abs() < 1e-7, "{name} {i}");
        }
    }
}

#[test]
fn losses_of_targets_have_the_same_bits_on_every_instruction_set() {
    for name in OF_TARGETS {
        let loss = by_name::<f32>(name).unwrap();
        let loss = loss.of_targets().unwrap();
        let (outputs, targets) = outputs_and_targets(784);
        let narrow = |of: &[f64]| of.iter().map(|&x| x as f32).collect::<Vec<_>>();
        let computed = || {
            let (mut errors, mut tangent) = (narrow(&outputs), narrow(&targets));
            let value = loss.target_errors(&mut errors, &narrow(&targets));
            loss.target_hess_vec(&mut narrow(&outputs), &narrow(&targets), &mut tangent);
            (value, errors, tangent)
        };
        let expected = computed();
        on_every_level(|| assert!(computed() == expected, "{name}"));
    }
}

#[test]
fn predictions_are_the_means_of_the_targets() {
    let (outputs, _) = outputs_and_targets(600);
    let predicted = |name: &str| {
        let mut outputs = outputs.clone();
        by_name::<f64>(name).unwrap().of_targets().unwrap().predict(&mut outputs);
        outputs
    };
    assert_eq!(predicted("squared"), outputs);
    for (s, p) in outputs.iter().zip(predicted("logistic")) {
        assert!((p - 1.0 / (1.0 + (-s).exp())).abs() < 1e-15, "σ({s}) = {p}");
    }
}

/// The Fisher information is the covariance of drawn errors, R Rᵀ, and the Hessian of the loss, all at once.
fn fisher_of(loss: &impl Likelihood, classes: usize) {
    let scores = rng::normal::<f64>(&mut rng::stream(7, "fisher", 0), classes, 1.0).to_vec();
    let mut means = scores.clone();
    loss.means(&mut means, classes);
    let (mut fisher, mut column) = (Array2::<f64>::zeros((classes, classes)), vec![f64::NAN; classes]);
    for k in 0..classes {
        loss.fisher_root(&means, k, &mut column);
        let r = Array1::from(column.clone());
        fisher += &Array2::from_shape_fn((classes, classes), |(i, j)| r[i] * r[j]);
    }
    for k in 0..classes {
        let mut product = vec![0.0; classes];
        product[k] = 1.0;
        loss.hess_vec(&mut scores.clone(), &[0], &mut product);
        let name = loss.name();
        (0..classes).for_each(|i| assert!((fisher[[i, k]] - product[i]).abs() < 1e-12, "{name} {i} {k}"));
    }
    let mut stream = rng::stream(8, "fisher", 0);
    let [u, v] = [0, 1].map(|_| rng::normal::<f64>(&mut stream, classes, 1.0));
    let forms = loss.fisher_forms(&means, &u.to_vec(), &v.to_vec());
    let expected = [u.dot(&fisher.dot(&u)), u.dot(&fisher.dot(&v)), v.dot(&fisher.dot(&v))];
    assert!(forms.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{forms:?} {expected:?}");

    let draws = 200_000;
    let (mut mean, mut covariance) =
        (Array1::<f64>::zeros(classes), Array2::<f64>::zeros((classes, classes)));
    for _ in 0..draws {
        loss.draw_errors(&means, &mut stream, &mut column);
        let e = Array1::from(column.clone());
        covariance += &Array2::from_shape_fn((classes, classes), |(i, j)| e[i] * e[j]);
        mean += &e;
    }
    let far = |a: f64, b: f64| (a / draws as f64 - b).abs() > 0.012;
    assert!(mean.iter().all(|&m| !far(m, 0.0)), "{}: {mean}", loss.name());
    assert!(covariance.iter().zip(&fisher).all(|(&c, &f)| !far(c, f)), "{}: {covariance}", loss.name());
}

#[test]
fn the_fisher_information_of_a_likelihood_is_its_hessian_and_the_covariance_of_drawn_errors() {
    fisher_of(&Softmax, 4);
    fisher_of(&Squared, 4);
    fisher_of(&Logistic, 4);
}
