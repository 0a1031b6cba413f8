//! Update rules that take their gradient at another point than the one that they report.

use super::SuiteObjective;
use crate::error::{Result, check_hyperparameter};
use crate::linalg::{slice, slice_mut};
use crate::objective::Differentiable;
use crate::optimizer::first_order::{AnyRule, Clipped, RuleInfo, State, UpdateRule};
use crate::optimizer::{Iterate, Optimizer};
use crate::stop::Termination;
use ndarray::Array1;
use std::ops::ControlFlow;

/// A rule that takes its gradient at another point than x, such as the schedule-free rules. A step costs one
/// gradient, as in a training run. [`FirstOrder`](crate::optimizer::first_order::FirstOrder) evaluates x as
/// well, for the bounds of [`minimize`](fn@crate::minimize::minimize); here only the judge looks at x, which
/// costs the rule nothing.
pub(super) struct Elsewhere {
    rule: Clipped<AnyRule>,
    lr: f64,
    state: State,
    point: Array1<f64>,
}

/// Whether a rule takes its gradient at another point than x, after a first step, which may be from x itself.
pub(super) fn looks_elsewhere(rule: &Clipped<AnyRule>) -> bool {
    if rule.by_layers() {
        return false;
    }
    let (mut state, mut x) = (State::new(rule, 1), [1.0]);
    rule.step(&mut state, 1.0, &[1.0], &mut x);
    rule.probe(&state, 1.0, &x, &mut [0.0])
}

impl Elsewhere {
    /// Makes an optimizer of `rule` with the learning rate `lr`.
    ///
    /// # Errors
    /// If `lr` is not finite and > 0, or a hyperparameter of the rule is out of its range.
    pub fn new(rule: Clipped<AnyRule>, lr: f64) -> Result<Self> {
        check_hyperparameter("lr", lr, "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        rule.validate()?;
        Ok(Elsewhere { state: State::new(&rule, 0), rule, lr, point: Array1::default(0) })
    }
}

impl Optimizer<f64, SuiteObjective> for Elsewhere {
    fn name(&self) -> String {
        self.rule.name().into()
    }

    fn start(&mut self, objective: &mut SuiteObjective, iterate: &mut Iterate<f64>) {
        self.state = State::new(&self.rule, iterate.x.len());
        self.point = Array1::zeros(iterate.x.len());
        iterate.value = objective.judged_value(&iterate.x);
    }

    fn iterate(
        &mut self,
        objective: &mut SuiteObjective,
        iterate: &mut Iterate<f64>,
    ) -> ControlFlow<Termination> {
        let (rule, state) = (&self.rule, &mut self.state);
        if !rule.probe(state, self.lr, slice(&iterate.x), slice_mut(&mut self.point)) {
            self.point.assign(&iterate.x);
        }
        let seen = objective.value_grad(&self.point, &mut iterate.grad);
        rule.step(state, self.lr, slice(&iterate.grad), slice_mut(&mut iterate.x));
        // A sum over data has a judge of its own; the loss of the batch tells a run that diverges.
        iterate.value = if objective.is_sum() { seen } else { objective.judged_value(&iterate.x) };
        iterate.alpha = self.lr;
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DataAccess, Settings, Suite, TUNING_SEED};
    use super::*;
    use crate::minimize::LoopState;
    use crate::optimizer::first_order::{FirstOrder, ScheduleFreeSgd, Sgd};

    fn rule(rule: AnyRule) -> Clipped<AnyRule> {
        Clipped::new(rule, crate::optimizer::first_order::Clip::Off)
    }

    /// The points of a few steps, and the evaluations that they cost.
    fn steps(optimizer: &mut impl Optimizer<f64, SuiteObjective>, problem: &str) -> (Vec<Array1<f64>>, f64) {
        let suite = Suite::standard().problems(&[problem]).unwrap();
        let problem = suite.specs[0].build(&Settings::quick()).unwrap();
        let objective = problem.objective(DataAccess::Batches, 0).unwrap();
        let mut run = LoopState::new(objective, &problem.start(TUNING_SEED)).unwrap();
        run.start(optimizer);
        let mut points = Vec::new();
        let _: Termination = run.run(optimizer, |moment| {
            points.push(moment.iterate.x.clone());
            match points.len() {
                7 => ControlFlow::Break(Termination::OutOfIterations { iterations: 6, bound: 6 }),
                _ => ControlFlow::Continue(()),
            }
        });
        let evaluations = run.moment().objective.evaluations();
        (points, evaluations)
    }

    #[test]
    fn the_schedule_free_rules_look_elsewhere_and_the_others_do_not() {
        assert!(looks_elsewhere(&rule(AnyRule::new(ScheduleFreeSgd::default()))));
        assert!(!looks_elsewhere(&rule(AnyRule::new(Sgd))));
    }

    #[test]
    fn it_takes_the_steps_of_the_same_rule_and_pays_one_gradient_for_each() {
        let free = ScheduleFreeSgd::default();
        let mut here = Elsewhere::new(rule(AnyRule::new(free)), 1e-3).unwrap();
        let mut usual = FirstOrder::new(free, 1e-3).unwrap();
        let ((points, cost), (expected, usual)) =
            (steps(&mut here, "quadratic:100"), steps(&mut usual, "quadratic:100"));
        assert_eq!(points, expected);
        // The usual loop evaluates the start, and in all steps but the first, which is from x, two points.
        assert_eq!((cost, usual), (6.0, 1.0 + 1.0 + 5.0 * 2.0));
    }

    #[test]
    fn on_data_a_step_costs_one_batch() {
        let mut here = Elsewhere::new(rule(AnyRule::new(ScheduleFreeSgd::default())), 1e-3).unwrap();
        let (points, cost) = steps(&mut here, "digits/softmax");
        let suite = Suite::standard().problems(&["digits/softmax"]).unwrap();
        let mut objective =
            suite.specs[0].build(&Settings::quick()).unwrap().objective(DataAccess::Batches, 0).unwrap();
        let mut grad = points[0].clone();
        (0..6).for_each(|_| _ = objective.value_grad(&points[0], &mut grad));
        assert_eq!(cost, objective.evaluations());
        assert!(points.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
