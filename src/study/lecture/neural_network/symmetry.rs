//! Hidden units that start equal stay equal.

use super::classifiers::classifier;
use crate::claim::{Bound, Claim};
use crate::data;
use crate::error::Result;
use crate::findings::Findings;
use crate::linalg::{slice, slice_mut};
use crate::loss::Softmax;
use crate::model::ParamLayout;
use crate::objective::Differentiable;
use crate::optimizer::first_order::{Momentum, State, UpdateRule};
use crate::rng;
use crate::study::Context;
use crate::table::Table;
use ndarray::Array1;

const MODEL: &str = "mlp:16";
const STEPS: usize = 200;
const LR: f64 = 0.1;
const NOTES: &str = "the course's notes on initialization (\"Pitfall: all zero initialization\")";

/// The result of training from one start.
struct SymmetryRow {
    start: &'static str,
    loss: f64,
    /// The largest difference between two hidden units, in any weight that enters or leaves them.
    difference: f64,
    /// The number of different units.
    distinct: usize,
}

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let classifier = classifier::<f64>(&data::digits(), MODEL)?;
    let layout = classifier.risk(Softmax)?.layout().clone();
    let he = classifier.initial(context.seed);
    // Every weight the same, or the same except for noise of a ten-thousandth.
    let constant = Array1::from_elem(he.len(), 0.1);
    let nearly = &constant
        + &rng::normal::<f64>(&mut rng::stream(context.seed, "nearly equal weights", 0), he.len(), 1e-4);
    let starts = [
        ("all 0", Array1::zeros(he.len())),
        ("all .1", constant),
        ("all .1, with noise of 1e-4", nearly),
        ("He", he),
    ];
    let mut risk = classifier.risk(Softmax)?;
    let rows = starts.map(|(start, x)| trained(start, x, &mut risk, &layout));
    findings.claims.extend([
        Claim::exact(
            "zero-init-symmetric",
            "14",
            "If the hidden units of a net start at zero, they stay equal however long the net is trained \
             (largest difference between two)",
            NOTES,
        )
        .said()
        .measured(rows[0].difference, Bound::Equals { value: 0.0, tolerance: 0.0 }),
        Claim::exact(
            "constant-init-symmetric",
            "14",
            "Units that start equal but not at zero stay equal as well: a hidden layer of 16 acts like a \
             hidden layer of 1 (largest difference between two)",
            NOTES,
        )
        .reading("the notes say it of weights that are zero; we take other equal weights")
        .measured(rows[1].difference, Bound::AtMost(1e-9)),
        Claim::exact(
            "noise-breaks-symmetry",
            "14",
            "Noise of a ten-thousandth is enough to break the symmetry (units that differ by .01 or more)",
            NOTES,
        )
        .reading(
            "the notes say that small random numbers break the symmetry; we chose how \
                 small",
        )
        .measured(rows[2].distinct as f64, Bound::AtLeast(2.0)),
    ]);
    findings.tables.push(
        Table::new(
            "symmetry",
            "Sixteen hidden units on the digits, after the same full-batch steps of momentum from four \
             starts",
        )
        .text("start", rows.iter().map(|r| r.start))
        .float_within("train_loss", rows.iter().map(|r| r.loss).collect::<Vec<_>>(), 0.02, 1e-6)
        .float_within("largest_difference", rows.iter().map(|r| r.difference).collect::<Vec<_>>(), 0.5, 1e-6)
        .float_within(
            "distinct_units",
            rows.iter().map(|r| r.distinct as f64).collect::<Vec<_>>(),
            0.2,
            1.0,
        ),
    );
    Ok(())
}

fn trained(
    start: &'static str,
    mut x: Array1<f64>,
    risk: &mut impl Differentiable,
    layout: &ParamLayout,
) -> SymmetryRow {
    let rule = Momentum::new(0.9);
    let (mut state, mut grad) = (State::new(&rule, x.len()), Array1::zeros(x.len()));
    for _ in 0..STEPS {
        risk.value_grad(&x, &mut grad);
        rule.step(&mut state, LR, slice(&grad), slice_mut(&mut x));
    }
    let units = units(layout, &x);
    let differences = units.iter().enumerate().flat_map(|(i, a)| units[..i].iter().map(move |b| apart(a, b)));
    let mut distinct: Vec<&Vec<f64>> = Vec::new();
    for unit in &units {
        if distinct.iter().all(|other| apart(unit, other) >= 0.01) {
            distinct.push(unit);
        }
    }
    SymmetryRow {
        start,
        loss: risk.value(&x),
        difference: differences.fold(0.0, f64::max),
        distinct: distinct.len(),
    }
}

/// Returns all weights that enter or leave each unit.
fn units(layout: &ParamLayout, x: &Array1<f64>) -> Vec<Vec<f64>> {
    let [w1, b1, w2] = ["W1", "b1", "W2"].map(|name| layout.view(x, name));
    (0..w1.nrows())
        .map(|unit| w1.row(unit).iter().chain([&b1[[0, unit]]]).chain(&w2.column(unit)).copied().collect())
        .collect()
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}
