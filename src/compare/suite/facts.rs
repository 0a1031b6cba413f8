//! What is known of a problem and of an optimizer before any run.

/// What is known of a problem before any run.
#[derive(Debug, Clone, PartialEq)]
pub struct ProblemFacts {
    /// Its name on the command line: "quadratic:1000", "digits/softmax", …
    pub name: String,
    /// A title for people.
    pub title: String,
    /// What kind it is: "quadratic", "plane", "mgh", "linear", "net" or "noisy".
    pub group: String,
    /// Whether optimizers see noisy gradients.
    pub stochastic: bool,
    /// Number of parameters.
    pub dim: usize,
    /// f at the standard start.
    pub f_start: f64,
    /// The lowest value of f; NaN if nobody knows it.
    pub f_star: f64,
    /// How f* is known, or why it is not.
    pub certificate: String,
    /// The loss that counts as solved, fixed before any run.
    pub target: f64,
    /// Evaluations after which a run ends; for sums over data, passes over the data.
    pub budget: f64,
}

impl ProblemFacts {
    /// The lowest value against which gaps are measured: f*, or 0, below which no loss can fall, where f* is
    /// not known.
    pub fn floor(&self) -> f64 {
        if self.f_star.is_finite() { self.f_star } else { 0.0 }
    }

    /// The relative gap (f − f*) / (f(x₀) − f*) of a loss, at least 0; 1 at the standard start. Infinite for
    /// a loss that is not a number.
    ///
    /// ```
    /// # use gradus::compare::suite::ProblemFacts;
    /// # let facts = ProblemFacts { name: "bowl".into(), title: "A bowl".into(), group: "quadratic".into(), stochastic: false, dim: 2,
    /// #     f_start: 4.0, f_star: 0.0, certificate: "exact".into(), target: 1e-3, budget: 100.0 };
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

/// What is known of an optimizer before any run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptimizerFacts {
    /// Its name on the command line.
    pub name: String,
    /// 0 for values only, 1 for gradients, 2 for curvature.
    pub order: u8,
    /// The names of the hyperparameters that were tuned, the learning rate included.
    pub tuned: Vec<String>,
    /// Whether a user added it.
    pub own: bool,
    /// What it needs of a problem, in words; empty if it takes every one. Where it does not get it, it is
    /// left out.
    pub needs: String,
}
