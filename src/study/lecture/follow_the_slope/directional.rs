//! The slope along any direction is the dot product of the direction with the gradient.

use crate::error::Result;
use crate::figure::{Axis, Figure, Layer, Panel};
use crate::findings::Findings;
use crate::study::Context;

/// A point of the plane, or a vector.
type Pair = [f64; 2];

/// The point of the picture, and the angle in degrees from the gradient to the direction that is drawn.
const POINT: Pair = [0.5, 0.1];
const ANGLE: f64 = 55.0;
/// The step of the central differences.
const H: f64 = 1e-5;

fn height([x, y]: Pair) -> f64 {
    0.5 * x * x + 0.1 * x.powi(3) + y * y + y
}

fn gradient([x, y]: Pair) -> Pair {
    [x + 0.3 * x * x, 2.0 * y + 1.0]
}

fn plus(p: Pair, length: f64, d: Pair) -> Pair {
    [p[0] + length * d[0], p[1] + length * d[1]]
}

/// Returns the unit vector at an angle in degrees from a vector.
fn turned(from: Pair, degrees: f64) -> Pair {
    let angle = from[1].atan2(from[0]) + degrees.to_radians();
    [angle.cos(), angle.sin()]
}

/// Returns the slope at a point along a unit vector, by a central difference.
fn slope(p: Pair, d: Pair) -> f64 {
    (height(plus(p, H, d)) - height(plus(p, -H, d))) / (2.0 * H)
}

pub(super) fn run(_context: &Context, findings: &mut Findings) -> Result<()> {
    findings.figures.push(figure());
    Ok(())
}

fn figure() -> Figure {
    let g = gradient(POINT);
    let length = g[0].hypot(g[1]);
    let d = turned(g, ANGLE);
    let shadow = plus(POINT, g[0] * d[0] + g[1] * d[1], d);
    let arrow = |to: Pair| (vec![POINT[0], to[0]], vec![POINT[1], to[1]]);
    let (tip, unit) = (plus(POINT, 1.0, g), plus(POINT, 1.0, d));
    let plane =
        Panel::new("a point", Axis::linear("x₁").range(-1.2, 1.8), Axis::linear("x₂").range(-1.0, 2.0))
            .contour(|x, y| height([x, y]), 14)
            .path("gradient g", arrow(tip).0, arrow(tip).1, 0)
            .path("unit direction d", arrow(unit).0, arrow(unit).1, 1)
            .path("projection of g, length g · d", arrow(shadow).0, arrow(shadow).1, 2)
            .theory("perpendicular to d", [tip[0], shadow[0]], [tip[1], shadow[1]]);
    let fine: Vec<f64> = (0..=180).map(|i| 2.0 * f64::from(i)).collect();
    let coarse: Vec<f64> = (0..=24).map(|i| 15.0 * f64::from(i)).collect();
    let slopes = Panel::new(
        "every direction",
        Axis::linear("angle θ between g and d (degrees)").range(0.0, 360.0),
        Axis::linear("slope along d").range(-1.6, 1.6),
    )
    .theory("|g| cos θ", fine.clone(), fine.iter().map(|t| length * t.to_radians().cos()).collect::<Vec<_>>())
    .with(Layer::Points {
        label: "measured by differences".into(),
        y: coarse.iter().map(|&degrees| slope(POINT, turned(g, degrees))).collect(),
        x: coarse,
        color: 2,
    })
    .with(Layer::VerticalMark { label: "d on the left".into(), x: ANGLE })
    .with(Layer::VerticalMark { label: "steepest descent".into(), x: 180.0 })
    .with(Layer::HorizontalMark { label: "level".into(), y: 0.0 });
    let caption = "The slope along a unit direction d is g · d = |g| cos θ, the length of the projection of \
                   the gradient on d. It is largest along g, zero along the contour line, and smallest \
                   along −g.";
    Figure::new("directional", "The slope along a direction is a dot product", caption)
        .aspect(1.0)
        .panel(plane)
        .panel(slopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_along_a_direction_is_the_dot_product() {
        let g = gradient(POINT);
        for degrees in (0..360).step_by(7) {
            let d = turned(g, f64::from(degrees));
            assert!((slope(POINT, d) - (g[0] * d[0] + g[1] * d[1])).abs() < 1e-8, "{degrees}");
            let along = g[0].hypot(g[1]) * f64::from(degrees).to_radians().cos();
            assert!((slope(POINT, d) - along).abs() < 1e-8, "{degrees}");
        }
    }
}
