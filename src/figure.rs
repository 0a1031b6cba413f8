//! Figures as data: panels, axes, layers and marks.
//!
//! Only `report` draws them, so the same figure looks the same in a notebook, on the web and in a paper.

mod axis;
mod classes;
mod history;
mod layer;
mod layout;
mod look;
mod panel;
mod runs;
mod sweep;

pub use axis::{Axis, Better, Scale};
pub use layer::{Layer, Palette, Role};
pub use layout::Figure;
pub use look::{COLORS, Color, Dash, Look, Marker, Rgb, look, optimizer, optimizers};
pub use panel::Panel;
pub use runs::{paths_on, values_over_steps};
