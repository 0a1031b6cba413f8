//! The scratch memory of the passes through the stages, split into its parts.

use super::stage::{Stage, TOGETHER};
use crate::linalg::Planes;
use crate::real::Real;

/// The entries that a vector has at most, each with its own sum.
const LANES: usize = Planes::<f64>::STEP;

/// What a forward pass leaves of an example for the other passes, of one stage.
pub struct Kept<'a, F> {
    /// The inputs with their border.
    pub planes: &'a mut [F],
    /// Which of each four outputs was the largest.
    pub places: &'a mut [F],
    /// The activations. Those of the last stage are with the outputs, and empty here.
    pub activations: &'a mut [F],
}

/// The length of what is kept of an example in a stage.
fn of_stage(stages: &[Stage], number: usize) -> [usize; 3] {
    let stage = &stages[number];
    [stage.planes(), stage.units(), if number + 1 < stages.len() { stage.units() } else { 0 }]
}

/// Returns the length of what is kept of an example.
pub fn of_example(stages: &[Stage]) -> usize {
    (0..stages.len()).flat_map(|number| of_stage(stages, number)).sum()
}

/// Splits what is kept of an example by stages, and returns the part of one and the parts after it.
pub fn split<'a, F>(stages: &[Stage], number: usize, own: &'a mut [F]) -> (Kept<'a, F>, &'a mut [F]) {
    let [planes, places, activations] = of_stage(stages, number);
    let (planes, rest) = own.split_at_mut(planes);
    let (places, rest) = rest.split_at_mut(places);
    let (activations, rest) = rest.split_at_mut(activations);
    (Kept { planes, places, activations }, rest)
}

/// Returns where the part of a stage begins in what is kept of an example, with its planes first.
pub fn start_of(stages: &[Stage], number: usize) -> usize {
    (0..number).flat_map(|number| of_stage(stages, number)).sum()
}

/// Returns what is kept of an example in one stage.
pub fn kept<'a, F>(stages: &[Stage], number: usize, own: &'a mut [F]) -> Kept<'a, F> {
    split(stages, number, &mut own[start_of(stages, number)..]).0
}

/// The length of the derivatives that are kept of an example in a stage: of its planes, which those of the
/// first stage have not, and of its activations.
fn of_stage_tangent(stages: &[Stage], number: usize) -> [usize; 2] {
    let [planes, _, activations] = of_stage(stages, number);
    [if number > 0 { planes } else { 0 }, activations]
}

/// Returns the length of the derivatives that are kept of an example. A net of one stage keeps none; one
/// entry then tells the examples apart.
pub fn of_example_tangent(stages: &[Stage]) -> usize {
    (0..stages.len()).flat_map(|number| of_stage_tangent(stages, number)).sum::<usize>().max(1)
}

/// Returns the derivatives of the planes and activations of an example in one stage, and those after it.
pub fn split_tangent<'a, F>(
    stages: &[Stage],
    number: usize,
    own: &'a mut [F],
) -> ([&'a mut [F]; 2], &'a mut [F]) {
    let [planes, activations] = of_stage_tangent(stages, number);
    let (planes, rest) = own.split_at_mut(planes);
    let (activations, rest) = rest.split_at_mut(activations);
    ([planes, activations], rest)
}

/// Returns the derivatives of the planes and activations of an example in one stage.
pub fn kept_tangent<'a, F>(stages: &[Stage], number: usize, own: &'a mut [F]) -> [&'a mut [F]; 2] {
    let start = (0..number).flat_map(|number| of_stage_tangent(stages, number)).sum();
    split_tangent(stages, number, &mut own[start..]).0
}

/// The memory of one thread, used for a few examples after others.
pub struct Work<'a, F> {
    /// The outputs of a convolution.
    pub outputs: &'a mut [F],
    /// Errors of outputs, in planes with their border, of [`TOGETHER`] examples.
    pub planes: &'a mut [F],
    /// Errors of pooled outputs, of as many examples.
    pub errors: &'a mut [F],
    /// The sums for the gradient.
    pub sums: Sums<'a, F>,
}

/// The sums for the gradient of a part of the examples, stage by stage.
pub struct Sums<'a, F> {
    /// Those of the weights, lane by lane.
    weights: &'a mut [F],
    biases: &'a mut [F],
}

/// Returns the largest number of errors of pooled outputs, or of the images that they were.
pub fn largest_errors(stages: &[Stage]) -> usize {
    let of = |stage: &Stage| stage.units().max(stage.inputs * stage.side * stage.side);
    stages.iter().map(of).max().unwrap_or(0)
}

/// The lengths of the memory of one thread.
fn of_work(stages: &[Stage]) -> [usize; 5] {
    let largest = |size: fn(&Stage) -> usize| stages.iter().map(size).max().unwrap_or(0);
    [
        largest(|stage| stage.outputs.max(stage.inputs) * stage.positions),
        TOGETHER * largest(|stage| stage.outputs * stage.plane),
        TOGETHER * largest_errors(stages),
        stages.iter().map(|stage| LANES * stage.weights.len()).sum(),
        stages.iter().map(|stage| stage.outputs).sum(),
    ]
}

impl<'a, F: Real> Work<'a, F> {
    fn cut(stages: &[Stage], memory: &'a mut [F]) -> Self {
        let [outputs, planes, errors, sums, _] = of_work(stages);
        let (outputs, rest) = memory.split_at_mut(outputs);
        let (planes, rest) = rest.split_at_mut(planes);
        let (errors, rest) = rest.split_at_mut(errors);
        let (weights, biases) = rest.split_at_mut(sums);
        Work { outputs, planes, errors, sums: Sums { weights, biases } }
    }
}

impl<F: Real> Sums<'_, F> {
    pub fn clear(&mut self) {
        self.weights.fill(F::zero());
        self.biases.fill(F::zero());
    }

    /// Returns the sums of one stage, for its weights and its biases.
    pub fn of(&mut self, stages: &[Stage], number: usize) -> (&mut [F], &mut [F]) {
        let (before, stage) = (&stages[..number], &stages[number]);
        let start = before.iter().map(|stage| LANES * stage.weights.len()).sum::<usize>();
        let first = before.iter().map(|stage| stage.outputs).sum::<usize>();
        (
            &mut self.weights[start..start + LANES * stage.weights.len()],
            &mut self.biases[first..first + stage.outputs],
        )
    }

    /// Adds the sums to the gradient of all stages.
    pub fn add_to(&mut self, stages: &[Stage], grad: &mut [F]) {
        for (number, stage) in stages.iter().enumerate() {
            let (sums, biases) = self.of(stages, number);
            F::add_sums(sums, &mut grad[stage.weights.clone()]);
            grad[stage.bias.clone()].iter_mut().zip(&*biases).for_each(|(g, &b)| *g += b);
        }
    }
}

/// The number of weights of all stages but the first, whose errors of inputs nobody needs.
fn reversed(stages: &[Stage]) -> usize {
    stages.iter().skip(1).map(|stage| stage.weights.len()).sum()
}

/// The memory for a block of examples.
pub struct Memory<'a, F> {
    /// What is kept of the examples.
    pub examples: &'a mut [F],
    /// The weights in reverse.
    pub reversed: &'a mut [F],
    /// The memory of two threads.
    pub works: [Work<'a, F>; 2],
}

impl<'a, F: Real> Memory<'a, F> {
    pub fn len(stages: &[Stage], rows: usize) -> usize {
        rows * of_example(stages) + reversed(stages) + 2 * of_work(stages).iter().sum::<usize>()
    }

    pub fn cut(stages: &[Stage], rows: usize, scratch: &'a mut [F]) -> Self {
        let work = of_work(stages).iter().sum::<usize>();
        let (examples, rest) = scratch.split_at_mut(rows * of_example(stages));
        let (reversed, rest) = rest.split_at_mut(reversed(stages));
        let (first, rest) = rest.split_at_mut(work);
        let works = [Work::cut(stages, first), Work::cut(stages, &mut rest[..work])];
        Memory { examples, reversed, works }
    }
}

/// Splits examples before the one with the number `middle`, each part with the memory of a thread.
pub fn halves<'b, 'a, F>(
    stages: &[Stage],
    middle: usize,
    examples: &'b mut [F],
    works: &'b mut [Work<'a, F>; 2],
) -> [(&'b mut [F], &'b mut Work<'a, F>); 2] {
    let (upper, lower) = examples.split_at_mut(middle * of_example(stages));
    let [first, second] = works;
    [(upper, first), (lower, second)]
}

/// What an example needs for derivatives of errors.
pub struct TangentWork<'a, F> {
    /// Derivatives of errors of outputs, in planes with their border.
    pub planes: &'a mut [F],
    /// Derivatives of errors of pooled outputs.
    pub errors: &'a mut [F],
}

/// The memory for derivatives of a block of examples.
pub struct TangentMemory<'a, F> {
    /// What is kept of the examples.
    pub examples: &'a mut [F],
    /// The direction's weights in reverse.
    pub reversed: &'a mut [F],
    pub work: TangentWork<'a, F>,
}

impl<'a, F> TangentMemory<'a, F> {
    pub fn len(stages: &[Stage], rows: usize) -> usize {
        let [_, planes, errors, ..] = of_work(stages);
        rows * of_example_tangent(stages) + reversed(stages) + planes + errors
    }

    pub fn cut(stages: &[Stage], rows: usize, memory: &'a mut [F]) -> Self {
        let [_, planes, errors, ..] = of_work(stages);
        let (examples, rest) = memory.split_at_mut(rows * of_example_tangent(stages));
        let (reversed, rest) = rest.split_at_mut(reversed(stages));
        let (planes, rest) = rest.split_at_mut(planes);
        TangentMemory { examples, reversed, work: TangentWork { planes, errors: &mut rest[..errors] } }
    }
}
