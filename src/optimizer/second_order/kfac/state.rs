//! The state of a run of K-FAC. All of it is saved that a resumed run needs to have the bits of one that was
//! not interrupted.

use super::layer::Layer;
use crate::data::Batches;
use crate::error::Result;
use crate::linalg::slice_mut;
use crate::objective::KroneckerFactors;
use crate::optimizer::Saved;
use crate::rng::{self, Stream};
use ndarray::Array1;

/// The state of a run.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub layers: Vec<Layer>,
    pub factors: Vec<KroneckerFactors>,
    pub batches: Option<Batches>,
    pub current: Vec<u32>,
    pub stream: Stream,
    pub damping: f64,
    pub proposal: Array1<f64>,
    pub update: Array1<f64>,
    pub spare: Array1<f64>,
}

impl State {
    /// Writes the averages and inverses of the factors, the last update, the damping, and how far the random
    /// numbers have come.
    pub(super) fn save(&self, saved: &mut Saved) {
        saved.put("factors", self.layers.iter().flat_map(Layer::numbers).copied());
        saved.put("update", self.update.iter().copied());
        saved.put_one("damping", self.damping);
        saved.put("labels", rng::place(&self.stream));
        if let Some(batches) = &self.batches {
            saved.put("batches", batches.numbers());
        }
    }

    /// Reads what [`save`](State::save) wrote. The run has been started at the saved point.
    pub(super) fn restore(&mut self, saved: &Saved) -> Result<()> {
        let mut factors = vec![0.0; self.layers.iter().flat_map(Layer::numbers).count()];
        saved.take("factors", &mut factors)?;
        let kept = self.layers.iter_mut().flat_map(Layer::numbers_mut);
        kept.zip(factors).for_each(|(kept, saved)| *kept = saved);
        saved.take("update", slice_mut(&mut self.update))?;
        self.damping = saved.take_one("damping")?;
        let mut labels = [0.0; 3];
        saved.take("labels", &mut labels)?;
        rng::go_to(&mut self.stream, labels);
        self.restore_batches(saved)
    }

    /// Puts the batches where they were, and takes the last one as the current one.
    fn restore_batches(&mut self, saved: &Saved) -> Result<()> {
        let mut numbers = vec![0.0; self.batches.as_ref().map_or(0, |batches| batches.numbers().count())];
        saved.take("batches", &mut numbers)?;
        let Some(batches) = &mut self.batches else { return Ok(()) };
        for (place, &number) in numbers.iter().enumerate() {
            Saved::whole("batches", number, batches.most(place))?;
        }
        batches.go_to(&numbers);
        self.current.clear();
        self.current.extend_from_slice(batches.last());
        Ok(())
    }
}
