//! Numbers as colors.

use super::png::Image;
use super::style::{MISSING, Rgb, mix, tint};
use crate::figure::Palette;

/// The palette Viridis at nine equidistant places.
const VIRIDIS: [Rgb; 9] = [
    (68, 1, 84),
    (71, 45, 123),
    (59, 82, 139),
    (44, 114, 142),
    (33, 145, 140),
    (40, 174, 128),
    (94, 201, 98),
    (173, 220, 48),
    (253, 231, 37),
];
const BLUE: Rgb = (18, 93, 160);
const ORANGE: Rgb = (204, 85, 0);
const WHITE: Rgb = (250, 250, 250);
const BLACK: Rgb = (20, 20, 20);

/// Returns the numbers at the two ends of a palette.
pub(super) fn limits(values: &[f64], palette: Palette) -> (f64, f64) {
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    let far = low.abs().max(high.abs());
    match palette {
        _ if low > high => (0.0, 1.0),
        Palette::Diverging if far == 0.0 => (-1.0, 1.0),
        Palette::Diverging => (-far, far),
        _ if low == high => (low - 0.5, high + 0.5),
        _ => (low, high),
    }
}

/// Returns the color of a number.
pub(super) fn color(value: f64, (low, high): (f64, f64), palette: Palette) -> Rgb {
    if !value.is_finite() {
        return MISSING;
    }
    let share = ((value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0)).clamp(0.0, 1.0);
    match palette {
        Palette::Sequential => {
            let place = share * (VIRIDIS.len() - 1) as f64;
            let i = (place as usize).min(VIRIDIS.len() - 2);
            mix(VIRIDIS[i], VIRIDIS[i + 1], place - i as f64)
        }
        Palette::Diverging if share < 0.5 => mix(BLUE, WHITE, 2.0 * share),
        Palette::Diverging => mix(WHITE, ORANGE, 2.0 * share - 1.0),
        Palette::Ink => mix(WHITE, BLACK, share),
        Palette::Class => tint(value.round().max(0.0) as usize),
    }
}

/// Returns the image of a raster, enlarged so that its pixels stay sharp.
pub(super) fn image(width: usize, height: usize, values: &[f64], palette: Palette) -> Image {
    let limits = limits(values, palette);
    Image { width, height, pixels: values.iter().map(|&v| color(v, limits, palette)).collect() }.enlarged()
}

/// Returns a palette from its upper end down, one pixel wide.
pub(super) fn bar(palette: Palette) -> Image {
    const STEPS: usize = 64;
    let share = |i: usize| 1.0 - i as f64 / (STEPS - 1) as f64;
    Image {
        width: 1,
        height: STEPS,
        pixels: (0..STEPS).map(|i| color(share(i), (0.0, 1.0), palette)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_white_when_diverging() {
        let limits = limits(&[-1.0, 3.0], Palette::Diverging);
        assert_eq!(limits, (-3.0, 3.0));
        assert_eq!(color(0.0, limits, Palette::Diverging), WHITE);
        assert_eq!(color(-3.0, limits, Palette::Diverging), BLUE);
        assert_eq!(color(3.0, limits, Palette::Diverging), ORANGE);
    }

    #[test]
    fn what_is_no_number_has_a_colour_of_its_own() {
        assert_eq!(color(f64::NAN, (0.0, 1.0), Palette::Sequential), MISSING);
        assert_eq!(limits(&[f64::NAN, f64::INFINITY], Palette::Sequential), (0.0, 1.0));
        assert_eq!(limits(&[2.0, 2.0], Palette::Ink), (1.5, 2.5));
    }

    #[test]
    fn sequential_grows_lighter() {
        let light = |v: f64| {
            let (r, g, b) = color(v, (0.0, 1.0), Palette::Sequential);
            0.3 * f64::from(r) + 0.59 * f64::from(g) + 0.11 * f64::from(b)
        };
        assert!((0..20).all(|i| light(f64::from(i) / 20.0) < light(f64::from(i + 1) / 20.0)));
    }
}
