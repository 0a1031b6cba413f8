//! The cost of an update: n² with a matrix, mn with m pairs.

use super::sources::{NOCEDAL, SLIDE};
use crate::claim::{Bound, Claim};
use crate::compare::fastest;
use crate::compare::statistics::slope;
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel, optimizer};
use crate::findings::Findings;
use crate::objective::{Counted, Differentiable, Objective};
use crate::optimizer::second_order::{Bfgs, Lbfgs};
use crate::optimizer::{Iterate, Optimizer};
use crate::study::Context;
use crate::table::Table;
use ndarray::{Array1, ArrayRef1};

/// Σ √(1 + (λᵢxᵢ)²) with many different λ: an evaluation costs O(n), and no run reaches its end.
struct RootSum {
    slopes: Vec<f64>,
}

impl Objective for RootSum {
    fn dim(&self) -> usize {
        self.slopes.len()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.slopes.iter().zip(x).map(|(l, x)| (1.0 + l * l * x * x).sqrt()).sum()
    }
}

impl Differentiable for RootSum {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let mut sum = 0.0;
        for ((g, l), x) in grad.iter_mut().zip(&self.slopes).zip(x) {
            let root = (1.0 + l * l * x * x).sqrt();
            *g = l * l * x / root;
            sum += root;
        }
        sum
    }
}

/// The cache that one core of a present-day machine has, including what it shares.
const CACHE: usize = 8_000_000;
/// The dimension at which the memory is varied.
const FIXED: usize = 10_000;
const BEYOND: &str =
    "Beyond the cache a number takes several times as long: see the largest sizes in the table.";
/// The numbers of warm-up iterations, after which a memory of that many pairs is full, and of timed
/// iterations.
const WARM: usize = 34;
const TIMED: usize = 6;

/// Returns the seconds of an iteration after the warm-up, without the evaluations, which are timed separately
/// and subtracted.
fn seconds<P: Optimizer<f64, Counted<RootSum>>>(n: usize, make: impl Fn() -> P) -> f64 {
    let slopes = (0..n).map(|i| 1.0 + 9.0 * ((i * 37) % 101) as f64 / 100.0).collect();
    let mut f = Counted::new(RootSum { slopes });
    let start = Array1::from_shape_fn(n, |i| 1.0 + ((i * 53) % 29) as f64 / 10.0);
    let mut grad = Array1::zeros(n);
    let evaluation = fastest(|| f.value_grad(&start, &mut grad));
    let (mut optimizer, mut iterate) = (make(), Iterate::new(&start));
    // A run is deterministic: every repetition does the same work, and the fastest counts.
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        iterate = Iterate::new(&start);
        optimizer.start(&mut f, &mut iterate);
        for _ in 0..WARM {
            let _ = optimizer.iterate(&mut f, &mut iterate);
            iterate.k += 1;
        }
        for _ in 0..TIMED {
            let before = f.evaluations().grad;
            let clock = std::time::Instant::now();
            let _ = optimizer.iterate(&mut f, &mut iterate);
            let spent = clock.elapsed().as_secs_f64();
            best = best.min(spent - (f.evaluations().grad - before) as f64 * evaluation);
            iterate.k += 1;
        }
    }
    std::hint::black_box(iterate.value);
    best
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let full: &[usize] = context.choose(&[125, 250, 500, 1_000, 2_000, 4_000], &[100, 200, 400]);
    let limited: &[usize] =
        context.choose(&[1_000, 3_000, 10_000, 30_000, 100_000, 300_000], &[1_000, 3_000, 10_000]);
    let pairs = [2usize, 4, 8, 16, 32];
    let fixed = FIXED;
    let of_bfgs: Vec<f64> = full.iter().map(|&n| seconds(n, Bfgs::new)).collect();
    let of_lbfgs: Vec<f64> = limited.iter().map(|&n| seconds(n, || Lbfgs::new(10))).collect();
    let of_pairs: Vec<f64> = pairs.iter().map(|&m| seconds(fixed, || Lbfgs::new(m))).collect();
    let logs = |values: &[f64]| values.iter().map(|v| v.ln()).collect::<Vec<_>>();
    let wide = |sizes: &[usize]| sizes.iter().map(|&n| n as f64).collect::<Vec<_>>();
    // Only sizes whose numbers stay in the cache. Beyond it, the time per number jumps, as the table shows.
    let exponent = |sizes: &[usize], seconds: &[f64], numbers: fn(usize) -> usize| {
        let within = sizes.iter().filter(|&&size| 8 * numbers(size) <= CACHE).count();
        slope(&logs(&wide(&sizes[..within])), &logs(&seconds[..within]))
    };
    let equals = |value, tolerance| Bound::Equals { value, tolerance };
    findings.claims.extend([
        Claim::timing(
            "update-cost-bfgs",
            "13",
            "The time of a BFGS update grows like n² (exponent, where n² numbers are in the cache)",
            SLIDE,
        )
        .said()
        .measured(exponent(full, &of_bfgs, |n| n * n), equals(2.0, 0.3))
        .note(BEYOND),
        Claim::timing(
            "update-cost-lbfgs",
            "13",
            "The time of an L-BFGS update grows in proportion to n (exponent, m = 10, where 20n numbers are \
             in the cache)",
            NOCEDAL,
        )
        .said()
        .measured(exponent(limited, &of_lbfgs, |n| 20 * n), equals(1.0, 0.2))
        .note(BEYOND),
        Claim::timing(
            "update-cost-memory",
            "13",
            "The time of an L-BFGS update grows in proportion to the number of pairs m (exponent, m = 2 to \
             32)",
            NOCEDAL,
        )
        .said()
        .measured(exponent(&pairs, &of_pairs, |m| 2 * m * FIXED), equals(1.0, 0.3))
        .note(BEYOND),
    ]);
    let rows = || {
        let bfgs = full.iter().zip(&of_bfgs).map(|(&n, &s)| ("bfgs", n, n, s));
        let lbfgs = limited.iter().zip(&of_lbfgs).map(|(&n, &s)| ("lbfgs", 10, n, s));
        bfgs.chain(lbfgs).chain(pairs.iter().zip(&of_pairs).map(|(&m, &s)| ("lbfgs", m, fixed, s)))
    };
    findings.tables.push(
        Table::new(
            "update_cost",
            "Time of an iteration without the evaluations of f, on one thread; for BFGS m is n",
        )
        .text("optimizer", rows().map(|r| r.0))
        .integer("m", rows().map(|r| r.1 as i64))
        .integer("n", rows().map(|r| r.2 as i64))
        .timing("microseconds", rows().map(|r| 1e6 * r.3).collect::<Vec<_>>()),
    );
    let through = |sizes: &[usize], seconds: &[f64], power: i32| {
        let middle = sizes.len() / 2;
        sizes
            .iter()
            .map(|&n| seconds[middle] * (n as f64 / sizes[middle] as f64).powi(power))
            .collect::<Vec<_>>()
    };
    let by_n = Panel::new("over the dimension", Axis::log("n"), Axis::log("seconds per update"))
        .theory("n², n, m", wide(full), through(full, &of_bfgs, 2))
        .theory("", wide(limited), through(limited, &of_lbfgs, 1))
        .line("BFGS", wide(full), of_bfgs.clone(), optimizer("bfgs"))
        .line("L-BFGS, m = 10", wide(limited), of_lbfgs.clone(), optimizer("lbfgs"));
    let by_m =
        Panel::new("over the memory, n = 10,000", Axis::log("pairs m"), Axis::log("seconds per update"))
            .theory("", wide(&pairs), through(&pairs, &of_pairs, 1))
            .line("L-BFGS over m", wide(&pairs), of_pairs.clone(), optimizer("lbfgs"));
    let caption = "Where the numbers no longer fit into the cache, the time jumps above the dashed lines \
                   n², n and m. Every update reads and writes a matrix, but only reads a pair of vectors. \
                   BFGS ends where n² numbers no longer fit into memory; L-BFGS goes on to millions of \
                   parameters.";
    findings
        .figures
        .push(Figure::new("update_cost", "The cost of an update", caption).panel(by_n).panel(by_m));
    Ok(())
}
