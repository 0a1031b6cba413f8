//! The cost of a numeric gradient: counted, and timed in units of one loss.

use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::compare::fastest;
use crate::compare::statistics::slope;
use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::loss::Softmax;
use crate::model::Linear;
use crate::objective::{Counted, Difference, Differentiable, Objective, numeric_gradient};
use crate::risk::{EmpiricalRisk, Regularizer};
use crate::rng;
use crate::study::Context;
use crate::table::Table;
use ndarray::{Array1, Array2};

/// Few examples, so that a whole numeric gradient takes milliseconds, and some of the repetitions run without
/// being disturbed by other programs.
const EXAMPLES: usize = 20;
const CLASSES: usize = 10;
/// The numbers of features. The model has ten times as many weights, and ten biases.
const FEATURES: [usize; 6] = [2, 4, 8, 16, 32, 64];

/// The cost of gradients at one dimension.
struct Cost {
    dim: usize,
    forward: usize,
    central: usize,
    /// Seconds of one loss.
    value: f64,
    /// Seconds of a numeric gradient by central differences.
    numeric: f64,
    /// Seconds of the analytic gradient.
    analytic: f64,
}

fn measured(features: usize, seed: u64) -> Result<Cost> {
    let x: Array1<f64> = rng::normal(&mut rng::stream(seed, "features", 0), EXAMPLES * features, 1.0);
    let x: Array2<f64> = x.into_shape_with_order((EXAMPLES, features)).expect("as many as drawn");
    let labels: Vec<u8> = (0..EXAMPLES).map(|i| (i % CLASSES) as u8).collect();
    let mut risk =
        EmpiricalRisk::new(Linear::new(features, CLASSES), Softmax, x, labels, Regularizer::default())?;
    let dim = risk.dim();
    let at: Array1<f64> = rng::normal(&mut rng::stream(seed, "point", 0), dim, 0.1);
    let mut counted = |difference: Difference| {
        let mut risk = Counted::new(&mut risk);
        numeric_gradient(&mut risk, &at, difference, difference.best_step());
        risk.evaluations().value
    };
    let (forward, central) = (counted(Difference::Forward), counted(Difference::Central));
    let mut grad = Array1::zeros(dim);
    let value = fastest(|| risk.value(&at));
    let analytic = fastest(|| risk.value_grad(&at, &mut grad));
    let numeric = fastest(|| numeric_gradient(&mut risk, &at, Difference::Central, 1e-5));
    Ok(Cost { dim, forward, central, value, numeric, analytic })
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let sizes = context.choose(&FEATURES[..], &FEATURES[..4]);
    let costs = sizes.iter().map(|&features| measured(features, context.seed)).collect::<Result<Vec<_>>>()?;
    let column = |of: fn(&Cost) -> f64| costs.iter().map(of).collect::<Vec<f64>>();
    let dims = column(|c| c.dim as f64);
    let ratios = column(|c| c.numeric / c.value);
    let off = |of: fn(&Cost) -> usize, by: fn(usize) -> usize| {
        costs.iter().map(|c| of(c).abs_diff(by(c.dim)) as f64).fold(0.0, f64::max)
    };
    let logs = |values: &[f64]| values.iter().map(|v| v.ln()).collect::<Vec<_>>();
    let power = slope(&logs(&dims), &logs(&ratios));
    let none = Bound::Equals { value: 0.0, tolerance: 0.0 };
    findings.claims.extend([
        Claim::exact(
            "numeric-cost-forward",
            "03",
            "A numeric gradient by forward differences takes d + 1 losses (largest deviation)",
            SLIDE,
        )
        .reading("the slide says “slow: O(#dimensions)”; we count the losses")
        .measured(off(|c| c.forward, |d| d + 1), none),
        Claim::exact(
            "numeric-cost-central",
            "03",
            "A numeric gradient by central differences takes 2d losses (largest deviation)",
            SLIDE,
        )
        .reading("the slide says “slow: O(#dimensions)”; we count the losses")
        .measured(off(|c| c.central, |d| 2 * d), none),
        Claim::timing(
            "numeric-cost",
            "03",
            "The time of a numeric gradient, in units of one loss, grows linearly in d (exponent)",
            SLIDE,
        )
        .said()
        .measured(power, Bound::Equals { value: 1.0, tolerance: 0.1 }),
        Claim::timing(
            "analytic-cost",
            "03",
            "The analytic gradient takes no longer than ten losses, for every d (largest ratio)",
            SLIDE,
        )
        .reading("the slide says “fast”; we ask for the time of ten losses")
        .measured(column(|c| c.analytic / c.value).into_iter().fold(0.0, f64::max), Bound::AtMost(10.0)),
    ]);
    findings.tables.push(
        Table::new(
            "cost",
            format!("Cost of a gradient of the softmax loss ({EXAMPLES} examples, {CLASSES} classes)"),
        )
        .integer("parameters", costs.iter().map(|c| c.dim as i64))
        .integer("losses_forward", costs.iter().map(|c| c.forward as i64))
        .integer("losses_central", costs.iter().map(|c| c.central as i64))
        .timing("seconds_loss", column(|c| c.value))
        .timing_ratio("numeric_in_losses", ratios.clone(), 3.0)
        .timing_ratio("analytic_in_losses", column(|c| c.analytic / c.value), 3.0),
    );
    let panel =
        Panel::new("", Axis::log("parameters d"), Axis::log("time, in units of one loss").lower_is_better())
            .theory("2d", dims.clone(), dims.iter().map(|d| 2.0 * d).collect::<Vec<_>>())
            .with(Layer::Points {
                label: "numeric gradient, central".into(),
                x: dims.clone(),
                y: ratios,
                color: 0,
            })
            .line("analytic gradient", dims, column(|c| c.analytic / c.value), 1);
    let caption = "A numeric gradient by central differences costs two losses per parameter. The analytic \
                   gradient costs about as much as a few losses, however many parameters there are.";
    findings.figures.push(Figure::new("cost", "Cost of a gradient", caption).panel(panel).columns(1));
    Ok(())
}
