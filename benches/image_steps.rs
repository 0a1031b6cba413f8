//! Steps on images that are kept as bytes, beside the same images as floats: W1, W2 and W3 of `make peers`,
//! and the gradient of W4. Images are made up, as many as in Fashion-MNIST, and 20,480 of the size of
//! CIFAR-10's.
//!
//! `cargo bench --bench image_steps` prints the time of a step in both forms, in turn, each the median of
//! some turns, and checks that both end at the same bits. The ratios stand in EXPERIMENTS.md.

mod turns;

use gradus::linalg::{DesignMatrix, cache_aligned};
use gradus::model::Model;
use gradus::notebook::*;
use std::time::Instant;
use turns::middle;

const TURNS: usize = 9;

/// Returns images of `columns` pixels, and a mean of each pixel.
fn images(rows: usize, columns: usize) -> (Array2<u8>, Vec<f64>) {
    let pixel =
        |(i, j): (usize, usize)| ((i * 7919 + j * 104_729) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mean = (0..columns).map(|j| 0.3 + 0.2 * (j as f64 / columns as f64)).collect();
    (Array2::from_shape_fn((rows, columns), |place| (pixel(place) >> 56) as u8), mean)
}

/// Returns the features in both forms.
fn both<F: Real>(rows: usize, columns: usize) -> [DesignMatrix<F>; 2] {
    let (bytes, mean) = images(rows, columns);
    let bytes = DesignMatrix::of_bytes(&bytes, 1.0 / 255.0, mean.into_iter().map(F::of).collect());
    [DesignMatrix::from(cache_aligned(bytes.clone().into_floats())), bytes.first(rows)]
}

fn labels(rows: usize) -> Vec<u8> {
    (0..rows).map(|i| (i * i % 10) as u8).collect()
}

/// Prints the times of both forms, and their ratio.
fn compare(name: &str, unit: &str, times: [Vec<f64>; 2]) {
    let [floats, bytes] = times.map(middle);
    println!("{name}: floats {floats:.1} {unit}, bytes {bytes:.1} {unit}, ratio {:.2}", floats / bytes);
}

/// Trains an epoch, in turn on both forms.
fn steps<M: Model<f32>>(name: &str, (rows, columns): (usize, usize), model: impl Fn() -> M) {
    let features = both::<f32>(rows, columns);
    let mut risks = features.map(|x| {
        EmpiricalRisk::new(model(), Softmax, x, labels(rows), Regularizer::default()).expect("fits")
    });
    let start = model().initial(&mut rng::stream(0, "image steps", 0));
    let settings = Training { epochs: 1, lr: 0.01, ..Training::default() };
    let count = settings.steps_per_epoch(rows) as f64;
    let (mut times, mut ends) = ([Vec::new(), Vec::new()], Vec::new());
    for _ in 0..TURNS {
        for (risk, times) in risks.iter_mut().zip(&mut times) {
            let begun = Instant::now();
            let trained = train(risk, Momentum::default(), &start, &settings).expect("a run");
            times.push(begun.elapsed().as_secs_f64() * 1e6 / count);
            ends.push(trained.params);
        }
    }
    assert!(ends.iter().all(|end| *end == ends[0]), "{name}: the bits differ");
    compare(name, "µs a step", times);
}

/// Evaluates the gradient over all images, in turn on both forms.
fn full_pass(rows: usize, columns: usize) {
    let mut risks = both::<f64>(rows, columns).map(|x| {
        EmpiricalRisk::new(Linear::new(columns, 10), Softmax, x, labels(rows), Regularizer::default())
            .expect("fits")
    });
    let x = Array1::from_elem(risks[0].dim(), 1e-3);
    let mut grad = Array1::zeros(x.len());
    let (mut times, mut found) = ([Vec::new(), Vec::new()], Vec::new());
    for _ in 0..TURNS {
        for (risk, times) in risks.iter_mut().zip(&mut times) {
            let begun = Instant::now();
            let value = risk.value_grad(&x, &mut grad);
            times.push(begun.elapsed().as_secs_f64() * 1e3);
            found.push((value, grad.clone()));
        }
    }
    assert!(found.iter().all(|one| *one == found[0]), "W4: the bits differ");
    compare("W4, gradient", "ms", times);
}

fn main() {
    println!("{} threads, {}", rayon::current_num_threads(), gradus::linalg::vector_instructions());
    steps("W1, 784–10", (60_000, 784), || Linear::new(784, 10));
    steps("W2, 3072–10", (20_480, 3072), || Linear::new(3072, 10));
    steps("W3, 784–100–10", (60_000, 784), || Mlp::new(784, &[100], 10).expect("sizes"));
    full_pass(60_000, 784);
}
