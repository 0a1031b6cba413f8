//! The risk of an autoencoder by its definition, and what it refuses.

use super::test_risks::*;
use super::*;
use crate::linalg::max_norm;
use crate::loss::{self, Logistic, Squared};
use crate::model::{Mlp, Model, ModelKind};
use crate::objective::{Differentiable, HessVec, KroneckerFactored, KroneckerFactors, Objective};
use crate::rng;
use ndarray::{Array1, Array2, array};

#[test]
fn a_reconstruction_is_the_risk_of_its_definition() {
    for (model, loss) in AUTOENCODERS.iter().flat_map(|model| OF_TARGETS.map(|loss| (model, loss))) {
        let mut risk = reconstruction(model, loss, ROWS, Regularizer::default());
        let x = point(risk.dim(), 0);
        let (net, rows) = (ModelKind::parse(model).unwrap().build::<f64>(FEATURES, 0, None), data(ROWS).0);
        let rows = rows.mapv(|x| x.abs().min(1.0));
        let (mut sum, mut squares) = (0.0, 0.0);
        for row in rows.rows() {
            let mut scratch = vec![0.0; net.scratch_len(1)];
            let (row, mut outputs) = (row.to_vec(), vec![0.0; FEATURES]);
            let one = crate::linalg::Rows::all(&row, FEATURES);
            net.scores(x.as_slice().unwrap(), one, &mut scratch, &mut outputs);
            for (&s, &t) in outputs.iter().zip(&row) {
                let r: f64 = s - t;
                let p = if loss == "logistic" { 1.0 / (1.0 + (-s).exp()) } else { s };
                squares += (p - t).powi(2);
                sum += match loss {
                    "squared" => 0.5 * r * r,
                    "huber" if r.abs() > 1.0 => r.abs() - 0.5,
                    "huber" => 0.5 * r * r,
                    _ => -t * p.ln() - (1.0 - t) * (1.0 - p).ln(),
                };
            }
        }
        let (value, expected) = (risk.value(&x), sum / ROWS as f64);
        assert!(
            (value - expected).abs() < 1e-12 * expected.max(1.0),
            "{model}, {loss}: {value} or {expected}"
        );
        let error = reconstruction_error(risk.model(), risk.loss(), &x, &rows);
        assert!((error - squares / ROWS as f64).abs() < 1e-12 * error.max(1.0), "{model}, {loss}: {error}");
    }
}

#[test]
fn a_reconstruction_that_does_not_fit_is_refused() {
    let features = || array![[0.5, 0.25]];
    let refused = |model: Mlp, loss: &str, features: Array2<f64>| {
        let loss = loss::by_name::<f64>(loss).unwrap();
        let risk = EmpiricalRisk::reconstruction(model, loss, features, Regularizer::default());
        risk.err().unwrap().to_string()
    };
    let net = || Mlp::autoencoder(2, &[1]).unwrap();
    for loss in ["softmax", "svm", "one-vs-all", "structured"] {
        let said = refused(net(), loss, features());
        assert!(said.contains("needs classes") && said.contains("squared, logistic or huber"), "{said}");
    }
    assert_eq!(
        refused(Mlp::new(2, &[1], 3).unwrap(), "squared", features()),
        "a reconstruction has shape [3], but [2] was expected"
    );
    assert_eq!(
        refused(Mlp::autoencoder(3, &[1]).unwrap(), "squared", features()),
        "a row of features has shape [2], but [3] was expected"
    );
    assert!(refused(net(), "squared", Array2::zeros((0, 2))).contains("the feature matrix has shape [0, 2]"));
}

/// Under squared error with a linear output, F = E[JᵀJ] with the Jacobian J of the outputs.
#[test]
fn fisher_forms_of_a_reconstruction_are_those_of_its_jacobian() {
    let features = data(40).0.mapv(|x| x.abs().min(1.0));
    let net = Mlp::autoencoder(FEATURES, &[3, 2]).unwrap();
    let dim = Model::<f64>::layout(&net).len();
    let (x, u, v) = (point(dim, 0), point(dim, 1), point(dim, 2));
    let outputs = |at: &Array1<f64>| {
        let mut scratch = vec![0.0; Model::<f64>::scratch_len(&net, 40)];
        let mut outputs = vec![0.0; 40 * FEATURES];
        let rows = crate::linalg::Rows::all(features.as_slice().unwrap(), FEATURES);
        net.scores(at.as_slice().unwrap(), rows, &mut scratch, &mut outputs);
        Array1::from(outputs)
    };
    let along = |w: &Array1<f64>| (outputs(&(&x + &(1e-6 * w))) - outputs(&(&x - &(1e-6 * w)))) / 2e-6;
    let (of_u, of_v, s) = (along(&u), along(&v), outputs(&x));
    let batch: Vec<u32> = (0..40).collect();
    let check = |forms: [f64; 3], h: &dyn Fn(f64) -> f64| {
        let form = |a: &Array1<f64>, b: &Array1<f64>| {
            s.iter().zip(a.iter().zip(b)).map(|(&s, (a, b))| h(s) * a * b).sum::<f64>() / 40.0
        };
        let expected = [form(&of_u, &of_u), form(&of_u, &of_v), form(&of_v, &of_v)];
        assert!(forms.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-7), "{forms:?} {expected:?}");
    };
    let mut squared =
        EmpiricalRisk::reconstruction(net.clone(), Squared, features.clone(), Regularizer::default())
            .unwrap();
    check(squared.fisher_forms(&x, &batch, &u, &v), &|_| 1.0);
    let sigmoid = |s: f64| 1.0 / (1.0 + (-s).exp());
    let mut logistic =
        EmpiricalRisk::reconstruction(net.clone(), Logistic, features.clone(), Regularizer::default())
            .unwrap();
    check(logistic.fisher_forms(&x, &batch, &u, &v), &|s| sigmoid(s) * sigmoid(-s));
    // The factor G of the last layer is the mean Hessian in the outputs, exactly and on average over draws.
    let mut exact: Vec<KroneckerFactors> =
        logistic.kronecker_blocks().iter().map(KroneckerFactors::zeros).collect();
    let (mut drawn, mut mean) = (exact.clone(), exact.clone());
    logistic.write_factors(&x, &batch, None, &mut exact);
    let mut stream = rng::stream(5, "targets", 0);
    for _ in 0..4000 {
        logistic.write_factors(&x, &batch, Some(&mut stream), &mut drawn);
        mean.iter_mut().zip(&drawn).for_each(|(mean, drawn)| mean.g.scaled_add(1.0 / 4000.0, &drawn.g));
    }
    let diagonal =
        |j: usize| (0..40).map(|i| s[i * FEATURES + j]).map(|s| sigmoid(s) * sigmoid(-s)).sum::<f64>();
    for j in 0..FEATURES {
        assert!((exact[3].g[[j, j]] - diagonal(j) / 40.0).abs() < 1e-12, "{j}");
        assert!((0..j).all(|i| exact[3].g[[i, j]] == 0.0));
    }
    for (mean, exact) in mean.iter().zip(&exact) {
        let scale = max_norm(&exact.g.flatten());
        let far = max_norm(&(&mean.g - &exact.g).flatten());
        assert!(far < 0.02 * scale, "{far} of {scale}");
    }
}

#[test]
fn reconstructions_have_the_same_bits_on_one_thread_and_on_three() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut risk = reconstruction("autoencoder:5,2", "logistic", 5_000, Regularizer::l2(0.1));
        let x = point(risk.dim(), 0);
        let (mut grad, mut product) = (Array1::zeros(x.len()), Array1::zeros(x.len()));
        pool.install(|| {
            let value = risk.value_grad(&x, &mut grad);
            risk.hess_vec(&x, &x, &mut product);
            let error = reconstruction_error(risk.model(), risk.loss(), &x, &data(5_000).0);
            (value.to_bits(), error.to_bits(), grad, product)
        })
    };
    assert_eq!(on(1), on(3));
}
