use super::*;
use crate::linalg;
use crate::objective::{Differentiable, FiniteSum, Objective};
use crate::optimizer::first_order::{Adam, AnyRule, Averaging, Clip, Clipped, Momentum, Sgd, UpdateRule};
use crate::rng;
use crate::schedule::Schedule;
use crate::stop::Termination;
use ndarray::{Array1, ArrayRef1, array};

/// ½ mean (x − tᵢ)² over targets tᵢ, whose gradient at a batch is x − mean t; broken where asked.
struct Targets {
    targets: Vec<f64>,
    /// Gives this gradient from the evaluation with this number on.
    broken: Option<(usize, f64)>,
    evaluations: usize,
}

impl Targets {
    fn new(count: usize) -> Self {
        let targets = rng::normal(&mut rng::stream(3, "targets", 0), count, 1.0).to_vec();
        Targets { targets, broken: None, evaluations: 0 }
    }
}

impl Objective for Targets {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        let squares = |t: &f64| (x[0] - t).powi(2) + (x[1] + t).powi(2);
        0.5 * self.targets.iter().map(squares).sum::<f64>() / self.targets.len() as f64
    }
}

impl Differentiable for Targets {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let all: Vec<u32> = (0..self.targets.len() as u32).collect();
        self.batch_value_grad(x, &all, grad)
    }
}

impl FiniteSum for Targets {
    fn terms(&self) -> usize {
        self.targets.len()
    }

    fn batch_value_grad(&mut self, x: &ArrayRef1<f64>, batch: &[u32], grad: &mut ArrayRef1<f64>) -> f64 {
        let mean = batch.iter().map(|&i| self.targets[i as usize]).sum::<f64>() / batch.len() as f64;
        (grad[0], grad[1]) = (x[0] - mean, x[1] + mean);
        self.evaluations += 1;
        if let Some((from, value)) = self.broken
            && self.evaluations >= from
        {
            grad[1] = value;
        }
        self.value(x)
    }
}

fn run(
    objective: &mut Targets,
    rule: impl UpdateRule<f64>,
    settings: Training,
) -> (Trained, Vec<Array1<f64>>) {
    let mut seen = Vec::new();
    let trained = train_observed(objective, rule, &array![5.0, 5.0], &settings, |checkpoint| {
        seen.push(checkpoint.params.clone());
    });
    (trained.unwrap(), seen)
}

fn close(a: &Array1<f64>, b: &Array1<f64>) -> bool {
    linalg::max_norm(&(a - b)) < 1e-13
}

#[test]
fn accumulated_batches_are_one_larger_batch() {
    // 10 examples: batches of 2 by threes make steps of 6 and of the 4 that are left, as batches of 6 do.
    for rule in ["sgd", "momentum", "adam"].map(|name| AnyRule::by_name(name).unwrap()) {
        let settings = Training { epochs: 4, lr: 0.1, checkpoint_every: Some(1), ..Training::default() };
        let (large, seen) =
            run(&mut Targets::new(10), rule.clone(), Training { batch: Batch::Size(6), ..settings });
        let (small, also) =
            run(&mut Targets::new(10), rule, Training { batch: Batch::Size(2), accumulate: 3, ..settings });
        assert_eq!((large.steps, large.example_grads, large.epochs), (8, 40, 4.0));
        assert_eq!((small.steps, small.example_grads, small.epochs), (8, 40, 4.0));
        assert!(seen.iter().zip(&also).all(|(a, b)| close(a, b)), "{seen:?} {also:?}");
    }
}

#[test]
fn a_smaller_last_batch_counts_by_its_examples() {
    // 7 examples: batches of 3 by threes make one step of 3, 3 and 1, whose gradient is that of all.
    let settings = Training { epochs: 3, lr: 0.1, checkpoint_every: Some(1), ..Training::default() };
    let (whole, seen) = run(&mut Targets::new(7), Sgd, Training { batch: Batch::Full, ..settings });
    let (parts, also) =
        run(&mut Targets::new(7), Sgd, Training { batch: Batch::Size(3), accumulate: 3, ..settings });
    assert_eq!((whole.steps, parts.steps, parts.example_grads), (3, 3, 21));
    assert!(seen.iter().zip(&also).all(|(a, b)| close(a, b)), "{seen:?} {also:?}");
}

#[test]
fn the_batch_loss_is_the_mean_over_the_steps_since_the_last_checkpoint() {
    let settings = Training {
        epochs: 2,
        batch: Batch::Size(2),
        lr: 0.1,
        checkpoint_every: Some(3),
        ..Training::default()
    };
    let (mut losses, mut every) = (Vec::new(), Vec::new());
    let x0 = array![5.0, 5.0];
    train_observed(&mut Targets::new(8), Sgd, &x0, &settings, |checkpoint| {
        losses.push(checkpoint.batch_loss);
    })
    .unwrap();
    let single = Training { checkpoint_every: Some(1), ..settings };
    train_observed(&mut Targets::new(8), Sgd, &x0, &single, |checkpoint| {
        every.push(checkpoint.batch_loss);
    })
    .unwrap();
    assert!(losses[0].is_nan() && every[0].is_nan());
    for (mean, steps) in losses[1..].iter().zip(every[1..].chunks(3)) {
        assert!(
            (mean - steps.iter().sum::<f64>() / steps.len() as f64).abs() < 1e-13,
            "{losses:?} {every:?}"
        );
    }
    assert_eq!((losses.len(), every.len()), (4, 9));
}

#[test]
fn numbers_that_are_zero_in_the_type_are_refused() {
    let refused = |rule: AnyRule, lr: f64| {
        let settings = Training { lr, ..Training::default() };
        let mut objective = Rounded(Targets::new(200));
        train(&mut objective, rule, &array![0.0f32, 0.0], &settings).unwrap_err().to_string()
    };
    assert!(refused(AnyRule::by_name("sgd").unwrap(), 1e-50).starts_with("lr = 1e-50 is out of range"));
    let mut adam = AnyRule::by_name("adam").unwrap();
    adam.set("eps", 1e-60).unwrap();
    assert!(refused(adam, 1e-3).starts_with("eps = 1e-60 is out of range"));
}

/// The same sum in f32.
struct Rounded(Targets);

impl Objective<f32> for Rounded {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f32>) -> f32 {
        self.0.value(&x.mapv(f64::from)) as f32
    }
}

impl Differentiable<f32> for Rounded {
    fn value_grad(&mut self, x: &ArrayRef1<f32>, grad: &mut ArrayRef1<f32>) -> f32 {
        grad.fill(0.0);
        self.value(x)
    }
}

impl FiniteSum<f32> for Rounded {
    fn terms(&self) -> usize {
        self.0.terms()
    }

    fn batch_value_grad(&mut self, x: &ArrayRef1<f32>, _: &[u32], grad: &mut ArrayRef1<f32>) -> f32 {
        self.value_grad(x, grad)
    }
}

#[test]
fn an_average_is_shown_and_returned_while_the_rule_goes_its_own_way() {
    let settings = Training {
        epochs: 3,
        batch: Batch::Size(2),
        lr: 0.3,
        checkpoint_every: Some(1),
        ..Training::default()
    };
    let (_, own) = run(&mut Targets::new(10), Sgd, settings);
    let (mean, shown) = run(
        &mut Targets::new(10),
        Sgd,
        Training { average: Averaging::Mean { from: 4, every: 2 }, ..settings },
    );
    assert!(close(&shown[3], &own[3]) && close(&shown[4], &own[4]) && close(&shown[5], &own[4]));
    assert!(close(&shown[6], &((&own[4] + &own[6]) / 2.0)));
    let entered: Vec<&Array1<f64>> = own[4..].iter().step_by(2).collect();
    let expected = entered.iter().fold(Array1::zeros(2), |sum, x| sum + *x) / entered.len() as f64;
    assert!(close(&mean.params, &expected) && close(&mean.params, &shown[15]));
    let (moving, _) = run(
        &mut Targets::new(10),
        Sgd,
        Training { average: Averaging::Exponential { decay: 0.9 }, ..settings },
    );
    let expected = own[2..].iter().fold(own[1].clone(), |mean, x| mean * 0.9 + x * 0.1);
    assert!(close(&moving.params, &expected));
}

#[test]
fn clipping_is_counted() {
    let settings = Training { epochs: 5, batch: Batch::Full, lr: 0.5, ..Training::default() };
    let (trained, seen) = run(&mut Targets::new(10), Clipped::new(Sgd, Clip::Norm(1.0)), settings);
    assert_eq!(trained.clipped, 5);
    assert!(seen.windows(2).all(|pair| (linalg::norm(&(&pair[1] - &pair[0])) - 0.5).abs() < 1e-12));
    assert_eq!(run(&mut Targets::new(10), Sgd, settings).0.clipped, 0);
    let (free, _) = run(&mut Targets::new(10), Clipped::new(Sgd, Clip::Value(1e9)), settings);
    assert_eq!((free.clipped, free.params), (0, run(&mut Targets::new(10), Sgd, settings).0.params));
}

#[test]
fn a_gradient_that_is_not_finite_ends_the_run_and_the_last_good_parameters_survive() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for clip in [Clip::Off, Clip::Norm(1.0), Clip::Value(1.0)] {
            let mut objective = Targets { broken: Some((4, value)), ..Targets::new(10) };
            let settings = Training {
                epochs: 3,
                batch: Batch::Size(5),
                checkpoint_every: Some(1),
                ..Training::default()
            };
            let (trained, seen) = run(&mut objective, Clipped::new(Adam::default(), clip), settings);
            // The loss itself is finite all the time.
            let end = trained.termination;
            assert!(matches!(end, Termination::NotFinite { iteration: 3, value } if value.is_finite()));
            assert_eq!((trained.steps, &trained.params), (3, &seen[3]));
        }
    }
}

#[test]
fn settings_out_of_range_and_shapes_that_differ_are_refused() {
    let refused = |settings: Training, x0: Array1<f64>| {
        train(&mut Targets::new(10), Momentum::default(), &x0, &settings).unwrap_err().to_string()
    };
    let good = Training { batch: Batch::Full, ..Training::default() };
    assert!(
        refused(Training { accumulate: 0, ..good }, array![0.0, 0.0])
            .contains("accumulate must be at least 1")
    );
    let step = Schedule::Step { every: 0, factor: 0.1 };
    assert!(
        refused(Training { schedule: step, ..good }, array![0.0, 0.0]).contains("every must be at least 1")
    );
    let average = Averaging::Exponential { decay: 1.0 };
    assert!(
        refused(Training { average, ..good }, array![0.0, 0.0])
            .contains("decay must be at least 0 and below 1")
    );
    assert_eq!(refused(good, array![0.0, 0.0, 0.0]), "x0 has shape [3], but [2] was expected");
}

/// A slope of 1 everywhere, whose value is always 0.
struct Slope;

impl Objective<f32> for Slope {
    fn dim(&self) -> usize {
        1
    }

    fn value(&mut self, _: &ArrayRef1<f32>) -> f32 {
        0.0
    }
}

impl Differentiable<f32> for Slope {
    fn value_grad(&mut self, x: &ArrayRef1<f32>, grad: &mut ArrayRef1<f32>) -> f32 {
        grad.fill(1.0);
        self.value(x)
    }
}

impl FiniteSum<f32> for Slope {
    fn terms(&self) -> usize {
        1
    }

    fn batch_value_grad(&mut self, x: &ArrayRef1<f32>, _: &[u32], grad: &mut ArrayRef1<f32>) -> f32 {
        self.value_grad(x, grad)
    }
}

#[test]
fn parameters_that_overflow_in_the_last_step_are_not_blamed_on_a_division_by_zero() {
    let settings = Training { epochs: 2, lr: 3e38, batch: Batch::Full, ..Training::default() };
    let start: Array1<f32> = array![0.0];
    // Adam may divide by zero, but here its step is 3·10³⁸ each time, and the second one leaves the range of
    // f32.
    let trained = train(&mut Slope, Adam::default(), &start, &settings).unwrap();
    assert_eq!(trained.termination, Termination::PointNotFinite { iteration: 2 });
}
