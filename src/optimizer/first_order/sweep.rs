//! The single pass over memory that a step makes: parameters, buffers and gradient are read once and written
//! once.

use crate::linalg::vector::{LANES, by_length, total};
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
    check_lengths(x, &buffers, grad);
    let long = x.len() >= SPLIT;
    if ONE_THREAD || x.len() * FROM_MEMORY < WORTH_HANDING_OVER || long && rayon::current_num_threads() < 2 {
        return piece(x, buffers, grad, step);
    }
    // The middle is a multiple of 64 bytes from the start in both float types, so the threads share no cache
    // line if the vectors begin at one.
    let middle = x.len() / 2 / 16 * 16;
    let ((x_left, x_right), (grad_left, grad_right)) = (x.split_at_mut(middle), grad.split_at(middle));
    let (left, right) = halves(buffers, middle);
    let size = FROM_MEMORY * grad.len();
    let (left, right) = (|| piece(x_left, left, grad_left, step), || piece(x_right, right, grad_right, step));
    if long {
        rayon::join(left, right);
    } else {
        join(size, left, right);
    }
}

#[inline(always)]
fn check_lengths<F, const B: usize>(x: &[F], buffers: &[&mut [F]; B], grad: &[F]) {
    assert!(grad.len() == x.len(), "the gradient has {} entries, the parameters {}", grad.len(), x.len());
    for buffer in buffers {
        assert!(
            buffer.len() == x.len(),
            "a buffer of the rule has {} entries, the parameters {}",
            buffer.len(),
            x.len()
        );
    }
}

/// Splits each buffer at `middle`.
#[inline(always)]
fn halves<F, const B: usize>(buffers: [&mut [F]; B], middle: usize) -> ([&mut [F]; B], [&mut [F]; B]) {
    let mut right = buffers.map(Some);
    let left = right.each_mut().map(|half| {
        let (left, rest) = half.take().expect("each is split once").split_at_mut(middle);
        *half = Some(rest);
        left
    });
    (left, right.map(|half| half.expect("each was put back")))
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

/// Applies `step` to every parameter as [`sweep`] does, and returns the sums of the numbers that it returns.
/// They do not depend on the number of threads or the SIMD width: a long vector is always summed in two
/// halves.
///
/// # Panics
/// If the lengths differ.
#[inline(always)]
pub(super) fn sweep_with_sums<F: Real, const B: usize, const S: usize>(
    x: &mut [F],
    buffers: [&mut [F]; B],
    grad: &[F],
    step: impl Fn(&mut F, [&mut F; B], F) -> [F; S] + Copy + Send + Sync,
) -> [F; S] {
    check_lengths(x, &buffers, grad);
    let size = FROM_MEMORY * grad.len();
    if size < WORTH_HANDING_OVER {
        return piece_with_sums(x, buffers, grad, step);
    }
    let middle = x.len() / 2 / 16 * 16;
    let ((x_left, x_right), (grad_left, grad_right)) = (x.split_at_mut(middle), grad.split_at(middle));
    let (of_left, of_right) = halves(buffers, middle);
    let (mut sums, mut rest) = ([F::zero(); S], [F::zero(); S]);
    let left = || sums = piece_with_sums(x_left, of_left, grad_left, step);
    let right = || rest = piece_with_sums(x_right, of_right, grad_right, step);
    if grad.len() >= SPLIT && !ONE_THREAD {
        rayon::join(left, right);
    } else {
        join(size, left, right);
    }
    sums.iter_mut().zip(rest).for_each(|(sum, rest)| *sum += rest);
    sums
}

#[inline(always)]
fn piece_with_sums<F: Real, const B: usize, const S: usize>(
    x: &mut [F],
    buffers: [&mut [F]; B],
    grad: &[F],
    step: impl Fn(&mut F, [&mut F; B], F) -> [F; S],
) -> [F; S] {
    by_length(
        x.len(),
        #[inline(always)]
        || {
            let (n, whole) = (x.len(), x.len() / LANES);
            let ((x, x_rest), (grad, grad_rest)) =
                (x.as_chunks_mut::<LANES>(), grad[..n].as_chunks::<LANES>());
            let (mut chunks, mut rests) = halves(buffers, whole * LANES);
            let mut chunks = chunks.each_mut().map(|buffer| &mut buffer.as_chunks_mut::<LANES>().0[..whole]);
            let mut lanes = [[F::zero(); LANES]; S];
            for k in 0..whole {
                for lane in 0..LANES {
                    let numbers = chunks.each_mut().map(|buffer| &mut buffer[k][lane]);
                    let terms = step(&mut x[k][lane], numbers, grad[k][lane]);
                    (0..S).for_each(|s| lanes[s][lane] += terms[s]);
                }
            }
            let mut sums = lanes.map(total);
            for (i, x) in x_rest.iter_mut().enumerate() {
                let terms = step(x, rests.each_mut().map(|buffer| &mut buffer[i]), grad_rest[i]);
                (0..S).for_each(|s| sums[s] += terms[s]);
            }
            sums
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::{AmsGrad, AnyRule, RmsProp, Sgd, State, UpdateRule};
    use super::{SPLIT, sweep_with_sums};

    #[test]
    fn sums_are_those_of_every_entry_on_any_number_of_threads() {
        for n in [0, 1, 15, 16, 37, 4096, 10_007, SPLIT + 5] {
            let grad: Vec<f64> = (0..n).map(|i| (i % 7) as f64).collect();
            let (mut x, mut seen) = (vec![1.0; n], vec![0.0; n]);
            let mut pass = || {
                sweep_with_sums(&mut x, [&mut seen], &grad, |x, [seen], g| {
                    *x += g;
                    *seen = *x;
                    [g, g * g]
                })
            };
            let expected = [1, 2].map(|p| (0..n).map(|i| (i % 7).pow(p) as f64).sum::<f64>());
            assert_eq!(pass(), expected, "{n}");
            let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
            assert_eq!(alone.install(pass), expected, "{n}");
            assert!(x == seen && x.iter().zip(&grad).all(|(x, g)| *x == 1.0 + 2.0 * g), "{n}");
        }
    }

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
