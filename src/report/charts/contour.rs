//! Contour lines of a sampled function by marching squares.

use std::collections::BTreeMap;

/// A grid of samples: `z[row * x.len() + column]`, rows along `y`.
pub(super) struct Grid<'a> {
    pub x: &'a [f64],
    pub y: &'a [f64],
    pub z: &'a [f64],
}

/// An edge of the grid: from node (column, row) to the right, or (`true`) upwards.
type Edge = (usize, usize, bool);

/// Returns the contour of one level as lines in the units of the grid. A closed line ends where it begins.
/// Cells with a corner that is not finite are skipped. Crossings are found by linear interpolation along the
/// edges.
pub(super) fn lines(grid: &Grid, level: f64) -> Vec<Vec<(f64, f64)>> {
    let mut links: BTreeMap<Edge, Vec<Edge>> = BTreeMap::new();
    for row in 0..grid.y.len().saturating_sub(1) {
        for column in 0..grid.x.len().saturating_sub(1) {
            for (a, b) in cell(grid, level, column, row) {
                links.entry(a).or_default().push(b);
                links.entry(b).or_default().push(a);
            }
        }
    }
    let mut lines = Vec::new();
    let ends: Vec<Edge> =
        links.iter().filter(|(_, others)| others.len() == 1).map(|(edge, _)| *edge).collect();
    for start in ends.into_iter().chain(links.keys().copied().collect::<Vec<_>>()) {
        while let Some(line) = walk(&mut links, start) {
            lines.push(line.iter().map(|&edge| crossing(grid, level, edge)).collect());
        }
    }
    lines
}

/// Follows the links from an edge to their end, and removes them.
fn walk(links: &mut BTreeMap<Edge, Vec<Edge>>, start: Edge) -> Option<Vec<Edge>> {
    let mut line = vec![start];
    let mut here = start;
    while let Some(next) = links.get_mut(&here).and_then(Vec::pop) {
        if let Some(back) = links.get_mut(&next)
            && let Some(at) = back.iter().position(|&edge| edge == here)
        {
            back.swap_remove(at);
        }
        line.push(next);
        here = next;
    }
    (line.len() > 1).then_some(line)
}

/// Returns the pieces of the contour inside a cell, as pairs of the edges that they connect.
fn cell(grid: &Grid, level: f64, column: usize, row: usize) -> Vec<(Edge, Edge)> {
    let at = |column: usize, row: usize| grid.z[row * grid.x.len() + column];
    let corners = [at(column, row), at(column + 1, row), at(column + 1, row + 1), at(column, row + 1)];
    if corners.iter().any(|z| !z.is_finite()) {
        return Vec::new();
    }
    let (bottom, right) = ((column, row, false), (column + 1, row, true));
    let (top, left) = ((column, row + 1, false), (column, row, true));
    let above = corners.map(|z| z > level);
    let crossed: Vec<Edge> = [(bottom, 0, 1), (right, 1, 2), (top, 3, 2), (left, 0, 3)]
        .into_iter()
        .filter(|&(_, a, b)| above[a] != above[b])
        .map(|(edge, _, _)| edge)
        .collect();
    match crossed[..] {
        [a, b] => vec![(a, b)],
        // At a saddle, the mean of the corners decides which opposite corners are connected.
        [_, _, _, _] if (corners.iter().sum::<f64>() / 4.0 > level) == above[0] => {
            vec![(bottom, right), (top, left)]
        }
        [_, _, _, _] => vec![(bottom, left), (top, right)],
        _ => Vec::new(),
    }
}

fn crossing(grid: &Grid, level: f64, (column, row, upwards): Edge) -> (f64, f64) {
    let at = |column: usize, row: usize| grid.z[row * grid.x.len() + column];
    let here = at(column, row);
    let there = if upwards { at(column, row + 1) } else { at(column + 1, row) };
    let share = ((level - here) / (there - here)).clamp(0.0, 1.0);
    let between = |axis: &[f64], i: usize| axis[i] + share * (axis[i + 1] - axis[i]);
    if upwards { (grid.x[column], between(grid.y, row)) } else { (between(grid.x, column), grid.y[row]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampled(f: impl Fn(f64, f64) -> f64, n: usize) -> (Vec<f64>, Vec<f64>) {
        let axis: Vec<f64> = (0..n).map(|i| -2.0 + 4.0 * i as f64 / (n - 1) as f64).collect();
        let z = axis.iter().flat_map(|&y| axis.iter().map(|&x| f(x, y)).collect::<Vec<_>>()).collect();
        (axis, z)
    }

    #[test]
    fn a_circle_is_one_closed_line_of_the_right_radius() {
        let (axis, z) = sampled(|x, y| x * x + y * y, 101);
        let lines = lines(&Grid { x: &axis, y: &axis, z: &z }, 1.0);
        assert_eq!(lines.len(), 1);
        let line = &lines[0];
        assert_eq!(line.first(), line.last());
        assert!(line.len() > 100);
        for (x, y) in line {
            assert!((x.hypot(*y) - 1.0).abs() < 1e-3, "({x}, {y})");
        }
        let length: f64 = line.windows(2).map(|w| (w[1].0 - w[0].0).hypot(w[1].1 - w[0].1)).sum();
        assert!((length - std::f64::consts::TAU).abs() < 0.01, "{length}");
    }

    #[test]
    fn a_line_that_leaves_the_grid_is_open_and_in_one_piece() {
        let (axis, z) = sampled(|x, y| x + 2.0 * y, 41);
        let lines = lines(&Grid { x: &axis, y: &axis, z: &z }, 0.3);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].iter().all(|(x, y)| (x + 2.0 * y - 0.3).abs() < 1e-12));
        assert_eq!(lines[0].first().map(|p| p.0.abs()), Some(2.0));
    }

    #[test]
    fn a_saddle_gives_two_branches_that_do_not_cross() {
        let (axis, z) = sampled(|x, y| x * y, 40);
        let lines = lines(&Grid { x: &axis, y: &axis, z: &z }, 0.1);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line.iter().all(|p| p.0 > 0.0) || line.iter().all(|p| p.0 < 0.0)));
    }

    #[test]
    fn cells_without_numbers_are_left_out() {
        let (axis, mut z) = sampled(|x, y| x * x + y * y, 41);
        z[20 * 41 + 30] = f64::NAN;
        let lines = lines(&Grid { x: &axis, y: &axis, z: &z }, 1.0);
        assert!(lines.iter().flatten().all(|p| p.0.is_finite() && p.1.is_finite()));
        assert_eq!(lines.len(), 1);
        assert_ne!(lines[0].first(), lines[0].last());
    }
}
