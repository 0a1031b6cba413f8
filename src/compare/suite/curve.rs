//! What is recorded along a run.

/// The columns along which a curve can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CostAxis {
    /// Steps of the optimizer.
    Iterations,
    /// Gradient evaluations; for sums over data, passes over the data.
    Evaluations,
    /// Wall-clock time spent in steps.
    Seconds,
}

/// Plain columns, a row for each checkpoint, the start included. NaN for what does not apply.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunCurve {
    /// Iterations done.
    pub iterations: Vec<u64>,
    /// Gradient evaluations: a value with its gradient is 1, a value alone
    /// [`VALUE_ALONE`](super::VALUE_ALONE), a product with the Hessian [`PRODUCT`](super::PRODUCT), a whole
    /// Hessian as many products as there are parameters. For sums over data, an evaluation of a batch counts
    /// as its share of the data, so that 1 is a pass over the data.
    pub evaluations: Vec<f64>,
    /// Seconds spent in steps; the evaluation of checkpoints is off the clock.
    pub seconds: Vec<f64>,
    /// f at the checkpoint: for sums over data the risk over all training examples, regularization included.
    pub loss: Vec<f64>,
    /// Accuracy on test examples; NaN if there are none.
    pub test_accuracy: Vec<f64>,
}

impl RunCurve {
    /// Number of checkpoints.
    pub fn len(&self) -> usize {
        self.loss.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.loss.is_empty()
    }

    /// One of the columns along which a curve is read.
    pub fn along(&self, axis: CostAxis) -> Vec<f64> {
        match axis {
            CostAxis::Iterations => self.iterations.iter().map(|&k| k as f64).collect(),
            CostAxis::Evaluations => self.evaluations.clone(),
            CostAxis::Seconds => self.seconds.clone(),
        }
    }

    /// Adds a checkpoint.
    pub fn push(&mut self, iterations: u64, evaluations: f64, seconds: f64, loss: f64, test_accuracy: f64) {
        self.iterations.push(iterations);
        self.evaluations.push(evaluations);
        self.seconds.push(seconds);
        self.loss.push(loss);
        self.test_accuracy.push(test_accuracy);
    }
}
