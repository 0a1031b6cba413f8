//! Preparing lines for drawing: broken where a point is missing, cut at the edge, without points that make no
//! visible difference.

use super::shapes::{Point, Rect};

/// The number of points beyond which a line is thinned further.
const MANY: usize = 1500;

/// Returns the pieces of a line inside a rectangle, simplified.
pub(super) fn visible(points: &[Point], rect: Rect) -> Vec<Vec<Point>> {
    let finite = |p: &Point| p.0.is_finite() && p.1.is_finite();
    let runs = points.split(|p| !finite(p)).filter(|run| !run.is_empty());
    runs.flat_map(|run| cut(run, rect)).map(|piece| simplified(&piece)).collect()
}

/// Returns points along the visible pieces of a line, at most a few pixels apart.
pub(super) fn sampled(points: &[Point], rect: Rect) -> Vec<Point> {
    const APART: f64 = 4.0;
    let between = |pair: &[Point]| {
        let (from, to) = (pair[0], pair[1]);
        let steps = ((to.0 - from.0).hypot(to.1 - from.1) / APART).ceil().max(1.0);
        (0..=steps as usize).map(move |i| {
            (from.0 + (to.0 - from.0) * i as f64 / steps, from.1 + (to.1 - from.1) * i as f64 / steps)
        })
    };
    visible(points, rect)
        .iter()
        .flat_map(|piece| piece.windows(2).flat_map(between).collect::<Vec<Point>>())
        .collect()
}

/// Cuts a line at a rectangle and returns the pieces inside. A single point inside is a piece too.
fn cut(run: &[Point], rect: Rect) -> Vec<Vec<Point>> {
    if let [point] = run {
        return if clip(*point, *point, rect).is_some() { vec![vec![*point]] } else { Vec::new() };
    }
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    let mut joined = false;
    for pair in run.windows(2) {
        let Some((from, to)) = clip(pair[0], pair[1], rect) else {
            joined = false;
            continue;
        };
        match pieces.last_mut() {
            Some(piece) if joined => piece.push(to),
            _ => pieces.push(vec![from, to]),
        }
        joined = to == pair[1];
    }
    pieces
}

/// Returns the part of a segment inside a rectangle, by the algorithm of Liang and Barsky.
fn clip(from: Point, to: Point, rect: Rect) -> Option<(Point, Point)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let edges = [
        (-dx, from.0 - rect.x),
        (dx, rect.right() - from.0),
        (-dy, from.1 - rect.y),
        (dy, rect.bottom() - from.1),
    ];
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (slope, room) in edges {
        if slope == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if slope < 0.0 {
            enter = enter.max(room / slope);
        } else {
            leave = leave.min(room / slope);
        }
    }
    let at = |t: f64| {
        if t == 0.0 {
            from
        } else if t == 1.0 {
            to
        } else {
            (from.0 + t * dx, from.1 + t * dy)
        }
    };
    (enter <= leave).then(|| (at(enter), at(leave)))
}

/// Removes the points that are less than a fraction of a pixel from the rest of the line.
pub(super) fn simplified(points: &[Point]) -> Vec<Point> {
    let mut tolerance = 0.08;
    let mut line = peucker(&thinned(points, 0.15), tolerance);
    while line.len() > MANY && tolerance < 4.0 {
        tolerance *= 2.0;
        line = peucker(&line, tolerance);
    }
    line
}

/// Removes points closer than `distance` to the last one that was kept. The ends stay.
fn thinned(points: &[Point], distance: f64) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for (i, point) in points.iter().enumerate() {
        let far = kept.last().is_none_or(|last| (last.0 - point.0).hypot(last.1 - point.1) >= distance);
        if far || i + 1 == points.len() {
            kept.push(*point);
        }
    }
    kept
}

/// Keeps few points from which the line is nowhere further than `tolerance`, by the algorithm of Ramer,
/// Douglas and Peucker.
fn peucker(points: &[Point], tolerance: f64) -> Vec<Point> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut keep = vec![false; points.len()];
    keep[0] = true;
    keep[points.len() - 1] = true;
    let mut spans = vec![(0, points.len() - 1)];
    while let Some((first, last)) = spans.pop() {
        let farthest = (first + 1..last)
            .map(|i| (distance(points[i], points[first], points[last]), i))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((away, i)) = farthest
            && away > tolerance
        {
            keep[i] = true;
            spans.extend([(first, i), (i, last)]);
        }
    }
    points.iter().zip(keep).filter(|(_, keep)| *keep).map(|(point, _)| *point).collect()
}

/// Returns the distance of a point from a segment.
fn distance(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let share =
        if length > 0.0 { (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (p.0 - a.0 - share * dx).hypot(p.1 - a.1 - share * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEET: Rect = Rect { x: 0.0, y: 0.0, width: 100.0, height: 100.0 };

    #[test]
    fn a_missing_point_breaks_the_line() {
        let line = [
            (0.0, 1.0),
            (10.0, 5.0),
            (20.0, f64::NAN),
            (30.0, 9.0),
            (40.0, 2.0),
            (50.0, f64::INFINITY),
            (60.0, 3.0),
        ];
        let pieces = visible(&line, SHEET);
        assert_eq!(pieces.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    }

    #[test]
    fn a_line_that_leaves_and_returns_is_cut_at_the_edge() {
        let pieces = visible(&[(10.0, 50.0), (50.0, 1e9), (90.0, 50.0)], SHEET);
        assert_eq!(pieces.len(), 2);
        assert!(pieces.iter().flatten().all(|p| p.1 <= 100.0 + 1e-6));
        assert_eq!(pieces[1].last(), Some(&(90.0, 50.0)));
        assert!(visible(&[(-5.0, -5.0), (-50.0, 200.0)], SHEET).is_empty());
    }

    #[test]
    fn many_points_become_few_and_stay_near() {
        let wave = |x: f64| 50.0 + 40.0 * (x / 5.0).sin();
        let points: Vec<Point> = (0..50_000).map(|i| (i as f64 / 500.0, wave(i as f64 / 500.0))).collect();
        let pieces = visible(&points, SHEET);
        let line = &pieces[0];
        assert!(pieces.len() == 1 && line.len() < 600, "{}", line.len());
        for pair in line.windows(2) {
            let middle = ((pair[0].0 + pair[1].0) / 2.0, (pair[0].1 + pair[1].1) / 2.0);
            assert!((wave(middle.0) - middle.1).abs() < 0.5);
        }
        assert_eq!((line.first(), line.last()), (points.first(), points.last()));
    }

    #[test]
    fn a_straight_line_needs_two_points() {
        let points: Vec<Point> = (0..100).map(|i| (f64::from(i), f64::from(i))).collect();
        assert_eq!(visible(&points, SHEET), vec![vec![(0.0, 0.0), (99.0, 99.0)]]);
    }
}
