//! Figures of the notebooks that the site computes anew when a reader moves a knob.
//!
//! Each figure is a function of its knobs that does what the notebook's cell or the study does, with the same
//! library, and returns the library's own [`Figure`](gradus::figure::Figure). With the knobs where the
//! notebook has them, it is the committed picture. Which figures a page has, and where their knobs stand and
//! end, is written in `scripts/site/live.json`.

mod adam;
mod answer;
#[cfg(feature = "digits")]
mod batches;
mod catalogue;
mod descent;
pub mod exports;
mod json;
mod momentum;
mod nesterov;
mod newton;
mod run;
mod scaled;
mod shown;
mod slope;
mod trouble;

pub use answer::answer;
pub use catalogue::{ALL, Live};
pub use shown::Shown;

#[cfg(test)]
mod tests;
