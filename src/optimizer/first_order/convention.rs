//! The library whose defaults and arithmetic a rule follows.

use crate::error::{Error, Result};

/// The library whose defaults, and whose placement of ε, learning rate and corrections, a rule follows.
///
/// The `Default` of every rule is [`Convention::Torch`]. Each rule has a constructor `following(convention)`
/// for the others, and its documentation says what changes. The differences matter: a rule of the same name
/// with the same learning rate takes different steps in another library.
///
/// | rule | torch.optim | lecture | Keras | optax |
/// |---|---|---|---|---|
/// | momentum | v = ρv + g, x −= lr·v | the same | lr inside the velocity | as torch |
/// | Nesterov | x −= lr(g + ρv) | gradient at the look-ahead point | x += ρv − lr·g | as torch |
/// | AdaGrad | ε 1e-10 outside the root, s₀ = 0 | ε 1e-7 outside | ε 1e-7 inside, s₀ = .1 | as Keras |
/// | RMSProp | γ .99, ε 1e-8 outside | ε 1e-7 outside | γ .9, ε 1e-7 inside, lr inside the velocity | as Keras, ε 1e-8 |
/// | Adam, AMSGrad, AdamW | ε 1e-8 on the corrected root | ε 1e-7 | ε 1e-7 on the uncorrected root | as torch; AMSGrad's maximum is of corrected moments |
/// | AdamW | λ 1e-2 | as torch | λ 4e-3 | λ 1e-4 |
/// | NAdam | ψ 4e-3 | as torch | ψ 1, ε 1e-7 | β₁ constant |
/// | Adamax | ε inside the maximum | as torch | ε 1e-7 added to the maximum | as torch |
/// | Adadelta | ρ .9, ε 1e-6 | as torch | ρ .95, ε 1e-7 | as torch |
/// | Muon | λ .1, U / max(‖U‖, ε) | as torch | as torch | λ 0, U / (‖U‖ + ε), momentum corrected |
/// | LAMB | (has none: pytorch-optimizer's) | as torch | as torch | moments corrected, λ in the step |
/// | LARS, Adafactor, Shampoo, SOAP | one form for all; Adafactor is torch.optim's, the others are pytorch-optimizer's | | | |
/// | Lion | (has none: the paper's) | as the paper | as the paper | λ 1e-3 |
/// | RAdam | ε on the uncorrected root | as torch | (has none: torch's) | ε on the corrected root |
/// | Rprop | the first step is brought into its bounds | as torch | (has none: torch's) | it is not, and every step comes one call late |
/// | Adan | (has none: pytorch-optimizer's) | as pytorch-optimizer | as pytorch-optimizer | differences weigh 1 − β₂ instead of β₂, ε 1e-8 also inside the root |
///
/// AdEMAMix, Prodigy, the schedule-free rules and Sophia are those of optax.contrib in every convention.
///
/// ```
/// use gradus::optimizer::first_order::Convention;
/// use gradus::prelude::*;
/// let eps = |convention| Adam::following(convention).eps;
/// assert_eq!((eps(Convention::Torch), eps(Convention::Keras)), (1e-8, 1e-7));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Convention {
    /// torch.optim (2.x), the default everywhere.
    #[default]
    Torch,
    /// The slides; torch.optim for rules that the slides do not show.
    Lecture,
    /// Keras (3.x).
    Keras,
    /// optax (0.2.x).
    Optax,
}

impl Convention {
    /// The names of all conventions.
    pub const NAMES: [&str; 4] = ["torch", "lecture", "keras", "optax"];

    /// All conventions, in the order of [`Convention::NAMES`].
    pub const ALL: [Convention; 4] =
        [Convention::Torch, Convention::Lecture, Convention::Keras, Convention::Optax];

    /// Returns the convention of that name.
    pub fn by_name(name: &str) -> Result<Self> {
        let at = Self::NAMES.iter().position(|known| *known == name);
        at.map(|i| Self::ALL[i]).ok_or_else(|| Error::unknown("convention", name, &Self::NAMES))
    }
}

/// Where ε stands in a division by a root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Epsilon {
    /// √s + ε (the slides, torch.optim).
    #[default]
    Outside,
    /// √(s + ε) (Keras, optax). While s is small, ε = 1e-7 inside the root has the effect of ε = 3e-4
    /// outside.
    Inside,
}
