//! A layer and the next one: how the derivatives of the first are predicted from those of the second.

use super::conditional::Conditional;
use super::layer::Layer;
use super::products::Products;
use crate::linalg::{bytes_of, slice, slice_mut};
use crate::objective::{CrossFactors, KroneckerBlock};

/// The state of a pair of layers, i and i + 1.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    /// The averages of Āᵢ₋₁,ᵢ and Gᵢ,ᵢ₊₁.
    mean: CrossFactors,
    /// Ψᴬ and Ψᴳ.
    psi: CrossFactors,
    /// Σᵢ⁻¹.
    rest: Conditional,
    product: Vec<f64>,
}

impl Pair {
    /// Returns the bytes of a pair: its factors as they are now, their averages and Ψ, those of Σ⁻¹, and a
    /// product.
    pub(super) fn bytes(lower: &KroneckerBlock, upper: &KroneckerBlock) -> u128 {
        let size = |n: usize, m: usize| bytes_of::<f64>(&[n as u128, m as u128]);
        let cross =
            size(lower.inputs + 1, upper.inputs + 1).saturating_add(size(lower.outputs, upper.outputs));
        let product = size(upper.outputs, lower.inputs + 1).max(size(lower.outputs, upper.inputs + 1));
        cross.saturating_mul(3).saturating_add(product).saturating_add(Conditional::bytes(lower))
    }

    pub(super) fn new(lower: &KroneckerBlock, zeros: CrossFactors) -> Self {
        let of_upper = zeros.g.ncols() * (lower.inputs + 1);
        let of_lower = lower.outputs * zeros.a.ncols();
        Pair {
            mean: zeros.clone(),
            psi: zeros,
            rest: Conditional::new(lower),
            product: vec![0.0; of_upper.max(of_lower)],
        }
    }

    /// Returns the averages, Ψ and Σ⁻¹.
    pub(super) fn numbers(&self) -> impl Iterator<Item = &f64> {
        let matrices = [&self.mean.a, &self.mean.g, &self.psi.a, &self.psi.g];
        matrices.into_iter().flatten().chain(self.rest.a.numbers()).chain(self.rest.g.numbers())
    }

    /// Returns the same numbers, to be put back.
    pub(super) fn numbers_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        let matrices = [&mut self.mean.a, &mut self.mean.g, &mut self.psi.a, &mut self.psi.g];
        matrices.into_iter().flatten().chain(self.rest.a.numbers_mut()).chain(self.rest.g.numbers_mut())
    }

    /// Updates the averages: mean ← old·mean + (1 − old)·fresh.
    pub(super) fn average(&mut self, fresh: &CrossFactors, old: f64) {
        for (mean, fresh) in [(&mut self.mean.a, &fresh.a), (&mut self.mean.g, &fresh.g)] {
            mean.zip_mut_with(fresh, |m, &f| *m = old * *m + (1.0 - old) * f);
        }
    }

    /// Computes Ψ and Σ⁻¹ from the averages and the inverses of the next layer. Returns `false` if something
    /// is not finite, or Σ is not positive definite.
    pub(super) fn invert(&mut self, lower: &Layer, upper: &Layer, gamma: f64, products: &Products) -> bool {
        let (cross, psi) = (&self.mean, &mut self.psi);
        let inverse = upper.inverse();
        // The inverses are symmetric.
        let sides = [(&cross.a, &inverse.a, &mut psi.a), (&cross.g, &inverse.g, &mut psi.g)];
        for (cross, inverse, psi) in sides {
            products.times_transposed(slice(cross), slice(inverse), cross.ncols(), slice_mut(psi));
        }
        let ([of_a, of_g], factors) = (lower.dampings(gamma), lower.mean());
        self.rest.a.decompose((&factors.a, of_a), &psi.a, &cross.a, products)
            && self.rest.g.decompose((&factors.g, of_g), &psi.g, &cross.g, products)
            && self.rest.is_positive_definite()
    }

    /// Vᵢ ← Vᵢ − Ψᴳ Vᵢ₊₁ Ψᴬᵀ: a product with a row of Ξ.
    pub(super) fn subtract_prediction(
        &mut self,
        lower: &mut Layer,
        upper: &mut Layer,
        products: &mut Products,
    ) {
        let ((v, _), (above, _)) = (lower.buffers(), upper.buffers());
        let (width, columns) = self.psi.a.dim();
        let product = &mut self.product[..self.psi.g.ncols() * width];
        products.times_transposed(above, slice(&self.psi.a), columns, product);
        product.iter_mut().for_each(|p| *p = -*p);
        products.times(slice(&self.psi.g), product, width, v);
    }

    /// Vᵢ ← Σᵢ⁻¹Vᵢ: a product with a block of Λ.
    pub(super) fn solve(&self, lower: &mut Layer, products: &mut Products) {
        let (v, spare) = lower.buffers();
        self.rest.solve(v, spare, products);
    }

    /// Vᵢ₊₁ ← Vᵢ₊₁ − Ψᴳᵀ Vᵢ Ψᴬ: a product with a row of Ξᵀ.
    pub(super) fn subtract_transposed(
        &mut self,
        lower: &mut Layer,
        upper: &mut Layer,
        products: &mut Products,
    ) {
        let ((below, _), (v, _)) = (lower.buffers(), upper.buffers());
        let columns = self.psi.a.ncols();
        let product = &mut self.product[..self.psi.g.nrows() * columns];
        product.fill(0.0);
        products.times(below, slice(&self.psi.a), columns, product);
        product.iter_mut().for_each(|p| *p = -*p);
        Products::transposed_times(slice(&self.psi.g), product, columns, v);
    }
}
