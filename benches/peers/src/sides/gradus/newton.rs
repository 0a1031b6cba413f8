//! W6: an iteration of Newton's method with a dense Hessian that is at hand, so that the linear algebra is
//! what is timed.

use crate::protocol::Prepared;
use crate::timing::repeated;
use gradus::notebook::*;

/// A Hessian whose diagonal dominates, and a gradient along which the step descends: an objective that costs
/// next to nothing.
struct AtHand {
    hessian: Array2<f64>,
}

/// The entries that SciPy's side builds as well.
fn hessian(n: usize) -> Array2<f64> {
    let entry = |(i, j): (usize, usize)| if i == j { 2.0 } else { 1.0 / (n as f64 + i.abs_diff(j) as f64) };
    Array2::from_shape_fn((n, n), entry)
}

impl Objective for AtHand {
    fn dim(&self) -> usize {
        self.hessian.nrows()
    }

    fn value(&mut self, x: &ArrayRef1<f64>) -> f64 {
        x.dot(x)
    }
}

impl Differentiable for AtHand {
    fn value_grad(&mut self, x: &ArrayRef1<f64>, grad: &mut ArrayRef1<f64>) -> f64 {
        grad.assign(x);
        x.dot(x)
    }
}

impl TwiceDifferentiable for AtHand {
    fn hessian(&mut self, _: &ArrayRef1<f64>, hessian: &mut ArrayRef2<f64>) {
        hessian.assign(&self.hessian);
    }
}

/// One iteration from (1, …, 1). The check is the mean of the iterate after a step of length 1.
pub fn step(n: usize) -> Prepared {
    let mut objective = AtHand { hessian: hessian(n) };
    let (mut newton, mut iterate) = (Newton::new(), Iterate::new(&Array1::ones(n)));
    newton.start(&mut objective, &mut iterate);
    let mut iteration = move || {
        iterate.x.fill(1.0);
        iterate.value = objective.value_grad(&iterate.x, &mut iterate.grad);
        let _ = newton.iterate(&mut objective, &mut iterate);
        iterate.x.sum() / n as f64
    };
    let check = iteration();
    Ok(Some(Box::new(move || {
        Ok((
            repeated(|| {
                std::hint::black_box(iteration());
            }),
            check,
        ))
    })))
}
