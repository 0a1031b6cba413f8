//! A training run in a file.

use super::training_run::TrainingRun;
use crate::error::{Error, Result};
use crate::linalg::slice_mut;
use crate::minimize::SavedRun;
use crate::objective::Evaluations;
use crate::optimizer::Saved;
use crate::optimizer::first_order::{Average, UpdateRule};
use crate::real::Real;
use ndarray::Array1;
use std::path::PathBuf;
use std::time::Duration;

/// The file in which a training run is kept, and the kept run with which it begins.
///
/// Default: neither.
#[derive(Debug, Clone, Default)]
pub struct Keeping {
    /// A line of text that is saved with the run, such as the data and the model.
    pub label: String,
    /// The file. It is written after a checkpoint, if the last save is half a second ago, and at the end.
    pub file: Option<PathBuf>,
    /// The run to go on with: the iterates have the same bits as those of a run that was never interrupted,
    /// if data, model, rule and settings are the same.
    pub resumed: Option<SavedRun>,
}

impl Keeping {
    /// The least time between two saves.
    pub const EVERY: Duration = Duration::from_millis(500);

    /// Writes the run, if it has a file.
    pub(super) fn save(&self, run: impl FnOnce(&str) -> SavedRun) -> Result<()> {
        self.file.as_deref().map_or(Ok(()), |file| run(&self.label).write(file))
    }
}

/// The counters of a run, in the order in which they are saved.
const COUNTERS: &str = "counters";

impl<F: Real, R: UpdateRule<F>> TrainingRun<'_, F, R> {
    /// Returns the run in its present state, at a checkpoint.
    pub(super) fn saved(&self, label: &str) -> SavedRun {
        let mut memory = Saved::default();
        self.state.save(self.rule.by_layers(), &mut memory);
        let counters = [self.batch as f64, self.clipped as f64, self.example_grads as f64, self.seen as f64];
        memory.put(COUNTERS, counters);
        memory.put("safe", self.safe.iter().copied());
        memory.put("batches", self.batches.numbers());
        if let Some(average) = &self.average {
            average.save(&mut memory);
        }
        SavedRun {
            label: label.into(),
            optimizer: self.rule.name().into(),
            iteration: self.steps,
            x: self.params.mapv(F::wide),
            value: 0.0,
            grad: Array1::zeros(self.params.len()),
            alpha: self.lr,
            evaluations: Evaluations::default(),
            start_grad_norm: 0.0,
            seconds: self.elapsed.as_secs_f64(),
            best: None,
            memory,
        }
    }

    /// Goes on where a kept run was.
    pub(super) fn put_back(&mut self, run: &SavedRun) -> Result<()> {
        if run.optimizer != self.rule.name() {
            let what =
                format!("the run was kept by {}, and cannot go on by {}", run.optimizer, self.rule.name());
            return Err(Error::Unsupported { what, remedy: "choose the optimizer that it was kept by" });
        }
        if run.x.len() != self.params.len() {
            let (expected, got) = (vec![self.params.len()], vec![run.x.len()]);
            return Err(Error::Shape { what: "the kept run", expected, got });
        }
        self.params.zip_mut_with(&run.x, |x, &saved| *x = F::of(saved));
        self.state.restore(self.rule.by_layers(), &run.memory)?;
        let mut counters = [0.0; 4];
        run.memory.take(COUNTERS, &mut counters)?;
        let [batch, clipped, example_grads, seen] = counters;
        self.batch = Saved::whole(COUNTERS, batch, usize::MAX)?;
        (self.clipped, self.example_grads, self.seen) = (clipped as u64, example_grads as u64, seen as u64);
        run.memory.take("safe", slice_mut(&mut self.safe))?;
        self.put_back_batches(&run.memory)?;
        self.average.as_mut().map_or(Ok(()), |average: &mut Average<F>| average.restore(&run.memory))?;
        (self.steps, self.lr) = (run.iteration, run.alpha);
        self.elapsed = Duration::try_from_secs_f64(run.seconds).unwrap_or_default();
        Ok(())
    }

    /// Puts the batches where they were.
    fn put_back_batches(&mut self, memory: &Saved) -> Result<()> {
        let mut numbers = vec![0.0; self.batches.numbers().count()];
        memory.take("batches", &mut numbers)?;
        for (place, &number) in numbers.iter().enumerate() {
            Saved::whole("batches", number, self.batches.most(place))?;
        }
        self.batches.go_to(&numbers);
        Ok(())
    }
}
