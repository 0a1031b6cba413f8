//! Draws how a run went: the trace of a minimization, the curve of a training, the factors of a schedule.

use super::axis::Axis;
use super::layout::Figure;
use super::panel::Panel;
use crate::schedule::Schedule;
use crate::trace::Trace;
use crate::train::Curve;

/// The largest number of points of a line. More of them are not seen, and make the picture large.
const POINTS: usize = 400;
/// The steps that are drawn of a schedule without an end.
const STEPS: usize = 100;
/// The ratio of the largest to the smallest value from which on an axis is logarithmic.
const WIDE: f64 = 100.0;

impl Trace {
    /// Draws f and, if the optimizer evaluates gradients, ‖∇f‖∞ over the iterations. An axis is logarithmic
    /// if its values are positive and differ by more than a factor of 100.
    ///
    /// ```
    /// use gradus::prelude::*;
    /// let found = minimize(problems::Beale, &array![1.0, 1.0], Lbfgs::new(5), Stop::grad(1e-8))?;
    /// assert_eq!(found.trace.figure("beale").panels.len(), 2);
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    pub fn figure(&self, name: &str) -> Figure {
        let x: Vec<f64> = self.iteration.iter().map(|&i| i as f64).collect();
        let figure =
            Figure::new(name, "Trace of a minimization", "The value of f and the size of its gradient.")
                .panel(line("iteration", "f", &x, &self.value, 0));
        match self.grad_norm.iter().any(|norm| norm.is_finite()) {
            true => figure.panel(line("iteration", "‖∇f‖∞", &x, &self.grad_norm, 1)),
            false => figure.columns(1),
        }
    }
}

impl Curve {
    /// Draws the loss and the accuracies over the epochs, or the reconstruction errors of an autoencoder.
    pub fn figure(&self, name: &str) -> Figure {
        let (axis, caption, train, test) = if self.has_errors() {
            let caption = "The loss over the training examples, and the reconstruction errors.";
            ("reconstruction error", caption, &self.train_error, &self.test_error)
        } else {
            let caption = "The loss over the training examples, and the accuracies.";
            ("accuracy", caption, &self.train_accuracy, &self.test_accuracy)
        };
        let lines = Panel::new("", Axis::linear("epoch"), Axis::linear(axis))
            .line("training", self.epoch.clone(), train.clone(), 0)
            .line("test", self.epoch.clone(), test.clone(), 1);
        Figure::new(name, "Curve of a training", caption)
            .panel(line("epoch", "training loss", &self.epoch, &self.train_loss, 0))
            .panel(lines)
    }
}

impl Schedule {
    /// Draws the factors of the steps: all of them if the schedule has an end, and otherwise the first 100.
    pub fn figure(&self, name: &str) -> Figure {
        let end = end(self).unwrap_or(STEPS).max(2);
        let steps: Vec<usize> = (0..end).step_by(end.div_ceil(POINTS)).collect();
        let factors: Vec<f64> = steps.iter().map(|&k| self.at(k)).collect();
        let steps: Vec<f64> = steps.into_iter().map(|k| k as f64).collect();
        let caption = "The factor of the learning rate at each step.";
        let panel = Panel::new("", Axis::linear("step"), Axis::linear("factor")).line("", steps, factors, 0);
        Figure::new(name, "Learning-rate schedule", caption).panel(panel).columns(1)
    }
}

/// Returns the number of steps of a schedule that has an end.
fn end(schedule: &Schedule) -> Option<usize> {
    match *schedule {
        Schedule::Cosine { total } | Schedule::OneCycle { total, .. } => Some(total),
        Schedule::Warmup { steps, then, .. } => Some(steps + end(then).unwrap_or(STEPS)),
        Schedule::Step { every, .. }
        | Schedule::Exponential { every, .. }
        | Schedule::InverseTime { every }
        | Schedule::InverseRoot { every } => Some(5 * every),
        Schedule::CosineRestarts { period, growth } => Some(period * (1 + growth + growth * growth)),
        Schedule::Constant => None,
    }
}

/// Returns a panel with one line, which has at most [`POINTS`] points and no gaps.
fn line(across: &str, up: &str, x: &[f64], y: &[f64], color: usize) -> Panel {
    let every = x.len().div_ceil(POINTS).max(1);
    let last = x.len().saturating_sub(1);
    let (x, y): (Vec<f64>, Vec<f64>) = x
        .iter()
        .zip(y)
        .enumerate()
        .filter(|(row, (_, y))| (row % every == 0 || *row == last) && y.is_finite())
        .map(|(_, (&x, &y))| (x, y))
        .unzip();
    let (low, high) = y.iter().fold((f64::INFINITY, 0.0), |(low, high), &y| (y.min(low), y.max(high)));
    let up = if low > 0.0 && high > WIDE * low { Axis::log(up) } else { Axis::linear(up) };
    Panel::new("", Axis::linear(across), up).line("", x, y, color)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Layer, Scale};

    fn points(panel: &Panel) -> (Vec<f64>, Vec<f64>) {
        match &panel.layers[0] {
            Layer::Line { x, y, .. } => (x.clone(), y.clone()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_line_has_few_points_the_last_one_and_no_gap() {
        let x: Vec<f64> = (0..10_000).map(f64::from).collect();
        let mut y: Vec<f64> = x.iter().map(|x| (-x / 100.0).exp()).collect();
        y[0] = f64::NAN;
        let panel = line("x", "y", &x, &y, 0);
        let (x, y) = points(&panel);
        assert!(x.len() <= POINTS + 1 && x.last() == Some(&9999.0), "{}", x.len());
        assert!(y.iter().all(|y| y.is_finite()));
        assert_eq!(panel.axes.unwrap().1.scale, Scale::Log);
    }

    #[test]
    fn values_that_reach_zero_stay_on_a_linear_axis() {
        let panel = line("x", "y", &[0.0, 1.0], &[1.0, 0.0], 0);
        assert_eq!(panel.axes.unwrap().1.scale, Scale::Linear);
    }

    #[test]
    fn a_schedule_is_drawn_to_its_end() {
        let warm = Schedule::Cosine { total: 50 }.after_warmup(10, 0.0);
        let (steps, factors) = points(&warm.figure("warm").panels[0]);
        assert_eq!((steps.len(), factors[10]), (60, 1.0));
        assert_eq!(points(&Schedule::Constant.figure("constant").panels[0]).0.len(), STEPS);
    }

    #[test]
    fn without_gradients_there_is_one_panel() {
        let mut trace = Trace::default();
        (trace.iteration, trace.value, trace.grad_norm) = (vec![0, 1], vec![2.0, 1.0], vec![f64::NAN; 2]);
        assert_eq!(trace.figure("t").panels.len(), 1);
        assert_eq!(Trace::default().figure("t").panels.len(), 1);
    }
}
