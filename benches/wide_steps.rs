//! Steps of wide nets: loss and gradient of 784–512–10 and 784–1000–500–10 in f32 over a batch, their rate in
//! Gflop/s, and the two products of the larger one's first layer over the whole batch at once.
//!
//! `cargo bench --bench wide_steps` prints milliseconds, each the median of some turns. The number of threads
//! belongs to a process (`RAYON_NUM_THREADS`), so runs with other numbers, or of another build, are compared
//! in turn, one process each. The ratios stand in EXPERIMENTS.md.

mod turns;

use gradus::linalg::{Kernel, Rows, with_helper_thread};
use gradus::model::Model;
use gradus::notebook::*;
use std::hint::black_box;
use turns::median;

const UNITS: (usize, usize) = (784, 1000);
const TURNS: usize = 9;

fn step(hidden: &[usize], batch: usize) -> f64 {
    let mut stream = rng::stream(0, "wide steps", 0);
    let features = rng::normal::<f32>(&mut stream, batch * UNITS.0, 1.0);
    let features = features.into_shape_with_order((batch, UNITS.0)).expect("so many were drawn");
    let labels: Vec<u8> = (0..batch).map(|i| (i % 10) as u8).collect();
    let net = Mlp::new(UNITS.0, hidden, 10).expect("the sizes are at least 1");
    let start: Array1<f32> = net.initial(&mut stream);
    let mut risk =
        EmpiricalRisk::new(net, Softmax, features, labels, Regularizer::default()).expect("shapes that fit");
    let (index, mut grad) = ((0..batch as u32).collect::<Vec<u32>>(), Array1::zeros(start.len()));
    with_helper_thread(|| {
        median(TURNS, || {
            black_box(risk.batch_value_grad(&start, &index, &mut grad));
        })
    })
}

/// Returns the times of the two products of the first layer over a batch, on rows one after another: scores,
/// and the gradient of the weights.
fn products(batch: usize) -> [f64; 2] {
    let (features, classes) = UNITS;
    let data = rng::normal::<f32>(&mut rng::stream(0, "wide products", 0), batch * features, 1.0).to_vec();
    let weights =
        rng::normal::<f32>(&mut rng::stream(1, "wide products", 0), classes * features, 1.0).to_vec();
    let bias = vec![0.0; classes];
    let (mut scores, mut grad) = (vec![0.0; batch * classes], vec![0.0; classes * features]);
    with_helper_thread(|| {
        let forward = median(TURNS, || {
            f32::scores(Rows::all(&data, features), black_box(&weights), &bias, &mut scores)
        });
        let backward =
            median(TURNS, || f32::accumulate(Rows::all(&data, features), black_box(&scores), &mut grad));
        [forward, backward]
    })
}

/// Returns the operations of a step: two for each weight and example, forwards, for the gradient, and for the
/// errors below each layer but the first.
fn operations(hidden: &[usize], batch: usize) -> f64 {
    let sizes = [&[UNITS.0], hidden, &[10]].concat();
    let weights: Vec<usize> = sizes.windows(2).map(|pair| pair[0] * pair[1]).collect();
    (batch * (6 * weights.iter().sum::<usize>() - 2 * weights[0])) as f64
}

fn main() {
    let threads = rayon::current_num_threads();
    let wide = &[1000, 500][..];
    for (hidden, batch) in [(&[100][..], 128), (&[512], 128), (wide, 128), (wide, 1024), (wide, 8192)] {
        let step = step(hidden, batch);
        let rate = operations(hidden, batch) / step / 1e6;
        println!("{threads} threads, 784–{hidden:?}–10, batch {batch}: step {step:.2} ms, {rate:.0} Gflop/s");
    }
    for batch in [128, 1024, 8192] {
        let rate = |ms: f64| (2 * batch * UNITS.0 * UNITS.1) as f64 / ms / 1e6;
        let [forward, backward] = products(batch).map(rate);
        println!("{threads} threads, batch {batch}: scores {forward:.0} Gflop/s, gradient {backward:.0}");
    }
}
