//! Steps on several batches, which processes can share.

use super::settings::Batch;
use super::training_run::{Seen, TrainingRun};
use crate::linalg::{slice, slice_mut};
use crate::objective::FiniteSum;
use crate::optimizer::first_order::UpdateRule;
use crate::ranks::{Ranks, add_in_order, collect, share_of};
use crate::real::Real;
use crate::stop::Termination;
use ndarray::Array1;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

impl<F: Real, R: UpdateRule<F>> TrainingRun<'_, F, R> {
    /// Evaluates the mean gradient over the examples of several batches, up to the end of the epoch.
    /// Processes that share the objective share the batches.
    pub(super) fn accumulated(
        &mut self,
        objective: &mut impl FiniteSum<F>,
        ahead: bool,
    ) -> ControlFlow<Termination> {
        let per_epoch = self.settings.batches_per_epoch(self.examples);
        let batches = self.settings.accumulate.min(per_epoch - self.batch % per_epoch);
        self.sum.fill(F::zero());
        // Of the full batch, they share each evaluation.
        let deals = |ranks: &Arc<dyn Ranks>| ranks.size() > 1 && self.settings.batch != Batch::Full;
        let examples = match objective.ranks().filter(deals) {
            Some(ranks) => self.dealt(objective, ahead, batches, &*ranks)?,
            None => self.alone(objective, ahead, batches)?,
        };
        let share = F::of(1.0 / examples as f64);
        self.grad.zip_mut_with(&self.sum, |g, &sum| *g = share * sum);
        ControlFlow::Continue(())
    }

    /// Adds the weighted gradients of the next batches, and returns the number of their examples.
    fn alone(
        &mut self,
        objective: &mut impl FiniteSum<F>,
        ahead: bool,
        batches: usize,
    ) -> ControlFlow<Termination, usize> {
        let mut all = 0;
        for _ in 0..batches {
            let Seen { examples, loss } = self.gradient(objective, ahead)?;
            self.note(loss);
            all += examples;
            self.sum.scaled_add(F::of(examples as f64), &self.grad);
        }
        ControlFlow::Continue(all)
    }

    /// Does the same as [`alone`](TrainingRun::alone), with the same bits. Each process evaluates its share
    /// of the batches, and the gradients are added in the order of the batches.
    fn dealt(
        &mut self,
        objective: &mut impl FiniteSum<F>,
        ahead: bool,
        batches: usize,
        ranks: &dyn Ranks,
    ) -> ControlFlow<Termination, usize> {
        let own = share_of(batches, ranks.rank(), ranks.size());
        let mut words = vec![0.0; batches * Word::NUMBERS];
        let (is_first, mut kept) = (ranks.rank() == 0, 0);
        let first_step = self.steps;
        for batch in 0..batches {
            if !own.contains(&batch) {
                self.skip();
                continue;
            }
            let word = match self.gradient(objective, ahead) {
                ControlFlow::Continue(Seen { examples, loss }) => {
                    let weight = F::of(examples as f64);
                    if is_first {
                        self.sum.scaled_add(weight, &self.grad);
                    } else {
                        self.keep(kept, weight);
                        kept += 1;
                    }
                    Word { examples, loss, failed: false }
                }
                ControlFlow::Break(termination) => Word::of(termination),
            };
            words[Word::place(batch)].copy_from_slice(&word.numbers());
        }
        collect(ranks, &mut words, Word::place(own.start).start..own.end * Word::NUMBERS);
        let words: Vec<Word> = words.chunks_exact(Word::NUMBERS).map(Word::read).collect();
        if let Some(failed) = words.iter().find(|word| word.failed) {
            return ControlFlow::Break(Termination::NotFinite { iteration: first_step, value: failed.loss });
        }
        // The first process has added its own already; the others wait for its sum.
        add_in_order(ranks, slice_mut(&mut self.sum), |segment, part| {
            for grad in &self.weighted[..kept] {
                part.iter_mut().zip(&slice(grad)[segment.clone()]).for_each(|(p, &g)| *p += g);
            }
        });
        words.iter().for_each(|word| self.note(word.loss));
        ControlFlow::Continue(words.iter().map(|word| word.examples).sum())
    }

    /// Keeps the gradient times its weight until the sum of the batches before it has come.
    fn keep(&mut self, place: usize, weight: F) {
        if self.weighted.len() == place {
            self.weighted.push(Array1::zeros(self.grad.len()));
        }
        self.weighted[place].zip_mut_with(&self.grad, |kept, &grad| *kept = weight * grad);
    }

    /// Passes over a batch that another process evaluates.
    fn skip(&mut self) {
        let examples = self.batches.next().len() as u64;
        let gradients = if self.rule.climbs().is_some() { 2 } else { 1 };
        self.batch += 1;
        self.seen += examples;
        self.example_grads += gradients * examples;
    }
}

/// What a process tells the others about a batch.
struct Word {
    examples: usize,
    loss: f64,
    failed: bool,
}

impl Word {
    const NUMBERS: usize = 3;

    /// Returns the word about a batch whose loss or gradient is not finite.
    fn of(termination: Termination) -> Self {
        let loss = if let Termination::NotFinite { value, .. } = termination { value } else { f64::NAN };
        Word { examples: 0, loss, failed: true }
    }

    fn place(batch: usize) -> Range<usize> {
        batch * Self::NUMBERS..(batch + 1) * Self::NUMBERS
    }

    fn numbers(&self) -> [f64; Self::NUMBERS] {
        [self.examples as f64, self.loss, f64::from(u8::from(self.failed))]
    }

    fn read(numbers: &[f64]) -> Self {
        Word { examples: numbers[0] as usize, loss: numbers[1], failed: numbers[2] != 0.0 }
    }
}
