//! Which blocks of the inverse Fisher information K-FAC keeps.

use super::layer::Layer;
use super::tridiagonal::Tridiagonal;
use crate::error::{Error, Result};
use crate::objective::KroneckerBlock;

/// The blocks of the inverse Fisher information F̂⁻¹ that [`Kfac`](super::Kfac) keeps. F̂⁻¹ has one row
/// and one column of blocks for each layer i = 1 … ℓ. The default is `Diagonal`.
///
/// *Diagonal* (Martens & Grosse 2015, section 4.2): F̂ has the blocks Aᵢᵢ ⊗ Gᵢᵢ of single layers, as if
/// the derivatives of different layers were not correlated. Aᵢᵢ = E\[āᵢ āᵢᵀ\] is the second moment of the
/// layer's inputs with a 1 for the bias, Gᵢᵢ = E\[gᵢ gᵢᵀ\] that of the derivatives at its outputs. (The
/// paper counts the inputs from 0: its Ā₀₀ is A₁₁ here.)
///
/// *Tridiagonal* (section 4.3): F̂ also has the blocks Aᵢⱼ ⊗ Gᵢⱼ of each layer i and the next layer j,
/// with Aᵢⱼ = E\[āᵢ āⱼᵀ\] and Gᵢⱼ = E\[gᵢ gⱼᵀ\]. Its other blocks are those that make F̂⁻¹
/// block-tridiagonal:
///
/// ```text
/// F̂⁻¹ = Ξᵀ Λ Ξ
/// Ξ: identities on the diagonal, −Ψᵢⱼ to the right of them
/// Λ: Σᵢ⁻¹ on the diagonal, and (Aᵢᵢ ⊗ Gᵢᵢ)⁻¹ for the last layer
/// Ψᵢⱼ = Ψᴬ ⊗ Ψᴳ,  Ψᴬ = Aᵢⱼ Aⱼⱼ⁻¹,  Ψᴳ = Gᵢⱼ Gⱼⱼ⁻¹
/// Σᵢ  = Aᵢᵢ ⊗ Gᵢᵢ − Ψᴬ Aⱼⱼ Ψᴬᵀ ⊗ Ψᴳ Gⱼⱼ Ψᴳᵀ
/// ```
///
/// Ψ predicts the derivatives of a layer from those of the next, and Σ is the covariance that the
/// prediction leaves. Aᵢᵢ and Gᵢᵢ are damped here as in the diagonal form (section 6.3), Aᵢⱼ and Gᵢⱼ are
/// not. So every Σ is positive definite.
///
/// Appendix B gives the product with Σ⁻¹. LAPACK's `sygv` finds K₁ and s₁ with K₁ᵀ Aᵢᵢ K₁ = I and K₁ᵀ Ψᴬ
/// Aⱼⱼ Ψᴬᵀ K₁ = diag(s₁), and K₂ and s₂ for G. Then Σ⁻¹ maps a matrix V, outputs × (inputs + 1), to
///
/// ```text
/// K₂ [(K₂ᵀ V K₁) ⊘ (1 − s₂ s₁ᵀ)] K₁ᵀ,  where ⊘ divides entry by entry.
/// ```
///
/// | w inputs (with the 1), o outputs | numbers in memory | multiplications in a step |
/// |---|---|---|
/// | each layer, in both forms | 3(w² + o²) + 2wo | wo(w + o) |
/// | each layer i < ℓ, tridiagonal | 2(w² + o²) | wo(w + o) |
/// | it and the next (w₊, o₊), tridiagonal | 3(ww₊ + oo₊) + max(wo₊, w₊o) | ww₊(o + o₊) + oo₊(w + w₊) |
///
/// In a deep net of equal layers that is 8 numbers for each parameter in the diagonal form and 19 in the
/// tridiagonal one, and 2w and 8w multiplications. An inversion of the tridiagonal form also finds the
/// eigenvectors of matrices of orders w and o for each layer but the last, which takes most of its time
/// where layers are wide. For a net of one layer both forms are the same.
///
/// In the paper a step of the tridiagonal form makes 25 to 40% more progress, and a second only moderately
/// more (section 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KfacBlocks {
    /// One block for each layer.
    #[default]
    Diagonal,
    /// Also the blocks between each layer and the next.
    Tridiagonal,
}

impl KfacBlocks {
    /// The names on the command line.
    pub const NAMES: &[&str] = &["diagonal", "tridiagonal"];

    /// Returns the blocks with this name.
    ///
    /// # Errors
    /// If there are none with this name.
    ///
    /// ```
    /// use gradus::optimizer::second_order::KfacBlocks;
    /// assert_eq!(KfacBlocks::by_name("tridiagonal")?, KfacBlocks::Tridiagonal);
    /// let misspelt = KfacBlocks::by_name("tridiagnal").unwrap_err().to_string();
    /// assert!(misspelt.contains("did you mean 'tridiagonal'?"));
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    pub fn by_name(name: &str) -> Result<Self> {
        match name {
            "diagonal" => Ok(KfacBlocks::Diagonal),
            "tridiagonal" => Ok(KfacBlocks::Tridiagonal),
            _ => Err(Error::unknown("choice of blocks", name, Self::NAMES)),
        }
    }

    /// Returns the bytes of memory that K-FAC keeps for these layers.
    pub fn bytes(self, layers: &[KroneckerBlock]) -> u128 {
        let of_layers = layers.iter().map(Layer::bytes).fold(0, u128::saturating_add);
        match self {
            KfacBlocks::Diagonal => of_layers,
            KfacBlocks::Tridiagonal => of_layers.saturating_add(Tridiagonal::bytes(layers)),
        }
    }
}
