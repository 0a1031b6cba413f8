//! Ranks over problems, with the intervals that the choice of problems leaves.

use crate::compare::bootstrap::resamples;
use crate::compare::statistics::quantile;

/// Returns the ranks of values. The smallest value has rank 1, equal values share the mean of their ranks,
/// and NaN ranks behind all others.
///
/// ```
/// use gradus::compare::ranks::ranks;
/// assert_eq!(ranks(&[0.3, 0.1, 0.3, f64::INFINITY]), [2.5, 1.0, 2.5, 4.0]);
/// ```
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let same = |a: usize, b: usize| values[a] == values[b] || (values[a].is_nan() && values[b].is_nan());
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let end = (start..order.len()).find(|&end| !same(order[start], order[end])).unwrap_or(order.len());
        let shared = (start + 1 + end) as f64 / 2.0;
        order[start..end].iter().for_each(|&place| ranks[place] = shared);
        start = end;
    }
    ranks
}

/// A mean rank, and the interval that contains it for 95 % of the choices of problems.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanRank {
    /// The mean over the problems.
    pub mean: f64,
    /// The lower and upper ends of the interval.
    pub interval: (f64, f64),
}

/// Returns the mean rank of each contestant over the problems. `scores[problem][contestant]` are the scores,
/// of which smaller ones are better. The interval is a percentile bootstrap over problems (4000 resamples,
/// drawn with `seed`). It says how much other problems of the same kind would change, not other seeds.
///
/// ```
/// use gradus::compare::ranks::mean_ranks;
/// let found = mean_ranks(&[vec![1.0, 2.0], vec![5.0, 9.0], vec![0.1, 0.2]], 0);
/// assert_eq!((found[0].mean, found[1].mean), (1.0, 2.0));
/// ```
pub fn mean_ranks(scores: &[Vec<f64>], seed: u64) -> Vec<MeanRank> {
    let by_problem: Vec<Vec<f64>> = scores.iter().map(|scores| ranks(scores)).collect();
    let contestants = by_problem.first().map_or(0, Vec::len);
    let mean_of = |problems: &mut dyn Iterator<Item = usize>, contestant: usize| -> f64 {
        problems.map(|problem| by_problem[problem][contestant]).sum::<f64>() / by_problem.len() as f64
    };
    let resamples = resamples(by_problem.len(), seed);
    let estimate = |contestant| {
        let means: Vec<f64> =
            resamples.iter().map(|sample| mean_of(&mut sample.iter().copied(), contestant)).collect();
        let interval = (quantile(&means, 0.025), quantile(&means, 0.975));
        MeanRank { mean: mean_of(&mut (0..by_problem.len()), contestant), interval }
    };
    (0..contestants).map(estimate).collect()
}

/// Returns Friedman's χ² of the ranks, corrected for ties: a measure of how much the mean ranks of the
/// contestants differ. It has (contestants − 1) degrees of freedom, and is 0 if all are tied.
///
/// Source: Friedman, "The use of ranks to avoid the assumption of normality", JASA 32 (1937).
pub fn friedman(scores: &[Vec<f64>]) -> f64 {
    let by_problem: Vec<Vec<f64>> = scores.iter().map(|scores| ranks(scores)).collect();
    let (n, k) = (by_problem.len() as f64, by_problem.first().map_or(0, Vec::len));
    let middle = (k as f64 + 1.0) / 2.0;
    let sum = |contestant: usize| by_problem.iter().map(|ranks| ranks[contestant] - middle).sum::<f64>();
    let between: f64 = (0..k).map(|contestant| sum(contestant).powi(2)).sum::<f64>() / n;
    let within: f64 =
        by_problem.iter().flatten().map(|rank| (rank - middle).powi(2)).sum::<f64>() / (n * (k as f64 - 1.0));
    if within > 0.0 { between / within } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;

    fn draws(problems: u64, contestants: usize, advantage: f64) -> Vec<Vec<f64>> {
        let row = |problem| {
            let mut row =
                rng::normal::<f64>(&mut rng::stream(8, "scores", problem), contestants, 1.0).to_vec();
            row[0] -= advantage;
            row
        };
        (0..problems).map(row).collect()
    }

    #[test]
    fn ranks_add_up_whatever_the_ties() {
        for values in
            [vec![1.0, 1.0, 1.0, 1.0], vec![3.0, 1.0, 2.0, 1.0], vec![f64::NAN, 1.0, f64::NAN, f64::INFINITY]]
        {
            assert_eq!(ranks(&values).iter().sum::<f64>(), 10.0, "{values:?}");
        }
        assert_eq!(ranks(&[0.0, -0.0]), [1.5, 1.5]);
        assert!(ranks(&[]).is_empty());
    }

    #[test]
    fn the_interval_holds_the_mean_and_the_same_seed_gives_the_same() {
        let scores = draws(20, 5, 1.0);
        let found = mean_ranks(&scores, 3);
        assert_eq!(found, mean_ranks(&scores, 3));
        assert!(
            found
                .iter()
                .all(|r| r.interval.0 <= r.mean && r.mean <= r.interval.1 && r.interval.0 < r.interval.1)
        );
        assert!((found.iter().map(|r| r.mean).sum::<f64>() - 15.0).abs() < 1e-9);
    }

    #[test]
    fn the_interval_covers_the_true_mean_rank_about_as_often_as_it_says() {
        // Without an advantage the true mean rank of each of five is 3.
        let covers = |replicate: u64| {
            let row =
                |problem| rng::normal::<f64>(&mut rng::stream(replicate, "even", problem), 5, 1.0).to_vec();
            let scores: Vec<Vec<f64>> = (0..25).map(row).collect();
            let (low, high) = mean_ranks(&scores, 1)[0].interval;
            low <= 3.0 && 3.0 <= high
        };
        let share = (0..200).filter(|&r| covers(r)).count() as f64 / 200.0;
        assert!((0.88..=0.99).contains(&share), "{share}");
    }

    #[test]
    fn friedman_is_the_largest_where_all_problems_agree_and_nothing_where_all_tie() {
        let agreeing: Vec<Vec<f64>> = (0..6).map(|_| vec![1.0, 2.0, 3.0]).collect();
        assert!((friedman(&agreeing) - 12.0).abs() < 1e-12); // n(k − 1)
        assert_eq!(friedman(&[vec![1.0, 1.0], vec![2.0, 2.0]]), 0.0);
        assert!(friedman(&draws(30, 4, 2.0)) > friedman(&draws(30, 4, 0.0)));
    }

    #[test]
    fn one_problem_more_counts_by_its_share() {
        let found = mean_ranks(&[vec![1.0, 2.0, 3.0], vec![5.0, 9.0, 7.0], vec![0.3, 0.2, 0.2]], 0);
        let means: Vec<f64> = found.iter().map(|rank| 3.0 * rank.mean).collect();
        assert_eq!(means, [5.0, 6.5, 6.5]);
        // Of three problems, one is drawn three times in more than 2.5 % of the resamples.
        assert_eq!((found[0].interval, found[1].interval), ((1.0, 3.0), (1.5, 3.0)));
    }

    #[test]
    fn equal_values_share_the_middle_of_their_places() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 3.0, 2.0]), [4.0, 1.0, 4.0, 4.0, 2.0]);
        assert_eq!(ranks(&[f64::NAN, 2.0, f64::NAN, f64::NEG_INFINITY]), [3.5, 2.0, 3.5, 1.0]);
    }
}
