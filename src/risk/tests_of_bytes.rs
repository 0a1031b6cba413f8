//! Features that are kept as bytes give the bits of the same features as floats.

use crate::linalg::{DesignMatrix, on_every_level, with_helper_thread};
use crate::loss::{Logistic, Softmax};
use crate::model::{Linear, Mlp, Model, ModelKind};
use crate::objective::{BlockCurvature, Differentiable, FiniteSum, HessVec, Objective};
use crate::real::Real;
use crate::risk::{EmpiricalRisk, Regularizer, accuracy, reconstruction_error};
use crate::rng;
use ndarray::{Array1, Array2};

const ROWS: usize = 300;

/// Returns the same features as bytes and as floats.
fn both<F: Real>(columns: usize) -> [DesignMatrix<F>; 2] {
    let bytes = Array2::from_shape_fn((ROWS, columns), |(i, j)| ((i * 31 + j * j * 7) % 256) as u8);
    let mean = (0..columns).map(|j| F::of(0.9 / (j + 1) as f64)).collect();
    let bytes = DesignMatrix::of_bytes(&bytes, 1.0 / 255.0, mean);
    let floats = bytes.clone().into_floats();
    assert!(bytes.is_kept_as_bytes());
    [bytes, floats.into()]
}

fn labels(classes: usize) -> Vec<u8> {
    (0..ROWS).map(|i| (i * i % classes) as u8).collect()
}

/// Checks that `work` gives the same on both forms: on every instruction set, and with a helper thread, which
/// does not know the instruction set that a test chooses.
fn same<F: Real, M: Model<F>, T: PartialEq + std::fmt::Debug>(
    columns: usize,
    model: impl Fn() -> M,
    work: impl Fn(&mut EmpiricalRisk<F, M>, &Array1<F>) -> T,
) {
    let of_form = |x: DesignMatrix<F>, helped: bool| {
        let labels = labels(model().classes());
        let mut risk = EmpiricalRisk::new(model(), Softmax, x, labels, Regularizer::l2(1e-3)).unwrap();
        let at = rng::normal(&mut rng::stream(0, "bytes", 0), risk.dim(), 0.1);
        if !helped {
            return work(&mut risk, &at);
        }
        with_helper_thread(|| {
            // The first large product starts the helper thread.
            risk.value(&at);
            work(&mut risk, &at)
        })
    };
    let compare = |helped: bool| {
        let [bytes, floats] = both::<F>(columns).map(|x| of_form(x, helped));
        assert_eq!(bytes, floats, "{}", model().name());
    };
    on_every_level(|| compare(false));
    compare(true);
}

/// The gradient of a batch, of all examples, and a product with the Hessian.
fn passes<F: Real, M: Model<F>>(risk: &mut EmpiricalRisk<F, M>, at: &Array1<F>) -> [Array1<F>; 3] {
    let batch: Vec<u32> = (0..150).map(|i| i * 7 % ROWS as u32).collect();
    let mut found = [Array1::zeros(at.len()), Array1::zeros(at.len()), Array1::zeros(at.len())];
    let [of_batch, of_all, product] = &mut found;
    // The upcoming batch is a hint, and may be shorter.
    risk.batch_value_grad_before(at, &batch, &batch[..40], of_batch);
    risk.value_grad(at, of_all);
    risk.hess_vec(at, at, product);
    found
}

#[test]
fn passes_have_the_bits_of_floats() {
    // Few classes and many features: each thread has half of the columns.
    same::<f32, _, _>(300, || Linear::new(300, 10), passes);
    same::<f64, _, _>(515, || Linear::new(515, 3), passes);
    // Few features, many classes, and nets, whose threads read all columns.
    same::<f32, _, _>(30, || Linear::new(30, 10), passes);
    same::<f32, _, _>(300, || Linear::new(300, 40), passes);
    same::<f32, _, _>(300, || Mlp::new(300, &[80], 5).unwrap(), passes);
    same::<f64, _, _>(300, || Mlp::new(300, &[20, 7], 5).unwrap(), passes);
    same::<f64, _, _>(64, || ModelKind::parse("conv:3").unwrap().build::<f64>(64, 4, None), passes);
}

#[test]
fn curvature_blocks_have_the_bits_of_floats() {
    same::<f64, _, _>(
        40,
        || Linear::new(40, 4),
        |risk, at| {
            let mut blocks = vec![Array2::zeros((41, 41)); 4];
            let sample: Vec<u32> = (0..200).map(|i| i * 11 % ROWS as u32).collect();
            risk.write_curvature_blocks(at, &sample, &mut blocks);
            blocks
        },
    );
}

#[test]
fn accuracies_and_reconstructions_have_the_bits_of_floats() {
    let net = Mlp::autoencoder(300, &[20, 5]).unwrap();
    let at = rng::normal::<f32>(&mut rng::stream(0, "bytes", 1), Model::<f32>::layout(&net).len(), 0.1);
    let found = both::<f32>(300).map(|x| {
        let error = reconstruction_error(&net, &Logistic, &at, &x);
        let linear = Linear::new(300, 10);
        let params = rng::normal(&mut rng::stream(0, "bytes", 2), 3010, 0.1);
        let right = accuracy(&linear, &params, &x, &labels(10));
        let mut risk =
            EmpiricalRisk::reconstruction(net.clone(), Logistic, x, Regularizer::default()).unwrap();
        let mut grad = Array1::zeros(at.len());
        let value = with_helper_thread(|| risk.value_grad(&at, &mut grad));
        (error, right, value, grad)
    });
    assert_eq!(found[0], found[1]);
}

#[test]
fn the_first_examples_are_the_same_in_both_forms() {
    let [bytes, floats] = both::<f64>(70);
    let (some, others) = (bytes.first(17), floats.first(17));
    assert!(some.is_kept_as_bytes() && !others.is_kept_as_bytes());
    assert_eq!((some.dim(), &some), ((17, 70), &others));
    assert_eq!(some.row(16), floats.row(16));
}
