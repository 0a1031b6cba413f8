//! The measurements along a run.

/// The measures of cost over which a curve can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CostAxis {
    /// Iterations of the optimizer.
    Iterations,
    /// Gradient evaluations. For sums over data, passes over the data.
    Evaluations,
    /// Seconds of wall-clock time spent in the optimizer.
    Seconds,
}

/// The measurements along a run: one entry a checkpoint in every column, the start included. NaN stands for
/// what does not apply.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunCurve {
    /// The number of iterations.
    pub iterations: Vec<u64>,
    /// The cost in gradient evaluations. A value with its gradient costs 1, a value alone
    /// [`VALUE_ALONE`](super::VALUE_ALONE), a product with the Hessian [`PRODUCT`](super::PRODUCT), and a
    /// whole Hessian as many products as there are parameters. For sums over data, an evaluation of a batch
    /// costs its share of the data, so that 1 is a pass over the data.
    pub evaluations: Vec<f64>,
    /// The seconds spent in the optimizer, without the evaluation of checkpoints.
    pub seconds: Vec<f64>,
    /// f at the checkpoint. For sums over data, the risk over all training examples, with the regularization.
    pub loss: Vec<f64>,
    /// The accuracy on test examples; NaN if there are none.
    pub test_accuracy: Vec<f64>,
}

impl RunCurve {
    /// Returns the number of checkpoints.
    pub fn len(&self) -> usize {
        self.loss.len()
    }

    /// Returns whether there are no checkpoints.
    pub fn is_empty(&self) -> bool {
        self.loss.is_empty()
    }

    /// Returns the cost at each checkpoint.
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
