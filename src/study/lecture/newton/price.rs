//! The question on the slide: why is Newton's method impractical? It stores N² numbers, and needs N³
//! operations to solve with them.

use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::compare::fastest_after;
use crate::compare::statistics::slope;
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::linalg::{cholesky_in_place, cholesky_solve, invert_in_place};
use crate::minimize::minimize;
use crate::optimizer::second_order::Newton;
use crate::problems::Rosenbrock;
use crate::stop::{Stop, Termination};
use crate::study::Context;
use crate::table::Table;
use ndarray::{Array1, Array2};

/// Models with their numbers of parameters, as published.
const MODELS: [(&str, f64); 8] = [
    ("linear classifier, 28 × 28 pixels", 7_850.0),
    ("two-layer net of 100, CIFAR-10", 308_310.0),
    ("ResNet-50 (He et al. 2016)", 25_557_032.0),
    ("AlexNet (Krizhevsky 2014)", 61_100_840.0),
    ("VGG-16 (Simonyan & Zisserman 2015)", 138_357_544.0),
    ("GPT-2 (Radford et al. 2019)", 1.5e9),
    ("GPT-3 (Brown et al. 2020)", 175e9),
    ("Llama 3.1 (Meta 2024)", 405e9),
];
/// Bytes per number in the precision in which these models are trained.
const BYTES: f64 = 4.0;
const GIGA: f64 = 1e9;

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let rate = solve(context, findings);
    memory(rate, findings)
}

/// Seconds of one linear system of one size.
struct SolveTimes {
    n: usize,
    /// Seconds to factor the matrix and solve.
    solve: f64,
    /// Seconds to invert the matrix and multiply.
    inverse: f64,
}

fn measured(n: usize) -> SolveTimes {
    // The matrix is diagonally dominant, so it is positive definite.
    let matrix = Array2::from_shape_fn((n, n), |(i, j)| {
        if i == j { 2.0 } else { 1.0 / (1.0 + n as f64 + (i as f64 - j as f64).abs()) }
    });
    let b = Array1::<f64>::ones(n);
    let solve = fastest_after(
        || (matrix.clone(), b.clone()),
        |(mut factor, mut x)| {
            cholesky_in_place(&mut factor).expect("the matrix is positive definite");
            cholesky_solve(&factor, &mut x);
            x
        },
    );
    let inverse = fastest_after(
        || matrix.clone(),
        |mut inverse| {
            assert!(invert_in_place(&mut inverse), "the matrix is positive definite");
            inverse.dot(&b)
        },
    );
    SolveTimes { n, solve, inverse }
}

/// Times the solution for each size. Returns the operations per second at the largest size.
fn solve(context: &Context, findings: &mut Findings) -> f64 {
    let sizes: &[usize] = context.choose(&[32, 64, 128, 256, 512, 1024, 2048], &[32, 64, 128, 256]);
    // Rounds over all sizes, of which the fastest counts: other programs disturb different sizes in different
    // rounds.
    let rounds: Vec<Vec<SolveTimes>> =
        (0..context.choose(3, 1)).map(|_| sizes.iter().map(|&n| measured(n)).collect()).collect();
    let fastest = |i: usize, of: fn(&SolveTimes) -> f64| {
        rounds.iter().map(|round| of(&round[i])).fold(f64::INFINITY, f64::min)
    };
    let times: Vec<SolveTimes> = (0..sizes.len())
        .map(|i| SolveTimes {
            n: sizes[i],
            solve: fastest(i, |t| t.solve),
            inverse: fastest(i, |t| t.inverse),
        })
        .collect();
    let column = |of: fn(&SolveTimes) -> f64| times.iter().map(of).collect::<Vec<f64>>();
    let (n, seconds) = (column(|t| t.n as f64), column(|t| t.solve));
    let logs = |values: &[f64]| values.iter().map(|v| v.ln()).collect::<Vec<_>>();
    let local =
        |i: usize| if i == 0 { f64::NAN } else { slope(&logs(&n[i - 1..=i]), &logs(&seconds[i - 1..=i])) };
    let last = times.len() - 3;
    let exponent = slope(&logs(&n[last..]), &logs(&seconds[last..]));
    findings.tables.push(
        Table::new(
            "solve",
            "Newton's system of n equations solved by LAPACK on one thread. The exponent is that of growth \
             from the previous size",
        )
        .integer("n", sizes.iter().map(|&n| n as i64))
        .timing("milliseconds_solve", column(|t| 1e3 * t.solve))
        .timing("exponent", (0..times.len()).map(local).collect::<Vec<_>>())
        .timing("milliseconds_inverse", column(|t| 1e3 * t.inverse)),
    );
    let sentence = "The time to solve Newton's system grows with the cube of n (exponent over the three \
                    largest sizes)";
    let saved = times[times.len() - 1].inverse / times[times.len() - 1].solve;
    findings.claims.extend([
        Claim::timing("solve-cubic", "12", sentence, SLIDE)
            .reading("the slide says O(N³) of inverting; we solve")
            .measured(exponent, Bound::Equals { value: 3.0, tolerance: 0.3 })
            .note(
                "Small systems have not reached the cube yet, as the exponents in the table show, and other \
                 load on the machine disturbs the large ones most.",
            ),
        Claim::timing(
            "solve-not-invert",
            "12",
            "The inverse is not needed: to factor and solve takes at most two thirds of its time (inverse \
             over solve, largest n)",
            "gradus",
        )
        .ours()
        .measured(saved, Bound::AtLeast(1.5)),
    ]);
    let largest = seconds.len() - 1;
    let cube = n.iter().map(|size| seconds[largest] * (size / n[largest]).powi(3)).collect::<Vec<_>>();
    let panel = Panel::new("", Axis::log("equations n"), Axis::log("seconds"))
        .theory("n³, through the largest size", n.clone(), cube)
        .line("inverse, then product", n.clone(), column(|t| t.inverse), 1)
        .line("Cholesky factor and solve", n.clone(), seconds.clone(), 0);
    let caption = "For small systems the overhead is visible. For larger ones, doubling n takes eight times \
                   as long.";
    findings.figures.push(Figure::new("solve", "The time of a Newton step", caption).panel(panel).columns(1));
    n[largest].powi(3) / 3.0 / seconds[largest]
}

/// Measures the memory of a Hessian: where a run refuses it, and for models that people train.
fn memory(rate: f64, findings: &mut Findings) -> Result<()> {
    let asked = |n: usize| -> Result<f64> {
        let run = minimize(Rosenbrock::new(n), &Array1::zeros(n), Newton::new(), Stop::iterations(1))?;
        Ok(match run.termination {
            Termination::OutOfMemory { bytes, .. } => bytes / (n as f64 * n as f64),
            _ => f64::NAN,
        })
    };
    let asked = [asked(1_000_000)?, asked(2_000_000)?];
    let sentence = "The Hessian has N² elements: Newton asks for 8N² bytes, and refuses a million \
                    parameters (bytes over N², at N = 1 and 2 million)";
    findings.claims.push(
        Claim::exact("hessian-memory", "12", sentence, SLIDE)
            .reading("the slide says O(N²) elements; we count bytes")
            .measured(asked[0].max(asked[1]), Bound::Equals { value: 8.0, tolerance: 1e-9 })
            .note(
                "In double precision. A machine with eight terabytes of memory would not refuse, and then \
                 nothing could be measured.",
            ),
    );
    let parameters: Vec<f64> = MODELS.iter().map(|m| m.1).collect();
    let gigabytes = |of: fn(f64) -> f64| parameters.iter().map(|&n| BYTES * of(n) / GIGA).collect::<Vec<_>>();
    let years = |n: &f64| n.powi(3) / 3.0 / rate / (365.25 * 86_400.0);
    findings.tables.push(
        Table::new(
            "memory",
            "What Newton would have to store in single precision, and how long one core of this machine \
             would take to factor it, at the speed of the largest system measured",
        )
        .text("model", MODELS.map(|m| m.0))
        .float("parameters", parameters.clone())
        .float("gigabytes_gradient", gigabytes(|n| n))
        .float("gigabytes_lbfgs_10", gigabytes(|n| 20.0 * n))
        .float("gigabytes_hessian", gigabytes(|n| n * n))
        .timing("years_to_factor", parameters.iter().map(years).collect::<Vec<_>>()),
    );
    let line = |of: fn(f64) -> f64| gigabytes(of);
    let panel = Panel::new("", Axis::log("parameters N"), Axis::log("gigabytes, single precision"))
        .line("Hessian, N²", parameters.clone(), line(|n| n * n), 1)
        .line("L-BFGS, 20 vectors", parameters.clone(), line(|n| 20.0 * n), 2)
        .line("gradient", parameters.clone(), line(|n| n), 0)
        .with(Layer::HorizontalMark { label: "80 GB, a large GPU".into(), y: 80.0 })
        .with(Layer::VerticalMark { label: "ResNet-50".into(), x: MODELS[2].1 })
        .with(Layer::VerticalMark { label: "GPT-3".into(), x: MODELS[6].1 });
    let caption = "The memory of a Hessian exceeds that of a large GPU before a hundred and fifty thousand \
                   parameters. A modern network has a thousand to a million times as many.";
    findings
        .figures
        .push(Figure::new("memory", "The memory that each method needs", caption).panel(panel).columns(1));
    Ok(())
}
