//! Draws the error of a numeric gradient over its step.

use super::axis::Axis;
use super::layer::Layer;
use super::layout::Figure;
use super::panel::Panel;
use crate::gradcheck::Sweep;
use crate::objective::Difference;

impl Sweep {
    /// Draws the errors over h on logarithmic axes, with the theoretically best step of each quotient marked.
    pub fn figure(&self, name: &str) -> Figure {
        let axes = (Axis::log("step h"), Axis::log("largest error, relative"));
        let panel = Panel::new("", axes.0, axes.1)
            .line("forward", self.h.clone(), self.forward.clone(), 0)
            .line("central", self.h.clone(), self.central.clone(), 1)
            .line("Richardson", self.h.clone(), self.richardson.clone(), 2)
            .with(Layer::VerticalMark { label: "√ε".into(), x: Difference::Forward.best_step() })
            .with(Layer::VerticalMark { label: "∛ε".into(), x: Difference::Central.best_step() });
        let caption = "On the right the quotient is too coarse, on the left rounding decides; between is \
                       the best step.";
        Figure::new(name, "Error of the numeric gradient", caption).panel(panel).columns(1)
    }
}
