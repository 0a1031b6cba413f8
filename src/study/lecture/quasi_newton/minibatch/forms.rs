//! The ways in which L-BFGS can use minibatches.

use crate::data::Batches;
use crate::error::Result;
use crate::loss::Softmax;
use crate::model::Model;
use crate::objective::{Differentiable, FiniteSum, Objective};
use crate::optimizer::first_order::Momentum;
use crate::optimizer::second_order::Lbfgs;
use crate::optimizer::{Iterate, Optimizer};
use crate::risk::EmpiricalRisk;
use crate::train::{Batch, Classifier, Training};
use ndarray::{Array1, ArrayRef1};
use std::collections::VecDeque;
use std::ops::ControlFlow;

type Risk = EmpiricalRisk<f64, Box<dyn Model<f64>>, Softmax>;

/// The number of pairs that are remembered.
const PAIRS: usize = 10;

/// An optimizer together with its access to the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// SGD with momentum, the competitor.
    Momentum,
    /// Every evaluation sees the next batch, so the function changes during a line search.
    NewBatchEachEvaluation,
    /// Every iteration has its own batch, on which the line search and the pair are consistent.
    NewBatchEachIteration,
    /// No line search: a learning rate, and pairs of two gradients on the same batch (Schraudolph, Yu &
    /// Günter 2007).
    Rate,
    /// Every evaluation uses all data.
    Full,
}

impl Form {
    pub const ALL: [Form; 5] =
        [Form::Momentum, Form::NewBatchEachEvaluation, Form::NewBatchEachIteration, Form::Rate, Form::Full];

    pub fn name(self) -> &'static str {
        match self {
            Form::Momentum => "SGD, momentum .9",
            Form::NewBatchEachEvaluation => "L-BFGS, a batch an evaluation",
            Form::NewBatchEachIteration => "L-BFGS, a batch an iteration",
            Form::Rate => "L-BFGS, learning rate",
            Form::Full => "L-BFGS, full batch",
        }
    }

    pub fn has_rate(self) -> bool {
        matches!(self, Form::Momentum | Form::Rate)
    }

    /// Whether it is L-BFGS on minibatches.
    pub fn on_minibatches(self) -> bool {
        !matches!(self, Form::Momentum | Form::Full)
    }

    /// Trains for the given number of epochs' worth of example gradients. Returns the training loss at the
    /// start and after each of them, infinite once it is not finite.
    pub fn train(
        self,
        classifier: &Classifier<f64>,
        lr: f64,
        batch: usize,
        epochs: usize,
        seed: u64,
    ) -> Result<Vec<f64>> {
        if self == Form::Momentum {
            return momentum(classifier, lr, batch, epochs, seed);
        }
        let mut ledger = LossRecord::new(classifier, epochs)?;
        let batches = Batches::without_replacement(classifier.examples(), batch, seed)?;
        let mut f = BatchRisk {
            risk: classifier.risk(Softmax)?,
            batches,
            current: Vec::new(),
            each: self == Form::NewBatchEachEvaluation,
            seen: 0,
        };
        let start = classifier.initial(seed);
        match self {
            Form::Rate => by_rate(&mut f, start, lr, &mut ledger),
            Form::Full => {
                f.current = (0..classifier.examples() as u32).collect();
                by_line_search(&mut f, &start, false, &mut ledger);
            }
            _ => by_line_search(&mut f, &start, self == Form::NewBatchEachIteration, &mut ledger),
        }
        Ok(ledger.losses)
    }
}

fn momentum(
    classifier: &Classifier<f64>,
    lr: f64,
    batch: usize,
    epochs: usize,
    seed: u64,
) -> Result<Vec<f64>> {
    let settings = Training { epochs, batch: Batch::Size(batch), lr, seed, ..Training::default() };
    let fit = classifier.fit(Softmax, Momentum::new(0.9), &settings)?;
    let mut losses: Vec<f64> =
        fit.curve.train_loss.iter().map(|l| if l.is_finite() { *l } else { f64::INFINITY }).collect();
    losses.resize(epochs + 1, f64::INFINITY);
    Ok(losses)
}

/// The risk on batches, with a count of the example gradients.
struct BatchRisk {
    risk: Risk,
    batches: Batches,
    current: Vec<u32>,
    /// Whether each evaluation draws a batch.
    each: bool,
    seen: usize,
}

impl BatchRisk {
    fn draw(&mut self) {
        self.current.clear();
        self.current.extend_from_slice(self.batches.next());
    }
}

impl Objective for BatchRisk {
    fn dim(&self) -> usize {
        self.risk.dim()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        let mut grad = Array1::zeros(x.len());
        self.value_grad(x, &mut grad)
    }
}

impl Differentiable for BatchRisk {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        if self.each || self.current.is_empty() {
            self.draw();
        }
        self.seen += self.current.len();
        self.risk.batch_value_grad(x, &self.current, grad)
    }
}

/// The training loss after each epoch's worth of example gradients, evaluated outside the count.
struct LossRecord {
    whole: Risk,
    epochs: usize,
    losses: Vec<f64>,
}

impl LossRecord {
    fn new(classifier: &Classifier<f64>, epochs: usize) -> Result<Self> {
        Ok(LossRecord { whole: classifier.risk(Softmax)?, epochs, losses: Vec::new() })
    }

    /// Records the loss at `x` if another epoch is complete. Returns whether the budget is spent.
    fn spent(&mut self, seen: usize, x: &Array1<f64>) -> bool {
        while self.losses.len() <= self.epochs && seen >= self.losses.len() * self.whole.terms() {
            let loss = self.whole.value(x);
            self.losses.push(if loss.is_finite() { loss } else { f64::INFINITY });
        }
        self.losses.len() > self.epochs
    }
}

/// Runs the library's L-BFGS. If its line search fails it starts anew, as a loop over batches would.
fn by_line_search(
    f: &mut BatchRisk,
    start: &Array1<f64>,
    batch_each_iteration: bool,
    ledger: &mut LossRecord,
) {
    let (mut lbfgs, mut iterate) = (Lbfgs::new(PAIRS), Iterate::new(start));
    ledger.spent(0, &iterate.x);
    lbfgs.start(f, &mut iterate);
    while !ledger.spent(f.seen, &iterate.x) {
        if batch_each_iteration {
            f.draw();
            iterate.value = f.value_grad(&iterate.x, &mut iterate.grad);
        }
        match lbfgs.iterate(f, &mut iterate) {
            ControlFlow::Continue(()) => iterate.k += 1,
            ControlFlow::Break(_) => lbfgs.start(f, &mut iterate),
        }
    }
}

/// Runs x ← x − lr·H∇f, with H from pairs of two gradients on the same batch.
fn by_rate(f: &mut BatchRisk, mut x: Array1<f64>, lr: f64, ledger: &mut LossRecord) {
    let (mut pairs, mut grad, mut after) = (Pairs::default(), Array1::zeros(x.len()), Array1::zeros(x.len()));
    while !ledger.spent(f.seen, &x) {
        f.draw();
        f.value_grad(&x, &mut grad);
        let step = -lr * pairs.direction(&grad);
        x += &step;
        f.value_grad(&x, &mut after);
        pairs.remember(step, &after - &grad);
    }
}

/// The last pairs (s, y, 1/sᵀy), the newest first.
#[derive(Default)]
struct Pairs(VecDeque<(Array1<f64>, Array1<f64>, f64)>);

impl Pairs {
    /// Returns H·grad by the two loops (Nocedal & Wright 2006, algorithm 7.4). Before the first pair it
    /// returns a unit vector, so that a learning rate means the same for all problems.
    fn direction(&self, grad: &Array1<f64>) -> Array1<f64> {
        let Some((s, y, _)) = self.0.front() else { return grad / grad.dot(grad).sqrt().max(1.0) };
        let mut d = grad.clone();
        let coefficients: Vec<f64> = self
            .0
            .iter()
            .map(|(s, y, rho)| {
                let coefficient = rho * s.dot(&d);
                d.scaled_add(-coefficient, y);
                coefficient
            })
            .collect();
        d *= s.dot(y) / y.dot(y);
        for ((s, y, rho), coefficient) in self.0.iter().zip(coefficients).rev() {
            let change = coefficient - rho * y.dot(&d);
            d.scaled_add(change, s);
        }
        d
    }

    /// Stores a pair, unless its curvature is not positive.
    fn remember(&mut self, s: Array1<f64>, y: Array1<f64>) {
        let curvature = s.dot(&y);
        if curvature > 1e-10 * s.dot(&s) {
            self.0.push_front((s, y, 1.0 / curvature));
            self.0.truncate(PAIRS);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::ModelKind;
    use crate::data::{self, Preprocessing};
    use crate::risk::Regularizer;

    /// On all data and with the pairs of a quadratic, the two loops reproduce the pairs: H·y = s.
    #[test]
    fn the_newest_pair_satisfies_the_secant_equation() {
        let mut pairs = Pairs::default();
        for k in 1..4 {
            let s = Array1::from_shape_fn(5, |i| ((i * k) as f64).sin() + 1.5);
            let y = Array1::from_shape_fn(5, |i| (1.0 + i as f64) * s[i]);
            pairs.remember(s.clone(), y.clone());
            assert!((pairs.direction(&y) - &s).iter().all(|d| d.abs() < 1e-12));
        }
    }

    #[test]
    fn every_form_spends_the_same_budget() {
        let digits = Preprocessing::default().prepare::<f64>(&data::digits());
        let classifier = Classifier::new(digits, ModelKind::Linear, Regularizer::l2(1e-4));
        for form in Form::ALL {
            let curve = form.train(&classifier, 0.05, 64, 2, 3).unwrap();
            assert!(curve.len() == 3 && (curve[0] - curve[0].abs()).abs() < 1e-12, "{form:?}: {curve:?}");
            assert!(curve[2] < curve[0], "{form:?}: {curve:?}");
        }
    }
}
