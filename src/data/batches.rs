//! Minibatches: the examples of each step of stochastic gradient descent.

use crate::error::{Error, Result, check_hyperparameter};
use crate::rng::{self, Stream};
use rand::RngExt;

/// An endless sequence of random minibatches of indices. Nothing is allocated after construction.
///
/// Without replacement, every epoch visits each example once, in a new random order. If the batch size does
/// not divide the number of examples, the last batch of an epoch is smaller. With replacement, each index is
/// drawn independently and all batches have the full size; an epoch has as many batches as without
/// replacement.
///
/// ```
/// use gradus::data::Batches;
/// let mut batches = Batches::without_replacement(10, 4, 0)?;
/// assert_eq!(batches.per_epoch(), 3);
/// let sizes = [(); 3].map(|_| batches.next().len());
/// assert_eq!((sizes, batches.epoch()), ([4, 4, 2], 1));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Batches {
    stream: Stream,
    /// A permutation of all indices (without replacement), or the last batch (with replacement).
    indices: Vec<u32>,
    len: usize,
    batch: usize,
    replacement: bool,
    drawn: u64,
}

impl Batches {
    /// Returns batches of `batch` out of `len` examples, which visit each example once in every epoch.
    ///
    /// # Errors
    /// If `batch` is not from 1 to `len`, or `len` is 2³² or more.
    pub fn without_replacement(len: usize, batch: usize, seed: u64) -> Result<Self> {
        Batches::new(len, batch, seed, false)
    }

    /// Returns batches of `batch` out of `len` examples, with all indices drawn independently.
    ///
    /// # Errors
    /// If `batch` is not from 1 to `len`, or `len` is 2³² or more.
    pub fn with_replacement(len: usize, batch: usize, seed: u64) -> Result<Self> {
        Batches::new(len, batch, seed, true)
    }

    fn new(len: usize, batch: usize, seed: u64, replacement: bool) -> Result<Self> {
        check_hyperparameter("batch", batch as f64, "at least 1", |v| v >= 1.0)?;
        if batch > len {
            let what = format!("a batch of {batch} out of {len} examples");
            return Err(Error::Unsupported { what, remedy: "choose a batch no larger than the data" });
        }
        if u32::try_from(len).is_err() {
            return Err(Error::Unsupported {
                what: format!("batches of {len} examples"),
                remedy: "use fewer than 2³² examples",
            });
        }
        let indices = if replacement { vec![0; batch] } else { (0..len as u32).collect() };
        Ok(Batches { stream: rng::stream(seed, "batches", 0), indices, len, batch, replacement, drawn: 0 })
    }

    /// Returns the indices of the next batch.
    #[expect(
        clippy::should_implement_trait,
        reason = "the batch borrows from self, which Iterator cannot express"
    )]
    pub fn next(&mut self) -> &[u32] {
        let first = (self.drawn % self.per_epoch()) as usize * self.batch;
        self.drawn += 1;
        if self.replacement {
            let len = self.len as u32;
            self.indices.fill_with(|| self.stream.random_range(0..len));
            return &self.indices;
        }
        if first == 0 {
            rng::shuffle(&mut self.stream, &mut self.indices);
        }
        &self.indices[first..self.len.min(first + self.batch)]
    }

    /// Returns the batch that was drawn last; empty before the first.
    ///
    /// ```
    /// use gradus::data::Batches;
    /// let mut batches = Batches::without_replacement(10, 4, 0)?;
    /// assert!(batches.last().is_empty());
    /// for _ in 0..7 {
    ///     let drawn = batches.next().to_vec();
    ///     assert_eq!(batches.last(), drawn);
    /// }
    /// # Ok::<(), gradus::error::Error>(())
    /// ```
    pub fn last(&self) -> &[u32] {
        let Some(before) = self.drawn.checked_sub(1) else { return &[] };
        if self.replacement {
            return &self.indices;
        }
        let first = (before % self.per_epoch()) as usize * self.batch;
        &self.indices[first..self.len.min(first + self.batch)]
    }

    /// Returns the numbers from which the sequence can go on elsewhere: how many batches were drawn, the
    /// place in the stream of random numbers, and the indices in their present order.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = f64> {
        let indices = self.indices.iter().copied().map(f64::from);
        [self.drawn as f64].into_iter().chain(rng::place(&self.stream)).chain(indices)
    }

    /// Returns the largest value that the number at `place` of [`numbers`](Batches::numbers) can have.
    pub(crate) fn most(&self, place: usize) -> usize {
        match place {
            // Beyond it a count is not exact in 64 bits. (A `usize` on WebAssembly has 32.)
            0 => usize::try_from(1u64 << f64::MANTISSA_DIGITS).unwrap_or(usize::MAX),
            1..4 => u32::MAX as usize,
            _ => self.len - 1,
        }
    }

    /// Goes on where the sequence with these [`numbers`](Batches::numbers) is, which are as many as here.
    pub(crate) fn go_to(&mut self, numbers: &[f64]) {
        self.drawn = numbers[0] as u64;
        rng::go_to(&mut self.stream, [numbers[1], numbers[2], numbers[3]]);
        self.indices.iter_mut().zip(&numbers[4..]).for_each(|(index, &number)| *index = number as u32);
    }

    /// Returns the next batch and the one after it, whose examples can be fetched in advance. The second is
    /// empty if it has not been drawn yet: at the end of an epoch, and always with replacement.
    pub fn next_with_upcoming(&mut self) -> (&[u32], &[u32]) {
        let len = self.next().len();
        if self.replacement {
            return (&self.indices, &[]);
        }
        // All earlier batches of the epoch have the full size.
        let end = ((self.drawn - 1) % self.per_epoch()) as usize * self.batch + len;
        let (seen, left) = self.indices.split_at(end);
        (&seen[end - len..], &left[..self.batch.min(left.len())])
    }

    /// Returns the number of complete epochs.
    pub fn epoch(&self) -> u64 {
        self.drawn / self.per_epoch()
    }

    /// Returns the number of batches drawn so far.
    pub fn drawn(&self) -> u64 {
        self.drawn
    }

    /// Returns the number of batches in an epoch: the number of examples divided by the batch size, rounded
    /// up.
    pub fn per_epoch(&self) -> u64 {
        self.len.div_ceil(self.batch) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_epoch(batches: &mut Batches) -> Vec<u32> {
        (0..batches.per_epoch()).flat_map(|_| batches.next().to_vec()).collect()
    }

    #[test]
    fn every_epoch_holds_each_example_once_in_another_order() {
        let mut batches = Batches::without_replacement(103, 10, 1).unwrap();
        let epochs = [one_epoch(&mut batches), one_epoch(&mut batches)];
        assert_ne!(epochs[0], epochs[1]);
        assert_eq!(batches.epoch(), 2);
        for mut epoch in epochs {
            epoch.sort_unstable();
            assert_eq!(epoch, (0..103).collect::<Vec<u32>>());
        }
    }

    #[test]
    fn the_upcoming_batch_is_the_next_one() {
        let (mut batches, mut plain) = (
            Batches::without_replacement(10, 4, 1).unwrap(),
            Batches::without_replacement(10, 4, 1).unwrap(),
        );
        let mut announced = Vec::new();
        for step in 0..7 {
            let (batch, upcoming) = batches.next_with_upcoming();
            assert_eq!(batch, plain.next());
            assert!(if step % 3 == 0 { announced.is_empty() } else { announced == batch }, "step {step}");
            announced = upcoming.to_vec();
        }
        let mut drawn = Batches::with_replacement(10, 4, 1).unwrap();
        assert_eq!((drawn.next_with_upcoming().0.len(), drawn.next_with_upcoming().1.len()), (4, 0));
    }

    #[test]
    fn an_epoch_ends_with_its_last_batch() {
        let mut batches = Batches::without_replacement(10, 5, 1).unwrap();
        let epochs = [(); 5].map(|_| {
            batches.next();
            batches.epoch()
        });
        assert_eq!(epochs, [0, 1, 1, 2, 2]);
    }

    #[test]
    fn with_replacement_draws_are_uniform_and_repeat() {
        let mut batches = Batches::with_replacement(10, 10, 1).unwrap();
        let mut counts = [0; 10];
        for _ in 0..10_000 {
            batches.next().iter().for_each(|&i| counts[i as usize] += 1);
        }
        assert!(counts.iter().all(|&count| (9_500..10_500).contains(&count)), "{counts:?}");
        assert!((0..100).any(|_| {
            let mut batch = batches.next().to_vec();
            batch.sort_unstable();
            batch.dedup();
            batch.len() < 10
        }));
    }

    #[test]
    fn the_seed_decides() {
        let draw = |seed| one_epoch(&mut Batches::without_replacement(50, 7, seed).unwrap());
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }

    #[test]
    fn a_batch_of_none_or_of_too_many_is_refused() {
        assert_eq!(
            Batches::without_replacement(5, 0, 0).unwrap_err().to_string(),
            "batch = 0 is out of range: batch must be at least 1"
        );
        let message = Batches::with_replacement(5, 6, 0).unwrap_err().to_string();
        assert_eq!(message, "a batch of 6 out of 5 examples: choose a batch no larger than the data");
    }
}
