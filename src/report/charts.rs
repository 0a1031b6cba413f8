//! Figures as SVG, drawn by plotters, and as PDF, with the same look in notebooks, pages and papers.
//!
//! A chart is dark on a light card, and therefore readable everywhere; notebooks and the site show it light
//! on dark if the page is dark. Its colors can be told apart by color-blind readers, and its markers and
//! dashes in a gray print. An optimizer has the same look in all charts ([`look`](crate::figure::look())).
//! Theory is dashed and dark, and the legend is below the data. Equal figures give equal bytes.

mod backend;
mod canvas;
mod captioned;
mod contour;
mod dots;
mod formats;
mod layers;
mod layout;
mod legend;
mod panel;
mod plot;
mod png;
mod polyline;
mod raster;
mod scale;
mod shapes;
mod style;
mod theme;
mod ticks;

pub(crate) use captioned::captioned;
pub(crate) use formats::flexible;
pub use formats::{pdf, svg};
pub(crate) use png::base64;
pub(crate) use theme::adaptive;

#[cfg(test)]
mod test_figures;
#[cfg(test)]
mod tests;
