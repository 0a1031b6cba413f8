//! Loss and gradient of the convolutional net `conv:8,16` on grey images of 28 × 28, in f32 over a batch of
//! 128, and the share of it in the products of its convolutions.
//!
//! `cargo bench --bench conv_steps` prints milliseconds, each the median of some turns.

mod turns;

use gradus::linalg::{Kernel, Planes, with_helper_thread};
use gradus::model::{ConvNet, Model};
use gradus::notebook::*;
use std::hint::black_box;
use turns::median;

const BATCH: usize = 128;
const TURNS: usize = 101;

/// Returns the times of the loss alone, and with its gradient.
fn steps() -> [f64; 2] {
    let mut stream = rng::stream(0, "conv steps", 0);
    let features = rng::normal::<f32>(&mut stream, BATCH * 784, 1.0);
    let features = features.into_shape_with_order((BATCH, 784)).expect("so many were drawn");
    let labels: Vec<u8> = (0..BATCH).map(|i| (i % 10) as u8).collect();
    let net = ConvNet::new(784, &[8, 16], 10).expect("an image of 28 × 28");
    let start: Array1<f32> = net.initial(&mut stream);
    let mut risk =
        EmpiricalRisk::new(net, Softmax, features, labels, Regularizer::default()).expect("shapes that fit");
    let (index, mut grad) = ((0..BATCH as u32).collect::<Vec<u32>>(), Array1::zeros(start.len()));
    with_helper_thread(|| {
        let loss = median(TURNS, || {
            black_box(risk.value(&start));
        });
        let gradient = median(TURNS, || {
            black_box(risk.batch_value_grad(&start, &index, &mut grad));
        });
        [loss, gradient]
    })
}

/// Returns the times of the products of the second convolution over a batch, 8 channels to 16 of 14 × 14, on
/// one thread: forwards, and for the gradient of the weights.
fn products() -> [f64; 2] {
    let (positions, len) = (224, 272);
    let shifts: [usize; 9] = std::array::from_fn(|tap| tap / 3 * 16 + tap % 3);
    let drawn = rng::normal::<f32>(&mut rng::stream(0, "conv products", 0), 8 * len + 16 * 72, 1.0).to_vec();
    let (data, weights) = drawn.split_at(8 * len);
    let (mut out, mut sums) = (vec![0.0; 16 * positions], vec![0.0; 16 * 16 * 72]);
    // The same four examples again and again.
    let several: Vec<f32> = data.iter().copied().cycle().take(4 * 8 * len).collect();
    let forward = median(TURNS, || {
        for _ in 0..BATCH {
            f32::correlate(Planes::new(data, len, &shifts), black_box(weights), None, &mut out);
        }
    });
    let backward = median(TURNS, || {
        for _ in 0..BATCH / 4 {
            let planes = Planes::of_examples(&several, (8, len), &shifts, (4, 8 * len));
            let errors = Planes::of_examples(&out, (16, positions), &[0], (4, 0));
            f32::correlate_errors(planes, errors, positions, &mut sums);
        }
    });
    [forward, backward]
}

fn main() {
    let [loss, gradient] = steps();
    println!("loss {loss:.3} ms, with its gradient {gradient:.3} ms");
    let [forward, backward] = products();
    let rate = |ms: f64| BATCH as f64 * 16.0 * 72.0 * 196.0 * 2.0 / ms / 1e6;
    println!(
        "products of the second convolution: {forward:.3} ms ({:.0} Gflop/s), {backward:.3} ms ({:.0})",
        rate(forward),
        rate(backward)
    );
}
