//! Derivatives of nets with layers that are not fully connected: convolutions and embeddings.

use super::test_risks::{AnyRisk, REGULARIZERS, point};
use super::{EmpiricalRisk, Regularizer};
use crate::gradcheck::{check_gradient, check_hess_vec};
use crate::loss;
use crate::model::ModelKind;
use crate::objective::{Differentiable, FiniteSum, HessVec, Objective};
use crate::rng;
use ndarray::{Array1, Array2};

/// A net of convolutions over random images, or one of n-grams over random codes.
fn risk(model: &str, features: usize, loss: &str, rows: usize, regularizer: Regularizer) -> AnyRisk {
    const CLASSES: usize = 4;
    let kind = ModelKind::parse(model).unwrap();
    let mut x = rng::normal(&mut rng::stream(5, "features", 0), rows * features, 1.0)
        .into_shape_with_order((rows, features))
        .unwrap();
    if kind.takes_codes() {
        x.mapv_inplace(|v: f64| (v.abs() * 2.5).floor() % CLASSES as f64);
    }
    let labels: Vec<u8> = (0..rows).map(|i| (i * i % CLASSES) as u8).collect();
    let model = kind.build(features, CLASSES, None);
    EmpiricalRisk::new(model, loss::by_name(loss).unwrap(), x, labels, regularizer).unwrap()
}

const NETS: [(&str, usize); 8] = [
    ("conv:2", 16),
    ("conv:3,2,tanh", 64),
    ("conv:5,sigmoid", 3 * 25),
    ("conv:2,3,2", 64),
    ("conv:3,4,linear", 49),
    ("ngram:2,3", 3),
    ("ngram:3,5,4,sigmoid", 2),
    ("ngram:2,6,relu", 4),
];

#[test]
fn gradients_and_products_are_those_of_differences() {
    for (model, features) in NETS {
        for (loss, regularizer) in [("softmax", REGULARIZERS[0]), ("squared", REGULARIZERS[1])] {
            let mut risk = risk(model, features, loss, 23, regularizer);
            let x = point(risk.dim(), 1);
            let gradient = check_gradient(&mut risk, &x).unwrap();
            assert!(gradient.passes(), "{model} {loss}: {gradient}");
            let products = check_hess_vec(&mut risk, &x, 2).unwrap();
            assert!(products.passes(), "{model} {loss}: {products}");
        }
    }
}

/// The product with the Hessian is the derivative of the gradient: a net without maxima of equal numbers is
/// smooth near almost every point, and a difference with a short step does not meet a kink.
#[test]
fn products_of_convolutions_are_differences_of_gradients() {
    for (model, features) in NETS.into_iter().filter(|(model, _)| model.starts_with("conv")) {
        let mut risk = risk(model, features, "softmax", 40, Regularizer::l2(0.01));
        let (x, v) = (point(risk.dim(), 1), point(risk.dim(), 2));
        let mut product = Array1::zeros(risk.dim());
        risk.hess_vec(&x, &v, &mut product);
        let h = 1e-6;
        let (mut above, mut below) = (product.clone(), product.clone());
        risk.value_grad(&(&x + &(h * &v)), &mut above);
        risk.value_grad(&(&x - &(h * &v)), &mut below);
        let difference = (above - below) / (2.0 * h);
        let error = (&difference - &product).iter().fold(0.0, |a: f64, e| a.max(e.abs()));
        let size = product.iter().fold(0.0, |a: f64, e| a.max(e.abs()));
        assert!(error < 1e-6 * size, "{model}: {error} of {size}");
    }
}

#[test]
fn a_batch_is_the_mean_of_its_examples() {
    for (model, features) in NETS {
        let mut risk = risk(model, features, "softmax", 150, Regularizer::default());
        let x = point(risk.dim(), 1);
        let (mut grad, mut sum) = (Array1::zeros(risk.dim()), Array1::<f64>::zeros(risk.dim()));
        let batch: Vec<u32> = (0..131).map(|i| i * 7 % 150).collect();
        let value = risk.batch_value_grad(&x, &batch, &mut grad);
        let mut values = 0.0;
        let mut one = grad.clone();
        for i in &batch {
            values += risk.batch_value_grad(&x, &[*i], &mut one);
            sum += &one;
        }
        let count = batch.len() as f64;
        assert!((value - values / count).abs() < 1e-12 * value.abs(), "{model}");
        let error = (&grad - &(sum / count)).iter().fold(0.0, |a: f64, e| a.max(e.abs()));
        assert!(error < 1e-12, "{model}: {error}");
    }
}

#[test]
fn one_number_type_agrees_with_the_other() {
    let kind = ModelKind::parse("conv:8,16").unwrap();
    let images = rng::normal::<f64>(&mut rng::stream(5, "features", 0), 60 * 784, 1.0);
    let images = images.into_shape_with_order((60, 784)).unwrap();
    let labels: Vec<u8> = (0..60).map(|i| (i % 10) as u8).collect();
    let mut wide = EmpiricalRisk::new(
        kind.build::<f64>(784, 10, None),
        loss::Softmax,
        images.clone(),
        labels.clone(),
        Regularizer::default(),
    )
    .unwrap();
    let narrow_images: Array2<f32> = images.mapv(|v| v as f32);
    let mut narrow = EmpiricalRisk::new(
        kind.build::<f32>(784, 10, None),
        loss::Softmax,
        narrow_images,
        labels,
        Regularizer::default(),
    )
    .unwrap();
    let x = point(wide.dim(), 1) * 0.1;
    let (mut of_wide, mut of_narrow) = (x.clone(), x.mapv(|v| v as f32));
    let value = wide.value_grad(&x, &mut of_wide);
    let narrow_value = narrow.value_grad(&x.mapv(|v| v as f32), &mut of_narrow);
    assert!((value - f64::from(narrow_value)).abs() < 1e-4 * value);
    let size = of_wide.iter().fold(0.0, |a: f64, e| a.max(e.abs()));
    let error = of_wide.iter().zip(&of_narrow).fold(0.0, |a: f64, (w, &n)| a.max((w - f64::from(n)).abs()));
    assert!(error < 1e-4 * size, "{error} of {size}");
}

#[test]
fn features_that_are_no_codes_are_refused_with_a_sentence() {
    let kind = ModelKind::parse("ngram:2,3").unwrap();
    for (wrong, said) in [(0.5, "is 0.5"), (4.0, "is 4"), (-1.0, "is -1"), (f64::NAN, "is NaN")] {
        let x = Array2::from_shape_vec((2, 1), vec![0.0, wrong]).unwrap();
        let model = kind.build::<f64>(1, 4, None);
        let refused =
            EmpiricalRisk::new(model, loss::Softmax, x, vec![0, 1], Regularizer::default()).err().unwrap();
        let refused = refused.to_string();
        assert!(refused.contains("whole numbers from 0 to 3") && refused.contains(said), "{refused}");
    }
}
