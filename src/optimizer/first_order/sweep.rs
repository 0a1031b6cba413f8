//! The single pass over memory that a step makes: parameters, buffers and gradient are read once and written
//! once.

use crate::linalg::vector::by_length;
use crate::linalg::{FROM_MEMORY, ONE_THREAD, WORTH_HANDING_OVER, join};
use crate::real::Real;

/// From this number of parameters on, the pass always uses two threads. Below it, waking the second thread
/// costs more than it saves, except for the helper thread of a training run, which is awake.
const SPLIT: usize = 1 << 21;

/// Applies `step` to every parameter, together with the matching entries of `B` buffers and of the gradient.
/// The operation is element-wise, so the result does not depend on the number of threads or the SIMD width.
///
/// # Panics
/// If the lengths differ.
#[inline(always)]
pub(super) fn sweep<F: Real, const B: usize>(
    x: &mut [F],
    buffers: [&mut [F]; B],
    grad: &[F],
    step: impl Fn(&mut F, [&mut F; B], F) + Copy + Send + Sync,
) {
    assert!(grad.len() == x.len(), "the gradient has {} entries, the parameters {}", grad.len(), x.len());
    for buffer in &buffers {
        assert!(
            buffer.len() == x.len(),
            "a buffer of the rule has {} entries, the parameters {}",
            buffer.len(),
            x.len()
        );
    }
    let long = x.len() >= SPLIT;
    if ONE_THREAD || x.len() * FROM_MEMORY < WORTH_HANDING_OVER || long && rayon::current_num_threads() < 2 {
        return piece(x, buffers, grad, step);
    }
    // The middle is a multiple of 64 bytes from the start in both float types, so the threads share no cache
    // line if the vectors begin at one.
    let middle = x.len() / 2 / 16 * 16;
    let ((x_left, x_right), (grad_left, grad_right)) = (x.split_at_mut(middle), grad.split_at(middle));
    let mut right = buffers.map(Some);
    let left = right.each_mut().map(|half| {
        let (left, rest) = half.take().expect("each is split once").split_at_mut(middle);
        *half = Some(rest);
        left
    });
    let right = right.map(|half| half.expect("each was put back"));
    let size = FROM_MEMORY * grad.len();
    let (left, right) = (|| piece(x_left, left, grad_left, step), || piece(x_right, right, grad_right, step));
    if long {
        rayon::join(left, right);
    } else {
        join(size, left, right);
    }
}

#[inline(always)]
fn piece<F: Real, const B: usize>(
    x: &mut [F],
    buffers: [&mut [F]; B],
    grad: &[F],
    step: impl Fn(&mut F, [&mut F; B], F),
) {
    by_length(
        x.len(),
        #[inline(always)]
        || {
            let n = x.len();
            // Slices of equal length let the compiler drop the bounds checks, and so vectorize the loop.
            let (x, grad, mut buffers) = (&mut x[..n], &grad[..n], buffers.map(|buffer| &mut buffer[..n]));
            for i in 0..n {
                step(&mut x[i], buffers.each_mut().map(|buffer| &mut buffer[i]), grad[i]);
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::{AmsGrad, AnyRule, RmsProp, Sgd, State, UpdateRule};
    use super::SPLIT;

    #[test]
    fn a_long_vector_moves_as_its_parts_do() {
        let n = SPLIT + 37;
        let cut = 1_000_003;
        let grad: Vec<f32> = (0..n).map(|i| ((i * 7919 % 1000) as f32 - 500.0) / 100.0).collect();
        for rule in [
            AnyRule::new(Sgd),
            AnyRule::new(AmsGrad::default()),
            AnyRule::new(RmsProp::default().centered().momentum(0.9)),
        ] {
            let (mut whole, mut parts) = (vec![1.0f32; n], vec![1.0f32; n]);
            let mut state = State::new(&rule, n);
            let (mut left, mut right) = (State::new(&rule, cut), State::new(&rule, n - cut));
            for _ in 0..2 {
                rule.step(&mut state, 0.01, &grad, &mut whole);
                rule.step(&mut left, 0.01, &grad[..cut], &mut parts[..cut]);
                rule.step(&mut right, 0.01, &grad[cut..], &mut parts[cut..]);
            }
            assert!(whole == parts, "{rule:?}");
        }
    }
}
