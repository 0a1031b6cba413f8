//! The dealing of pairs to shards.

/// Deals costs to shards: the longest first, each to the shard with the least so far. Returns the shard of
/// each cost, from 1. Equal costs go in their order and equal shards by their number, so the same costs are
/// always dealt alike.
///
/// The longest shard then takes at most 4/3 − 1/(3·shards) times as long as with the best dealing.
///
/// The seconds in the archive of the standard suite are 2,300 for 707 pairs, and 58 for the longest one. No
/// dealing is shorter than the larger one of the longest pair and the equal share. The longest shard takes so
/// many times as long as that:
///
/// | shards | equal share | longest first | in turn | by a hash of the name |
/// |---|---|---|---|---|
/// | 8 | 288 s | 1.00 | 1.13 | 1.42 |
/// | 64 | 36 s, so the longest pair counts | 1.00 | 1.70 | 2.43 |
///
/// Source: Graham, "Bounds on multiprocessing timing anomalies", SIAM J. Appl. Math. 17 (1969).
pub(super) fn deal(costs: &[f64], shards: usize) -> Vec<usize> {
    let mut load = vec![0.0; shards];
    let mut shard_of = vec![0; costs.len()];
    for at in longest_first(costs) {
        let least = (0..shards).min_by(|&a, &b| f64::total_cmp(&load[a], &load[b])).unwrap_or(0);
        load[least] += costs[at];
        shard_of[at] = least + 1;
    }
    shard_of
}

/// Returns the places of the costs, the largest first.
pub(super) fn longest_first(costs: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..costs.len()).collect();
    order.sort_by(|&a, &b| costs[b].total_cmp(&costs[a]));
    order
}

/// Writes sorted numbers as a scheduler's array: "3,5-9,17".
///
/// ```
/// assert_eq!(gradus::compare::suite::ranges(&[3, 5, 6, 7, 17]), "3,5-7,17");
/// ```
pub fn ranges(numbers: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let text = |&(first, last): &(usize, usize)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    runs.iter().map(text).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::suite::Plan;
    use crate::hash::fnv1a;
    use std::path::Path;

    fn longest(costs: &[f64], shard_of: &[usize], shards: usize) -> f64 {
        let sum = |shard| {
            costs.iter().zip(shard_of).filter(|(_, s)| **s == shard).map(|(cost, _)| cost).sum::<f64>()
        };
        (1..=shards).map(sum).fold(0.0, f64::max)
    }

    #[test]
    fn shards_are_balanced_by_cost_and_not_by_count() {
        let costs: Vec<f64> =
            (0..200).map(|i| if i % 29 == 0 { 40.0 } else { 0.1 + f64::from(i % 7) }).collect();
        for shards in [1, 2, 3, 8, 20] {
            let dealt = deal(&costs, shards);
            let ideal = costs.iter().sum::<f64>() / shards as f64;
            let bound = ideal.max(40.0) * 1.05;
            assert!(longest(&costs, &dealt, shards) <= bound, "{shards} shards");
            assert_eq!(dealt, deal(&costs, shards), "the same every time");
            assert!(dealt.iter().all(|shard| (1..=shards).contains(shard)));
        }
        // Graham's example: longest first takes 11 where the best takes 9.
        let costs = [5.0, 5.0, 4.0, 4.0, 3.0, 3.0, 3.0];
        assert_eq!(longest(&costs, &deal(&costs, 3), 3), 11.0);
    }

    /// The plan of an archive has the seconds that its pairs took.
    fn plan_of_the_archive() -> Plan {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut plan = Plan::read(&root.join("archive/standard")).unwrap();
        plan.pairs.sort_by_key(|pair| (pair.problem, pair.optimizer));
        plan
    }

    #[test]
    fn the_standard_suite_is_balanced_by_the_seconds_of_its_archive() {
        let plan = plan_of_the_archive();
        let costs: Vec<f64> = plan.pairs.iter().map(|pair| pair.seconds).collect();
        let best = |shards| f64::max(plan.seconds() / shards as f64, plan.longest_pair());
        for shards in [1, 2, 8, 16, 32, 64, 200] {
            let dealt = longest(&costs, &deal(&costs, shards), shards);
            assert!(dealt <= best(shards) * 4.0 / 3.0, "{shards} shards: {dealt}, best {}", best(shards));
        }
        // The table of `deal`. An archive that is made anew has other seconds, so a fifth is allowed.
        for (shards, told) in [(8, [1.0, 1.13, 1.42]), (64, [1.0, 1.70, 2.43])] {
            let in_turn: Vec<usize> = (0..costs.len()).map(|at| at % shards + 1).collect();
            let by_hash = |pair| (fnv1a(plan.name(pair).as_bytes()) % shards as u64) as usize + 1;
            let by_hash: Vec<usize> = plan.pairs.iter().map(by_hash).collect();
            let found = [deal(&costs, shards), in_turn, by_hash]
                .map(|shard_of| longest(&costs, &shard_of, shards) / best(shards));
            let is_near = |(found, told): (&f64, f64)| (found / told - 1.0).abs() <= 0.2;
            assert!(found.iter().zip(told).all(is_near), "{shards} shards: {found:?}, told {told:?}");
            assert!(found[0] < found[1] && found[0] < found[2], "{shards} shards: {found:?}");
        }
    }

    #[test]
    fn more_shards_than_pairs_leave_some_empty() {
        let dealt = deal(&[1.0, 2.0], 5);
        assert_eq!(dealt, [2, 1]);
        assert_eq!(deal(&[], 2), [0usize; 0]);
    }

    #[test]
    fn numbers_in_a_row_are_one_range() {
        assert_eq!([&[][..], &[1], &[1, 2], &[1, 3, 4, 5, 9]].map(ranges), ["", "1", "1-2", "1,3-5,9"]);
    }
}
