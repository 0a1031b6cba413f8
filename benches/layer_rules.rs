//! One step of the rules that go by layers on 784–1000–500–10 in f32, beside its matrix products alone: by
//! this library's kernels, and by the BLAS of the machine on as many threads as that uses by itself.
//!
//! `cargo bench --bench layer_rules`; the ratios stand in EXPERIMENTS.md.

use criterion::{Criterion, criterion_group, criterion_main};
use gradus::linalg::{self, Kernel, Rows};
use gradus::model::{Mlp, Model};
use gradus::notebook::*;
use std::hint::black_box;
use std::time::Duration;

unsafe extern "C" {
    fn cblas_sgemm(
        order: i32,
        a: i32,
        b: i32,
        m: i32,
        n: i32,
        k: i32,
        alpha: f32,
        x: *const f32,
        lda: i32,
        y: *const f32,
        ldb: i32,
        beta: f32,
        out: *mut f32,
        ldc: i32,
    );
}

/// A product X Yᵀ or XᵀY of matrices with these numbers of rows and columns.
#[derive(Clone, Copy)]
enum Form {
    RowsByRows,
    ColumnsByColumns,
}

/// Makes a product of m × n numbers over k, in either form.
fn blas(form: Form, m: usize, n: usize, k: usize, x: &[f32], y: &[f32], out: &mut [f32]) {
    const ROW_MAJOR: i32 = 101;
    let (plain, transposed) = (111, 112);
    let (a, b, lda, ldb) = match form {
        Form::RowsByRows => (plain, transposed, k, k),
        Form::ColumnsByColumns => (transposed, plain, m, n),
    };
    assert!(x.len() >= m * k && y.len() >= n * k && out.len() >= m * n);
    let [m, n, k, lda, ldb] = [m, n, k, lda, ldb].map(|size| size as i32);
    // SAFETY: the matrices have these sizes, row by row.
    unsafe {
        cblas_sgemm(
            ROW_MAJOR,
            a,
            b,
            m,
            n,
            k,
            1.0,
            x.as_ptr(),
            lda,
            y.as_ptr(),
            ldb,
            0.0,
            out.as_mut_ptr(),
            n,
        );
    }
}

fn kernels(form: Form, m: usize, n: usize, k: usize, x: &[f32], y: &[f32], out: &mut [f32]) {
    match form {
        Form::RowsByRows => {
            f32::scores(Rows::all(&x[..m * k], k), &y[..n * k], &vec![0.0; n], &mut out[..m * n]);
        }
        Form::ColumnsByColumns => {
            f32::accumulate(Rows::all(&y[..n * k], n), &x[..m * k], &mut out[..m * n]);
        }
    }
}

/// The products of a step: form, m, n and k.
type Products = Vec<(Form, usize, usize, usize)>;

/// The products of a step on a matrix of this shape.
type Of = fn((usize, usize)) -> Products;

/// Those of Muon's five iterations on a matrix.
fn of_muon((rows, columns): (usize, usize)) -> Products {
    let (short, long) = (rows.min(columns), rows.max(columns));
    let iteration = [
        (Form::RowsByRows, short, short, long),
        (Form::RowsByRows, short, short, short),
        (Form::ColumnsByColumns, short, long, short),
    ];
    iteration.repeat(5)
}

/// Those of Shampoo's sums and of its step between two roots.
fn of_shampoo((m, n): (usize, usize)) -> Products {
    vec![
        (Form::RowsByRows, m, m, n),
        (Form::ColumnsByColumns, n, n, m),
        (Form::RowsByRows, m, n, n),
        (Form::ColumnsByColumns, m, n, m),
    ]
}

fn benches(criterion: &mut Criterion) {
    let net = Mlp::new(784, &[1000, 500], 10).expect("the sizes are at least 1");
    let layout = Model::<f32>::layout(&net);
    let drawn = |replicate| rng::normal::<f32>(&mut rng::stream(0, "bench", replicate), layout.len(), 1.0);
    let (grad, mut x) = (drawn(0).to_vec(), drawn(1).to_vec());
    let mut out = vec![0.0f32; 1000 * 1000];
    let mut group = criterion.benchmark_group("layer_rule");
    let shampoo = Shampoo { root_interval: 1e9, start: 1.0, ..Shampoo::default() };
    let steps: [(&str, AnyRule, Of, Matrices); 2] = [
        ("muon", AnyRule::new(Muon::default()), of_muon, Matrices::Hidden),
        ("shampoo", AnyRule::new(shampoo), of_shampoo, Matrices::All),
    ];
    for (name, rule, products, matrices) in steps {
        let mut state = State::laid_out(&rule, &layout);
        // Past the first root, so that the roots are applied.
        state.parts.iter_mut().for_each(|part| part.state.steps = 1_000_000_001);
        group.bench_function(name, |b| {
            linalg::with_helper_thread(|| {
                b.iter(|| rule.step(&mut state, 1e-6, black_box(&grad), &mut x));
            });
        });
        let taken = layout.parts().iter().filter(|part| matrices.takes(part));
        let products: Products = taken.flat_map(|part| products(part.shape)).collect();
        for (by, product) in
            [("kernels", kernels as fn(_, _, _, _, &[f32], &[f32], &mut [f32])), ("blas", blas)]
        {
            group.bench_function(format!("{name}-products-{by}"), |b| {
                linalg::with_helper_thread(|| {
                    b.iter(|| {
                        for &(form, m, n, k) in &products {
                            product(form, m, n, k, black_box(&grad), black_box(&grad[..n * k]), &mut out);
                        }
                    });
                });
            });
        }
    }
    for (name, rule) in [
        (
            "shampoo-with-roots",
            AnyRule::new(Shampoo { root_interval: 1.0, start: 1.0, ..Shampoo::default() }),
        ),
        ("soap", AnyRule::new(Soap { root_interval: 1e9, ..Soap::default() })),
        ("lamb", AnyRule::new(Lamb::default())),
        ("lars", AnyRule::new(Lars::default())),
        ("adafactor", AnyRule::new(Adafactor::default())),
        ("adamw", AnyRule::new(AdamW::default())),
    ] {
        let mut state = State::laid_out(&rule, &layout);
        if name == "shampoo-with-roots" {
            group.sample_size(10);
        } else {
            group.sample_size(20);
        }
        rule.step(&mut state, 1e-6, &grad, &mut x);
        group.bench_function(name, |b| {
            linalg::with_helper_thread(|| b.iter(|| rule.step(&mut state, 1e-6, &grad, &mut x)));
        });
    }
    group.finish();
}

criterion_group! {
    name = group;
    config = Criterion::default()
            .sample_size(20)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(2))
            .without_plots();
    targets = benches
}
criterion_main!(group);
