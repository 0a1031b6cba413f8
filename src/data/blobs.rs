//! Gaussian clouds, one for each class.

use super::dataset::{Dataset, Examples, Features};
use crate::error::{Result, check_hyperparameter};
use crate::rng;
use ndarray::Array2;
use rand::RngExt;
use rand_distr::StandardNormal;
use std::f64::consts::TAU;

/// Gaussian clouds in the plane, one for each class, with centres evenly spaced on the unit circle.
///
/// The classes are linearly separable, except where the clouds overlap.
///
/// ```
/// use gradus::data::Blobs;
/// let clouds = Blobs { classes: 4, spread: 0.1, ..Blobs::default() }.generate(7)?;
/// assert_eq!(clouds.train.class_counts(4), [200; 4]);
/// assert_eq!(clouds.features(), 2);
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blobs {
    /// The number of clouds, from 1 to 256.
    pub classes: usize,
    /// The number of training examples of each class, from 1 to 1,000,000. The number of test examples is a
    /// quarter of it, rounded up.
    pub per_class: usize,
    /// The standard deviation of each coordinate (finite and ≥ 0). The centres have distance 1 from the
    /// origin.
    pub spread: f64,
}

impl Default for Blobs {
    /// Returns three classes of 200 examples, with spread 0.3.
    fn default() -> Self {
        Blobs { classes: 3, per_class: 200, spread: 0.3 }
    }
}

impl Blobs {
    /// Draws the examples. The same seed gives the same examples.
    ///
    /// # Errors
    /// If a setting is out of range.
    pub fn generate(&self, seed: u64) -> Result<Dataset> {
        check_counts(self.classes, self.per_class)?;
        check_hyperparameter("spread", self.spread, "finite and ≥ 0", |v| v.is_finite() && v >= 0.0)?;
        Ok(Dataset {
            name: "blobs".into(),
            classes: (0..self.classes).map(|class| class.to_string()).collect(),
            shape: None,
            full_scale: 1.0,
            train: self.part(seed, "blobs train", self.per_class),
            test: self.part(seed, "blobs test", self.per_class.div_ceil(4)),
        })
    }

    fn part(&self, seed: u64, purpose: &str, per_class: usize) -> Examples {
        let mut stream = rng::stream(seed, purpose, 0);
        let labels = labels_by_turns(self.classes, per_class);
        let points = labels.iter().flat_map(|&label| {
            let (sin, cos) = (TAU * f64::from(label) / self.classes as f64).sin_cos();
            [cos, sin].map(|centre| centre + self.spread * stream.sample::<f64, _>(StandardNormal))
        });
        let points =
            Array2::from_shape_vec((labels.len(), 2), points.collect()).expect("two coordinates each");
        Examples { features: Features::Real(points), labels }
    }
}

/// Returns the labels 0, 1, …, 0, 1, …, so that every prefix of the data is balanced.
pub(super) fn labels_by_turns(classes: usize, per_class: usize) -> Vec<u8> {
    (0..classes * per_class).map(|i| (i % classes) as u8).collect()
}

/// Checks the settings that all generated data sets have.
pub(super) fn check_counts(classes: usize, per_class: usize) -> Result<()> {
    check_hyperparameter("classes", classes as f64, "from 1 to 256", |v| (1.0..=256.0).contains(&v))?;
    check_hyperparameter("per_class", per_class as f64, "from 1 to 1,000,000", |v| (1.0..=1e6).contains(&v))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clouds_have_the_centres_and_the_spread_asked_for() {
        let blobs = Blobs { classes: 4, per_class: 20_000, spread: 0.5 };
        let data = blobs.generate(3).unwrap();
        let points = data.train.features::<f64>();
        for class in 0..4usize {
            let mine: Vec<usize> =
                (0..points.nrows()).filter(|&i| usize::from(data.train.labels[i]) == class).collect();
            let cloud = points.select(ndarray::Axis(0), &mine);
            let centre = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)][class];
            let mean = cloud.mean_axis(ndarray::Axis(0)).unwrap();
            assert!(
                (mean[0] - centre.0).abs() < 0.02 && (mean[1] - centre.1).abs() < 0.02,
                "{class}: {mean}"
            );
            assert!(cloud.std_axis(ndarray::Axis(0), 0.0).iter().all(|s| (s - 0.5).abs() < 0.01));
        }
    }

    #[test]
    fn the_seed_decides_and_bad_settings_are_refused() {
        let blobs = Blobs::default();
        assert_eq!(blobs.generate(1).unwrap(), blobs.generate(1).unwrap());
        assert_ne!(blobs.generate(1).unwrap(), blobs.generate(2).unwrap());
        assert!(Blobs { classes: 0, ..blobs }.generate(0).is_err());
        assert!(Blobs { classes: 257, ..blobs }.generate(0).is_err());
        assert!(Blobs { spread: f64::NAN, ..blobs }.generate(0).is_err());
    }
}
