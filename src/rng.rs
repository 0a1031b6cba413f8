//! Streams of random numbers. The same seed gives the same numbers for any number of threads.

use crate::hash::fnv1a;
use crate::real::Real;
use ndarray::Array1;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// The random number generator of the library: ChaCha with 8 rounds.
pub type Stream = ChaCha8Rng;

/// Returns the stream of random numbers for a seed, a purpose ("batches", "initial weights", …) and a
/// replicate.
///
/// Streams of different purposes or replicates are independent: numbers drawn from one do not change the
/// numbers of another.
///
/// ```
/// use gradus::rng;
/// use rand::RngExt;
/// let draw = |purpose, replicate| rng::stream(7, purpose, replicate).random::<u64>();
/// assert_eq!(draw("batches", 0), draw("batches", 0));
/// assert_ne!(draw("batches", 0), draw("batches", 1));
/// assert_ne!(draw("batches", 0), draw("noise", 0));
/// ```
pub fn stream(seed: u64, purpose: &str, replicate: u64) -> Stream {
    let mut key = [0u8; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&replicate.to_le_bytes());
    key[16..24].copy_from_slice(&fnv1a(purpose.as_bytes()).to_le_bytes());
    ChaCha8Rng::from_seed(key)
}

/// Returns how far a stream has come, in three pieces that an `f64` represents exactly.
pub(crate) fn place(stream: &Stream) -> [f64; 3] {
    let place = stream.get_word_pos();
    [place as u32, (place >> 32) as u32, (place >> 64) as u32].map(f64::from)
}

/// Moves a stream to a [`place`].
pub(crate) fn go_to(stream: &mut Stream, place: [f64; 3]) {
    let pieces = place.map(|piece| piece as u128);
    stream.set_word_pos(pieces[0] | pieces[1] << 32 | pieces[2] << 64);
}

/// Draws `len` independent normal numbers with mean 0 and the given standard deviation (≥ 0).
pub fn normal<F: Real>(stream: &mut Stream, len: usize, deviation: f64) -> Array1<F> {
    Array1::from_shape_simple_fn(len, || F::of(deviation * stream.sample::<f64, _>(StandardNormal)))
}

/// Draws a random point near `centre`. Each coordinate c becomes c·(1 + r) + a, with independent normal r and
/// a of standard deviations `relative` and `absolute`.
///
/// ```
/// use gradus::prelude::*;
/// use gradus::rng;
/// let near = rng::about(&mut rng::stream(0, "point", 0), &array![1e6, 0.0], 0.01, 0.01);
/// assert!((near[0] / 1e6 - 1.0).abs() < 0.1 && near[1].abs() < 0.1);
/// ```
pub fn about(stream: &mut Stream, centre: &Array1<f64>, relative: f64, absolute: f64) -> Array1<f64> {
    let (shares, steps) =
        (normal::<f64>(stream, centre.len(), relative), normal::<f64>(stream, centre.len(), absolute));
    centre * &(shares + 1.0) + steps
}

/// Draws a random order of the numbers `0..len` (Fisher–Yates).
pub fn permutation(stream: &mut Stream, len: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..len as u32).collect();
    shuffle(stream, &mut order);
    order
}

/// Shuffles `items` in place (Fisher–Yates).
pub fn shuffle<T>(stream: &mut Stream, items: &mut [T]) {
    for i in (1..items.len()).rev() {
        items.swap(i, stream.random_range(0..=i));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permutation_holds_every_index_once() {
        let mut order = permutation(&mut stream(1, "test", 0), 1000);
        assert_ne!(order, (0..1000).collect::<Vec<u32>>());
        order.sort_unstable();
        assert_eq!(order, (0..1000).collect::<Vec<u32>>());
    }

    #[test]
    fn normal_numbers_have_the_moments_asked_for() {
        let x = normal::<f64>(&mut stream(2, "test", 0), 100_000, 3.0);
        assert!(x.mean().unwrap().abs() < 0.03, "{:?}", x.mean());
        assert!((x.std(0.0) - 3.0).abs() < 0.03, "{}", x.std(0.0));
    }
}
