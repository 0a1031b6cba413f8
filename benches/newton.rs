//! A Newton iteration on a dense positive definite Hessian, compared with the LAPACK factorization and solve
//! alone, and with a product of two matrices of the same order by the same library, which shows the limit of
//! the machine.
//!
//! The throughput counts n³/3 operations for the first two and 2n³ for the product, so that the rates are
//! comparable. Criterion's estimates give the share of LAPACK in an iteration (`bare` / `newton`), and the
//! slope of the time over n. `GRADUS_BENCH_LARGEST` sets the largest order.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use gradus::linalg::{cholesky_in_place, cholesky_solve};
use gradus::notebook::*;
use std::hint::black_box;
use std::time::Duration;

const ORDERS: [usize; 4] = [512, 1024, 2048, 4096];

unsafe extern "C" {
    /// The product C ← αAB + βC of the BLAS that comes with LAPACK, for matrices in column-major order.
    fn dgemm_(
        transpose_a: *const u8,
        transpose_b: *const u8,
        rows: *const i32,
        columns: *const i32,
        inner: *const i32,
        alpha: *const f64,
        a: *const f64,
        lda: *const i32,
        b: *const f64,
        ldb: *const i32,
        beta: *const f64,
        c: *mut f64,
        ldc: *const i32,
    );
}

/// Computes C = A·B for matrices of the same order.
fn multiply(a: &Array2<f64>, b: &Array2<f64>, c: &mut Array2<f64>) {
    let n = a.nrows() as i32;
    assert!([a.dim(), b.dim(), c.dim()].iter().all(|dim| *dim == (n as usize, n as usize)));
    // SAFETY: all three matrices have n × n contiguous numbers, as was just checked; the other arguments
    // outlive the call.
    unsafe {
        dgemm_(
            b"N".as_ptr(),
            b"N".as_ptr(),
            &n,
            &n,
            &n,
            &1.0,
            a.as_ptr(),
            &n,
            b.as_ptr(),
            &n,
            &0.0,
            c.as_mut_ptr(),
            &n,
        )
    };
}

/// The objective ½xᵀAx with a stored Hessian. It costs almost nothing, so that the benchmark times the
/// optimizer.
struct AtHand {
    hessian: Array2<f64>,
}

impl AtHand {
    /// Returns a dense, diagonally dominant matrix of order `n`.
    fn new(n: usize) -> Self {
        let entry =
            |(i, j): (usize, usize)| if i == j { 2.0 } else { 1.0 / (n as f64 + i.abs_diff(j) as f64) };
        AtHand { hessian: Array2::from_shape_fn((n, n), entry) }
    }
}

impl Objective for AtHand {
    fn dim(&self) -> usize {
        self.hessian.nrows()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        x.dot(x)
    }
}

impl Differentiable for AtHand {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        // This is not A·x, which would dominate the time, but a gradient along which the step descends.
        grad.assign(x);
        x.dot(x)
    }
}

impl TwiceDifferentiable for AtHand {
    fn hessian(&mut self, _: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian.assign(&self.hessian);
    }
}

fn benches(criterion: &mut Criterion) {
    let largest =
        std::env::var("GRADUS_BENCH_LARGEST").ok().and_then(|n| n.parse().ok()).unwrap_or(usize::MAX);
    let mut group = criterion.benchmark_group("newton_step");
    for n in ORDERS.into_iter().filter(|n| *n <= largest) {
        let mut objective = AtHand::new(n);
        let operations = (n as u64).pow(3);
        group.sample_size(10).throughput(Throughput::Elements(operations / 3));
        let mut newton = Newton::new();
        let mut iterate = Iterate::new(&Array1::ones(n));
        newton.start(&mut objective, &mut iterate);
        group.bench_function(BenchmarkId::new("newton", n), |b| {
            b.iter(|| {
                iterate.x.fill(1.0);
                iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
                newton.iterate(&mut objective, &mut iterate)
            });
        });
        let (mut factor, mut x) = (objective.hessian.clone(), Array1::ones(n));
        group.bench_function(BenchmarkId::new("bare", n), |b| {
            b.iter_custom(|times| {
                let mut spent = Duration::ZERO;
                for _ in 0..times {
                    // The factorization overwrites the matrix. Writing it again does not count.
                    factor.assign(&objective.hessian);
                    x.fill(1.0);
                    let started = std::time::Instant::now();
                    cholesky_in_place(&mut factor).expect("it is positive definite");
                    cholesky_solve(&factor, &mut x);
                    spent += started.elapsed();
                }
                spent
            });
        });
        group.throughput(Throughput::Elements(2 * operations));
        let mut product = Array2::<f64>::zeros((n, n));
        group.bench_function(BenchmarkId::new("dgemm", n), |b| {
            b.iter(|| multiply(&objective.hessian, black_box(&factor), &mut product));
        });
    }
    group.finish();
}

criterion_group! {
    name = group;
    config = Criterion::default()
            .warm_up_time(Duration::from_millis(500))
            .measurement_time(Duration::from_secs(3))
            .without_plots();
    targets = benches
}
criterion_main!(group);
