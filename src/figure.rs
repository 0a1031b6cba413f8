//! Figures as data: panels, axes, layers and marks.
//!
//! Only `report` draws them, so the same figure looks the same in a notebook, on the web and in a paper.

mod axis;
mod history;
mod layer;
mod layout;
mod panel;
mod sweep;

pub use axis::{Axis, Better, Scale};
pub use layer::{Layer, Palette, Role};
pub use layout::Figure;
pub use panel::Panel;
