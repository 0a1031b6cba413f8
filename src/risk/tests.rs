use super::*;
use crate::linalg::max_norm;
use crate::loss::{self, Logistic, Loss, MulticlassSvm, Softmax, Squared};
use crate::model::{Linear, Mlp, Model, ModelKind};
use crate::objective::{
    BlockCurvature, Differentiable, FiniteDifference, FiniteSum, HessVec, KroneckerFactored,
    KroneckerFactors, Objective, TwiceDifferentiable,
};
use crate::rng;
use ndarray::{Array1, Array2, ArrayRef1, array};
use std::sync::Arc;

fn some_risk(
    loss: &str,
    rows: usize,
    regularizer: Regularizer,
) -> EmpiricalRisk<f64, Linear, Box<dyn Loss<f64>>> {
    let features = rng::normal(&mut rng::stream(5, "features", 0), rows * 7, 1.0)
        .into_shape_with_order((rows, 7))
        .unwrap();
    let labels: Vec<u8> = (0..rows).map(|i| (i * i % 5) as u8).collect();
    EmpiricalRisk::new(Linear::new(7, 5), loss::by_name(loss).unwrap(), features, labels, regularizer)
        .unwrap()
}

/// A risk over random data, under any loss and model.
type AnyRisk = EmpiricalRisk<f64, Box<dyn Model<f64>>, Box<dyn Loss<f64>>>;

const FEATURES: usize = 4;
const CLASSES: usize = 3;
const MODELS: [&str; 7] =
    ["linear", "mlp:5", "mlp:5,tanh", "mlp:4,3,2", "mlp:4,3,2,tanh", "mlp:4,3,sigmoid", "mlp:3,linear"];
const REGULARIZERS: [Regularizer; 4] = [
    Regularizer { l2: 0.0, l1: 0.0 },
    Regularizer { l2: 0.3, l1: 0.0 },
    Regularizer { l2: 0.0, l1: 0.05 },
    Regularizer { l2: 0.3, l1: 0.05 },
];

/// Rows that do not fill their last block.
const ROWS: usize = 150;

fn data(rows: usize) -> (Array2<f64>, Vec<u8>) {
    let features = rng::normal(&mut rng::stream(5, "features", 0), rows * FEATURES, 1.0);
    let labels = (0..rows).map(|i| (i * i % CLASSES) as u8).collect();
    (features.into_shape_with_order((rows, FEATURES)).unwrap(), labels)
}

fn any_risk(model: &str, loss: &str, rows: usize, regularizer: Regularizer) -> AnyRisk {
    let (features, labels) = data(rows);
    let model = ModelKind::parse(model).unwrap().build(FEATURES, CLASSES, None);
    EmpiricalRisk::new(model, loss::by_name(loss).unwrap(), features, labels, regularizer).unwrap()
}

fn point(dim: usize, replicate: u64) -> Array1<f64> {
    rng::normal(&mut rng::stream(5, "point", replicate), dim, 0.7)
}

/// The autoencoders, each under the losses that take targets.
const AUTOENCODERS: [&str; 4] =
    ["autoencoder:3,2", "autoencoder:3,2,tanh", "autoencoder:5,relu", "autoencoder:2"];
const OF_TARGETS: [&str; 3] = ["squared", "logistic", "huber"];

/// The risk of reconstructing random data between 0 and 1.
fn reconstruction(model: &str, loss: &str, rows: usize, regularizer: Regularizer) -> AnyRisk {
    let features = data(rows).0.mapv(|x| x.abs().min(1.0));
    let model = ModelKind::parse(model).unwrap().build(FEATURES, 0, None);
    EmpiricalRisk::reconstruction(model, loss::by_name(loss).unwrap(), features, regularizer).unwrap()
}

/// Runs `check` on every combination of a model, a loss and a regularizer.
fn for_every_risk(check: impl Fn(AnyRisk, &str)) {
    for (model, loss) in AUTOENCODERS.iter().flat_map(|model| OF_TARGETS.map(|loss| (model, loss))) {
        for regularizer in REGULARIZERS {
            check(
                reconstruction(model, loss, ROWS, regularizer),
                &format!("{model}, {loss}, {regularizer:?}"),
            );
        }
    }
    for model in MODELS {
        for loss in loss::NAMES {
            for regularizer in REGULARIZERS {
                check(any_risk(model, loss, ROWS, regularizer), &format!("{model}, {loss}, {regularizer:?}"));
            }
        }
    }
}

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
