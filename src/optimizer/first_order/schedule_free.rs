//! What the schedule-free rules share: the weights of their average.

use super::State;
use crate::real::Real;

/// Adds the weight of this step, and returns its share of the sum of all weights: c = w/Σw with
/// w = (the largest learning rate so far)^`power`. Before the first rate above 0 it is 0.
pub(super) fn share_of_step<F: Real>(state: &mut State<F>, lr: F, power: f64) -> F {
    let [sum, largest] = &mut state.numbers;
    *largest = largest.max(lr.wide());
    let weight = largest.powf(power);
    *sum += weight;
    F::of(if *sum > 0.0 { weight / *sum } else { 0.0 })
}

/// Writes y = βx + (1−β)z, the point of the gradient. In the first step y = z = x.
pub(super) fn write_gradient_point<F: Real>(state: &State<F>, beta: f64, x: &[F], point: &mut [F]) -> bool {
    if state.steps == 0 {
        return false;
    }
    let (beta, rest) = (F::of(beta), F::of(1.0 - beta));
    crate::linalg::vectorized(|| {
        point.iter_mut().zip(x).zip(&state.third).for_each(|((y, &x), &z)| *y = beta * x + rest * z);
    });
    true
}

/// Starts z at x in the first step, and counts the step.
pub(super) fn begin_step<F: Real>(state: &mut State<F>, x: &[F]) {
    if state.steps == 0 {
        state.third.copy_from_slice(x);
    }
    state.steps += 1;
}
