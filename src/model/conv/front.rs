//! The passes of a block of examples, on two threads.

use super::convolutions::Convolutions;
use super::memory::{Memory, TangentMemory, Work, halves, of_example, of_example_tangent};
use super::stage::{Stage, TOGETHER};
use crate::linalg::{Rows, join};
use crate::model::activation::Activation;
use crate::model::chain::{Errors, Front, NamedPart};
use crate::model::initialization::Initialization;
use crate::model::mlp::Mlp;
use crate::real::Real;
use crate::rng::Stream;

impl<F: Real> Front<F> for Convolutions {
    fn name(&self, _net: &Mlp) -> String {
        let channels: Vec<usize> = self.stages.iter().map(|stage| stage.outputs).collect();
        self.activation.after_sizes("conv", &channels, Activation::default())
    }

    fn parts(&self) -> Vec<NamedPart> {
        let of = |(i, stage): (usize, &Stage)| -> [NamedPart; 2] {
            let number = i + 1;
            [
                (format!("K{number}").into(), (stage.outputs, stage.fan_in()), true),
                (format!("c{number}").into(), (1, stage.outputs), false),
            ]
        };
        self.stages.iter().enumerate().flat_map(of).collect()
    }

    fn parameters(&self) -> usize {
        self.stages.last().map_or(0, |stage| stage.bias.end)
    }

    fn features(&self) -> usize {
        self.first().inputs * self.first().side.pow(2)
    }

    fn outputs(&self) -> usize {
        self.units()
    }

    fn scratch_len(&self, rows: usize) -> usize {
        Memory::<F>::len(&self.stages, rows)
    }

    fn forward(&self, params: &[F], rows: Rows<F>, scratch: &mut [F], outputs: &mut [F]) {
        let Memory { examples, mut works, .. } = Memory::cut(&self.stages, rows.len(), scratch);
        let middle = rows.len() / 2;
        let (upper, lower) = outputs.split_at_mut(middle * self.units());
        let [(of_upper, first), (of_lower, second)] = halves(&self.stages, middle, examples, &mut works);
        let half = |from: usize, examples: &mut [F], outputs: &mut [F], work: &mut Work<F>| {
            let examples = examples.chunks_exact_mut(of_example(&self.stages));
            for (i, (own, outputs)) in examples.zip(outputs.chunks_exact_mut(self.units())).enumerate() {
                self.forward_example(params, rows.row(from + i), own, outputs, work);
            }
        };
        let size = rows.len() * self.work();
        join(size, || half(0, of_upper, upper, first), || half(middle, of_lower, lower, second));
    }

    fn backward(
        &self,
        params: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        outputs: &[F],
        errors: &[F],
        grad: &mut [F],
    ) {
        let Memory { examples, reversed, mut works } = Memory::cut(&self.stages, rows.len(), scratch);
        self.reverse(params, reversed);
        let (middle, units, reversed) = (rows.len() / 2, self.units(), &*reversed);
        let ((upper, lower), (out_upper, out_lower)) =
            (errors.split_at(middle * units), outputs.split_at(middle * units));
        let [(of_upper, first), (of_lower, second)] = halves(&self.stages, middle, examples, &mut works);
        let half = |examples: &mut [F], outputs: &[F], errors: &[F], work: &mut Work<F>| {
            work.sums.clear();
            let examples = examples.chunks_mut(TOGETHER * of_example(&self.stages));
            let of_outputs = outputs.chunks(TOGETHER * units).zip(errors.chunks(TOGETHER * units));
            for (own, (outputs, errors)) in examples.zip(of_outputs) {
                self.backward_examples(reversed, own, outputs, errors, work);
            }
        };
        // The gradient takes about as long as two forward passes.
        let size = 2 * rows.len() * self.work();
        join(size, || half(of_upper, out_upper, upper, first), || half(of_lower, out_lower, lower, second));
        works.iter_mut().for_each(|work| work.sums.add_to(&self.stages, grad));
    }

    fn tangent_len(&self, rows: usize) -> usize {
        TangentMemory::<F>::len(&self.stages, rows)
    }

    fn forward_tangent(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        tangent: &mut [F],
        outputs: &[F],
        tangents: &mut [F],
    ) {
        let memory = Memory::cut(&self.stages, rows.len(), scratch);
        let tangent = TangentMemory::cut(&self.stages, rows.len(), tangent);
        let [mut work, _] = memory.works;
        let examples = memory.examples.chunks_exact_mut(of_example(&self.stages));
        let own_tangents = tangent.examples.chunks_exact_mut(of_example_tangent(&self.stages));
        let outputs = outputs.chunks_exact(self.units()).zip(tangents.chunks_exact_mut(self.units()));
        for ((own, own_tangent), (outputs, tangents)) in examples.zip(own_tangents).zip(outputs) {
            self.forward_tangent_example([params, direction], own, own_tangent, outputs, tangents, &mut work);
        }
    }

    fn backward_tangent(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        tangent: &mut [F],
        of_outputs: Errors<F>,
        product: &mut [F],
    ) {
        let memory = Memory::cut(&self.stages, rows.len(), scratch);
        let mut tangent = TangentMemory::cut(&self.stages, rows.len(), tangent);
        self.reverse(params, memory.reversed);
        self.reverse(direction, tangent.reversed);
        let [mut work, _] = memory.works;
        work.sums.clear();
        let units = self.units();
        let examples = memory.examples.chunks_exact_mut(of_example(&self.stages));
        let own_tangents = tangent.examples.chunks_exact_mut(of_example_tangent(&self.stages));
        let outputs = of_outputs.outputs.chunks_exact(units).zip(of_outputs.tangents.chunks_exact(units));
        let errors = of_outputs.errors.chunks_exact(units).zip(of_outputs.errors_tangent.chunks_exact(units));
        for (((own, own_tangent), (outputs, tangents)), (errors, errors_tangent)) in
            examples.zip(own_tangents).zip(outputs).zip(errors)
        {
            let of_outputs = Errors { outputs, tangents, errors, errors_tangent };
            let reversed = [&*memory.reversed, &*tangent.reversed];
            self.backward_tangent_example(
                reversed,
                own,
                own_tangent,
                of_outputs,
                &mut work,
                &mut tangent.work,
            );
        }
        work.sums.add_to(&self.stages, product);
    }

    fn draw(&self, initialization: Option<Initialization>, stream: &mut Stream, params: &mut [F]) {
        let default =
            if self.activation == Activation::Relu { Initialization::He } else { Initialization::Xavier };
        for stage in &self.stages {
            let weights = &mut params[stage.weights.clone()];
            initialization.unwrap_or(default).draw(stream, stage.fan_in(), stage.outputs, weights);
        }
    }
}
