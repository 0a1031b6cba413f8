//! The choices of K-FAC: the labels behind its factors, and what becomes of its direction.

/// The source of the labels in the factors G. The labels of the data are not used, since they would give the
/// empirical Fisher information.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Labels {
    /// The expectation over all labels, or targets, under the probabilities of the model. Exact; takes a
    /// backward pass per output. An autoencoder has many of them: choose `Sampled` there.
    #[default]
    Exact,
    /// One label, or the targets, per example, drawn from the probabilities of the model. Noisy; takes a
    /// single backward pass.
    Sampled,
}

/// How K-FAC turns its direction Δ = −F̂⁻¹∇f into a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum KfacStep {
    /// The step αΔ + μδ with the previous step δ. α and μ minimize the quadratic model with the exact Fisher
    /// information of the batch (Martens & Grosse 2015, sections 6.4 and 7), and the damping λ adapts to the
    /// quality of this model (6.5). There is no learning rate to tune.
    Model,
    /// v ← ρv + ν·lr·Δ, x ← x + v, with the largest ν ≤ 1 for which ν²·lr²·|Δᵀ∇f| ≤ `clip` (Ba, Grosse &
    /// Martens 2017, section 5). Saves two forward passes; λ is constant. A good clip to begin with is 1e-3,
    /// with which the learning rate matters little.
    Rate {
        /// The learning rate, finite and > 0.
        lr: f64,
        /// The momentum ρ, 0 ≤ ρ < 1.
        momentum: f64,
        /// The bound of the squared Fisher norm of a step, which measures how much the predictions change. >
        /// 0; infinite for no bound.
        clip: f64,
    },
}
