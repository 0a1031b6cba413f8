//! Functions to minimize: those of the registry in other units, and those on which a run must give up.

use gradus::notebook::*;
use gradus::problems::Facts;

/// A function by its name, its value with gradient, and its start. Its second derivatives are differences.
#[derive(Clone, Copy)]
pub struct Made(&'static str, fn(&[f64], &mut [f64]) -> f64, &'static [f64]);

impl Objective for Made {
    fn dim(&self) -> usize {
        self.2.len()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        (self.1)(x.as_slice().unwrap(), &mut vec![0.0; x.len()])
    }
}

impl Differentiable for Made {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        (self.1)(x.as_slice().unwrap(), grad.as_slice_mut().unwrap())
    }
}

impl TwiceDifferentiable for Made {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        GradientDifference::new(*self).hessian(x, hessian);
    }
}

impl HessVec for Made {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        GradientDifference::new(*self).hess_vec(x, v, product);
    }
}

impl Problem for Made {
    fn facts(&self) -> Facts {
        Facts { name: self.0.into(), formula: "", source: "", start: self.2.to_vec().into(), minima: vec![] }
    }
}

/// c·f(x/t) for a problem f, to have gradients and points of any size.
pub struct Scaled {
    pub inner: Box<dyn Problem>,
    pub value: f64,
    pub length: f64,
}

impl Scaled {
    fn point(&self, x: &ArrayRef1<f64>) -> Array1<f64> {
        x / self.length
    }
}

impl Objective for Scaled {
    fn dim(&self) -> usize {
        self.inner.dim()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        let z = self.point(x);
        self.value * self.inner.value(&z)
    }
}

impl Differentiable for Scaled {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        let z = self.point(x);
        let value = self.value * self.inner.value_grad(&z, grad);
        *grad *= self.value / self.length;
        value
    }
}

impl TwiceDifferentiable for Scaled {
    fn hessian(&mut self, x: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        let z = self.point(x);
        self.inner.hessian(&z, hessian);
        *hessian *= self.value / self.length / self.length;
    }
}

impl HessVec for Scaled {
    fn hess_vec(&mut self, x: &ArrayRef1<f64>, v: &ArrayRef1<f64>, product: &mut ArrayRef1<f64>) {
        let z = self.point(x);
        self.inner.hess_vec(&z, v, product);
        *product *= self.value / self.length / self.length;
    }
}

impl Problem for Scaled {
    fn facts(&self) -> Facts {
        let facts = self.inner.facts();
        let start = &facts.start * self.length;
        let name = format!("{} in units {:e} and {:e}", facts.name, self.value, self.length);
        Facts { name, start, ..facts }
    }
}

pub fn scaled(name: &str, value: f64, length: f64) -> Box<dyn Problem> {
    Box::new(Scaled { inner: problems::by_name(name).unwrap(), value, length })
}

/// Functions on which an optimizer must give up, or nearly.
pub fn difficult() -> Vec<Box<dyn Problem>> {
    let all = [
        Made(
            "kink",
            |x, g| {
                (g[0], g[1]) = (if x[0] < 0.3 { -1.0 } else { 1.0 }, 0.2 * x[1]);
                (x[0] - 0.3).abs() + 0.1 * x[1] * x[1]
            },
            &[2.0, 1.0],
        ),
        Made(
            "wrong gradient",
            |x, g| {
                (g[0], g[1]) = (-2.0 * x[0], -2.0 * x[1] + 0.5);
                x[0] * x[0] + x[1] * x[1]
            },
            &[1.0, 2.0],
        ),
        Made(
            "gradient of half the size",
            |x, g| {
                (g[0], g[1]) = (x[0] + 0.1, 4.0 * x[1]);
                x[0] * x[0] + 2.0 * x[1] * x[1]
            },
            &[1.0, 2.0],
        ),
        Made(
            "line",
            |x, g| {
                (g[0], g[1]) = (-1.0, 0.25);
                -x[0] + 0.25 * x[1]
            },
            &[1.0, 2.0],
        ),
        Made(
            "steepening",
            |x, g| {
                (g[0], g[1]) = (-4.0 * x[0].powi(3), 2.0 * x[1]);
                -x[0].powi(4) + x[1] * x[1]
            },
            &[1.0, 2.0],
        ),
        Made(
            "wall",
            |x, g| {
                (g[0], g[1]) = (-1.0, x[1]);
                if x[0] < 4.0 { -x[0] + 0.5 * x[1] * x[1] } else { f64::INFINITY }
            },
            &[1.0, 2.0],
        ),
        Made(
            "logarithm",
            |x, g| {
                (g[0], g[1]) = (1.0 - 1.0 / x[0], 2.0 * x[1]);
                x[0] - x[0].ln() + x[1] * x[1]
            },
            &[0.1, 1.0],
        ),
        Made(
            "on a high plain",
            |x, g| {
                (g[0], g[1]) = (2.0 * (x[0] - 0.5), 8.0 * (x[1] + 0.25));
                1e14 + (x[0] - 0.5).powi(2) + 4.0 * (x[1] + 0.25).powi(2)
            },
            &[2.0, 1.0],
        ),
        Made(
            "level",
            |_, g| {
                g.fill(0.0);
                3.0
            },
            &[1.0, 2.0],
        ),
        Made(
            "level with a slope",
            |_, g| {
                g.copy_from_slice(&[1e-3, 2e-3]);
                3.0
            },
            &[1.0, 2.0],
        ),
        Made(
            "nowhere",
            |_, g| {
                g.fill(f64::NAN);
                f64::NAN
            },
            &[1.0, 2.0],
        ),
        Made(
            "hilltop",
            |x, g| {
                (g[0], g[1]) = (-x[0].sin(), -2.0 * x[1] * (-x[1] * x[1]).exp());
                x[0].cos() + (-x[1] * x[1]).exp()
            },
            &[0.1, 0.2],
        ),
        Made(
            "cliff",
            |x, g| {
                let steep = x[0] > 1.5;
                (g[0], g[1]) = (if steep { 1e12 } else { x[0] - 1.0 }, x[1]);
                0.5 * (x[0] - 1.0).powi(2) + 0.5 * x[1] * x[1] + if steep { 1e12 * (x[0] - 1.5) } else { 0.0 }
            },
            &[-3.0, 2.0],
        ),
    ];
    all.into_iter().map(|made| Box::new(made) as Box<dyn Problem>).collect()
}

pub const SMOOTH: &[&str] = &[
    "rosenbrock",
    "beale",
    "saddle",
    "himmelblau",
    "six-hump-camel",
    "ravine",
    "quadratic:.25,2,4",
    "two-basins",
    "powell-badly-scaled",
    "brown-badly-scaled",
    "helical-valley",
    "wood",
    "box",
    "extended-powell-singular:8",
    "chained-wood:6",
    "rastrigin:3",
    "trigonometric:4",
    "extended-rosenbrock:20",
];

/// Those that are also minimized in extreme units.
pub const IN_UNITS: &[&str] = &["beale", "quadratic:.25,2,4", "saddle"];

/// A shorter list, for settings.
pub const SOME: &[&str] =
    &["rosenbrock", "beale", "himmelblau", "six-hump-camel", "wood", "box", "quadratic:.25,2,4"];
