//! What a gradient check finds: it reports a wrong gradient, and does not mistake a kink for one.

use super::risk_of_digits::digits;
use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::gradcheck::{Finding, GradCheck, Report, check_gradient};
use crate::objective::{Difference, Differentiable, FunctionWithGradient, Objective};
use crate::risk::Regularizer;
use crate::rng;
use crate::study::Context;
use crate::study::lecture::half_lambda::{DEMO, HalfLambda};
use ndarray::{Array1, array};
use rand::RngExt;

const LAMBDA: f64 = 0.1;
/// The step of the trials with kinks.
const H: f64 = 1e-4;

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    web_demo(context, findings)?;
    kinks(context, findings)?;
    findings.figures.push(shrinking()?);
    Ok(())
}

fn web_demo(context: &Context, findings: &mut Findings) -> Result<()> {
    let wrong = |replicate: u64| -> Result<(HalfLambda<super::risk_of_digits::Risk>, Array1<f64>)> {
        let (right, x) = digits(context, "linear", "svm", Regularizer::l2(LAMBDA), 50, replicate)?;
        let layout = right.layout().clone();
        Ok((HalfLambda { right, layout, lambda: LAMBDA }, x))
    };
    let (mut objective, x) = wrong(0)?;
    let report = check_gradient(&mut objective, &x)?.named(|i| objective.layout.name_of(i));
    let of_weights = |report: &Report| {
        report.entries.iter().filter(|e| e.finding.fails() && report.name(e).starts_with('W')).count()
    };
    let weights = report.entries.iter().filter(|entry| report.name(entry).starts_with('W')).count();
    let seeds = context.choose(100, 10);
    let sparse = (0..seeds).map(|replicate| {
        let (mut objective, x) = wrong(replicate)?;
        Ok(usize::from(
            !GradCheck::sparse(10, context.seed + replicate).gradient(&mut objective, &x)?.passes(),
        ))
    });
    let caught = sparse.sum::<Result<usize>>()? as f64 / seeds as f64;
    let sentence = "Half λW where 2λW is right, as in the web demo, is caught: share of the weights whose \
                    gradient is called wrong";
    let biases = (report.failing() - of_weights(&report)) as f64;
    findings.claims.extend([
        Claim::exact("check-catches", "03", sentence, DEMO)
            .ours()
            .measured(of_weights(&report) as f64 / weights as f64, Bound::AtLeast(0.9))
            .note("A weight escapes if it is so close to 0 that the two differ by less than the tolerance."),
        Claim::exact(
            "check-catches-only",
            "03",
            "The biases, which are not regularized, are not called wrong (how many are)",
            DEMO,
        )
        .ours()
        .measured(biases, Bound::Equals { value: 0.0, tolerance: 0.0 }),
        Claim::statistical(
            "check-catches-sparse",
            "03",
            "Ten random entries are enough to find the mistake (share of seeds)",
            SLIDE,
        )
        .reading(
            "the slide shows a check of ten random entries; we ask how often they \
                 find one particular mistake",
        )
        .measured_within(caught, wilson(caught, seeds as f64), Bound::AtLeast(0.9)),
    ]);
    findings.tables.push(report.table("web_demo", 12));
    Ok(())
}

/// Returns the 95 % interval of a share (Wilson 1927), which is valid even if none or all were counted.
fn wilson(share: f64, count: f64) -> (f64, f64) {
    let z2 = 1.96f64 * 1.96;
    let middle = share + z2 / (2.0 * count);
    let half = (z2 * (share * (1.0 - share) / count + z2 / (4.0 * count * count))).sqrt();
    let scale = 1.0 + z2 / count;
    ((middle - half) / scale, ((middle + half) / scale).min(1.0))
}

/// Returns the function sin 3x + height·|x − kink|, with an analytic slope that is off by `wrong`.
fn bent(kink: f64, height: f64, wrong: f64) -> impl Differentiable {
    FunctionWithGradient::new(1, move |x, grad| {
        let off = x[0] - kink;
        grad[0] = 3.0 * (3.0 * x[0]).cos() + height * off.signum() + wrong;
        (3.0 * x[0]).sin() + height * off.abs()
    })
}

/// Tests kinks at random places within h of the point: whether they are recognized, and whether wrong
/// gradients hide behind them.
fn kinks(context: &Context, findings: &mut Findings) -> Result<()> {
    let trials = context.choose(2000, 200);
    let mut stream = rng::stream(context.seed, "kinks", 0);
    let (mut disagree, mut told, mut caught) = (0.0, 0.0, 0.0);
    for _ in 0..trials {
        let x = array![stream.random_range(-1.0..1.0)];
        let kink = x[0] + H * stream.random_range(-1.0..1.0);
        let height = 10f64.powf(stream.random_range(-1.0..1.0));
        let finding = |wrong: f64| -> Result<Finding> {
            Ok(GradCheck::default().h(H).gradient(&mut bent(kink, height, wrong), &x)?.entries[0].finding)
        };
        let right = finding(0.0)?;
        disagree += f64::from(u8::from(right != Finding::Agrees));
        told += f64::from(u8::from(matches!(right, Finding::Kink { .. })));
        // The error is at least a fifth of the jump at the kink, so the slope differs from those on both
        // sides.
        caught += f64::from(u8::from(
            finding((0.4 * height).max(0.05) * if kink > x[0] { -1.0 } else { 1.0 })? == Finding::Wrong,
        ));
    }
    let share = |count: f64, of: f64| (count / of, wilson(count / of, of));
    let (told, caught) = (share(told, disagree), share(caught, f64::from(trials)));
    findings.claims.extend([
        Claim::statistical(
            "kink-told",
            "03",
            "A kink between the points of the difference is told from an error (share of those that \
             disagree)",
            "gradus",
        )
        .ours()
        .measured_within(told.0, told.1, Bound::AtLeast(0.99)),
        Claim::statistical(
            "kink-hides-nothing",
            "03",
            "A wrong gradient next to a kink is still called wrong (share)",
            "gradus",
        )
        .ours()
        .measured_within(caught.0, caught.1, Bound::AtLeast(0.99)),
    ]);
    Ok(())
}

/// Draws what remains of a disagreement as h shrinks.
fn shrinking() -> Result<Figure> {
    let h: Vec<f64> = (4..=32).map(|k| 10f64.powf(-f64::from(k) / 4.0)).collect();
    let remains = |kink: f64, wrong: f64| -> Vec<f64> {
        let (mut f, x) = (bent(kink, 1.0, wrong), array![0.2]);
        let mut grad = Array1::zeros(1);
        f.value_grad(&x, &mut grad);
        let at = |h: f64| {
            (Difference::Central.quotient(x[0], h, 0.0, |moved| f.value(&array![moved])) - grad[0]).abs()
        };
        h.iter().copied().map(at).collect()
    };
    let panel = Panel::new("", Axis::log("step h"), Axis::log("|analytic − numeric|").range(1e-9, 10.0))
        .line("smooth", h.clone(), remains(-5.0, 0.0), 0)
        .line("a kink at a distance of .0003", h.clone(), remains(0.2003, 0.0), 1)
        .line("off by 1 %", h.clone(), remains(-5.0, 0.01 * (3.0 * 0.6f64.cos() + 1.0)), 2)
        .with(Layer::VerticalMark { label: "distance of the kink".into(), x: 3e-4 });
    let caption = "As h shrinks, the truncation error falls like h², and the effect of a kink vanishes once \
                   h is smaller than its distance. A disagreement that remains is an error of the gradient.";
    Ok(Figure::new("shrinking", "Shrink h: a disagreement that remains is an error", caption)
        .panel(panel)
        .columns(1))
}
