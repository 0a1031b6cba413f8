//! The trust-region method: its paths, and single steps of every kind.

use super::functions::{IN_UNITS, SMOOTH, SOME};
use super::paths::{in_units, on_difficult, open, paths};
use gradus::notebook::*;
use std::ops::ControlFlow;

#[test]
fn trust_region() {
    let mut out = open("trust_region");
    let look = |region: &TrustRegion| {
        vec![("radius", vec![region.radius()]), ("multiplier", vec![region.multiplier()])]
    };
    paths(&mut out, "default", SMOOTH, TrustRegion::new, look);
    in_units(&mut out, "default", IN_UNITS, TrustRegion::new, look);
    for (first, largest) in [(0.1, 0.25), (1e-3, 1e10), (100.0, 100.0)] {
        let make = || TrustRegion::new().radii(first, largest).unwrap();
        paths(&mut out, &format!("radii {first} and {largest}"), SOME, make, look);
    }
    out.finish();
}

#[test]
fn trust_region_where_it_is_difficult() {
    let mut out = open("trust_region_difficult");
    on_difficult(&mut out, "default", TrustRegion::new);
    on_difficult(&mut out, "long", || TrustRegion::new().radii(50.0, 1e3).unwrap());
    out.finish();
}

/// One step on a quadratic function ½xᵀHx + gᵀx with many matrices and radii: definite, indefinite, singular,
/// and the hard case, in which g has no part along the smallest eigenvalue.
#[test]
fn steps_of_trust_regions() {
    let mut out = open("trust_region_steps");
    let matrices: [(&str, [f64; 9]); 7] = [
        ("definite", [4.0, 1.0, 0.5, 1.0, 3.0, -1.0, 0.5, -1.0, 2.0]),
        ("indefinite", [1.0, 2.0, 0.0, 2.0, -3.0, 1.0, 0.0, 1.0, 0.5]),
        ("negative", [-1.0, 0.5, 0.0, 0.5, -2.0, 0.25, 0.0, 0.25, -4.0]),
        ("diagonal", [1.0, 0.0, 0.0, 0.0, -2.0, 0.0, 0.0, 0.0, 3.0]),
        ("singular", [1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 2.0]),
        ("nothing", [0.0; 9]),
        ("badly scaled", [1e6, 10.0, 0.0, 10.0, 1.0, 1e-3, 0.0, 1e-3, -1e-3]),
    ];
    let grads = [
        ("generic", [1.0, -2.0, 0.5]),
        ("hard", [1.0, 0.0, 0.0]),
        ("nearly hard", [1.0, 1e-4, -2.0]),
        ("zero", [0.0; 3]),
        ("tiny", [1e-18, -2e-18, 1e-18]),
    ];
    for (matrix, entries) in matrices {
        for (grad, b) in grads {
            for radius in [1e-3, 0.3, 1.0, 2.5, 50.0] {
                let h = Array2::from_shape_vec((3, 3), entries.to_vec()).unwrap();
                let mut region = TrustRegion::new().radii(radius, 60.0).unwrap();
                let mut f = Counted::new(Parabola { h, b: b.to_vec().into() });
                let mut iterate = Iterate::new(&Array1::zeros(3));
                region.start(&mut f, &mut iterate);
                let flow = region.iterate(&mut f, &mut iterate);
                let key = format!("{matrix}, {grad}, radius {radius}");
                // In the exact hard case, which of two opposite steps is taken is rounding.
                let x: Vec<f64> = iterate
                    .x
                    .iter()
                    .map(|x| if b == [0.0; 3] || grad == "hard" { x.abs() } else { *x })
                    .collect();
                let word = match flow {
                    ControlFlow::Continue(()) => "goes on",
                    ControlFlow::Break(reason) => reason.word(),
                };
                out.exact(format!("{key}: end"), format!("{word} {:?}", f.evaluations()));
                out.numbers(format!("{key}: x"), &x);
                out.numbers(format!("{key}: numbers"), &[iterate.alpha, region.radius()]);
                out.numbers(format!("{key}: multiplier"), &[region.multiplier(), 1e-6]);
            }
        }
    }
    out.finish();
}

/// ½xᵀHx + bᵀx.
struct Parabola {
    h: Array2<f64>,
    b: Array1<f64>,
}

impl Objective for Parabola {
    fn dim(&self) -> usize {
        self.b.len()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        0.5 * x.dot(&self.h.dot(x)) + self.b.dot(x)
    }
}

impl Differentiable for Parabola {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad.assign(&(self.h.dot(x) + &self.b));
        self.value(x)
    }
}

impl TwiceDifferentiable for Parabola {
    fn hessian(&mut self, _: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian.assign(&self.h);
    }
}
