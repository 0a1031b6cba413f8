//! Three ways of writing Nesterov momentum, which give one sequence at a constant learning rate.

use super::sources::SLIDE;
use crate::claim::{Bound, Claim};
use crate::error::Result;
use crate::findings::Findings;
use crate::minimize::{Minimum, minimize};
use crate::optimizer::first_order::{FirstOrder, Nesterov, NesterovForm};
use crate::problems::{Problem, Quadratic, Rosenbrock};
use crate::schedule::Schedule;
use crate::stop::Stop;
use crate::study::Context;
use crate::table::Table;
use ndarray::array;

const RHO: f64 = 0.9;
const STEPS: usize = 200;
const FORMS: [NesterovForm; 3] = [NesterovForm::LookAhead, NesterovForm::Shifted, NesterovForm::RateOutside];

fn run_form(problem: Box<dyn Problem>, form: NesterovForm, lr: f64, schedule: Schedule) -> Result<Minimum> {
    let optimizer = FirstOrder::new(Nesterov::new(RHO).form(form), lr)?.schedule(schedule);
    minimize(problem, &array![-1.2, 1.0], optimizer, Stop::iterations(STEPS))
}

/// Returns x̃ = x + ρv, where v is the last step. The look-ahead form takes its gradients there.
fn seen(run: &Minimum) -> Vec<Vec<f64>> {
    let ahead = |column: &Vec<f64>| {
        (0..column.len()).map(|k| column[k] + RHO * (column[k] - column[k.saturating_sub(1)])).collect()
    };
    run.trace.x.iter().map(ahead).collect()
}

/// Returns the largest difference in any coordinate at any step, relative to the largest coordinate.
fn apart(a: &[Vec<f64>], b: &[Vec<f64>]) -> f64 {
    let largest = a.iter().flatten().fold(0.0f64, |m, x| m.max(x.abs()));
    a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) / largest
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    type Case = (&'static str, fn() -> Box<dyn Problem>, f64);
    let cases: [Case; 2] = [
        ("ravine ½(x² + 25y²)", || Box::new(Quadratic::new(&[1.0, 25.0])), 0.03),
        ("Rosenbrock's valley", || Box::new(Rosenbrock::new(2)), 1e-3),
    ];
    let (mut shifted, mut outside, mut scheduled) = (Vec::new(), Vec::new(), Vec::new());
    for (_, problem, lr) in cases {
        let all = |schedule| {
            FORMS.into_iter().map(|form| run_form(problem(), form, lr, schedule)).collect::<Result<Vec<_>>>()
        };
        let [ahead, shift, out] = &all(Schedule::Constant)?[..] else { unreachable!("three forms") };
        shifted.push(apart(&seen(ahead), &shift.trace.x));
        outside.push(apart(&shift.trace.x, &out.trace.x));
        let cut = all(Schedule::Step { every: STEPS / 2, factor: 0.1 })?;
        scheduled.push(apart(&cut[1].trace.x, &cut[2].trace.x));
    }
    let worst = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
    findings.claims.extend([
        Claim::exact(
            "lookahead-equals-shifted",
            "08",
            "After the change of variables x̃ = x + ρv the look-ahead form and the shifted form are the \
             same sequence (largest difference, relative)",
            SLIDE,
        )
        .said()
        .measured(worst(&shifted), Bound::AtMost(1e-10)),
        Claim::exact(
            "nesterov-forms-equal",
            "08",
            "At a constant learning rate PyTorch's form, with the rate outside the velocity, is the shifted \
             form (largest difference, relative)",
            "gradus",
        )
        .ours()
        .measured(worst(&outside), Bound::AtMost(1e-10)),
        Claim::exact(
            "nesterov-forms-part",
            "08",
            "PyTorch's form is the shifted form under a schedule as well (largest difference, relative, \
             rate cut by 10 half-way)",
            "gradus",
        )
        .ours()
        .measured(worst(&scheduled), Bound::AtMost(1e-10))
        .note(
            "As with plain momentum (notebook 07): with the rate inside the velocity, the velocity still \
             carries steps of the old rate after the cut.",
        ),
    ]);
    findings.tables.push(
        Table::new(
            "forms",
            "Largest relative difference between forms of Nesterov momentum over 200 steps (ρ = .9)",
        )
        .text("problem", cases.map(|c| c.0))
        .float("lr", cases.map(|c| c.2))
        .float_within("look_ahead_seen_at_x_plus_rho_v", shifted, 0.0, 1e-10)
        .float_within("rate_outside", outside, 0.0, 1e-10)
        .float("rate_outside_under_a_schedule", scheduled),
    );
    Ok(())
}
