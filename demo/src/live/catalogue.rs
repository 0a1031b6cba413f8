//! The table of live figures.

#[cfg(feature = "digits")]
use super::batches;
use super::shown::Shown;
use super::{adam, descent, momentum, nesterov, newton, scaled, slope, trouble};
use gradus::error::Result;

/// A live figure.
pub struct Live {
    /// Its name: the number of the notebook, and a word.
    pub id: &'static str,
    /// The number of its knobs.
    pub knobs: usize,
    /// Computes the figure from the positions of its knobs.
    pub show: fn(&[f64]) -> Result<Shown>,
}

/// All live figures, in the order of the course.
pub const ALL: &[Live] = &[
    Live { id: "03-shrinking", knobs: 2, show: slope::shrinking },
    Live { id: "04-parabola", knobs: 1, show: descent::parabola },
    Live { id: "04-bowl", knobs: 2, show: descent::bowl },
    #[cfg(feature = "digits")]
    Live { id: "05-angles", knobs: 1, show: batches::angles },
    Live { id: "06-ravine", knobs: 1, show: trouble::ravine },
    Live { id: "06-saddle", knobs: 2, show: trouble::saddle },
    Live { id: "06-noise", knobs: 2, show: trouble::noise },
    Live { id: "07-ravine", knobs: 2, show: momentum::ravine },
    Live { id: "07-escapes", knobs: 1, show: momentum::escapes },
    Live { id: "07-noise", knobs: 2, show: momentum::noise },
    Live { id: "08-ravine", knobs: 2, show: nesterov::ravine },
    Live { id: "09-ravine", knobs: 2, show: scaled::ravine },
    Live { id: "09-rmsprop", knobs: 2, show: scaled::rmsprop },
    Live { id: "10-steps", knobs: 2, show: adam::steps },
    Live { id: "10-ravine", knobs: 3, show: adam::ravine },
    Live { id: "12-himmelblau", knobs: 2, show: newton::himmelblau },
];
