//! What a run of K-FAC keeps.

use super::layer::Layer;
use super::tridiagonal::Tridiagonal;
use crate::data::Batches;
use crate::objective::KroneckerFactors;
use crate::rng::Stream;
use ndarray::Array1;

/// The state of a run.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) layers: Vec<Layer>,
    pub(super) factors: Vec<KroneckerFactors>,
    pub(super) tridiagonal: Option<Tridiagonal>,
    pub(super) batches: Option<Batches>,
    pub(super) current: Vec<u32>,
    pub(super) stream: Stream,
    pub(super) damping: f64,
    pub(super) proposal: Array1<f64>,
    pub(super) update: Array1<f64>,
    pub(super) spare: Array1<f64>,
}
