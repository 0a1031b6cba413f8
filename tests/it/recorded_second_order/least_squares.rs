//! Gauss-Newton and Levenberg-Marquardt.

use super::paths::{nothing, open, paths};
use crate::recorded::Record;
use gradus::notebook::*;

const SQUARES: &[&str] = &[
    "rosenbrock",
    "powell-badly-scaled",
    "helical-valley",
    "bard",
    "gaussian",
    "box",
    "powell-singular",
    "wood",
    "brown-dennis",
    "extended-rosenbrock:4",
    "broyden-tridiagonal:5",
    "linear-full-rank:3",
    "linear-rank-1:4",
    "variably-dimensioned:4",
    "freudenstein-roth",
];

#[test]
fn gauss_newton() {
    let mut out = open("gauss_newton");
    paths(&mut out, "default", SQUARES, GaussNewton::new, nothing);
    fits(&mut out, GaussNewton::new, nothing);
    out.finish();
}

#[test]
fn levenberg_marquardt() {
    let mut out = open("levenberg_marquardt");
    let look = |lm: &LevenbergMarquardt| vec![("damping", vec![lm.damping()])];
    paths(&mut out, "default", SQUARES, LevenbergMarquardt::new, look);
    for damping in [1e-8, 1.0, 1e4] {
        let make = || LevenbergMarquardt::new().initial_damping(damping).unwrap();
        paths(&mut out, &format!("damping {damping:e}"), &SQUARES[..8], make, look);
    }
    fits(&mut out, LevenbergMarquardt::new, look);
    out.finish();
}

/// A sum of squares by its residuals, its constant c, and its Jacobian by rows.
#[derive(Clone)]
struct Fit {
    scale: f64,
    count: usize,
    residuals: fn(&[f64]) -> Vec<f64>,
    jacobian: fn(&[f64]) -> Vec<f64>,
}

impl Objective for Fit {
    fn dim(&self) -> usize {
        2
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        self.scale * (self.residuals)(x.as_slice().unwrap()).iter().map(|r| r * r).sum::<f64>()
    }
}

impl Differentiable for Fit {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let (r, j) = ((self.residuals)(x.as_slice().unwrap()), (self.jacobian)(x.as_slice().unwrap()));
        for k in 0..2 {
            grad[k] = 2.0 * self.scale * (0..self.count).map(|i| r[i] * j[2 * i + k]).sum::<f64>();
        }
        self.value(x)
    }
}

impl Residuals for Fit {
    fn residual_count(&self) -> usize {
        self.count
    }

    fn scale(&self) -> f64 {
        self.scale
    }

    fn residuals(&mut self, x: &ArrayRef1<f64>, residuals: &mut ArrayRef1<f64>) {
        residuals.assign(&Array1::from((self.residuals)(x.as_slice().unwrap())));
    }

    fn jacobian(&mut self, x: &ArrayRef1<f64>, jacobian: &mut ArrayRef2<f64>) {
        let rows = Array2::from_shape_vec((self.count, 2), (self.jacobian)(x.as_slice().unwrap()));
        jacobian.assign(&rows.unwrap());
    }
}

/// Records fits that are unusual: half of the sum, fewer residuals than parameters, a parameter without
/// influence, residuals that do not exist everywhere, a large constant residual, and a wrong Jacobian.
fn fits<P: Optimizer<f64, Counted<Fit>>>(
    out: &mut Record,
    make: impl Fn() -> P,
    look: impl Fn(&P) -> Vec<(&'static str, Vec<f64>)>,
) {
    let cases: [(&str, [f64; 2], Fit); 8] = [
        (
            "half",
            [-1.2, 1.0],
            Fit {
                scale: 0.5,
                count: 2,
                residuals: |x| vec![10.0 * (x[1] - x[0] * x[0]), 1.0 - x[0]],
                jacobian: |x| vec![-20.0 * x[0], 10.0, -1.0, 0.0],
            },
        ),
        (
            "one residual",
            [2.0, 1.0],
            Fit {
                scale: 1.0,
                count: 1,
                residuals: |x| vec![x[0] * x[0] + 2.0 * x[1] - 3.0],
                jacobian: |x| vec![2.0 * x[0], 2.0],
            },
        ),
        (
            "no influence",
            [3.0, 1.0],
            Fit {
                scale: 1.0,
                count: 3,
                residuals: |x| vec![x[0] * x[0] - 2.0, x[0] - 1.0, 0.5],
                jacobian: |x| vec![2.0 * x[0], 0.0, 1.0, 0.0, 0.0, 0.0],
            },
        ),
        (
            "logarithms",
            [0.2, 3.0],
            Fit {
                scale: 1.0,
                count: 3,
                residuals: |x| vec![x[0].ln(), (x[0] * x[1]).ln() - 1.0, x[1] - 2.0],
                jacobian: |x| vec![1.0 / x[0], 0.0, 1.0 / x[0], 1.0 / x[1], 0.0, 1.0],
            },
        ),
        (
            "a large constant",
            [2.0, 1.0],
            Fit {
                scale: 0.5,
                count: 3,
                residuals: |x| vec![1e7, x[0] - 0.5 + 0.1 * x[0] * x[0], x[1] + 0.25 * x[1] * x[1]],
                jacobian: |x| vec![0.0, 0.0, 1.0 + 0.2 * x[0], 0.0, 0.0, 1.0 + 0.5 * x[1]],
            },
        ),
        (
            "wrong Jacobian",
            [2.0, 1.0],
            Fit {
                scale: 1.0,
                count: 2,
                residuals: |x| vec![x[0] - 1.0, x[1] + 1.0],
                jacobian: |_| vec![-1.0, 0.0, 0.0, -1.0],
            },
        ),
        (
            "Jacobian that is not finite",
            [2.0, 1.0],
            Fit {
                scale: 1.0,
                count: 2,
                residuals: |x| vec![x[0] - 1.0, x[1] + 1.0],
                jacobian: |x| {
                    if x[0] == 2.0 { vec![1.0, 0.0, 0.0, 2.0] } else { vec![f64::NAN, 0.0, 0.0, 1.0] }
                },
            },
        ),
        (
            "at the minimum",
            [1.0, -1.0],
            Fit {
                scale: 1.0,
                count: 2,
                residuals: |x| vec![x[0] - 1.0, x[1] + 1.0],
                jacobian: |_| vec![1.0, 0.0, 0.0, 1.0],
            },
        ),
    ];
    for (name, x0, fit) in cases {
        for k in [1, 2, 3, 8] {
            let mut optimizer = make();
            let stop = Stop::grad(1e-7).max_iter(k);
            let found = minimize(fit.clone(), &Array1::from(x0.to_vec()), &mut optimizer, stop).unwrap();
            let key = format!("fit {name}, {k}");
            let Evaluations { value, grad, hess } = found.evaluations;
            let ends = (found.iterations, value, grad, hess, found.termination.word());
            out.exact(format!("{key}: end"), format!("{ends:?}"));
            out.numbers(format!("{key}: x"), found.x.as_slice().unwrap());
            out.numbers(format!("{key}: f"), &[found.value, 1e-6]);
            if found.termination.converged() {
                continue;
            }
            for (name, numbers) in look(&optimizer) {
                out.numbers(format!("{key}: {name}"), &numbers);
            }
        }
    }
}
