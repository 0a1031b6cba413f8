//! Sums in the order of the ranks, and what else ranks decide together.

use super::interface::Ranks;
use super::numbers::NumbersMut;
use crate::error::{Error, Result};
use crate::real::Real;
use std::ops::Range;

/// The number of numbers that are sent together. While a rank adds its part to one segment, the rank before
/// it works on the next.
const SEGMENT: usize = 1 << 13;

/// Returns the part of `count` things that belongs to a rank: consecutive ones, in the order of the ranks.
pub fn share_of(count: usize, rank: usize, size: usize) -> Range<usize> {
    count * rank / size..count * (rank + 1) / size
}

/// Adds what the ranks have to `total`, in the order of the ranks: first rank 0 runs `add` on its `total`,
/// then rank 1 on the outcome, and so on. At the end all have the same numbers. `add` gets one segment of the
/// indices after the other, with the numbers of the segment.
///
/// ```
/// use gradus::ranks::{Alone, add_in_order};
/// let (mut total, mine) = ([1.0, 2.0], [10.0, 20.0]);
/// add_in_order(&Alone, &mut total, |segment, part| {
///     part.iter_mut().zip(&mine[segment]).for_each(|(t, m)| *t += m);
/// });
/// assert_eq!(total, [11.0, 22.0]);
/// ```
pub fn add_in_order<F: Real>(
    ranks: &dyn Ranks,
    total: &mut [F],
    mut add: impl FnMut(Range<usize>, &mut [F]),
) {
    let (rank, size, len) = (ranks.rank(), ranks.size(), total.len());
    for start in (0..len).step_by(SEGMENT) {
        let segment = start..len.min(start + SEGMENT);
        let part = &mut total[segment.clone()];
        if rank > 0 {
            ranks.receive(rank - 1, F::numbers_mut(part));
        }
        add(segment, part);
        if rank + 1 < size {
            ranks.send(rank + 1, F::numbers(part));
        }
    }
    if size > 1 {
        ranks.broadcast(size - 1, F::numbers_mut(total));
    }
}

/// Collects the entries of `own` from the ranks, which together have all of them, so that all have all.
///
/// ```
/// use gradus::ranks::{Alone, collect};
/// let mut numbers = [1.0, 2.0];
/// collect(&Alone, &mut numbers, 0..2);
/// assert_eq!(numbers, [1.0, 2.0]);
/// ```
pub fn collect<F: Real>(ranks: &dyn Ranks, numbers: &mut [F], own: Range<usize>) {
    if ranks.size() == 1 {
        return;
    }
    let mine = numbers[own.clone()].to_vec();
    add_in_order(ranks, numbers, |segment, part| {
        let both = own.start.max(segment.start)..own.end.min(segment.end);
        if !both.is_empty() {
            let at = |range: &Range<usize>, from: usize| range.start - from..range.end - from;
            part[at(&both, segment.start)].copy_from_slice(&mine[at(&both, own.start)]);
        }
    });
}

/// Returns the outcome of a rank if all ranks succeeded, so that no rank goes on where another has failed.
/// The lowest rank that failed keeps its error, and all others get one that names that rank.
///
/// # Errors
/// The own error, or [`Error::OtherRank`].
pub fn agree<T>(ranks: &dyn Ranks, outcome: Result<T>) -> Result<T> {
    let mut failed = vec![0.0; ranks.size()];
    let rank = ranks.rank();
    failed[rank] = f64::from(u8::from(outcome.is_err()));
    collect(ranks, &mut failed, rank..rank + 1);
    match failed.iter().position(|&failed| failed != 0.0) {
        Some(other) if other != rank => Err(Error::OtherRank { rank: other }),
        _ => outcome,
    }
}

/// Returns what rank 0 says, on all ranks.
pub fn as_rank_0_says(ranks: &dyn Ranks, word: bool) -> bool {
    let mut number = [f64::from(u8::from(word))];
    ranks.broadcast(0, NumbersMut::F64(&mut number));
    number != [0.0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranks::among;

    #[test]
    fn shares_are_consecutive_and_together_all() {
        for (count, size) in [(16, 1), (16, 3), (16, 16), (5, 8), (0, 2)] {
            let shares: Vec<usize> = (0..size).flat_map(|rank| share_of(count, rank, size)).collect();
            assert_eq!(shares, (0..count).collect::<Vec<_>>());
        }
    }

    /// The sums of vectors whose order matters, by ranks that have a share of them each.
    fn sums<F: Real>(size: usize, len: usize) -> Vec<Vec<F>> {
        let entry = |piece: usize, i: usize| F::of(((piece * 7919 + i * 31) % 1013) as f64 / 3.0 - 150.0);
        among(size, |ranks| {
            let mut total = vec![F::of(0.1); len];
            add_in_order(&*ranks, &mut total, |segment, part| {
                for piece in share_of(16, ranks.rank(), size) {
                    part.iter_mut().zip(segment.clone()).for_each(|(t, i)| *t += entry(piece, i));
                }
            });
            total
        })
    }

    #[test]
    fn sums_have_the_same_bits_for_any_number_of_ranks() {
        let alone = (sums::<f32>(1, 20_001), sums::<f64>(1, 20_001));
        for size in [2, 3, 4, 16] {
            let (single, double) = (sums::<f32>(size, 20_001), sums::<f64>(size, 20_001));
            assert!(single.iter().all(|total| *total == alone.0[0]), "{size} ranks in f32");
            assert!(double.iter().all(|total| *total == alone.1[0]), "{size} ranks in f64");
        }
    }

    #[test]
    fn each_rank_gets_what_the_others_have() {
        let collected = among(3, |ranks| {
            let own = share_of(10, ranks.rank(), 3);
            let mut numbers = vec![f64::NAN; 10];
            own.clone().for_each(|i| numbers[i] = i as f64);
            collect(&*ranks, &mut numbers, own);
            numbers
        });
        assert!(collected.iter().all(|all| *all == (0..10).map(f64::from).collect::<Vec<_>>()));
    }

    #[test]
    fn no_rank_goes_on_where_another_failed() {
        let failure = || Error::Unsupported { what: "no file".into(), remedy: "make one" };
        let outcomes = among(3, |ranks| {
            let own = if ranks.rank() == 0 { Ok(()) } else { Err(failure()) };
            agree(&*ranks, own).unwrap_err().to_string()
        });
        assert!(outcomes[1].contains("no file"), "{outcomes:?}");
        assert!(outcomes[0].contains("rank 1") && outcomes[2].contains("rank 1"), "{outcomes:?}");
        assert!(among(2, |ranks| agree(&*ranks, Ok(3)).unwrap()) == [3, 3]);
        assert_eq!(among(3, |ranks| as_rank_0_says(&*ranks, ranks.rank() != 1)), [true; 3]);
    }
}
