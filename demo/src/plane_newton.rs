//! Newton's method in the plane, without LAPACK.

use gradus::linalg::max_norm;
use gradus::line_search::{Backtracking, LineSearch, Ray, Search};
use gradus::notebook::*;
use gradus::optimizer::{Iterate, Optimizer};
use std::ops::ControlFlow;

/// The share of |f| below which a change of f is its rounding, as in the library.
const ROUNDING: f64 = 1e3 * f64::EPSILON;

/// The library's Newton (same shifts of the Hessian, same line search; or pure, with full steps and the
/// Hessian as it is) for two parameters: the factor of a 2 × 2 matrix is written out here, since the
/// library's stands on LAPACK, which there is none of in a browser. The tests hold its path against the
/// library's.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlaneNewton {
    pure: bool,
}

impl PlaneNewton {
    /// Newton with a Hessian that is shifted where it is not positive definite, and a line search.
    pub fn shifted() -> Self {
        PlaneNewton::default()
    }

    /// Newton with full steps, whatever the Hessian is: it finds any point where the gradient vanishes.
    pub fn pure() -> Self {
        PlaneNewton { pure: true }
    }
}

/// Solves H·d = −g by Cholesky's factors; `None` unless H is positive definite.
fn solve(hessian: [[f64; 2]; 2], grad: [f64; 2]) -> Option<[f64; 2]> {
    let positive = |square: f64| (square > 0.0).then(|| square.sqrt());
    let first = positive(hessian[0][0])?;
    let below = hessian[1][0] / first;
    let second = positive(hessian[1][1] - below * below)?;
    let y = [-grad[0] / first, 0.0];
    let y = [y[0], (-grad[1] - below * y[0]) / second];
    let d1 = y[1] / second;
    Some([(y[0] - below * d1) / first, d1])
}

/// Solves H·d = −g for a symmetric H of any signs, by elimination with the larger of the first column's
/// entries; `None` if H is singular.
fn solve_any([[a, b], [_, d]]: [[f64; 2]; 2], [g1, g2]: [f64; 2]) -> Option<[f64; 2]> {
    let (upper, lower) =
        if a.abs() >= b.abs() { ([a, b, -g1], [b, d, -g2]) } else { ([b, d, -g2], [a, b, -g1]) };
    let share = lower[0] / upper[0];
    let second = (lower[2] - share * upper[2]) / (lower[1] - share * upper[1]);
    let first = (upper[2] - upper[1] * second) / upper[0];
    (first.is_finite() && second.is_finite()).then_some([first, second])
}

/// Solves (H + τI)·d = −g with τ = 0 or else the first of 1e-3‖H‖·4ʲ that makes it positive definite; else
/// the last τ.
fn solve_shifted(h: [[f64; 2]; 2], grad: [f64; 2]) -> Result<[f64; 2], f64> {
    let largest = h.as_flattened().iter().fold(0.0f64, |a, &v| a.max(v.abs()));
    let size = if largest > 0.0 { largest } else { 1.0 };
    let shifts = std::iter::once(0.0).chain((0..40).map(|j| 1e-3 * size * 4f64.powi(j)));
    let mut last = 0.0;
    for shift in shifts {
        if let Some(direction) = solve([[h[0][0] + shift, h[0][1]], [h[1][0], h[1][1] + shift]], grad) {
            return Ok(direction);
        }
        last = shift;
    }
    Err(last)
}

/// Where a step may lead, with what is known there.
struct Trial {
    x: Array1<f64>,
    value: f64,
    grad: Array1<f64>,
}

impl Trial {
    fn at(
        objective: &mut (impl Differentiable + ?Sized),
        x: &Array1<f64>,
        alpha: f64,
        direction: &Array1<f64>,
    ) -> Self {
        let (x, mut grad) = (x + &(direction * alpha), array![0.0, 0.0]);
        let value = objective.value_grad(&x, &mut grad);
        Trial { x, value, grad }
    }

    /// Whether f hardly changes, but the gradient falls: near a minimum rounding hides the fall of f.
    fn only_the_gradient_shows_it(&self, from: &Iterate<f64>) -> bool {
        (self.value - from.value).abs() <= ROUNDING * from.value.abs()
            && max_norm(&self.grad) < max_norm(&from.grad)
    }

    fn take(self, iterate: &mut Iterate<f64>, alpha: f64) -> ControlFlow<Termination> {
        (iterate.x, iterate.value, iterate.grad, iterate.alpha) = (self.x, self.value, self.grad, alpha);
        ControlFlow::Continue(())
    }
}

impl<O: TwiceDifferentiable<f64> + ?Sized> Optimizer<f64, O> for PlaneNewton {
    fn name(&self) -> String {
        if self.pure { "newton-pure" } else { "newton-shifted" }.into()
    }

    fn start(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) {
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
    }

    fn iterate(&mut self, objective: &mut O, iterate: &mut Iterate<f64>) -> ControlFlow<Termination> {
        let mut hessian = Array2::zeros((2, 2));
        objective.hessian(&iterate.x, &mut hessian);
        if !hessian.iter().all(|h| h.is_finite()) {
            return ControlFlow::Break(Termination::HessianNotFinite { iteration: iterate.k });
        }
        let entries = [[hessian[[0, 0]], hessian[[0, 1]]], [hessian[[1, 0]], hessian[[1, 1]]]];
        let grad = [iterate.grad[0], iterate.grad[1]];
        if self.pure {
            let Some(direction) = solve_any(entries, grad) else {
                return ControlFlow::Break(Termination::HessianFailed { iteration: iterate.k, shift: 0.0 });
            };
            let direction = array![direction[0], direction[1]];
            return Trial::at(objective, &iterate.x, 1.0, &direction).take(iterate, 1.0);
        }
        let direction = match solve_shifted(entries, grad) {
            Ok(direction) => array![direction[0], direction[1]],
            Err(shift) => {
                return ControlFlow::Break(Termination::HessianFailed { iteration: iterate.k, shift });
            }
        };
        let ray = Ray { value: iterate.value, slope: iterate.grad.dot(&direction) };
        if ray.slope.is_nan() || ray.slope >= 0.0 {
            return ControlFlow::Break(Termination::NotADescentDirection {
                iteration: iterate.k,
                slope: ray.slope,
            });
        }
        let full = Trial::at(objective, &iterate.x, 1.0, &direction);
        if full.only_the_gradient_shows_it(iterate) {
            return full.take(iterate, 1.0);
        }
        let mut trial = full;
        let found = LineSearch::from(Backtracking::default()).search(ray, 1.0, |alpha| {
            if alpha != 1.0 {
                trial = Trial::at(objective, &iterate.x, alpha, &direction);
            }
            (trial.value, trial.grad.dot(&direction))
        });
        match found {
            Search::Failed { alpha, trials } => {
                ControlFlow::Break(Termination::LineSearchFailed { alpha, slope: ray.slope, trials })
            }
            Search::Found { alpha, .. } | Search::Unbounded { alpha, .. } => trial.take(iterate, alpha),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the library's Newton on LAPACK, from starts where the Hessian is and is not positive definite.
    #[test]
    fn its_path_is_the_librarys() {
        for (name, start) in [
            ("rosenbrock", [-1.2, 1.0]),
            ("saddle", [1.0, 1e-3]),
            ("himmelblau", [0.1, -0.2]),
            ("himmelblau", [-0.6, 2.9]),
            ("rastrigin", [2.3, 0.6]),
        ] {
            let forms = [
                ("shifted", PlaneNewton::shifted(), Newton::new()),
                ("pure", PlaneNewton::pure(), Newton::pure()),
            ];
            for (form, mine, theirs) in forms {
                let stop = Stop::grad(1e-10).max_iter(100);
                let start = array![start[0], start[1]];
                let mine = minimize(problems::by_name(name).unwrap(), &start, mine, stop).unwrap();
                let theirs = minimize(problems::by_name(name).unwrap(), &start, theirs, stop).unwrap();
                assert_eq!(mine.iterations, theirs.iterations, "{name}, {form}");
                let apart = mine
                    .trace
                    .x
                    .iter()
                    .flatten()
                    .zip(theirs.trace.x.iter().flatten())
                    .map(|(a, b)| (a - b).abs() / b.abs().max(1.0));
                assert!(apart.fold(0.0, f64::max) < 1e-9, "{name}, {form}");
            }
        }
    }

    #[test]
    fn a_hessian_that_is_not_a_number_is_an_ending_not_a_loop() {
        assert!(solve_shifted([[f64::NAN; 2]; 2], [1.0, 1.0]).is_err());
        assert_eq!(solve_shifted([[0.0; 2]; 2], [0.0, 0.0]).unwrap(), [0.0, 0.0]);
        assert_eq!(solve_any([[0.0, 2.0], [2.0, 0.0]], [2.0, 4.0]), Some([-2.0, -1.0]));
        assert_eq!(solve_any([[1.0, 2.0], [2.0, 4.0]], [1.0, 1.0]), None);
    }
}
