//! The units in which a run computes, and its first trial.

use crate::recorded::Record;
use gradus::notebook::*;

/// A level function with any gradient, to see the units in which a run computes.
struct Claimed(f64, Array1<f64>);

impl Objective for Claimed {
    fn dim(&self) -> usize {
        self.1.len()
    }

    fn value(&mut self, _: &ArrayRef1<f64>) -> f64 {
        self.0
    }
}

impl Differentiable for Claimed {
    fn value_grad(&mut self, _: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad.assign(&self.1);
        self.0
    }
}

/// The units of f and x by the size of the gradient and of the point, at the sizes from which on they change.
#[test]
fn units() {
    let mut out = Record::open("units");
    let up = |v: f64| v * (1.0 + f64::EPSILON);
    let points = [0.0, 1.0, 999.0, 1e3, up(1e3), 1e7, 1e10, up(1e10), 1.5e10, 1e100, 1e300];
    let grads = [
        0.0,
        1e-300,
        1e-100,
        0.9e-8,
        1e-8,
        1.1e-8,
        1e-6,
        up(1e-6),
        1e-2,
        1.0,
        1e20,
        up(1e20),
        3e20,
        1e200,
        f64::INFINITY,
        f64::NAN,
    ];
    for x in points {
        for grad in grads {
            for value in [1.0, 1e280] {
                let claimed = || Claimed(value, array![grad, -0.5 * grad]);
                let mut bfgs = Bfgs::new();
                minimize(claimed(), &array![0.25 * x, -x], &mut bfgs, Stop::iterations(0)).unwrap();
                let mut saved = Saved::default();
                Optimizer::<f64, Counted<Claimed>>::save(&bfgs, &mut saved);
                let key = format!("point {x:e}, gradient {grad:e}, value {value:e}");
                if let Some(units) = saved.get("units") {
                    out.numbers(key, units);
                } else {
                    out.exact(key, "plain");
                }
            }
        }
    }
    for (x, grad) in [(1.0f32, 1e-9), (1.0, 1e-36), (1.0, 3e38), (1e12, 1e-20), (1e38, 1.0), (1e38, 1e30)] {
        let f = FunctionWithGradient::typed(1, move |_: &ArrayRef1<f32>, g: &mut ArrayRef1<f32>| {
            g[0] = grad;
            1.0
        });
        let mut bfgs = Bfgs::<f32>::new();
        minimize(f, &array![x], &mut bfgs, Stop::iterations(0)).unwrap();
        let mut saved = Saved::default();
        Optimizer::<f32, Counted<FunctionWithGradient<'static, f32>>>::save(&bfgs, &mut saved);
        out.exact(format!("single, point {x:e}, gradient {grad:e}"), format!("{:?}", saved.get("units")));
    }
    out.finish();
}

/// The first trial of each kind.
#[test]
fn first_trials() {
    let mut out = Record::open("first_trials");
    for first in [FirstTrial::Unit, FirstTrial::UnitOneNorm, FirstTrial::LastDecrease] {
        for grad in [array![0.3, -0.4], array![3.0, -4.0], array![0.0, 0.0]] {
            let iterate = Iterate { value: 2.0, grad, ..Iterate::new(&array![1.0, 1.0]) };
            for slope in [-0.5, -8.0] {
                for before in [f64::NAN, 3.0, 2.0, 1.0] {
                    for unscaled in [true, false] {
                        let key =
                            format!("{first:?}, {} along {slope}, from {before}, {unscaled}", iterate.grad);
                        out.number(key, first.length(&iterate, slope, unscaled, before));
                    }
                }
            }
        }
    }
    out.finish();
}
