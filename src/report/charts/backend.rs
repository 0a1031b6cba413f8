//! The two formats in which a chart is written: SVG for screens, PDF for papers.

mod pdf;
mod svg;
mod traits;

pub(super) use pdf::Pdf;
pub(super) use svg::Svg;
pub(super) use traits::Backend;
