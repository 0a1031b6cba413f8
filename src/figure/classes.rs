//! Draws what a classifier has learned of data in the plane.

use super::axis::Axis;
use super::layer::{Layer, Palette};
use super::layout::Figure;
use super::panel::Panel;
use crate::real::Real;
use crate::train::{Classifier, RateSweep};
use ndarray::{Array1, Array2};

/// The number of pixels along each side, and the room around the points as a share of their extent.
const PIXELS: usize = 120;
const ROOM: f64 = 0.05;

impl<F: Real> Classifier<F> {
    /// Draws the class that `params` give to each point of the plane, and the training points.
    ///
    /// # Panics
    /// If the examples have not two features.
    ///
    /// ```
    /// use gradus::notebook::*;
    /// let arms: Prepared = Preprocessing::NONE.prepare(&data::by_name("spiral", 0)?);
    /// let classifier = Classifier::new(arms, ModelKind::parse("mlp:10")?, Regularizer::l2(1e-4));
    /// let fit = classifier.fit(Softmax, Adam::default(), &Training::default())?;
    /// assert_eq!(classifier.regions(&fit.trained.params).panels.len(), 1);
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    pub fn regions(&self, params: &Array1<F>) -> Figure {
        let (x, labels) = self.training_examples();
        assert_eq!(x.ncols(), 2, "regions are drawn of examples with two features");
        let range = |column: usize| {
            let values = || x.column(column).into_iter().map(|v| v.wide());
            let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::MIN, f64::max));
            let room = ROOM * (high - low);
            (low - room, high + room)
        };
        let (across, up) = (range(0), range(1));
        let along = |(from, to): (f64, f64), i: usize| from + (to - from) * (i as f64 + 0.5) / PIXELS as f64;
        let points = Array2::from_shape_fn((PIXELS * PIXELS, 2), |(i, axis)| {
            F::of(if axis == 0 { along(across, i % PIXELS) } else { along(up, PIXELS - 1 - i / PIXELS) })
        });
        let values = self.predict(params, &points).into_iter().map(f64::from).collect();
        let (palette, label) = (Palette::Class, String::new());
        let regions =
            Layer::Raster { width: PIXELS, height: PIXELS, values, x: across, y: up, palette, label };
        let axes = (Axis::linear("x₁").range(across.0, across.1), Axis::linear("x₂").range(up.0, up.1));
        let classes = labels.iter().copied().max().unwrap_or(0);
        let panel = (0..=classes).fold(Panel::new("", axes.0, axes.1).with(regions), |panel, class| {
            let of_class = x.rows().into_iter().zip(labels).filter(|(_, label)| **label == class);
            let (x, y) = of_class.map(|(row, _)| (row[0].wide(), row[1].wide())).unzip();
            panel.with(Layer::Points { label: String::new(), x, y, color: usize::from(class) })
        });
        let caption = "The class with the highest score at each point, and the training points.";
        Figure::new("regions", "Regions of the classes", caption).columns(1).aspect(1.0).panel(panel)
    }
}

impl RateSweep {
    /// Draws the test accuracy over the learning rates.
    pub fn figure(&self, name: &str) -> Figure {
        let axes = (Axis::log("learning rate"), Axis::linear("test accuracy").range(0.0, 1.0));
        let panel = Panel::new("", axes.0, axes.1).line("", self.rates.clone(), self.accuracies.clone(), 0);
        let caption = "Test accuracy at the end of training; 0 where the run diverged.";
        Figure::new(name, format!("{} learning rates", self.rates.len()), caption).columns(1).panel(panel)
    }
}
