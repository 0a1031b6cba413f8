//! `--sample`: some of the studies, drawn at random.

use super::plan::Job;
use crate::error::{Error, Result};
use crate::rng;

/// The part of the studies that is verified.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sample {
    /// This number of studies.
    Count(usize),
    /// As many studies as take at most this percentage of the time of all.
    Percent(f64),
}

impl Sample {
    /// Reads `5` or `20%`.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || Error::Syntax {
            what: "sample",
            text: text.into(),
            form: "a number of studies such as 5, or a percentage of their time such as 20%",
        };
        match text.strip_suffix('%') {
            Some(share) => {
                let share = share.trim().parse().ok().filter(|share| *share > 0.0 && *share <= 100.0);
                share.map(Sample::Percent).ok_or_else(wrong)
            }
            None => text.parse().ok().filter(|&count| count > 0).map(Sample::Count).ok_or_else(wrong),
        }
    }

    /// Draws studies by a seed, and returns them in their order. A percentage draws at least one: the
    /// shortest, if no other fits.
    pub fn draw(self, jobs: Vec<Job>, seed: u64) -> Vec<Job> {
        let order = rng::permutation(&mut rng::stream(seed, "verify sample", 0), jobs.len());
        let mut chosen: Vec<usize> = Vec::new();
        match self {
            Sample::Count(count) => chosen.extend(order.iter().take(count).map(|&at| at as usize)),
            Sample::Percent(share) => {
                let mut left = share / 100.0 * jobs.iter().map(|job| job.seconds).sum::<f64>();
                for at in order.into_iter().map(|at| at as usize) {
                    if jobs[at].seconds <= left {
                        left -= jobs[at].seconds;
                        chosen.push(at);
                    }
                }
                let shortest = (0..jobs.len()).min_by(|&a, &b| jobs[a].seconds.total_cmp(&jobs[b].seconds));
                if chosen.is_empty() {
                    chosen.extend(shortest);
                }
            }
        }
        let mut at = 0..;
        jobs.into_iter().filter(|_| at.next().is_some_and(|at| chosen.contains(&at))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study;

    fn jobs(seconds: &[f64]) -> Vec<Job> {
        let job = |(study, &seconds)| Job { study, seconds, times: false };
        study::ALL.iter().zip(seconds).map(job).collect()
    }

    fn drawn(text: &str, seconds: &[f64], seed: u64) -> Vec<f64> {
        let sample = Sample::parse(text).unwrap();
        sample.draw(jobs(seconds), seed).iter().map(|job| job.seconds).collect()
    }

    #[test]
    fn a_number_of_studies_is_drawn_by_the_seed_and_keeps_its_order() {
        let seconds: Vec<f64> = (0..12).map(f64::from).collect();
        let draws: Vec<_> = (0..20).map(|seed| drawn("4", &seconds, seed)).collect();
        assert!(draws.iter().all(|drawn| drawn.len() == 4 && drawn.is_sorted()), "{draws:?}");
        assert_eq!(draws[3], drawn("4", &seconds, 3));
        assert!(draws.iter().any(|drawn| *drawn != draws[0]));
        let seen = |second: &f64| draws.iter().any(|drawn| drawn.contains(second));
        assert!(seconds.iter().all(seen), "every study is drawn by some seed");
        assert_eq!(drawn("99", &seconds, 0), seconds);
    }

    #[test]
    fn a_percentage_bounds_the_time() {
        let seconds = [60.0, 10.0, 5.0, 5.0, 20.0];
        for seed in 0..30 {
            let drawn = drawn("20%", &seconds, seed);
            assert!(!drawn.is_empty() && drawn.iter().sum::<f64>() <= 20.0, "{drawn:?}");
        }
        assert_eq!(drawn("100%", &seconds, 0), seconds);
        assert_eq!(drawn("1%", &[9.0, 3.0, 7.0], 5), [3.0], "one at least");
        assert_eq!(drawn("50%", &[], 0), [0.0; 0]);
    }

    #[test]
    fn other_texts_are_refused() {
        for wrong in ["0", "-1", "0%", "101%", "nan%", "half", "", "%", "2.5"] {
            assert!(Sample::parse(wrong).is_err(), "{wrong}");
        }
    }
}
