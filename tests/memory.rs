//! Training takes at most 200 MB more than the data in the form in which they are stored, as Linux counts the
//! pages of a process. The shapes are those of the workloads W1 to W4, which are also compared with other
//! libraries.
#![cfg(target_os = "linux")]

use gradus::linalg::cache_aligned;
use gradus::notebook::*;
use std::fs;

/// The number of bytes that a workload may take in addition to its data.
const BESIDES: f64 = 200e6;

/// Returns the peak memory of this process since [`begin`].
fn peak() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    1024.0 * line.trim().trim_end_matches(" kB").parse::<f64>().unwrap()
}

/// Resets the peak. If the system does not allow this, the peak is that of the whole process, and the test is
/// stricter.
fn begin() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// Returns numbers from 0 to 1, like pixels, and a label for each row.
fn examples<F: gradus::real::Real>(rows: usize, columns: usize) -> (Array2<F>, Vec<u8>) {
    let pixel = |(i, j): (usize, usize)| F::of(((i * 7919 + j * 104_729) % 256) as f64 / 255.0);
    (Array2::from_shape_fn((rows, columns), pixel), (0..rows).map(|i| (i * i % 10) as u8).collect())
}

fn within(name: &str, data: usize) {
    let more = peak() - data as f64;
    assert!(more <= BESIDES, "{name} took {:.0} MB more than its data", more / 1e6);
    println!("{name}: {:.0} MB of data and {:.0} MB more", data as f64 / 1e6, more / 1e6);
}

fn one_epoch<M: Model<f32>>(name: &str, model: M, rows: usize) {
    begin();
    let (x, y) = examples::<f32>(rows, model.features());
    let bytes = 4 * x.len();
    let start = model.initial(&mut gradus::rng::stream(0, "initialization", 0));
    let mut risk = EmpiricalRisk::new(model, Softmax, x, y, Regularizer::l2(1e-4)).unwrap();
    let settings = Training { epochs: 1, lr: 1e-3, ..Training::default() };
    let trained = train(&mut risk, Momentum::default(), &start, &settings).unwrap();
    assert!(risk.value(&trained.params).is_finite());
    within(name, bytes);
}

/// The workloads run one after the other, since the peak is that of the process.
#[test]
fn the_workloads_take_little_more_memory_than_their_data() {
    one_epoch("W1", Linear::new(784, 10), 60_000);
    one_epoch("W2", Linear::new(3073, 10), 20_000);
    one_epoch("W3", Mlp::new(784, &[100], 10).unwrap(), 60_000);

    begin();
    let (x, y) = examples::<f64>(60_000, 784);
    let bytes = 8 * x.len();
    let mut risk =
        EmpiricalRisk::new(Linear::new(784, 10), Softmax, cache_aligned(x), y, Regularizer::l2(1e-4))
            .unwrap();
    let start = Array1::zeros(risk.dim());
    let optimizer = Lbfgs::new(10);
    #[cfg(feature = "lapack")]
    let optimizer = optimizer.preconditioned(BlockDiagonal::default());
    let found = minimize(&mut risk, &start, optimizer, Stop::iterations(3)).unwrap();
    assert!(found.value < 10f64.ln());
    within("W4", bytes);
}
