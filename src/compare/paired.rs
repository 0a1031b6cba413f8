//! Paired tests: whether one of two optimizers is better on the same seeds or problems, or whether the two
//! cannot be told apart.

use crate::compare::ranks::ranks;
use std::fmt;

/// The verdict on the first of two optimizers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// It is better.
    Better,
    /// It is worse.
    Worse,
    /// Chance alone could explain the differences.
    CannotTell,
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Judgement::Better => "better",
            Judgement::Worse => "worse",
            Judgement::CannotTell => "cannot tell apart",
        })
    }
}

/// Wilcoxon's signed-rank test of paired differences.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignedRank {
    /// The number of differences that are not zero.
    pub pairs: usize,
    /// The sum of the ranks of the positive differences.
    pub positive: f64,
    /// The sum of the ranks of the negative differences.
    pub negative: f64,
    /// The two-sided probability of sums at least as unequal if both signs were equally likely. It is exact,
    /// with ties too.
    pub p: f64,
}

/// Computes Wilcoxon's signed-rank test. Zeros are left out, as in Wilcoxon's paper, and equal sizes share a
/// rank. The probability is counted over all choices of signs, so it is exact with ties and for any number of
/// pairs, without a normal approximation. Infinite differences are the largest; NaN are left out.
///
/// With *n* pairs the smallest possible probability is 2^(1−n), so five pairs can never reach .05.
///
/// Source: Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1 (1945).
///
/// ```
/// use gradus::compare::paired::signed_rank;
/// let test = signed_rank(&[0.2, 0.5, 0.1, 0.4, 0.3, 0.6]);
/// assert_eq!((test.pairs, test.positive, test.negative, test.p), (6, 21.0, 0.0, 0.03125));
/// ```
pub fn signed_rank(differences: &[f64]) -> SignedRank {
    let kept: Vec<f64> = differences.iter().copied().filter(|d| *d != 0.0 && !d.is_nan()).collect();
    let sizes: Vec<f64> = kept.iter().map(|d| d.abs()).collect();
    let places = ranks(&sizes);
    let sum = |positive: bool| {
        kept.iter().zip(&places).filter(|(d, _)| (**d > 0.0) == positive).map(|(_, rank)| rank).sum::<f64>()
    };
    let (positive, negative) = (sum(true), sum(false));
    SignedRank {
        pairs: kept.len(),
        positive,
        negative,
        p: (2.0 * lower_tail(&places, positive.min(negative))).min(1.0),
    }
}

/// Returns the probability that ranks, each included with probability ½, add up to at most `sum`. Twice a
/// shared rank is a whole number, so sums are counted in halves.
fn lower_tail(ranks: &[f64], sum: f64) -> f64 {
    let halves: Vec<usize> = ranks.iter().map(|rank| (2.0 * rank).round() as usize).collect();
    let mut probability = vec![0.0; halves.iter().sum::<usize>() + 1];
    probability[0] = 1.0;
    let mut reached = 0;
    for rank in halves {
        reached += rank;
        for place in (0..=reached).rev() {
            let with = if place >= rank { probability[place - rank] } else { 0.0 };
            probability[place] = (probability[place] + with) / 2.0;
        }
    }
    probability[..=(2.0 * sum).round() as usize].iter().sum()
}

/// Returns the probabilities `p` after Holm's step-down correction: if all tests with a corrected probability
/// of at most α are rejected, the probability of even one false rejection is at most α. NaN stays NaN and is
/// not counted.
///
/// Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
/// Statistics 6 (1979).
///
/// ```
/// use gradus::compare::paired::holm;
/// assert_eq!(holm(&[0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
/// ```
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).filter(|&i| !p[i].is_nan()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut corrected = vec![f64::NAN; p.len()];
    let mut largest = 0.0f64;
    for (place, &i) in order.iter().enumerate() {
        largest = largest.max((p[i] * (order.len() - place) as f64).min(1.0));
        corrected[i] = largest;
    }
    corrected
}

/// Returns the verdict on the first of two optimizers. `test` is of the differences "first minus second" of
/// scores of which smaller ones are better, `corrected` its probability after correction, `level` the
/// significance level.
pub fn judge(test: &SignedRank, corrected: f64, level: f64) -> Judgement {
    match (corrected <= level, test.positive > test.negative) {
        (true, true) => Judgement::Worse,
        (true, false) => Judgement::Better,
        (false, _) => Judgement::CannotTell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;

    fn sample(replicate: u64, shift: f64) -> Vec<f64> {
        rng::normal::<f64>(&mut rng::stream(6, "differences", replicate), 10, 1.0)
            .iter()
            .map(|d| d + shift)
            .collect()
    }

    #[test]
    fn the_two_sums_are_all_ranks_and_the_sign_only_swaps_them() {
        for replicate in 0..50 {
            let differences = sample(replicate, 0.3);
            let turned: Vec<f64> = differences.iter().map(|d| -d).collect();
            let (one, other) = (signed_rank(&differences), signed_rank(&turned));
            assert_eq!(one.positive + one.negative, 55.0);
            assert_eq!((one.positive, one.p), (other.negative, other.p));
        }
    }

    #[test]
    fn without_a_difference_it_errs_no_more_often_than_it_says() {
        let rejected = (0..4000).filter(|&r| signed_rank(&sample(r, 0.0)).p <= 0.05).count() as f64 / 4000.0;
        assert!(rejected <= 0.06, "{rejected}");
        let found = (0..400).filter(|&r| signed_rank(&sample(r, 2.0)).p <= 0.05).count() as f64 / 400.0;
        assert!(found > 0.95, "{found}");
    }

    #[test]
    fn zeros_infinities_and_nothing_at_all() {
        assert_eq!(signed_rank(&[]).p, 1.0);
        assert_eq!(
            signed_rank(&[0.0, 0.0, f64::NAN]),
            SignedRank { pairs: 0, positive: 0.0, negative: 0.0, p: 1.0 }
        );
        let diverged = signed_rank(&[f64::INFINITY; 10]);
        assert_eq!((diverged.pairs, diverged.p), (10, 2.0 / 1024.0));
        assert_eq!(judge(&diverged, diverged.p, 0.05), Judgement::Worse);
        assert_eq!(judge(&signed_rank(&[1.0; 5]), 0.0625, 0.05), Judgement::CannotTell);
    }

    #[test]
    fn holm_never_lowers_and_keeps_the_order() {
        for replicate in 0..50 {
            let p: Vec<f64> = sample(replicate, 0.0).iter().map(|d| d.abs().min(1.0)).collect();
            let corrected = holm(&p);
            assert!(p.iter().zip(&corrected).all(|(p, c)| p <= c && *c <= 1.0));
            assert!((0..10).all(|i| (0..10).all(|j| p[i] > p[j] || corrected[i] <= corrected[j])));
        }
        assert!(holm(&[f64::NAN])[0].is_nan() && holm(&[f64::NAN, 0.02])[1] == 0.02);
    }

    #[test]
    fn hundreds_of_pairs_are_no_overflow() {
        let many: Vec<f64> =
            (0..400).map(|i| if i % 2 == 0 { 1.0 + f64::from(i) } else { -1.0 - f64::from(i) }).collect();
        let p = signed_rank(&many).p;
        assert!(p > 0.5 && p <= 1.0, "{p}");
    }

    #[test]
    fn the_sums_and_the_probability_of_small_samples_are_counted_by_hand() {
        let test = signed_rank(&[0.2, 0.5, 0.1, 0.4, 0.3, 0.6]);
        assert_eq!(test, SignedRank { pairs: 6, positive: 21.0, negative: 0.0, p: 0.03125 });
        // Ranks 1, 2.5, 2.5: of eight choices of signs, those with a sum of at most 1 are {} and {1}.
        let tied = signed_rank(&[-1.0, 2.0, 2.0, 0.0]);
        assert_eq!(tied, SignedRank { pairs: 3, positive: 5.0, negative: 1.0, p: 0.5 });
        assert_eq!(signed_rank(&[1.0]).p, 1.0);
    }

    #[test]
    fn holm_multiplies_by_the_number_of_tests_left() {
        assert_eq!(holm(&[0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
        assert_eq!(holm(&[0.5, f64::NAN, 0.75])[0], 1.0);
    }

    #[test]
    fn a_probability_at_the_level_is_a_verdict() {
        let (won, lost) = (signed_rank(&[-1.0; 6]), signed_rank(&[1.0; 6]));
        assert_eq!(judge(&won, 0.05, 0.05), Judgement::Better);
        assert_eq!(judge(&lost, 0.05, 0.05), Judgement::Worse);
        assert_eq!(judge(&lost, 0.0501, 0.05), Judgement::CannotTell);
        // Equal sums are no loss, whatever the level.
        assert_eq!(judge(&signed_rank(&[1.0, -1.0]), 0.05, 0.05), Judgement::Better);
    }
}
