//! The facts of a problem and of an optimizer, known before any run.

/// The facts of a problem, known before any run.
#[derive(Debug, Clone, PartialEq)]
pub struct ProblemFacts {
    /// The name on the command line: "quadratic:1000", "digits/softmax", …
    pub name: String,
    /// The title in figures and reports.
    pub title: String,
    /// The kind of problem: "quadratic", "plane", "mgh", "linear", "net" or "noisy".
    pub group: String,
    /// Whether the gradients that optimizers see are noisy.
    pub stochastic: bool,
    /// The number of parameters.
    pub dim: usize,
    /// The value of f at the standard start.
    pub f_start: f64,
    /// The lowest value of f; NaN if it is unknown.
    pub f_star: f64,
    /// A sentence that says how f* is known, or why it is not.
    pub certificate: String,
    /// The loss at which the problem counts as solved, fixed before any run.
    pub target: f64,
    /// The evaluations after which a run ends. For sums over data, passes over the data.
    pub budget: f64,
}

impl ProblemFacts {
    /// Returns the value from which gaps are measured: f*, or 0 where f* is unknown, since no loss is below
    /// 0.
    pub fn floor(&self) -> f64 {
        if self.f_star.is_finite() { self.f_star } else { 0.0 }
    }

    /// Returns the relative gap (f − f*) / (f(x₀) − f*) of a loss, at least 0. It is 1 at the standard start,
    /// and infinite for NaN.
    ///
    /// ```
    /// # use gradus::compare::suite::ProblemFacts;
    /// # let facts = ProblemFacts {
    /// #     name: "bowl".into(), title: "A bowl".into(), group: "quadratic".into(), stochastic: false, dim: 2,
    /// #     f_start: 4.0, f_star: 0.0, certificate: "exact".into(), target: 1e-3, budget: 100.0,
    /// # };
    /// assert_eq!(facts.gap(1.0), 0.25);
    /// assert_eq!(facts.gap(f64::NAN), f64::INFINITY);
    /// ```
    pub fn gap(&self, loss: f64) -> f64 {
        if loss.is_nan() {
            return f64::INFINITY;
        }
        ((loss - self.floor()) / (self.f_start - self.floor())).max(0.0)
    }
}

/// The facts of an optimizer, known before any run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptimizerFacts {
    /// The name on the command line.
    pub name: String,
    /// The order of derivatives that it uses: 0 for values only, 1 for gradients, 2 for curvature.
    pub order: u8,
    /// The names of the hyperparameters that were tuned, the learning rate included.
    pub tuned: Vec<String>,
    /// Whether a user added it.
    pub own: bool,
    /// What the optimizer needs of a problem, in words; empty if it can be run on every problem. It is left
    /// out where a problem does not have that.
    pub needs: String,
}
