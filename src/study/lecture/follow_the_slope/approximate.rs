//! The error of the numeric gradient over its step h, measured and in theory.

use super::risk_of_digits::digits;
use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::compare::statistics::{quantile, slope};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::gradcheck::{Entries, GradCheck};
use crate::objective::Difference;
use crate::risk::Regularizer;
use crate::rng;
use crate::study::Context;
use crate::table::Table;
use num_complex::Complex64;
use rand::RngExt;

/// The number of points in [0, 1] at which the slope of the exponential function is measured. The function
/// and its derivatives are about one there.
const POINTS: usize = 400;
/// Steps per decade.
const FINENESS: i32 = 4;
const PRESS: &str = "Press et al., Numerical Recipes, 5.7";

fn steps() -> Vec<f64> {
    (FINENESS..=13 * FINENESS).map(|k| 10f64.powf(-f64::from(k) / f64::from(FINENESS))).collect()
}

/// Returns the median relative error of the slope of the exponential function at each step.
fn errors(seed: u64, slope: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    quantiles(seed, 0.5, slope)
}

fn quantiles(seed: u64, q: f64, slope: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let mut stream = rng::stream(seed, "points of the exponential", 0);
    let points: Vec<f64> = (0..POINTS).map(|_| stream.random::<f64>()).collect();
    let error = |h: f64| {
        quantile(&points.iter().map(|&x| (slope(x, h) - x.exp()).abs() / x.exp()).collect::<Vec<_>>(), q)
    };
    steps().into_iter().map(error).collect()
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let h = steps();
    let of = |difference: Difference| {
        errors(context.seed, move |x, h| difference.quotient(x, h, x.exp(), f64::exp))
    };
    let (forward, central, richardson) =
        (of(Difference::Forward), of(Difference::Central), of(Difference::Richardson));
    let by_complex_step = |x: f64, h: f64| Complex64::new(x, h).exp().im / h;
    let complex = errors(context.seed, by_complex_step);
    let worst_complex = quantiles(context.seed, 1.0, by_complex_step);
    claims(&h, [&forward, &central, &richardson], &worst_complex, findings);

    let epsilon = f64::EPSILON;
    let theory = |order: i32| h.iter().map(|&h| h.powi(order) + epsilon / h).collect::<Vec<_>>();
    let axes = || (Axis::log("step h"), Axis::log("relative error of the slope").range(1e-17, 1.0));
    let exponential = Panel::new("the exponential", axes().0, axes().1)
        .theory("theory: h + ε/h and h² + ε/h", h.clone(), theory(1))
        .theory("", h.clone(), theory(2))
        // The error on the right is that of the central quotient, so it is covered by that curve.
        .line("complex step", h.clone(), complex.clone(), 3)
        .line("forward", h.clone(), forward.clone(), 0)
        .line("central", h.clone(), central.clone(), 1)
        .line("Richardson", h.clone(), richardson.clone(), 2)
        .with(Layer::VerticalMark { label: "√ε".into(), x: Difference::Forward.best_step() })
        .with(Layer::VerticalMark { label: "∛ε".into(), x: Difference::Central.best_step() });

    let (mut risk, x) = digits(context, "linear", "softmax", Regularizer::l2(1e-3), 200, 0)?;
    let sample = Entries::Sample { count: context.choose(60, 10), seed: context.seed };
    let sweep = GradCheck::default().entries(sample).sweep(&mut risk, &x)?;
    let loss = Panel::new("the softmax loss of digits", axes().0, axes().1)
        .line("forward", sweep.h.clone(), sweep.forward.clone(), 0)
        .line("central", sweep.h.clone(), sweep.central.clone(), 1)
        .line("Richardson", sweep.h.clone(), sweep.richardson.clone(), 2);
    let caption = "If the step is too large, the quotient misses the curvature; if it is too small, \
                   rounding dominates. The smallest error of a forward quotient is about √ε, near h = √ε; \
                   that of a central quotient is about ε^⅔, near h = ∛ε. A complex step takes no \
                   difference, so nothing is rounded away: below h = 1e-8 its error is 0, which a \
                   logarithmic axis cannot show.";
    findings.figures.push(
        Figure::new("error", "The error of a numeric slope over its step", caption)
            .panel(exponential)
            .panel(loss),
    );
    findings.tables.push(
        Table::new(
            "error",
            "Median relative error of the slope of the exponential function over the step h, at random \
             points of [0, 1]",
        )
        .float("h", h)
        // Rounding determines the left half.
        .float_within("forward", forward, 0.5, 1e-9)
        .float_within("central", central, 0.5, 1e-9)
        .float_within("richardson", richardson, 0.5, 1e-9)
        .float_within("complex_step", complex, 1.0, 1e-15),
    );
    findings.tables.push(sweep.table("error_softmax"));
    Ok(())
}

fn claims(h: &[f64], [forward, central, richardson]: [&[f64]; 3], complex: &[f64], findings: &mut Findings) {
    let best =
        |errors: &[f64]| (0..h.len()).fold(0, |best, i| if errors[i] < errors[best] { i } else { best });
    let decade = |errors: &[f64]| h[best(errors)].log10();
    let rises = |errors: &[f64]| errors[0].min(errors[h.len() - 1]) / errors[best(errors)];
    // The first decade of the right branch, where truncation determines the error.
    let order = |errors: &[f64]| {
        let logs = |values: &[f64]| values[..=FINENESS as usize].iter().map(|v| v.ln()).collect::<Vec<_>>();
        slope(&logs(h), &logs(errors))
    };
    let near = |difference: Difference| Bound::Equals {
        value: difference.best_step::<f64>().log10(),
        tolerance: 1.0,
    };
    let equals = |value, tolerance| Bound::Equals { value, tolerance };
    let smallest = complex.iter().skip(8 * FINENESS as usize).copied().fold(0.0, f64::max);
    findings.claims.extend([
        Claim::exact(
            "numeric-approximate",
            "03",
            "The error over h is U-shaped: at h = .1 and at h = 1e-13 it is at least 1,000 times that at \
             the best h",
            SLIDE,
        )
        .reading("the slide says “approximate”; we ask how the error depends on h")
        .measured(rises(forward).min(rises(central)), Bound::AtLeast(1e3)),
        Claim::exact(
            "numeric-approximate-forward",
            "03",
            "A forward quotient is most accurate near h = √ε (decimal logarithm of the best h)",
            PRESS,
        )
        .said()
        .measured(decade(forward), near(Difference::Forward)),
        Claim::exact(
            "numeric-approximate-central",
            "03",
            "A central quotient is most accurate near h = ∛ε (decimal logarithm of the best h)",
            PRESS,
        )
        .said()
        .measured(decade(central), near(Difference::Central)),
        Claim::exact("numeric-order-forward", "03", "The error of the forward quotient falls like h", PRESS)
            .said()
            .measured(order(forward), equals(1.0, 0.05)),
        Claim::exact("numeric-order-central", "03", "The error of the central quotient falls like h²", PRESS)
            .said()
            .measured(order(central), equals(2.0, 0.05)),
        Claim::exact(
            "numeric-order-richardson",
            "03",
            "With Richardson's extrapolation the error falls like h⁴",
            "Richardson 1911",
        )
        .said()
        .measured(order(richardson), equals(4.0, 0.05)),
        Claim::exact(
            "complex-step",
            "03",
            "A complex step h ≤ 1e-9 gives the slope up to rounding (largest relative error)",
            "Squire and Trapp 1998",
        )
        .said()
        .measured(smallest, Bound::AtMost(1e-15)),
    ]);
}
