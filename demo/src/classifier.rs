//! The linear classifier of the page: three classes in the plane, s = W x + b.

use crate::check::GradientCheck;
use crate::history::{History, Moment};
use gradus::data::{Blobs, Spiral};
use gradus::error::Result;
use gradus::linalg::{Rows, slice, slice_mut};
use gradus::notebook::*;
use gradus::rng::Stream;
use std::sync::Arc;

/// The number of classes.
pub const CLASSES: usize = 3;
/// The number of parameters: W (3 × 2, row by row), then b.
pub const PARAMETERS: usize = 9;
/// The losses that the page offers: the library's name, and what people call it. The order is the lecture's
/// page's.
pub const LOSSES: [(&str, &str); 4] = [
    ("svm", "Weston–Watkins SVM"),
    ("one-vs-all", "One-vs-all SVM"),
    ("structured", "Structured SVM"),
    ("softmax", "Softmax"),
];
/// A run above this loss has diverged, although its numbers are still finite.
const DIVERGED: f64 = 1e12;
/// Moments of the loss curve.
const MOMENTS: usize = 1024;

type Risk = EmpiricalRisk<f64, Linear, Box<dyn Loss<f64>>>;

/// Everything that the page shows of the classifier at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The mean loss of the points.
    pub data: f64,
    /// λ‖W‖².
    pub regularization: f64,
    /// The share of points whose own class has the highest score.
    pub accuracy: f64,
    /// The gradient of the sum of both, as the parameters lie.
    pub grad: Vec<f64>,
    /// The light.
    pub check: GradientCheck,
    /// For each point its three scores and its loss.
    pub points: Vec<[f64; CLASSES + 1]>,
}

/// The classifier with its points, its loss and the state of its training.
pub struct Classifier {
    points: Arc<Array2<f64>>,
    labels: Arc<[u8]>,
    loss: &'static str,
    l2: f64,
    risk: Risk,
    params: Array1<f64>,
    grad: Array1<f64>,
    rule: AnyRule,
    lr: f64,
    state: State,
    probe: (Array1<f64>, Array1<f64>),
    steps: u64,
    diverged: bool,
    history: History,
}

impl Classifier {
    /// The lecture's start: nine points, W = [1 2; 2 −4; 3 −1], b = (0, ½, −½), λ = 0.1, and the softmax
    /// loss.
    pub fn start() -> Self {
        let points = array![
            [0.5, 0.4],
            [0.8, 0.3],
            [0.3, 0.8],
            [-0.4, 0.3],
            [-0.3, 0.7],
            [-0.7, 0.2],
            [0.7, -0.4],
            [0.5, -0.6],
            [-0.4, -0.5]
        ];
        let (points, labels): (_, Arc<[u8]>) = (Arc::new(points), Arc::new([0, 0, 0, 1, 1, 1, 2, 2, 2]));
        let (loss, l2, rule) = ("softmax", 0.1, AnyRule::new(Sgd));
        let mut classifier = Classifier {
            risk: risk(loss, l2, &points, &labels).expect("the lecture's points are valid"),
            points,
            labels,
            loss,
            l2,
            params: array![1.0, 2.0, 2.0, -4.0, 3.0, -1.0, 0.0, 0.5, -0.5],
            grad: Array1::zeros(PARAMETERS),
            state: State::new(&rule, PARAMETERS),
            rule,
            lr: 0.1,
            probe: (Array1::zeros(PARAMETERS), Array1::zeros(PARAMETERS)),
            steps: 0,
            diverged: false,
            history: History::new(MOMENTS),
        };
        classifier.restart();
        classifier
    }

    /// The parameters, W row by row, then b.
    pub fn params(&self) -> &Array1<f64> {
        &self.params
    }

    /// The points as they lie, and their classes.
    pub fn points(&self) -> (&Array2<f64>, &[u8]) {
        (&self.points, &self.labels)
    }

    /// Updates done since the last restart.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Whether the last update had to be taken back because the loss was no longer finite, or beyond 10¹².
    pub fn diverged(&self) -> bool {
        self.diverged
    }

    /// The loss over the updates.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Puts other parameters in place; the rule's memory (velocity, sums of squares) stays as it is.
    pub fn set_params(&mut self, params: &[f64]) {
        self.params.iter_mut().zip(params).for_each(|(p, &value)| *p = value);
        self.refresh();
    }

    /// Puts other points in place: x, y and class of each.
    ///
    /// # Errors
    /// If there is none, or a class is none of the three.
    pub fn set_points(&mut self, points: &[[f64; 3]]) -> Result<()> {
        let labels: Arc<[u8]> = points.iter().map(|p| p[2] as u8).collect();
        let points = Arc::new(Array2::from_shape_fn((points.len(), 2), |(i, j)| points[i][j]));
        self.risk = risk(self.loss, self.l2, &points, &labels)?;
        (self.points, self.labels) = (points, labels);
        self.refresh();
        Ok(())
    }

    /// Chooses the loss by its name and λ of the regularization.
    ///
    /// # Errors
    /// If there is no such loss, or λ is negative or not finite.
    pub fn set_loss(&mut self, loss: &'static str, l2: f64) -> Result<()> {
        self.risk = risk(loss, l2, &self.points, &self.labels)?;
        (self.loss, self.l2) = (loss, l2);
        self.refresh();
        Ok(())
    }

    /// Chooses the update rule and its learning rate. Another rule starts with an empty memory; new
    /// hyperparameters of the same one keep it, if they need the same buffers.
    ///
    /// # Errors
    /// If the learning rate is not finite and > 0.
    pub fn set_rule(&mut self, rule: AnyRule, lr: f64) -> Result<()> {
        FirstOrder::new(rule.clone(), lr)?;
        let buffers = |rule: &AnyRule| rule.buffers();
        if rule.name() != self.rule.name() || buffers(&rule) != buffers(&self.rule) {
            self.state = State::new(&rule, PARAMETERS);
        }
        (self.rule, self.lr) = (rule, lr);
        self.diverged = false;
        Ok(())
    }

    /// Starts the count of updates, the curve and the rule's memory anew, at the present parameters.
    pub fn restart(&mut self) {
        self.state = State::new(&self.rule, PARAMETERS);
        self.steps = 0;
        self.history.clear();
        let loss = self.refresh();
        self.record(loss);
    }

    /// Normal random parameters, the `draw`-th of this seed.
    pub fn randomize(&mut self, seed: u64, draw: u64) {
        self.params = rng::normal(&mut stream(seed, draw), PARAMETERS, 1.0);
        self.restart();
    }

    /// Makes up to `count` updates; fewer if the run diverges. Gives how many were made.
    pub fn step(&mut self, count: usize) -> usize {
        self.diverged = false;
        for done in 0..count {
            let before = (self.params.clone(), self.grad.clone());
            let loss = self.update();
            if !loss.is_finite() || loss > DIVERGED {
                // The last numbers that mean something stay on the page.
                (self.params, self.grad) = before;
                self.state = State::new(&self.rule, PARAMETERS);
                self.diverged = true;
                return done;
            }
            self.steps += 1;
            self.record(loss);
        }
        count
    }

    /// One update with the library's rule; gives the loss at the new parameters.
    fn update(&mut self) -> f64 {
        let (point, point_grad) = &mut self.probe;
        let params = slice_mut(&mut self.params);
        let elsewhere = self.rule.probe(&self.state, self.lr, params, slice_mut(point));
        if elsewhere {
            self.risk.value_grad(point, point_grad);
        }
        let grad = if elsewhere { point_grad } else { &self.grad };
        self.rule.step(&mut self.state, self.lr, slice(grad), params);
        self.risk.value_grad(&self.params, &mut self.grad)
    }

    /// The gradient that the next update starts from; gives the loss.
    fn refresh(&mut self) -> f64 {
        self.diverged = false;
        self.risk.value_grad(&self.params, &mut self.grad)
    }

    fn record(&mut self, loss: f64) {
        let regularization = self.risk.regularization(&self.params);
        self.history.push(Moment { step: self.steps, data: loss - regularization, regularization });
    }

    /// Everything that the page shows.
    pub fn evaluate(&mut self) -> Evaluation {
        let points = self.scores_and_losses();
        let right = |(p, label): &(&[f64; CLASSES + 1], &u8)| {
            let label = usize::from(**label);
            (0..CLASSES).all(|c| c == label || p[label] > p[c])
        };
        let count = points.len() as f64;
        Evaluation {
            data: points.iter().map(|p| p[CLASSES]).sum::<f64>() / count,
            regularization: self.risk.regularization(&self.params),
            accuracy: points.iter().zip(self.labels.iter()).filter(right).count() as f64 / count,
            grad: self.grad.to_vec(),
            check: GradientCheck::of(&mut self.risk, &self.params),
            points,
        }
    }

    /// For each point its scores and its loss.
    fn scores_and_losses(&self) -> Vec<[f64; CLASSES + 1]> {
        let count = self.labels.len();
        let (index, mut scores): (Vec<u32>, _) = ((0..count as u32).collect(), vec![0.0; count * CLASSES]);
        let rows = Rows::new(self.points.as_slice().expect("row by row"), 2, &index);
        Linear::new(2, CLASSES).scores(slice(&self.params), rows, &mut [], &mut scores);
        let loss = loss::by_name(self.loss).expect("checked when it was set");
        let of_point =
            |(row, &label): (&[f64], &u8)| [row[0], row[1], row[2], loss::of_scores(&loss, row, label)];
        scores.chunks_exact(CLASSES).zip(self.labels.iter()).map(of_point).collect()
    }

    /// The same risk as a new objective, for the race.
    pub fn objective(&self) -> Risk {
        risk(self.loss, self.l2, &self.points, &self.labels).expect("checked when it was set")
    }
}

fn risk(loss: &str, l2: f64, points: &Arc<Array2<f64>>, labels: &Arc<[u8]>) -> Result<Risk> {
    EmpiricalRisk::new(
        Linear::new(2, CLASSES),
        loss::by_name(loss)?,
        Arc::clone(points),
        Arc::clone(labels),
        Regularizer::l2(l2),
    )
}

fn stream(seed: u64, draw: u64) -> Stream {
    rng::stream(seed, "demo parameters", draw)
}

/// Generated points: x, y and class of each, `per_class` (≥ 1) of each class; clouds that overlap, or the
/// arms of a spiral.
///
/// # Errors
/// If `per_class` is 0.
pub fn scattered(spiral: bool, per_class: usize, seed: u64) -> Result<Vec<[f64; 3]>> {
    let data = if spiral {
        Spiral { per_class, ..Spiral::default() }.generate(seed)?
    } else {
        Blobs { per_class, ..Blobs::default() }.generate(seed)?
    };
    let points = data.train.features::<f64>();
    // The clouds' centres lie on the unit circle; the plane shows [−1, 1]².
    let scale = if spiral { 1.0 } else { 0.6 };
    let place = |v: f64| (v * scale * 100.0).round() / 100.0;
    Ok(points
        .rows()
        .into_iter()
        .zip(&data.train.labels)
        .map(|(p, &label)| [place(p[0]), place(p[1]), label.into()])
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knobs;

    #[test]
    fn the_lectures_start_has_the_lectures_numbers() {
        let expected =
            [("svm", 2.766667), ("one-vs-all", 4.022222), ("structured", 2.366667), ("softmax", 1.836640)];
        for (name, data) in expected {
            let mut classifier = Classifier::start();
            classifier.set_loss(name, 0.1).unwrap();
            let shown = classifier.evaluate();
            assert!((shown.data - data).abs() < 5e-7, "{name}: {}", shown.data);
            assert!((shown.regularization - 3.5).abs() < 1e-12);
        }
    }

    #[test]
    fn the_light_is_green_after_random_edits() {
        for (name, _) in LOSSES {
            let mut classifier = Classifier::start();
            classifier.set_loss(name, 0.03).unwrap();
            for draw in 0..50 {
                classifier.randomize(4, draw);
                let check = classifier.evaluate().check;
                assert!(check.error <= GradientCheck::TOLERANCE, "{name} {draw}: {check:?}");
            }
        }
    }

    /// The page's steps are those of the library's own loop.
    #[test]
    fn steps_are_those_of_minimize() {
        for name in AnyRule::names() {
            let rule = AnyRule::by_name(name).unwrap();
            let mut classifier = Classifier::start();
            classifier.set_rule(rule.clone(), 0.05).unwrap();
            let start = classifier.params().clone();
            let found = minimize(
                classifier.objective(),
                &start,
                FirstOrder::new(rule, 0.05).unwrap(),
                Stop::iterations(200),
            )
            .unwrap();
            assert_eq!(classifier.step(200), 200);
            assert_eq!(classifier.params(), &found.x, "{name}");
        }
    }

    #[test]
    fn a_rate_that_diverges_is_said_and_leaves_finite_numbers() {
        let mut classifier = Classifier::start();
        classifier.set_rule(AnyRule::new(Sgd), 100.0).unwrap();
        let done = classifier.step(10_000);
        assert!(done < 10_000 && classifier.diverged());
        let shown = classifier.evaluate();
        assert!(shown.data.is_finite() && classifier.params().iter().all(|p| p.is_finite()));
        classifier.set_rule(AnyRule::new(Sgd), 0.01).unwrap();
        assert!(!classifier.diverged());
    }

    /// RMSProp with momentum keeps a velocity, which it had no buffer for before.
    #[test]
    fn turning_a_knob_that_needs_another_buffer_does_not_stop_the_updates() {
        let mut classifier = Classifier::start();
        let (plain, with_momentum) =
            (knobs::rule("rmsprop", &[]).unwrap(), AnyRule::by_name("rmsprop").unwrap().with_momentum(0.5));
        assert_ne!(plain, with_momentum);
        classifier.set_rule(plain, 0.01).unwrap();
        classifier.step(3);
        classifier.set_rule(with_momentum, 0.01).unwrap();
        let before = classifier.params().clone();
        classifier.step(1);
        assert!(classifier.params().iter().zip(&before).all(|(now, before)| now != before));
    }

    #[test]
    fn bad_points_are_refused_and_the_old_ones_stay() {
        let mut classifier = Classifier::start();
        assert!(classifier.set_points(&[]).is_err());
        assert!(classifier.set_points(&[[0.0, 0.0, 3.0]]).is_err());
        assert!(classifier.set_loss("softmax", -1.0).is_err());
        assert!(classifier.set_rule(AnyRule::new(Sgd), f64::NAN).is_err());
        assert_eq!(classifier.points().1.len(), 9);
        assert!((classifier.evaluate().regularization - 3.5).abs() < 1e-12);
    }

    #[test]
    fn scattered_points_are_balanced_and_repeatable() {
        for spiral in [false, true] {
            let points = scattered(spiral, 100, 1).unwrap();
            assert_eq!(points, scattered(spiral, 100, 1).unwrap());
            assert_ne!(points, scattered(spiral, 100, 2).unwrap());
            assert_eq!(
                (0..3).map(|c| points.iter().filter(|p| p[2] == f64::from(c)).count()).collect::<Vec<_>>(),
                [100; 3]
            );
        }
    }
}
