//! On a quadratic a single Newton step suffices, while gradient descent at its best learning rate needs many.

use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::findings::Findings;
use crate::linalg::norm;
use crate::minimize::minimize;
use crate::objective::Objective;
use crate::optimizer::first_order::{FirstOrder, Sgd};
use crate::optimizer::second_order::Newton;
use crate::stop::Stop;
use crate::study::Context;
use crate::study::lecture::second_order::Bowl;
use crate::table::{Rule, Table, Values};
use ndarray::Array1;

const CONDITION: f64 = 1e3;
const DIMS: [usize; 4] = [2, 10, 50, 200];

pub(super) fn run(context: &Context, findings: &mut Findings) -> Result<()> {
    let dims = context.choose(&DIMS[..], &DIMS[..3]);
    let (mut left, mut steps) = (Vec::new(), Vec::new());
    for &dim in dims {
        let bowl = Bowl::new(dim, CONDITION, context.seed)?;
        let start = Array1::zeros(dim);
        let away = |x: &Array1<f64>| norm(&(x - &bowl.minimum)) / norm(&bowl.minimum);
        left.push(away(&minimize(bowl.clone(), &start, Newton::pure(), Stop::iterations(1))?.x));
        // The eigenvalues are 1/κ to 1.
        let lr = 2.0 / (1.0 + 1.0 / CONDITION);
        let lowest = 1e-12 * bowl.clone().value(&start);
        steps.push(
            minimize(
                bowl.clone(),
                &start,
                FirstOrder::new(Sgd, lr)?,
                Stop::iterations(100_000).target(lowest),
            )?
            .iterations,
        );
    }
    let caption = "One Newton step on random quadratics of condition number one thousand: the remaining \
                   distance relative to that at the start, and the steps that gradient descent at its best \
                   learning rate needs until f is a millionth of a millionth of its start";
    findings.tables.push(
        Table::new("one_step", caption)
            .integer("dim", dims.iter().map(|&d| d as i64))
            .column("distance_left", Values::Float(left.clone()), Rule::Within { rtol: 0.0, atol: 1e-9 })
            .column(
                "gradient_descent_steps",
                Values::Integer(steps.iter().map(|&s| s as i64).collect()),
                Rule::Within { rtol: 0.01, atol: 1.0 },
            ),
    );
    let sentence = "On a quadratic one Newton step ends at the minimum, for every condition number (largest \
                    remaining distance, relative)";
    findings.claims.push(
        Claim::exact("quadratic-one-step", "12", sentence, SLIDE)
            .reading(
                "the step minimizes the quadratic approximation; on a quadratic we ask \
                 that one is enough",
            )
            .measured(left.into_iter().fold(0.0, f64::max), Bound::AtMost(1e-9)),
    );
    Ok(())
}
