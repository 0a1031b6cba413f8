//! Interleaved arms of a spiral, one for each class.

use super::blobs::{check_counts, labels_by_turns};
use super::dataset::{Dataset, Examples, Features};
use crate::error::{Result, check_hyperparameter};
use crate::rng;
use ndarray::Array2;
use rand::RngExt;
use rand_distr::StandardNormal;
use std::f64::consts::TAU;

/// Interleaved arms of a spiral in the unit disc, one for each class. No linear classifier separates them.
///
/// The data set is from the course's case study of a minimal neural network
/// (<https://cs231n.github.io/neural-networks-case-study/>). Along an arm the radius *r* grows from 0 to 1
/// while the angle turns by 4 radians, with normal noise in the angle. The arms start at evenly spaced
/// angles; the three arms of the course start at 0, 4 and 8 radians.
///
/// ```
/// use gradus::data::Spiral;
/// let arms = Spiral::default().generate(0)?;
/// assert_eq!((arms.train.len(), arms.test.len()), (300, 150));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spiral {
    /// The number of arms, from 1 to 256.
    pub classes: usize,
    /// The number of training examples of each class, from 1 to 1,000,000. The number of test examples is
    /// half of it, rounded up.
    pub per_class: usize,
    /// The standard deviation of the angle in radians (finite and ≥ 0).
    pub noise: f64,
}

impl Default for Spiral {
    /// Returns three arms of 100 examples with noise 0.2, as in the course.
    fn default() -> Self {
        Spiral { classes: 3, per_class: 100, noise: 0.2 }
    }
}

/// The angle by which an arm turns, in radians.
const TURN: f64 = 4.0;

impl Spiral {
    /// Draws the examples. The same seed gives the same examples.
    ///
    /// # Errors
    /// If a setting is out of range.
    pub fn generate(&self, seed: u64) -> Result<Dataset> {
        check_counts(self.classes, self.per_class)?;
        check_hyperparameter("noise", self.noise, "finite and ≥ 0", |v| v.is_finite() && v >= 0.0)?;
        Ok(Dataset {
            name: "spiral".into(),
            classes: (0..self.classes).map(|class| class.to_string()).collect(),
            shape: None,
            full_scale: 1.0,
            train: self.part(seed, "spiral train", self.per_class),
            test: self.part(seed, "spiral test", self.per_class.div_ceil(2)),
        })
    }

    fn part(&self, seed: u64, purpose: &str, per_class: usize) -> Examples {
        let mut stream = rng::stream(seed, purpose, 0);
        let labels = labels_by_turns(self.classes, per_class);
        let points = labels.iter().enumerate().flat_map(|(i, &label)| {
            let radius = (i / self.classes) as f64 / (per_class.max(2) - 1) as f64;
            let start = TAU * f64::from(label) / self.classes as f64;
            let angle = start + TURN * radius + self.noise * stream.sample::<f64, _>(StandardNormal);
            [radius * angle.sin(), radius * angle.cos()]
        });
        let points =
            Array2::from_shape_vec((labels.len(), 2), points.collect()).expect("two coordinates each");
        Examples { features: Features::Real(points), labels }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_noise_an_arm_is_the_curve_it_should_be() {
        let arms = Spiral { classes: 2, per_class: 5, noise: 0.0 }.generate(0).unwrap();
        let points = arms.train.features::<f64>();
        // The outer end of the first arm: radius 1, angle 4; the second arm lies opposite.
        assert_eq!(arms.train.labels[8..], [0, 1]);
        assert!((points[[8, 0]] - 4f64.sin()).abs() < 1e-15 && (points[[8, 1]] - 4f64.cos()).abs() < 1e-15);
        assert!(
            (points[[9, 0]] + points[[8, 0]]).abs() < 1e-12
                && (points[[9, 1]] + points[[8, 1]]).abs() < 1e-12
        );
    }

    #[test]
    fn the_noise_turns_and_never_stretches() {
        let arms = Spiral { per_class: 1000, ..Spiral::default() }.generate(5).unwrap();
        let points = arms.train.features::<f64>();
        let mut squares = 0.0;
        for (i, point) in points.rows().into_iter().enumerate().skip(3) {
            let radius = (i / 3) as f64 / 999.0;
            assert!((point.dot(&point).sqrt() - radius).abs() < 1e-12);
            let clean = TAU * f64::from(arms.train.labels[i]) / 3.0 + TURN * radius;
            let off = point[0].atan2(point[1]) - clean;
            squares += (off - TAU * (off / TAU).round()).powi(2);
        }
        assert!(((squares / 2997.0).sqrt() - 0.2).abs() < 0.01, "{}", (squares / 2997.0).sqrt());
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(Spiral::default().generate(1).unwrap(), Spiral::default().generate(1).unwrap());
        assert_ne!(Spiral::default().generate(1).unwrap(), Spiral::default().generate(2).unwrap());
        assert!(Spiral { noise: -1.0, ..Spiral::default() }.generate(0).is_err());
    }
}
