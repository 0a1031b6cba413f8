//! The inverse of Σ = A ⊗ G − C ⊗ D: the covariance of a layer's derivatives, given those of the next layer
//! (Martens & Grosse 2015, section 4.3 and appendix B).

use super::products::Products;
use crate::linalg::{GeneralizedEigen, bytes_of, slice, slice_mut};
use crate::objective::KroneckerBlock;
use ndarray::Array2;

/// Σ⁻¹ = (K₁ ⊗ K₂)(I − S₁ ⊗ S₂)⁻¹(K₁ ⊗ K₂)ᵀ, where K₁ᵀAK₁ = I, K₁ᵀCK₁ = S₁, and so for G and D.
#[derive(Debug, Clone)]
pub(super) struct Conditional {
    pub(super) a: Side,
    pub(super) g: Side,
}

/// The eigenvectors of one factor.
#[derive(Debug, Clone)]
pub(super) struct Side {
    eigen: GeneralizedEigen,
    /// The diagonal of S, ascending.
    values: Vec<f64>,
    /// Kᵀ: the rows are the eigenvectors.
    vectors: Array2<f64>,
    damped: Array2<f64>,
}

impl Conditional {
    /// Returns the bytes of the matrices for a layer.
    pub(super) fn bytes(block: &KroneckerBlock) -> u128 {
        let sizes = [block.inputs as u128 + 1, block.outputs as u128];
        let of_sides = sizes.map(|n| bytes_of::<f64>(&[2, n, n]));
        of_sides[0].saturating_add(of_sides[1])
    }

    pub(super) fn new(block: &KroneckerBlock) -> Self {
        Conditional { a: Side::new(block.inputs + 1), g: Side::new(block.outputs) }
    }

    /// Returns whether Σ is positive definite, which it is unless rounding makes a product of eigenvalues 1.
    pub(super) fn is_positive_definite(&self) -> bool {
        self.a.largest() * self.g.largest() < 1.0
    }

    /// V ← Σ⁻¹V, where V is outputs × (inputs + 1) and `spare` a buffer of this shape.
    pub(super) fn solve(&self, v: &mut [f64], spare: &mut [f64], products: &mut Products) {
        let (width, [a, g]) = (self.a.values.len(), [&self.a, &self.g].map(|side| slice(&side.vectors)));
        products.times_transposed(v, a, width, spare);
        v.fill(0.0);
        products.times(g, spare, width, v);
        for (row, of_g) in v.chunks_exact_mut(width).zip(&self.g.values) {
            row.iter_mut().zip(&self.a.values).for_each(|(v, of_a)| *v /= 1.0 - of_g * of_a);
        }
        spare.fill(0.0);
        products.times(v, a, width, spare);
        v.fill(0.0);
        Products::transposed_times(g, spare, width, v);
    }
}

impl Side {
    fn new(order: usize) -> Self {
        Side {
            eigen: GeneralizedEigen::new(order),
            values: vec![0.0; order],
            vectors: Array2::zeros((order, order)),
            damped: Array2::zeros((order, order)),
        }
    }

    /// Returns S and K.
    pub(super) fn numbers(&self) -> impl Iterator<Item = &f64> {
        self.values.iter().chain(&self.vectors)
    }

    /// Returns the same numbers, to be put back.
    pub(super) fn numbers_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        self.values.iter_mut().chain(&mut self.vectors)
    }

    fn largest(&self) -> f64 {
        self.values[self.values.len() - 1]
    }

    /// Decomposes Ψ·crossᵀ, which is Ψ times the next factor times Ψᵀ, relative to `factor` + `damping`·I.
    /// Returns `false` if an entry is not finite or the damped factor is not positive definite.
    pub(super) fn decompose(
        &mut self,
        (factor, damping): (&Array2<f64>, f64),
        psi: &Array2<f64>,
        cross: &Array2<f64>,
        products: &Products,
    ) -> bool {
        products.times_transposed(slice(psi), slice(cross), psi.ncols(), slice_mut(&mut self.vectors));
        self.damped.assign(factor);
        self.damped.diag_mut().iter_mut().for_each(|d| *d += damping);
        let values = self.eigen.decompose(&mut self.vectors, &mut self.damped);
        if let Some(values) = values {
            self.values.copy_from_slice(values);
        }
        values.is_some()
    }
}
