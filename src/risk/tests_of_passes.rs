//! Passes over many rows: in parts, on threads, and with rows that are set apart.

use super::test_risks::*;
use super::*;
use crate::loss::Softmax;
use crate::model::Linear;
use crate::objective::{Differentiable, FiniteSum, HessVec, Objective, TwiceDifferentiable};
use crate::rng;
use ndarray::{Array1, Array2};
use std::sync::Arc;

#[test]
fn products_and_hessians_have_the_same_bits_on_one_thread_and_on_three() {
    for model in ["linear", "mlp:5,tanh"] {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut risk = any_risk(model, "softmax", 5_000, Regularizer::l2(0.1));
            let (x, v, dim) = (point(risk.dim(), 0), point(risk.dim(), 1), risk.dim());
            let (mut product, mut hessian) = (Array1::zeros(dim), Array2::zeros((dim, dim)));
            pool.install(|| {
                risk.hess_vec(&x, &v, &mut product);
                risk.hessian(&x, &mut hessian);
            });
            (product, hessian)
        };
        assert_eq!(on(1), on(3), "{model}");
    }
}

#[test]
fn the_parallel_pass_agrees_with_the_batch_of_all_rows() {
    let mut risk = some_risk("softmax", 10_000, Regularizer::l2(0.1));
    let x = rng::normal(&mut rng::stream(5, "x", 0), 40, 1.0);
    let all: Vec<u32> = (0..10_000).collect();
    let (mut parallel, mut serial) = (Array1::zeros(40), Array1::zeros(40));
    let a = risk.value_grad(&x, &mut parallel);
    let b = risk.batch_value_grad(&x, &all, &mut serial);
    assert!((a - b).abs() < 1e-12 && (a - risk.value(&x)).abs() < 1e-12);
    assert!(crate::linalg::max_norm(&(&parallel - &serial)) < 1e-12);
}

#[test]
fn the_full_pass_gives_the_same_bits_on_one_thread_and_on_three() {
    let x = rng::normal(&mut rng::stream(5, "x", 0), 40, 1.0);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut grad = Array1::zeros(40);
        let value =
            pool.install(|| some_risk("softmax", 10_000, Regularizer::default()).value_grad(&x, &mut grad));
        (value.to_bits(), grad)
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn rows_that_are_set_apart_give_the_same_bits() {
    let features = rng::normal(&mut rng::stream(5, "features", 2), 1100 * 1024, 1.0)
        .into_shape_with_order((1100, 1024))
        .unwrap();
    let labels: Vec<u8> = (0..1100).map(|i| (i % 5) as u8).collect();
    let x = 0.1 * &point(1025 * 5, 3);
    let apart = crate::linalg::cache_aligned(Array2::clone(&features));
    assert_eq!(apart.strides(), [1032, 1]);
    let evaluated = |features: Array2<f64>, shared: bool| {
        // What is shared is left as it is.
        let features = Arc::new(features);
        let _other = shared.then(|| features.clone());
        let right = accuracy(&Linear::new(1024, 5), &x, &features, &labels);
        let mut risk =
            EmpiricalRisk::new(Linear::new(1024, 5), Softmax, features, labels.clone(), Regularizer::l2(0.1))
                .unwrap();
        let (mut grad, mut product) = (Array1::zeros(x.len()), Array1::zeros(x.len()));
        let value = risk.value_grad(&x, &mut grad);
        risk.hess_vec(&x, &x, &mut product);
        (right, value.to_bits(), grad, product)
    };
    let expected = evaluated(features.clone(), true);
    assert_eq!(evaluated(apart, true), expected);
    assert_eq!(evaluated(features, false), expected);
}

#[test]
fn a_diverged_classifier_makes_no_denormal_numbers() {
    let x = Array2::from_shape_fn((64, 3), |(i, _)| if i == 0 { 1f32 } else { 0.0 });
    let mut risk =
        EmpiricalRisk::new(Linear::new(3, 3), Softmax, x, vec![0; 64], Regularizer::default()).unwrap();
    let mut derivatives = |score: f32| {
        // The first example has the scores (score, 0, −score), and the class of the first; others have zeros.
        let mut at = Array1::<f32>::zeros(risk.dim());
        (at[0], at[6]) = (score, -score);
        let (mut grad, mut product) = (Array1::zeros(at.len()), Array1::zeros(at.len()));
        risk.value_grad(&at, &mut grad);
        risk.hess_vec(&at, &Array1::from_elem(at.len(), 1e-3), &mut product);
        (grad, product)
    };
    // e⁻⁸⁶ is a normal number, and a 64th of it is none.
    let (grad, product) = derivatives(86.0);
    assert!(grad.iter().chain(&product).all(|g| *g == 0.0 || g.is_normal()), "{grad} {product}");
    let (grad, _) = derivatives(60.0);
    assert!((64.0 * grad[3] / (-60f32).exp() - 1.0).abs() < 1e-3, "small errors stay: {grad}");
}
