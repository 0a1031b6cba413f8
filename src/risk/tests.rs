use super::test_risks::*;
use super::*;
use crate::linalg::max_norm;
use crate::loss::{self, MulticlassSvm, Softmax};
use crate::model::{Linear, ModelKind};
use crate::objective::{
    BlockCurvature, Differentiable, FiniteDifference, FiniteSum, HessVec, Objective, TwiceDifferentiable,
};
use crate::rng;
use ndarray::{Array1, Array2, ArrayRef1, array};

/// The largest difference of the gradient from central differences of the value.
fn gradient_error(mut objective: impl Differentiable<f64>, x: &Array1<f64>) -> f64 {
    let (mut analytic, mut numeric) = (Array1::zeros(x.len()), Array1::zeros(x.len()));
    objective.value_grad(x, &mut analytic);
    FiniteDifference::new(objective).value_grad(x, &mut numeric);
    max_norm(&(&analytic - &numeric))
}

#[test]
fn every_gradient_is_the_derivative_of_the_value() {
    for_every_risk(|risk, name| {
        let x = point(risk.dim(), 0);
        let error = gradient_error(risk, &x);
        assert!(error < 1e-8, "{name}: {error}");
    });
}

/// The mistake of the course's own web demo: the loss has λ‖W‖², the gradient ½λW.
struct HalfTheRegularizer(AnyRisk);

impl Objective<f64> for HalfTheRegularizer {
    fn dim(&self) -> usize {
        self.0.dim()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.0.value(x)
    }
}

impl Differentiable<f64> for HalfTheRegularizer {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let value = self.0.value_grad(x, grad);
        let too_much = 1.5 * self.0.regularizer.l2;
        for part in self.0.layout.parts().iter().filter(|part| part.regularized) {
            part.range.clone().for_each(|i| grad[i] -= too_much * x[i]);
        }
        value
    }
}

#[test]
fn a_gradient_that_is_wrong_is_caught() {
    for model in MODELS {
        let risk = any_risk(model, "softmax", ROWS, Regularizer::l2(0.1));
        let x = point(risk.dim(), 0);
        let error = gradient_error(HalfTheRegularizer(risk), &x);
        assert!(error > 1e-2, "{model}: {error}");
    }
}

#[test]
fn every_hessian_vector_product_is_the_derivative_of_the_gradient() {
    for_every_risk(|mut risk, name| {
        let (x, v) = (point(risk.dim(), 0), point(risk.dim(), 1));
        let mut product = Array1::zeros(risk.dim());
        risk.hess_vec(&x, &v, &mut product);
        let mut grad_at = |h: f64| {
            let mut grad = Array1::zeros(x.len());
            risk.value_grad(&(&x + &(h * &v)), &mut grad);
            grad
        };
        let difference = (grad_at(1e-6) - grad_at(-1e-6)) / 2e-6;
        let error = max_norm(&(&product - &difference));
        assert!(error < 1e-7, "{name}: {error}");
    });
}

#[test]
fn every_hessian_is_symmetric_and_gives_the_same_products() {
    for_every_risk(|mut risk, name| {
        let (x, v, dim) = (point(risk.dim(), 0), point(risk.dim(), 1), risk.dim());
        let (mut hessian, mut product) = (Array2::from_elem((dim, dim), f64::NAN), Array1::zeros(dim));
        risk.hessian(&x, &mut hessian);
        risk.hess_vec(&x, &v, &mut product);
        assert_eq!(hessian, hessian.t(), "{name}");
        let error = max_norm(&(hessian.dot(&v) - &product));
        assert!(error < 1e-12, "{name}: {error}");
    });
}

#[test]
fn the_batch_of_all_rows_gives_gradient_and_product_of_the_whole() {
    let all: Vec<u32> = (0..ROWS as u32).collect();
    for_every_risk(|mut risk, name| {
        let (x, v, zeros) = (point(risk.dim(), 0), point(risk.dim(), 1), Array1::zeros(risk.dim()));
        let (mut whole, mut batch) = (zeros.clone(), zeros.clone());
        let values = (risk.value_grad(&x, &mut whole), risk.batch_value_grad(&x, &all, &mut batch));
        assert!((values.0 - values.1).abs() < 1e-14 && max_norm(&(&whole - &batch)) < 1e-14, "{name}");
        risk.hess_vec(&x, &v, &mut whole);
        risk.batch_hess_vec(&x, &all, &v, &mut batch);
        assert!(max_norm(&(whole - batch)) < 1e-14, "{name}");
    });
}

/// Accumulating over batches: their mean, weighted by their sizes, is the whole.
#[test]
fn the_mean_over_a_partition_is_the_whole() {
    let order = rng::permutation(&mut rng::stream(5, "partition", 0), ROWS);
    for_every_risk(|mut risk, name| {
        let (x, v, zeros) = (point(risk.dim(), 0), point(risk.dim(), 1), Array1::zeros(risk.dim()));
        let (mut whole, mut whole_product) = (zeros.clone(), zeros.clone());
        let value = risk.value_grad(&x, &mut whole);
        risk.hess_vec(&x, &v, &mut whole_product);
        let (mut mean_value, mut mean, mut mean_product, mut part) =
            (0.0, zeros.clone(), zeros.clone(), zeros);
        for batch in order.chunks(32) {
            let share = batch.len() as f64 / ROWS as f64;
            mean_value += share * risk.batch_value_grad(&x, batch, &mut part);
            mean.scaled_add(share, &part);
            risk.batch_hess_vec(&x, batch, &v, &mut part);
            mean_product.scaled_add(share, &part);
        }
        assert!((value - mean_value).abs() < 1e-13, "{name}");
        assert!(
            max_norm(&(whole - mean)) < 1e-13 && max_norm(&(whole_product - mean_product)) < 1e-13,
            "{name}"
        );
    });
}

#[test]
fn another_order_of_the_examples_changes_nothing_but_rounding() {
    let order = rng::permutation(&mut rng::stream(5, "order", 0), ROWS);
    let (features, labels) = data(ROWS);
    let moved: Vec<usize> = order.iter().map(|&i| i as usize).collect();
    let (moved_features, moved_labels) =
        (features.select(ndarray::Axis(0), &moved), moved.iter().map(|&i| labels[i]));
    let moved_labels: Vec<u8> = moved_labels.collect();
    for model in MODELS {
        for loss in loss::NAMES {
            let build = |x: &Array2<f64>, y: &[u8]| -> AnyRisk {
                let model = ModelKind::parse(model).unwrap().build(FEATURES, CLASSES, None);
                EmpiricalRisk::new(
                    model,
                    loss::by_name(loss).unwrap(),
                    x.clone(),
                    y.to_vec(),
                    Regularizer::l2(0.1),
                )
                .unwrap()
            };
            let (mut one, mut other) = (build(&features, &labels), build(&moved_features, &moved_labels));
            let x = point(one.dim(), 0);
            let (mut a, mut b) = (Array1::zeros(x.len()), Array1::zeros(x.len()));
            assert!((one.value_grad(&x, &mut a) - other.value_grad(&x, &mut b)).abs() < 1e-13);
            assert!(max_norm(&(a - b)) < 1e-13, "{model}, {loss}");
        }
    }
}

/// Every loss on the linear classifier, with the features as the pieces of a strip and more, and a sample of
/// which some are twice.
#[test]
fn blocks_of_a_sample_are_those_of_its_hessian() {
    let (rows, columns, classes) = (150, 131, 3);
    let features = rng::normal(&mut rng::stream(5, "features", 1), rows * columns, 1.0)
        .into_shape_with_order((rows, columns))
        .unwrap();
    let labels: Vec<u8> = (0..rows).map(|i| (i * i % classes) as u8).collect();
    let sample: Vec<u32> = (0..140).map(|i| i * 37 % 101).collect();
    let of_sample = |i: usize| sample[i] as usize;
    let sampled = Array2::from_shape_fn((140, columns), |(i, j)| features[[of_sample(i), j]]);
    let sampled_labels: Vec<u8> = (0..140).map(|i| labels[of_sample(i)]).collect();
    for loss in loss::NAMES {
        let build = |x: &Array2<f64>, y: &[u8]| {
            let loss = loss::by_name(loss).unwrap();
            EmpiricalRisk::new(
                Linear::new(columns, classes),
                loss,
                x.clone(),
                y.to_vec(),
                Regularizer::l2(0.3),
            )
            .unwrap()
        };
        let (mut whole, mut part) = (build(&features, &labels), build(&sampled, &sampled_labels));
        let (x, dim) = (0.1 * &point(whole.dim(), 2), whole.dim());
        let mut hessian = Array2::zeros((dim, dim));
        part.hessian(&x, &mut hessian);
        let places = whole.curvature_blocks();
        let mut blocks = vec![Array2::from_elem((columns + 1, columns + 1), f64::NAN); classes];
        whole.write_curvature_blocks(&x, &sample, &mut blocks);
        for (places, block) in places.iter().zip(&blocks) {
            let places: Vec<usize> = places.iter().flat_map(Clone::clone).collect();
            for (i, &row) in places.iter().enumerate() {
                for (j, &column) in places.iter().enumerate().take(i + 1) {
                    let (got, expected) = (block[[i, j]], hessian[[row, column]]);
                    assert!(
                        (got - expected).abs() <= 1e-12 * (1.0 + expected.abs()),
                        "{loss}, ({i}, {j}): {got} instead of {expected}"
                    );
                }
            }
        }
    }
}

/// The nine points of the course's web demo, at its start.
#[test]
fn the_web_demo_at_its_start() {
    let x = array![
        [0.5, 0.4],
        [0.8, 0.3],
        [0.3, 0.8],
        [-0.4, 0.3],
        [-0.3, 0.7],
        [-0.7, 0.2],
        [0.7, -0.4],
        [0.5, -0.6],
        [-0.4, -0.5]
    ];
    let params = array![1.0, 2.0, 2.0, -4.0, 3.0, -1.0, 0.0, 0.5, -0.5];
    let data_losses: [(&str, f64); 4] =
        [("svm", 2.766667), ("one-vs-all", 4.022222), ("structured", 2.366667), ("softmax", 1.836640)];
    for (name, expected) in data_losses {
        let loss = loss::by_name(name).unwrap();
        let labels = vec![0, 0, 0, 1, 1, 1, 2, 2, 2];
        let mut risk =
            EmpiricalRisk::new(Linear::new(2, 3), loss, x.clone(), labels, Regularizer::l2(0.1)).unwrap();
        let penalty: f64 = risk.regularization(&params);
        assert!((penalty - 3.5).abs() < 1e-12, "{penalty}");
        let value: f64 = risk.value(&params) - penalty;
        assert!((value - expected).abs() < 5e-7, "{name}: {value}");
    }
}

#[test]
#[should_panic(expected = "the rows of the matrix have gaps")]
fn a_matrix_that_lies_column_by_column_is_refused() {
    let features = Array2::<f64>::zeros((7, 20)).reversed_axes();
    let _ = EmpiricalRisk::new(Linear::new(7, 5), Softmax, features, vec![0; 20], Regularizer::default());
}

#[test]
fn losses_at_zero_are_those_of_the_lecture() {
    let x = Array1::zeros(40);
    assert!((some_risk("softmax", 50, Regularizer::l2(1.0)).value(&x) - 5f64.ln()).abs() < 1e-12);
    assert!((some_risk("svm", 50, Regularizer::l2(1.0)).value(&x) - 4.0).abs() < 1e-12);
}

#[test]
fn what_does_not_fit_is_refused_with_both_shapes() {
    let refused = EmpiricalRisk::new(
        Linear::new(2, 3),
        Softmax,
        array![[1.0, 2.0]],
        vec![0, 1],
        Regularizer::default(),
    );
    assert_eq!(refused.err().unwrap().to_string(), "the label vector has shape [2], but [1] was expected");
    assert!(
        EmpiricalRisk::new(
            Linear::new(2, 3),
            MulticlassSvm,
            array![[1.0, 2.0]],
            vec![3],
            Regularizer::default()
        )
        .is_err()
    );
    assert!(
        EmpiricalRisk::new(Linear::new(2, 3), Softmax, array![[1.0, 2.0]], vec![0], Regularizer::l2(-1.0))
            .is_err()
    );
}

#[test]
fn accuracy_counts_right_answers_and_credits_no_nan() {
    let (x, params) = (array![[1.0, 0.0], [0.0, 1.0]], array![1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    let model = Linear::new(2, 2);
    assert_eq!(accuracy(&model, &params, &x, &[0, 1]), 1.0);
    assert_eq!(accuracy(&model, &params, &x, &[1, 1]), 0.5);
    assert_eq!(accuracy(&model, &(params * f64::NAN), &x, &[0, 0]), 0.0);
}
