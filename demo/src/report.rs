//! The library's own drawing of charts, compiled into this crate from the library's files, so that a live
//! figure looks like the picture that it replaces, and cannot fall behind it.
//!
//! The library's feature `report` would bring polars and plotters, neither of which belongs in a page. The
//! files below need neither: they draw on a `Backend`, and [`charts`] has one that writes SVG for a page.
//! If a file of the library's charts is added or renamed, the list below has to follow.

#![allow(dead_code, reason = "live figures use a part of what the library draws")]

#[path = "../../src/report/numbers.rs"]
pub(crate) mod numbers;

#[path = "../../src/report/charts"]
pub(crate) mod charts {
    mod backend {
        mod traits;
        pub(super) use traits::Backend;
    }
    mod canvas;
    mod contour;
    mod dots;
    mod layers;
    mod legend;
    mod panel;
    mod plot;
    mod polyline;
    mod raster;
    mod scale;
    mod shapes;
    mod style;
    mod ticks;

    #[path = "../../../demo/src/live/panels.rs"]
    mod panels;
    #[path = "../../../demo/src/live/sheet.rs"]
    mod sheet;

    /// What `raster` makes. A live figure has no rasters, so nothing encodes it.
    mod png {
        pub(super) struct Image {
            pub width: usize,
            pub height: usize,
            pub pixels: Vec<super::style::Rgb>,
        }

        impl Image {
            pub fn enlarged(self) -> Image {
                self
            }
        }
    }

    pub(crate) use panels::drawn;
}
