//! Update rules that take their gradient at another point than the one that they report.

use super::SuiteObjective;
use crate::error::{Result, check_hyperparameter};
use crate::linalg::{slice, slice_mut};
use crate::objective::{Differentiable, Objective};
use crate::optimizer::first_order::{State, UpdateRule, climb};
use crate::optimizer::{Iterate, Optimizer};
use crate::stop::Termination;
use ndarray::Array1;
use std::ops::ControlFlow;

/// A rule that takes its gradient at another point than x: a schedule-free rule, or one that
/// [climbs](crate::optimizer::first_order::Sam) first. A step costs one gradient, or two if the rule climbs,
/// both of the same examples, as in a training run. [`FirstOrder`](crate::optimizer::first_order::FirstOrder)
/// evaluates x as well, for the bounds of [`minimize`](fn@crate::minimize::minimize); here only the judge
/// looks at x, which costs the rule nothing.
pub(super) struct Elsewhere<R> {
    rule: R,
    lr: f64,
    state: State,
    point: Array1<f64>,
    /// The point to which the rule climbs; empty if it does not.
    climbed: Array1<f64>,
}

/// Whether a rule takes its gradient at another point than x, after a first step, which may be from x itself.
pub(super) fn looks_elsewhere(rule: &impl UpdateRule) -> bool {
    if rule.climbs().is_some() || rule.by_layers() {
        return rule.climbs().is_some();
    }
    let (mut state, mut x) = (State::new(rule, 1), [1.0]);
    rule.step(&mut state, 1.0, &[1.0], &mut x);
    rule.probe(&state, 1.0, &x, &mut [0.0])
}

impl<R: UpdateRule> Elsewhere<R> {
    /// Makes an optimizer of `rule` with the learning rate `lr`.
    ///
    /// # Errors
    /// If `lr` is not finite and > 0, or a hyperparameter of the rule is out of its range.
    pub fn new(rule: R, lr: f64) -> Result<Self> {
        check_hyperparameter("lr", lr, "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        rule.validate()?;
        let empty = Array1::default(0);
        Ok(Elsewhere { state: State::new(&rule, 0), rule, lr, point: empty.clone(), climbed: empty })
    }

    /// Writes the gradient of the step into `grad`, and returns the value where the rule looks.
    fn look(&mut self, objective: &mut SuiteObjective, x: &Array1<f64>, grad: &mut Array1<f64>) -> f64 {
        let (rule, state) = (&self.rule, &self.state);
        if !rule.probe(state, self.lr, slice(x), slice_mut(&mut self.point)) {
            self.point.assign(x);
        }
        let seen = objective.value_grad(&self.point, grad);
        if let Some(radius) = rule.climbs() {
            climb(radius, slice(&self.point), slice(grad), slice_mut(&mut self.climbed));
            objective.value_grad_again(&self.climbed, grad);
        }
        seen
    }
}

impl<R: UpdateRule> Optimizer<f64, SuiteObjective> for Elsewhere<R> {
    fn name(&self) -> String {
        self.rule.name().into()
    }

    fn check(&self, objective: &SuiteObjective) -> Result<()> {
        if !self.rule.by_layers() {
            return Ok(());
        }
        self.rule.check_layers::<f64>(objective.param_layout().as_ref())
    }

    fn start(&mut self, objective: &mut SuiteObjective, iterate: &mut Iterate<f64>) {
        let dim = iterate.x.len();
        self.state = match objective.param_layout().filter(|_| self.rule.by_layers()) {
            Some(layout) => State::laid_out(&self.rule, &layout),
            None => State::new(&self.rule, dim),
        };
        self.point = Array1::zeros(dim);
        self.climbed = Array1::zeros(if self.rule.climbs().is_some() { dim } else { 0 });
        iterate.value = objective.judged_value(&iterate.x);
    }

    fn iterate(
        &mut self,
        objective: &mut SuiteObjective,
        iterate: &mut Iterate<f64>,
    ) -> ControlFlow<Termination> {
        let seen = self.look(objective, &iterate.x, &mut iterate.grad);
        self.rule.step(&mut self.state, self.lr, slice(&iterate.grad), slice_mut(&mut iterate.x));
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
    use crate::optimizer::first_order::{FirstOrder, Lookahead, Momentum, Sam, ScheduleFreeSgd, Sgd};

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
        assert!(looks_elsewhere(&ScheduleFreeSgd::default()));
        assert!(!looks_elsewhere(&Sgd));
    }

    #[test]
    fn it_takes_the_steps_of_the_same_rule_and_pays_one_gradient_for_each() {
        let free = ScheduleFreeSgd::default();
        let mut here = Elsewhere::new(free, 1e-3).unwrap();
        let mut usual = FirstOrder::new(free, 1e-3).unwrap();
        let ((points, cost), (expected, usual)) =
            (steps(&mut here, "quadratic:100"), steps(&mut usual, "quadratic:100"));
        assert_eq!(points, expected);
        // The usual loop evaluates the start, and in all steps but the first, which is from x, two points.
        assert_eq!((cost, usual), (6.0, 1.0 + 1.0 + 5.0 * 2.0));
    }

    /// The objective of a run on a problem, from its start.
    fn objective(name: &str) -> SuiteObjective {
        let suite = Suite::standard().problems(&[name]).unwrap();
        suite.specs[0].build(&Settings::quick()).unwrap().objective(DataAccess::Batches, 0).unwrap()
    }

    #[test]
    fn on_data_a_step_costs_one_batch() {
        let mut here = Elsewhere::new(ScheduleFreeSgd::default(), 1e-3).unwrap();
        let (points, cost) = steps(&mut here, "digits/softmax");
        let mut objective = objective("digits/softmax");
        let mut grad = points[0].clone();
        (0..6).for_each(|_| _ = objective.value_grad(&points[0], &mut grad));
        assert_eq!(cost, objective.evaluations());
        assert!(points.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn a_rule_that_climbs_pays_two_gradients_of_one_batch() {
        let sam = Sam::new(Sgd).rho(0.3);
        assert!(looks_elsewhere(&sam));
        assert!(!looks_elsewhere(&Lookahead::new(Momentum::default())));
        for (name, unit) in [("quadratic:100", 1.0), ("noisy-quadratic", 1.0), ("digits/softmax", f64::NAN)] {
            let mut here = Elsewhere::new(sam, 1e-3).unwrap();
            let (points, cost) = steps(&mut here, name);
            // By hand: each pair of gradients is that of two objectives which draw the same batches.
            let [mut first, mut second] = [objective(name), objective(name)];
            let (mut x, mut grad) = (points[0].clone(), points[0].clone());
            for expected in &points[1..] {
                first.value_grad(&x, &mut grad);
                let length = grad.dot(&grad).sqrt();
                let climbed = &x + &(0.3 / length * &grad);
                second.value_grad(&climbed, &mut grad);
                x = &x - &(1e-3 * &grad);
                let off = (&x - expected).iter().fold(0.0, |most: f64, off| most.max(off.abs()));
                assert!(off < 1e-12, "{name}: {off}");
            }
            let unit = if unit.is_nan() { first.evaluations() / 6.0 } else { unit };
            assert!((cost - 12.0 * unit).abs() < 1e-12, "{name}: {cost}");
        }
    }

    #[test]
    fn a_climb_is_that_of_the_usual_loop_on_a_function() {
        let sam = || Sam::new(Momentum::default());
        let mut here = Elsewhere::new(sam(), 1e-3).unwrap();
        let mut usual = FirstOrder::new(sam(), 1e-3).unwrap();
        let ((points, cost), (expected, usual)) =
            (steps(&mut here, "quadratic:100"), steps(&mut usual, "quadratic:100"));
        assert_eq!(points, expected);
        // The usual loop evaluates the start too.
        assert_eq!((cost, usual), (12.0, 13.0));
    }
}
