//! Tuning one setting by the median of the final losses, and ratios of losses over paired seeds.

use crate::compare::replicates;
use crate::compare::statistics::{Estimate, mean, median};
use crate::error::Result;
use crate::study::Context;

/// The first seed of the trials and that of the runs that count.
const TUNING_SEED: u64 = 900;
const FIRST_SEED: u64 = 100;

/// The seeds of the runs that count.
pub(super) fn seeds(context: &Context) -> u64 {
    context.choose(10, 2)
}

/// The best setting of one method, and its runs with the seeds that count.
pub(super) struct Tuned<T> {
    pub setting: f64,
    pub runs: Vec<T>,
}

/// Tries every setting with a few seeds, and runs the one with the lowest median of `loss` with all seeds. A
/// single setting is not tried before.
pub(super) fn tuned<T: Send>(
    settings: &[f64],
    context: &Context,
    label: &str,
    run: impl Fn(f64, u64) -> Result<T> + Sync,
    loss: impl Fn(&T) -> f64 + Sync,
) -> Result<Tuned<T>> {
    let trials = if settings.len() > 1 { context.choose(3, 1) } else { 0 };
    let ends = replicates(settings.len() as u64 * trials, context.progress, label, |i| {
        let run = run(settings[(i / trials) as usize], context.seed + TUNING_SEED + i % trials)?;
        Ok(loss(&run))
    });
    let ends = ends.into_iter().collect::<Result<Vec<f64>>>()?;
    let worst = |loss: &f64| if loss.is_nan() { f64::INFINITY } else { *loss };
    let medians: Vec<f64> = ends
        .chunks(trials.max(1) as usize)
        .map(|ends| median(&ends.iter().map(worst).collect::<Vec<_>>()))
        .collect();
    let best = (0..medians.len()).min_by(|&a, &b| medians[a].total_cmp(&medians[b]));
    let setting = settings[best.unwrap_or(0)];
    let runs = replicates(seeds(context), context.progress, label, |seed| {
        run(setting, context.seed + FIRST_SEED + seed)
    });
    Ok(Tuned { setting, runs: runs.into_iter().collect::<Result<_>>()? })
}

/// Returns the ratio of two lists of losses, paired by their seeds: the geometric mean with its interval.
pub(super) fn ratio(of: &[f64], over: &[f64]) -> Estimate {
    let logs: Vec<f64> = of.iter().zip(over).map(|(of, over)| (of / over).ln()).collect();
    let Estimate { value, interval } = mean(&logs);
    Estimate { value: value.exp(), interval: (interval.0.exp(), interval.1.exp()) }
}

/// Returns settings evenly spaced in the logarithm, `per_decade` in a decade.
pub(super) fn powers(from: f64, count: usize, per_decade: f64) -> Vec<f64> {
    (0..count).map(|i| from * 10f64.powf(i as f64 / per_decade)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use crate::study::Budget;

    #[test]
    fn the_setting_with_the_lowest_median_runs_with_other_seeds() {
        let context = Context { seed: 7, budget: Budget::Quick, progress: &Silent };
        // NaN is worse than every loss.
        let run = |setting: f64, seed: u64| Ok((if setting < 2.0 { f64::NAN } else { setting }, seed));
        let tuned = tuned(&[1.0, 3.0, 2.0], &context, "", run, |run| run.0).unwrap();
        assert_eq!(tuned.setting, 2.0);
        assert_eq!(tuned.runs, [(2.0, 107), (2.0, 108)]);
    }

    #[test]
    fn ratios_are_geometric_means_of_pairs() {
        assert!((ratio(&[2.0, 8.0], &[1.0, 1.0]).value - 4.0).abs() < 1e-12);
        assert_eq!(powers(0.01, 3, 1.0).len(), 3);
        assert!((powers(0.01, 3, 1.0)[2] - 1.0).abs() < 1e-12);
    }
}
