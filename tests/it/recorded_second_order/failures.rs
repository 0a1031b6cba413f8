//! Line searches that fail, and what is found out about them.

use crate::recorded::Record;
use gradus::notebook::*;

/// A function of one variable near 1, with the slope that it claims. It has no value farther away, so
/// that a line search with one trial fails, and the failure is looked into.
#[derive(Clone, Copy)]
struct Near {
    value: fn(f64, f64) -> f64,
    slope: fn(f64, f64) -> f64,
    setting: f64,
}

impl Objective for Near {
    fn dim(&self) -> usize {
        1
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        let near = (x[0] - 1.0).abs() < 1e-4;
        if near { (self.value)(x[0] - 1.0, self.setting) } else { f64::NAN }
    }
}

impl Differentiable for Near {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad[0] = (self.slope)(x[0] - 1.0, self.setting);
        self.value(x)
    }
}

/// What is found out about failed line searches: whether the gradient is to blame, or a kink.
#[test]
fn failures_that_are_looked_into() {
    type Function = fn(f64, f64) -> f64;
    let mut out = Record::open("failures");
    out.within(1e-4);
    // The setting is the share of the slope that is claimed, the place of a kink, or the size of something.
    let shares = [-1.0, 0.0, 0.3, 0.45, 0.49, 0.51, 0.55, 0.9, 1.1, 1.9, 1.99, 2.01, 2.1, 3.0];
    let places = [-1e-4, -1e-5, -5e-6, -1e-6, -5e-7, -1e-8, 0.0, 1e-8, 5e-7, 1e-6, 5e-6, 1e-5, 1e-4];
    let sizes = [1e-3, 1.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10];
    let cases: [(&str, &[f64], Function, Function); 9] = [
        ("share", &shares, |t, _| 3.0 * t, |_, share| 3.0 * share + 1e-9),
        ("share on a plain", &shares, |t, _| 3.0 * t + 1e6, |_, share| 3.0 * share + 1e-9),
        ("share on a high plain", &shares, |t, _| 3.0 * t + 1e12, |_, share| 3.0 * share + 1e-9),
        (
            "share of a parabola",
            &shares,
            |t, _| 3.0 * t + 1e4 * t * t,
            |t, share| share * (3.0 + 2e4 * t) + 1e-9,
        ),
        ("kink", &places, |t, at| (t - at).abs(), |t, at| if t < at { -1.0 } else { 1.0 }),
        (
            "kink that is flat before",
            &places,
            |t, at| (t - at).max(0.0) + 0.05 * t,
            |t, at| if t < at { 0.05 } else { 1.05 },
        ),
        (
            "kink upside down",
            &places,
            |t, at| -(t - at).abs() - 0.3 * t,
            |t, at| if t < at { 0.7 } else { -1.3 },
        ),
        ("curvature", &sizes, |t, c| t + 0.5 * c * t * t, |t, c| 1.0 + c * t),
        ("curvature of a cubic", &sizes, |t, c| t + c * c * t * t * t, |t, c| 1.0 + 2.0 * c * c * t * t),
    ];
    for (name, settings, value, slope) in cases {
        for &setting in settings {
            let search = MoreThuente { max_trials: 1, ..MoreThuente::default() };
            for (method, found) in [
                ("lbfgs", {
                    let lbfgs = Lbfgs::new(0).line_search(search).unwrap();
                    minimize(Near { value, slope, setting }, &array![1.0], lbfgs, Stop::iterations(1))
                        .unwrap()
                }),
                (
                    "sr1",
                    minimize(Near { value, slope, setting }, &array![1.0], Sr1::new(), Stop::iterations(1))
                        .unwrap(),
                ),
            ] {
                if method == "sr1" && found.termination.word() == "out_of_iterations" {
                    continue;
                }
                let key = format!("{method}, {name} {setting:e}");
                out.exact(format!("{key}: end"), found.termination.word());
                if method == "lbfgs" {
                    let (measured, bound) = found.termination.evidence();
                    out.numbers(format!("{key}: evidence"), &[measured]);
                    out.numbers(format!("{key}: bound"), &[bound]);
                }
            }
        }
    }
    out.finish();
}
