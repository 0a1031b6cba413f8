//! The passes of one example through all stages.

use super::convolutions::Convolutions;
use super::memory::{
    TangentWork, Work, kept, kept_tangent, largest_errors, of_example, split, split_tangent, start_of,
};
use super::stage::Stage;
use crate::linalg::vectorized;
use crate::model::chain::Errors;
use crate::real::Real;

impl Convolutions {
    /// Computes the outputs for an image, and fills what is kept of it.
    pub(super) fn forward_example<F: Real>(
        &self,
        params: &[F],
        image: &[F],
        own: &mut [F],
        outputs: &mut [F],
        work: &mut Work<F>,
    ) {
        let (mut rest, mut input) = (own, image);
        for (number, stage) in self.stages.iter().enumerate() {
            let (kept, others) = split(&self.stages, number, rest);
            let convolved = &mut work.outputs[..stage.outputs * stage.positions];
            let (weights, bias) = (&params[stage.weights.clone()], &params[stage.bias.clone()]);
            stage.pad(input, kept.planes);
            F::correlate(stage.read(kept.planes), weights, Some(bias), convolved);
            let pooled = if number + 1 < self.stages.len() { kept.activations } else { &mut *outputs };
            // Every activation is increasing. So the maximum is taken before it, and it is applied to fewer.
            vectorized(
                #[inline(always)]
                || stage.pool(convolved, pooled, kept.places),
            );
            self.activation.apply(pooled);
            (rest, input) = (others, pooled);
        }
    }

    /// Adds the gradient of a few examples to the sums, given the errors of their outputs: stage by stage, so
    /// that small images share the sums that are in registers.
    pub(super) fn backward_examples<F: Real>(
        &self,
        reversed: &[F],
        own: &mut [F],
        outputs: &[F],
        errors: &[F],
        work: &mut Work<F>,
    ) {
        let (units, len, room) = (self.units(), of_example(&self.stages), largest_errors(&self.stages));
        let (last, count) = (self.stages.len() - 1, errors.len() / units);
        for (errors, room) in errors.chunks_exact(units).zip(work.errors.chunks_exact_mut(room)) {
            room[..units].copy_from_slice(errors);
        }
        for (number, stage) in self.stages.iter().enumerate().rev() {
            let of_example = stage.outputs * stage.plane;
            let (sums, biases) = work.sums.of(&self.stages, number);
            let examples = own.chunks_exact_mut(len).zip(outputs.chunks_exact(units));
            let rooms = work.errors.chunks_exact_mut(room).zip(work.planes.chunks_exact_mut(of_example));
            for ((own, outputs), (errors, planes)) in examples.zip(rooms) {
                let (kept, errors) = (kept(&self.stages, number, own), &mut errors[..stage.units()]);
                let activations = if number == last { outputs } else { &*kept.activations };
                self.activation.multiply_by_slope(activations, errors);
                add_channels(errors, biases);
                unpool(stage, errors, kept.places, planes);
            }
            let (start, together) = (start_of(&self.stages, number), stage.together());
            let planes = &work.planes[..count * of_example];
            for (group, errors) in planes.chunks(together * of_example).enumerate() {
                stage.add_gradient(&own[group * together * len + start..], len, errors, sums);
            }
            if number > 0 {
                let reversed = self.reversed(number, reversed);
                let of_inputs = &mut work.outputs[..stage.inputs * stage.positions];
                for (planes, errors) in
                    planes.chunks_exact(of_example).zip(work.errors.chunks_exact_mut(room))
                {
                    of_inputs.fill(F::zero());
                    F::correlate(stage.read(planes), reversed, None, of_inputs);
                    stage.unpad(of_inputs, errors);
                }
            }
        }
    }

    /// Computes the derivatives of the outputs for an example along the second of two vectors of parameters,
    /// and fills what is kept of them.
    pub(super) fn forward_tangent_example<F: Real>(
        &self,
        [params, direction]: [&[F]; 2],
        own: &mut [F],
        own_tangent: &mut [F],
        outputs: &[F],
        tangents: &mut [F],
        work: &mut Work<F>,
    ) {
        let (mut rest, mut rest_tangent, mut input) = (own, own_tangent, &[][..]);
        for (number, stage) in self.stages.iter().enumerate() {
            let (kept, others) = split(&self.stages, number, rest);
            let ([planes_tangent, of_activations], others_tangent) =
                split_tangent(&self.stages, number, rest_tangent);
            let convolved = &mut work.outputs[..stage.outputs * stage.positions];
            let (weights, bias) = (&direction[stage.weights.clone()], &direction[stage.bias.clone()]);
            F::correlate(stage.read(kept.planes), weights, Some(bias), convolved);
            if number > 0 {
                stage.pad(input, planes_tangent);
                F::correlate(stage.read(planes_tangent), &params[stage.weights.clone()], None, convolved);
            }
            let (activations, picked) = match number + 1 < self.stages.len() {
                true => (&*kept.activations, of_activations),
                false => (outputs, &mut *tangents),
            };
            stage.pick(convolved, kept.places, picked);
            self.activation.multiply_by_slope(activations, picked);
            (rest, rest_tangent, input) = (others, others_tangent, picked);
        }
    }

    /// Adds the derivative of the gradient of an example to the sums. The weights and those of the direction
    /// are `reversed`.
    pub(super) fn backward_tangent_example<F: Real>(
        &self,
        [reversed, reversed_direction]: [&[F]; 2],
        own: &mut [F],
        own_tangent: &mut [F],
        of_outputs: Errors<F>,
        work: &mut Work<F>,
        tangent: &mut TangentWork<F>,
    ) {
        let Errors { outputs, tangents, errors, errors_tangent } = of_outputs;
        work.errors[..errors.len()].copy_from_slice(errors);
        tangent.errors[..errors.len()].copy_from_slice(errors_tangent);
        let last = self.stages.len() - 1;
        for (number, stage) in self.stages.iter().enumerate().rev() {
            let kept = kept(&self.stages, number, own);
            let [planes_tangent, of_activations] = kept_tangent(&self.stages, number, own_tangent);
            let (activations, tangents) =
                if number == last { (outputs, tangents) } else { (&*kept.activations, &*of_activations) };
            let (errors, errors_tangent) =
                (&mut work.errors[..stage.units()], &mut tangent.errors[..stage.units()]);
            self.activation.multiply_by_slope(activations, errors_tangent);
            self.activation.add_bend(activations, tangents, errors, errors_tangent);
            self.activation.multiply_by_slope(activations, errors);
            let len = stage.outputs * stage.plane;
            let (planes, of_errors) = (&mut work.planes[..len], &mut tangent.planes[..len]);
            unpool(stage, errors, kept.places, planes);
            unpool(stage, errors_tangent, kept.places, of_errors);
            let (sums, biases) = work.sums.of(&self.stages, number);
            add_channels(errors_tangent, biases);
            stage.add_gradient(kept.planes, 0, of_errors, sums);
            if number == 0 {
                return;
            }
            stage.add_gradient(planes_tangent, 0, planes, sums);
            let of_inputs = &mut work.outputs[..stage.inputs * stage.positions];
            let (own, of_direction) =
                (self.reversed(number, reversed), self.reversed(number, reversed_direction));
            of_inputs.fill(F::zero());
            F::correlate(stage.read(planes), own, None, of_inputs);
            stage.unpad(of_inputs, work.errors);
            of_inputs.fill(F::zero());
            F::correlate(stage.read(of_errors), own, None, of_inputs);
            F::correlate(stage.read(planes), of_direction, None, of_inputs);
            stage.unpad(of_inputs, tangent.errors);
        }
    }

    /// Returns the reversed weights of a stage, of those of all stages but the first.
    fn reversed<'a, F>(&self, number: usize, reversed: &'a [F]) -> &'a [F] {
        let start: usize = self.stages[1..number].iter().map(|stage| stage.weights.len()).sum();
        &reversed[start..start + self.stages[number].weights.len()]
    }
}

/// Writes errors of pooled outputs to planes, with the widest vectors.
fn unpool<F: Real>(stage: &Stage, errors: &[F], places: &[F], planes: &mut [F]) {
    vectorized(
        #[inline(always)]
        || stage.unpool(errors, places, planes),
    );
}

/// Adds the errors of every channel to the gradient of its bias.
fn add_channels<F: Real>(errors: &[F], biases: &mut [F]) {
    let size = errors.len() / biases.len();
    for (bias, errors) in biases.iter_mut().zip(errors.chunks_exact(size)) {
        *bias += errors.iter().copied().sum();
    }
}
