//! Random search, the lecture's first idea: try random parameters and keep the best.

use crate::error::{Result, check_hyperparameter};
use crate::objective::Objective;
use crate::optimizer::{Iterate, Optimizer, Saved};
use crate::real::Real;
use crate::rng::{self, Stream};
use crate::stop::Termination;
use rand::RngExt;
use rand_distr::StandardNormal;
use std::ops::ControlFlow;

/// Random search (slide "Idea #1"): each iteration draws x = scale·z with z standard normal, and keeps it if
/// f(x) is the lowest so far. The lecture's scale is 1e-4.
///
/// ```
/// use gradus::optimizer::zeroth_order::RandomSearch;
/// use gradus::prelude::*;
/// let steps =
///     Function::new(2, |x| (x[0] - 0.5).abs().round() + (x[1] + 0.5).abs().round());
/// let found = minimize(steps, &array![9.0, 9.0], RandomSearch::new(1.0, 7)?, Stop::iterations(500))?;
/// assert_eq!(found.value, 0.0);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RandomSearch<F> {
    scale: f64,
    stream: Stream,
    candidate: ndarray::Array1<F>,
}

impl<F: Real> RandomSearch<F> {
    /// Makes a random search with draws of standard deviation `scale` (finite and > 0) from the stream of
    /// `seed`.
    pub fn new(scale: f64, seed: u64) -> Result<Self> {
        check_hyperparameter("scale", scale, "finite and > 0", |v| v.is_finite() && v > 0.0)?;
        Ok(RandomSearch {
            scale,
            stream: rng::stream(seed, "random search", 0),
            candidate: Default::default(),
        })
    }
}

impl<F: Real, O: Objective<F> + ?Sized> Optimizer<F, O> for RandomSearch<F> {
    fn name(&self) -> String {
        "random-search".into()
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<F>) {
        self.candidate = ndarray::Array1::zeros(iterate.x.len());
        iterate.value = objective.value(&iterate.x);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<F>) -> ControlFlow<Termination> {
        let (stream, scale) = (&mut self.stream, self.scale);
        self.candidate.mapv_inplace(|_| F::of(scale * stream.sample::<f64, _>(StandardNormal)));
        let value = objective.value(&self.candidate);
        if value < iterate.value {
            iterate.value = value;
            iterate.x.assign(&self.candidate);
        }
        iterate.alpha = F::of(self.scale);
        ControlFlow::Continue(())
    }

    fn save(&self, saved: &mut Saved) {
        saved.put("place", rng::place(&self.stream));
    }

    fn restore(&mut self, saved: &Saved) -> Result<()> {
        let mut place = [0.0f64; 3];
        saved.take("place", &mut place)?;
        rng::go_to(&mut self.stream, place);
        Ok(())
    }
}
