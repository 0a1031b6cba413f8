//! Steps whose products are wide enough for all threads: loss and gradient of 784–1000–500–10 in f32 over a
//! batch, and the two products of its first layer over the whole batch at once.
//!
//! `cargo bench --bench wide_steps` prints milliseconds, each the median of some turns. The number of threads
//! belongs to a process (`RAYON_NUM_THREADS`), so runs with other numbers, or of another build, are compared
//! in turn, one process each. The ratios stand in EXPERIMENTS.md.

use gradus::linalg::{Kernel, Rows, with_helper_thread};
use gradus::model::Model;
use gradus::notebook::*;
use std::hint::black_box;
use std::time::Instant;

const UNITS: (usize, usize) = (784, 1000);
const TURNS: usize = 5;

/// Returns the median time of `work` in milliseconds. The first turn is not counted.
fn median(mut work: impl FnMut()) -> f64 {
    let mut turn = || {
        let begun = Instant::now();
        work();
        begun.elapsed().as_secs_f64() * 1e3
    };
    turn();
    let mut times: Vec<f64> = (0..TURNS).map(|_| turn()).collect();
    times.sort_by(f64::total_cmp);
    times[TURNS / 2]
}

fn step(batch: usize) -> f64 {
    let mut stream = rng::stream(0, "wide steps", 0);
    let features = rng::normal::<f32>(&mut stream, batch * UNITS.0, 1.0);
    let features = features.into_shape_with_order((batch, UNITS.0)).expect("so many were drawn");
    let labels: Vec<u8> = (0..batch).map(|i| (i % 10) as u8).collect();
    let net = Mlp::new(UNITS.0, &[UNITS.1, 500], 10).expect("the sizes are at least 1");
    let start: Array1<f32> = net.initial(&mut stream);
    let mut risk =
        EmpiricalRisk::new(net, Softmax, features, labels, Regularizer::default()).expect("shapes that fit");
    let (index, mut grad) = ((0..batch as u32).collect::<Vec<u32>>(), Array1::zeros(start.len()));
    with_helper_thread(|| {
        median(|| {
            black_box(risk.batch_value_grad(&start, &index, &mut grad));
        })
    })
}

fn products(batch: usize) -> f64 {
    let (features, classes) = UNITS;
    let data = rng::normal::<f32>(&mut rng::stream(0, "wide products", 0), batch * features, 1.0).to_vec();
    let (weights, bias) = (data[..classes * features].to_vec(), vec![0.0; classes]);
    let (mut scores, mut grad) = (vec![0.0; batch * classes], vec![0.0; classes * features]);
    with_helper_thread(|| {
        median(|| {
            f32::scores(Rows::all(&data, features), black_box(&weights), &bias, &mut scores);
            f32::accumulate(Rows::all(&data, features), black_box(&scores), &mut grad);
        })
    })
}

fn main() {
    let threads = rayon::current_num_threads();
    for batch in [1024, 8192] {
        let (step, products) = (step(batch), products(batch));
        println!("{threads} threads, batch {batch}: step {step:.2} ms, products {products:.2} ms");
    }
}
