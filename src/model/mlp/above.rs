//! The passes of a network that stands above other layers, whose outputs are its features: they have
//! derivatives, and get errors.

use super::layer::below;
use super::network::Mlp;
use crate::linalg::Rows;
use crate::real::Real;

/// What directional derivatives exchange with the layers below.
pub(in crate::model) struct Below<'a, F> {
    /// The derivatives of the features along the direction, B × D.
    pub tangent: Rows<'a, F>,
    /// The errors of the features, B × D, which are overwritten.
    pub errors: &'a mut [F],
    /// The derivatives of these errors, which are overwritten.
    pub errors_tangent: &'a mut [F],
}

impl Mlp {
    /// Overwrites `of_features` (B × D) with the derivatives with respect to the features, after
    /// `Model::backward` with the same errors.
    pub(in crate::model) fn errors_of_features<F: Real>(
        &self,
        params: &[F],
        rows: usize,
        scratch: &mut [F],
        errors: &[F],
        of_features: &mut [F],
    ) {
        let pass = self.cut(rows, scratch);
        let layer = &self.layers[0];
        let delta = if self.layers.len() == 1 { errors } else { &pass.deltas[layer.block(rows)] };
        of_features.fill(F::zero());
        layer.propagate(params, delta, pass.transposed, of_features);
    }

    /// Computes `Model::scores_tangent` with features that have derivatives, if they are given.
    #[expect(clippy::too_many_arguments, reason = "each input of the pass comes with its derivative")]
    pub(in crate::model) fn scores_tangent_above<F: Real>(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        rows_tangent: Option<Rows<F>>,
        scratch: &mut [F],
        tangent: &mut [F],
        scores_tangent: &mut [F],
    ) {
        let pass = self.cut(rows.len(), scratch);
        let tangent = self.cut_tangent(rows.len(), tangent);
        tangent.zeros.fill(F::zero());
        let last = self.layers.len() - 1;
        for (depth, layer) in self.layers.iter().enumerate() {
            let (lower, upper) = tangent.activations.split_at_mut(layer.block(rows.len()).start);
            let output =
                if depth == last { &mut *scores_tangent } else { &mut upper[..rows.len() * layer.outputs] };
            // ż = Ẇ a + ḃ + W ȧ, where features of data have no derivative.
            let input = below(&self.layers, depth, rows, pass.activations);
            F::scores(input, &direction[layer.weights.clone()], &direction[layer.bias.clone()], output);
            let input_tangent =
                if depth == 0 { rows_tangent } else { Some(below(&self.layers, depth, rows, lower)) };
            if let Some(input) = input_tangent {
                let term = &mut tangent.term[..output.len()];
                F::scores(input, &params[layer.weights.clone()], &tangent.zeros[..layer.outputs], term);
                output.iter_mut().zip(&*term).for_each(|(o, &t)| *o += t);
            }
            if depth < last {
                let activations = &pass.activations[layer.block(rows.len())];
                self.activation_of(depth).multiply_by_slope(activations, output);
            }
        }
    }

    /// Computes `Model::backward_tangent` with features that have derivatives, if layers are below.
    #[expect(clippy::too_many_arguments, reason = "each input of the gradient comes with its derivative")]
    pub(in crate::model) fn backward_tangent_above<F: Real>(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        layers_below: Option<Below<F>>,
        scratch: &mut [F],
        tangent: &mut [F],
        errors: &[F],
        errors_tangent: &[F],
        product: &mut [F],
    ) {
        let count = rows.len();
        let pass = self.cut(count, scratch);
        let tangent = self.cut_tangent(count, tangent);
        let mut layers_below = layers_below;
        for (depth, layer) in self.layers.iter().enumerate().rev() {
            let start = layer.block(count).start;
            let ((lower, upper), (lower_tangent, upper_tangent)) =
                (pass.deltas.split_at_mut(start), tangent.deltas.split_at_mut(start));
            let (delta, delta_tangent) = match depth + 1 == self.layers.len() {
                true => (errors, errors_tangent),
                false => (&upper[..count * layer.outputs], &upper_tangent[..count * layer.outputs]),
            };
            layer.accumulate(below(&self.layers, depth, rows, pass.activations), delta_tangent, product);
            let (below_tangent, next, next_tangent) = match (depth, &mut layers_below) {
                (0, None) => continue,
                (0, Some(below)) => (below.tangent, &mut *below.errors, &mut *below.errors_tangent),
                _ => {
                    let block = self.layers[depth - 1].block(count);
                    (
                        below(&self.layers, depth, rows, tangent.activations),
                        &mut lower[block.clone()],
                        &mut lower_tangent[block],
                    )
                }
            };
            F::accumulate(below_tangent, delta, &mut product[layer.weights.clone()]);
            next.fill(F::zero());
            next_tangent.fill(F::zero());
            layer.propagate(params, delta, pass.transposed, next);
            layer.propagate(params, delta_tangent, pass.transposed, next_tangent);
            layer.propagate(direction, delta, pass.transposed, next_tangent);
            if depth > 0 {
                let block = self.layers[depth - 1].block(count);
                let (activations, tangents) = (&pass.activations[block.clone()], &tangent.activations[block]);
                let activation = self.activation_of(depth - 1);
                activation.multiply_by_slope(activations, next_tangent);
                activation.add_bend(activations, tangents, next, next_tangent);
                activation.multiply_by_slope(activations, next);
            }
        }
    }
}
