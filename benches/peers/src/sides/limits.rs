//! What the machine can do at most, measured beside the rest: seconds for one floating-point operation of a
//! matrix product or a factorization, and for one byte moved. Two threads throughout.

use crate::protocol::{self, Prepared};
use crate::timing::repeated;
use std::hint::black_box;
use std::io;
use std::sync::Barrier;
use std::time::Instant;

unsafe extern "C" {
    /// Products and the Cholesky factorization of the BLAS that ours links, column by column.
    fn sgemm_(
        ta: *const u8,
        tb: *const u8,
        m: *const i32,
        n: *const i32,
        k: *const i32,
        alpha: *const f32,
        a: *const f32,
        lda: *const i32,
        b: *const f32,
        ldb: *const i32,
        beta: *const f32,
        c: *mut f32,
        ldc: *const i32,
    );
    fn dgemm_(
        ta: *const u8,
        tb: *const u8,
        m: *const i32,
        n: *const i32,
        k: *const i32,
        alpha: *const f64,
        a: *const f64,
        lda: *const i32,
        b: *const f64,
        ldb: *const i32,
        beta: *const f64,
        c: *mut f64,
        ldc: *const i32,
    );
    fn dpotrf_(uplo: *const u8, n: *const i32, a: *mut f64, lda: *const i32, info: *mut i32);
}

pub fn serve() -> io::Result<()> {
    protocol::serve("limits", "OpenBLAS", |limit| match limit.split('/').collect::<Vec<_>>().as_slice() {
        ["sgemm"] => sgemm(1024),
        ["sgemm", rule] => products_of(rule),
        ["dgemm"] => dgemm(1024),
        ["dpotrf", n] => dpotrf(size(n)?),
        ["copy", n] => Ok(copy(size(n)?)),
        ["read"] => Ok(read()),
        _ => Ok(None),
    })
}

fn size(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| format!("'{text}' is no size"))
}

fn sgemm(order: usize) -> Prepared {
    let (n, a) = (order as i32, vec![0.5f32; order * order]);
    let mut c = vec![0f32; order * order];
    let mut product = move || {
        // SAFETY: three matrices of n × n numbers; the other arguments outlive the call.
        unsafe {
            sgemm_(
                b"N".as_ptr(),
                b"N".as_ptr(),
                &n,
                &n,
                &n,
                &1.0,
                a.as_ptr(),
                &n,
                a.as_ptr(),
                &n,
                &0.0,
                c.as_mut_ptr(),
                &n,
            )
        };
        black_box(&mut c);
    };
    product();
    Ok(Some(Box::new(move || Ok((repeated(&mut product) / (2.0 * (order as f64).powi(3)), 0.0)))))
}

/// A product C = AB of column-major matrices: the letters that say whether A and B are transposed, then the
/// rows and columns of C, and the length of its sums.
type Product = ([u8; 2], usize, usize, usize);

/// The matrix products of a step of Muon or Shampoo on 784–1000–500–10. A matrix of m × n stored by rows is
/// one of n × m by columns.
fn products_of(rule: &str) -> Prepared {
    let products: Vec<Product> = match rule {
        "muon" => [(1000, 784), (500, 1000)].into_iter().flat_map(of_muon).collect(),
        "shampoo" => [(1000, 784), (500, 1000), (10, 500)].into_iter().flat_map(of_shampoo).collect(),
        _ => return Ok(None),
    };
    let largest = 1000 * 1000;
    let (a, mut c) = (vec![1e-3f32; largest], vec![0f32; largest]);
    let mut all = move || {
        for &([ta, tb], m, n, k) in &products {
            assert!(m * n <= largest && m * k <= largest && n * k <= largest);
            let lda = if ta == b'N' { m } else { k } as i32;
            let ldb = if tb == b'N' { k } else { n } as i32;
            let [m, n, k] = [m, n, k].map(|size| size as i32);
            let (a, c) = (a.as_ptr(), c.as_mut_ptr());
            // SAFETY: the matrices have no more numbers than the vectors; the other arguments outlive the
            // call.
            unsafe { sgemm_(&ta, &tb, &m, &n, &k, &1.0, a, &lda, a, &ldb, &0.0, c, &m) };
        }
        black_box(&mut c);
    };
    all();
    Ok(Some(Box::new(move || Ok((repeated(&mut all), 0.0)))))
}

/// XXᵀ, the square of that, and its product with X, five times, where X has no more rows than columns.
fn of_muon((rows, columns): (usize, usize)) -> Vec<Product> {
    let (short, long) = (rows.min(columns), rows.max(columns));
    [(*b"TN", short, short, long), (*b"NN", short, short, short), (*b"NN", long, short, short)].repeat(5)
}

/// GGᵀ, GᵀG, and the product of G with a root on each side.
fn of_shampoo((rows, columns): (usize, usize)) -> Vec<Product> {
    let (m, n) = (rows, columns);
    vec![(*b"TN", m, m, n), (*b"NT", n, n, m), (*b"NN", n, m, m), (*b"NN", n, m, n)]
}

fn dgemm(order: usize) -> Prepared {
    let (n, a) = (order as i32, vec![0.5f64; order * order]);
    let mut c = vec![0f64; order * order];
    let mut product = move || {
        // SAFETY: as for sgemm.
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
                a.as_ptr(),
                &n,
                &0.0,
                c.as_mut_ptr(),
                &n,
            )
        };
        black_box(&mut c);
    };
    product();
    Ok(Some(Box::new(move || Ok((repeated(&mut product) / (2.0 * (order as f64).powi(3)), 0.0)))))
}

/// The bare factorization; to write the matrix anew is not its time.
fn dpotrf(order: usize) -> Prepared {
    let (n, mut info) = (order as i32, 0);
    let matrix: Vec<f64> =
        (0..order * order).map(|i| if i % (order + 1) == 0 { 2.0 } else { 0.5 / order as f64 }).collect();
    let mut factor = matrix.clone();
    Ok(Some(Box::new(move || {
        let (mut spent, mut times) = (0.0, 0);
        while spent < 0.05 {
            factor.copy_from_slice(&matrix);
            let started = Instant::now();
            // SAFETY: a matrix of n × n numbers; the other arguments outlive the call.
            unsafe { dpotrf_(b"L".as_ptr(), &n, factor.as_mut_ptr(), &n, &mut info) };
            spent += started.elapsed().as_secs_f64();
            times += 1;
        }
        if info != 0 {
            return Err(format!("potrf says {info}"));
        }
        Ok((spent / f64::from(times) / ((order as f64).powi(3) / 3.0), 0.0))
    })))
}

/// Two threads copy `n` numbers of four bytes, half each, over and over; a byte read and a byte written count
/// as two.
fn copy(n: usize) -> Option<protocol::Work> {
    let half = n / 2;
    let mut halves = [(vec![1f32; half], vec![0f32; half]), (vec![1f32; half], vec![0f32; half])];
    let passes = (20_000_000 / half).max(3);
    Some(Box::new(move || {
        let seconds = together(&mut halves, |(from, to)| {
            for _ in 0..passes {
                to.copy_from_slice(black_box(from));
                black_box(&mut *to);
            }
        });
        Ok((seconds / (2 * half * passes * 8) as f64, 0.0))
    }))
}

/// Two threads read 240 MB.
fn read() -> Option<protocol::Work> {
    let half = 30_000_000;
    let mut halves = [vec![1u32; half], vec![2u32; half]];
    Some(Box::new(move || {
        let seconds = together(&mut halves, |numbers| {
            black_box(numbers.iter().fold(0u32, |sum, &v| sum ^ v));
        });
        Ok((seconds / (2 * half * 4) as f64, 0.0))
    }))
}

/// Seconds from the moment when both threads begin to the end of the slower.
fn together<T: Send>(parts: &mut [T; 2], work: impl Fn(&mut T) + Sync) -> f64 {
    let barrier = Barrier::new(2);
    let [first, second] = parts;
    let timed = |part: &mut T| {
        barrier.wait();
        let started = Instant::now();
        work(part);
        started.elapsed().as_secs_f64()
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| timed(second));
        let mine = timed(first);
        mine.max(other.join().expect("a copy does not panic"))
    })
}
