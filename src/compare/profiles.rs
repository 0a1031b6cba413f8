//! Profiles: the share of problems that are solved as a function of the work allowed.

/// Returns the performance ratios of Dolan and Moré: for each optimizer and each problem that it solves, its
/// work divided by the least work of any optimizer on that problem.
///
/// `work[optimizer][problem]` is `None` where the optimizer does not solve the problem. A problem that no
/// optimizer solves gives no ratio.
///
/// Source: Dolan and Moré, "Benchmarking optimization software with performance profiles", Mathematical
/// Programming 91 (2002).
///
/// ```
/// use gradus::compare::profiles::performance_ratios;
/// let work = [vec![Some(10.0), None], vec![Some(30.0), Some(5.0)]];
/// assert_eq!(performance_ratios(&work), [vec![1.0], vec![3.0, 1.0]]);
/// ```
pub fn performance_ratios(work: &[Vec<Option<f64>>]) -> Vec<Vec<f64>> {
    let problems = work.iter().map(Vec::len).max().unwrap_or(0);
    let least = |problem: usize| work.iter().filter_map(|of| *of.get(problem)?).fold(f64::INFINITY, f64::min);
    let least: Vec<f64> = (0..problems).map(least).collect();
    work.iter()
        .map(|of| of.iter().zip(&least).filter_map(|(work, least)| Some(ratio((*work)?, *least))).collect())
        .collect()
}

/// Returns 1 if both are 0, so that optimizers without any work tie.
fn ratio(work: f64, least: f64) -> f64 {
    if work == least { 1.0 } else { work / least }
}

/// Returns the curve of a profile as a staircase. It begins at `from` with the share that is already solved
/// there, rises by `1/of` at each of the abscissae `at`, and ends at `to`. Each step has two points, so that
/// a line through them has right angles.
///
/// With [`performance_ratios`] the curve is a performance profile. With the work itself it is a data profile
/// (Moré and Wild, "Benchmarking derivative-free optimization algorithms", SIAM Journal on Optimization 20,
/// 2009). The unit of work is an evaluation of a gradient here, since every optimizer of the comparison uses
/// gradients.
///
/// ```
/// use gradus::compare::profiles::staircase;
/// let (x, y) = staircase(vec![2.0, 1.0], 4, 1.0, 10.0);
/// assert_eq!((x, y), (vec![1.0, 2.0, 2.0, 10.0], vec![0.25, 0.25, 0.5, 0.5]));
/// ```
pub fn staircase(mut at: Vec<f64>, of: usize, from: f64, to: f64) -> (Vec<f64>, Vec<f64>) {
    at.sort_by(f64::total_cmp);
    let share = |count: usize| count as f64 / of.max(1) as f64;
    let already = at.partition_point(|&at| at <= from);
    let (mut x, mut y) = (vec![from], vec![share(already)]);
    for (count, at) in at.into_iter().enumerate().skip(already).take_while(|(_, at)| *at <= to) {
        x.extend([at, at]);
        y.extend([share(count), share(count + 1)]);
    }
    x.push(to);
    y.push(y[y.len() - 1]);
    (x, y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng;
    use rand::RngExt;

    /// Work of four optimizers on thirty problems, with gaps.
    fn work(replicate: u64) -> Vec<Vec<Option<f64>>> {
        let mut draws = rng::stream(5, "work", replicate);
        (0..4)
            .map(|_| {
                (0..30)
                    .map(|_| (draws.random::<f64>() < 0.7).then(|| 1.0 + 99.0 * draws.random::<f64>()))
                    .collect()
            })
            .collect()
    }

    #[test]
    fn a_profile_rises_to_the_share_solved_and_never_falls() {
        for replicate in 0..20 {
            let work = work(replicate);
            for (of, ratios) in work.iter().zip(performance_ratios(&work)) {
                assert!(ratios.iter().all(|ratio| *ratio >= 1.0));
                let (x, y) = staircase(ratios, 30, 1.0, 1e9);
                assert!(
                    y.windows(2).all(|pair| pair[0] <= pair[1])
                        && x.windows(2).all(|pair| pair[0] <= pair[1])
                );
                assert_eq!(y[y.len() - 1], of.iter().flatten().count() as f64 / 30.0);
            }
        }
    }

    #[test]
    fn at_one_stand_the_problems_won_and_their_shares_are_one_without_ties() {
        for replicate in 0..20 {
            let work = work(replicate);
            let solved = (0..30).filter(|&problem| work.iter().any(|of| of[problem].is_some())).count();
            let won: f64 = performance_ratios(&work)
                .into_iter()
                .map(|ratios| staircase(ratios, 30, 1.0, 2.0).1[0])
                .sum();
            assert!((won - solved as f64 / 30.0).abs() < 1e-12, "{won}");
        }
    }

    #[test]
    fn what_costs_nothing_is_no_division_by_zero() {
        let work = [vec![Some(0.0)], vec![Some(2.0)], vec![Some(0.0)]];
        assert_eq!(performance_ratios(&work), [vec![1.0], vec![f64::INFINITY], vec![1.0]]);
        assert_eq!(staircase(Vec::new(), 0, 1.0, 2.0), (vec![1.0, 2.0], vec![0.0, 0.0]));
    }

    #[test]
    fn ratios_and_stairs_by_hand() {
        let work = [vec![Some(10.0), None], vec![Some(30.0), Some(5.0)]];
        assert_eq!(performance_ratios(&work), [vec![1.0], vec![3.0, 1.0]]);
        let stairs = staircase(vec![2.0, 1.0], 4, 1.0, 10.0);
        assert_eq!(stairs, (vec![1.0, 2.0, 2.0, 10.0], vec![0.25, 0.25, 0.5, 0.5]));
        // What lies at the end counts, and what lies beyond does not.
        let stairs = staircase(vec![3.0, 10.0, 11.0], 4, 1.0, 10.0);
        assert_eq!(stairs.0, [1.0, 3.0, 3.0, 10.0, 10.0, 10.0]);
        assert_eq!(stairs.1, [0.0, 0.0, 0.25, 0.25, 0.5, 0.5]);
        assert_eq!(staircase(vec![], 0, 1.0, 2.0), (vec![1.0, 2.0], vec![0.0, 0.0]));
    }
}
