//! What a table of runs says of one run, and the curve that has the same measures.

use crate::compare::suite::RunCurve;

/// A checkpoint: iterations, evaluations and seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub iterations: f64,
    pub evaluations: f64,
    pub seconds: f64,
}

/// The first checkpoint at or below the target, the last one, and the loss and accuracy there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Summary {
    pub reached: Option<Point>,
    /// `None` if the run has no checkpoint.
    pub end: Option<Point>,
    /// The last loss; infinite if the run diverged or failed.
    pub loss: f64,
    pub accuracy: f64,
}

impl Summary {
    /// Returns a curve of the two checkpoints. A run with it has the same last loss, and the same cost to the
    /// target.
    pub fn curve(&self, target: f64) -> RunCurve {
        let mut curve = RunCurve::default();
        let mut push = |point: Point, loss, accuracy| {
            let Point { iterations, evaluations, seconds } = point;
            curve.push(iterations as u64, evaluations, seconds, loss, accuracy);
        };
        let Some(end) = self.end else { return curve };
        let same = |a: &Point| a.iterations == end.iterations && a.evaluations == end.evaluations;
        if let Some(reached) = self.reached.filter(|reached| !same(reached)) {
            push(reached, target, f64::NAN);
        }
        // A run may reach the target and diverge before the next checkpoint.
        let at_the_end = self.reached.is_some_and(|reached| same(&reached))
            && !self.loss.partial_cmp(&target).is_some_and(std::cmp::Ordering::is_le);
        push(end, if at_the_end { target } else { self.loss }, self.accuracy);
        curve
    }

    /// Gives a curve of rounded losses the exact last loss and cost to the target.
    pub fn correct(&self, curve: &mut RunCurve, target: f64) {
        let at = self.reached.and_then(|reached| {
            let pairs = curve.iterations.iter().zip(&curve.evaluations);
            pairs.clone().position(|(&k, &e)| k as f64 == reached.iterations && e == reached.evaluations)
        });
        for (place, loss) in curve.loss.iter_mut().enumerate() {
            if at.is_none_or(|at| place < at) && *loss <= target {
                *loss = target.next_up();
            }
        }
        if let (Some(at), Some(reached)) = (at, self.reached) {
            curve.loss[at] = curve.loss[at].min(target);
            curve.seconds[at] = reached.seconds;
        }
        let (Some(end), Some(last)) = (self.end, curve.len().checked_sub(1)) else { return };
        curve.seconds[last] = end.seconds;
        if self.loss.is_finite() {
            curve.loss[last] = self.loss;
        }
        if !self.accuracy.is_nan() {
            curve.test_accuracy[last] = self.accuracy;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(k: f64) -> Point {
        Point { iterations: k, evaluations: 2.0 * k, seconds: k / 10.0 }
    }

    #[test]
    fn two_checkpoints_keep_the_end_and_the_cost_to_the_target() {
        let of = |reached: Option<f64>, end: f64, loss: f64| {
            let (reached, end) = (reached.map(point), Some(point(end)));
            Summary { reached, end, loss, accuracy: 0.5 }.curve(1e-3)
        };
        let both = of(Some(3.0), 9.0, 1e-7);
        assert_eq!((both.iterations, both.loss), (vec![3, 9], vec![1e-3, 1e-7]));
        assert_eq!(of(Some(9.0), 9.0, 1e-7).loss, [1e-7]);
        assert_eq!(of(Some(9.0), 9.0, f64::INFINITY).loss, [1e-3], "it diverged after the target");
        assert_eq!(of(None, 9.0, f64::INFINITY).loss, [f64::INFINITY]);
        let none = Summary { reached: None, end: None, loss: f64::INFINITY, accuracy: f64::NAN };
        assert!(none.curve(1e-3).is_empty());
    }

    #[test]
    fn rounding_moves_no_checkpoint_over_the_target() {
        let target = 0.1;
        let mut curve = RunCurve::default();
        // The second one was above the target before it was rounded, the third one below.
        for (k, loss) in [(1, 1.0), (2, 0.1), (3, 0.1000001), (4, 0.05)] {
            curve.push(k, 2.0 * k as f64, f64::NAN, loss, f64::NAN);
        }
        let summary =
            Summary { reached: Some(point(3.0)), end: Some(point(4.0)), loss: 0.050001, accuracy: 0.9 };
        summary.correct(&mut curve, target);
        assert_eq!(curve.loss.iter().position(|&loss| loss <= target), Some(2));
        assert_eq!((curve.loss[3], curve.test_accuracy[3], curve.seconds[2]), (0.050001, 0.9, 0.3));
        let never = Summary { reached: None, ..summary };
        let mut above = RunCurve::default();
        above.push(4, 8.0, 0.0, 0.1, 0.0);
        Summary { loss: f64::INFINITY, ..never }.correct(&mut above, target);
        assert!(above.loss[0] > target);
    }
}
