//! Which studies run beside each other, and how long all of them will take.

use crate::claim::Kind;
use crate::cli::output::{counted, duration};
use crate::error::Result;
use crate::report::results::Results;
use crate::study::Study;

/// A study that is verified.
#[derive(Clone, Copy)]
pub struct Job {
    pub study: &'static Study,
    /// The seconds that the committed run took; 0 for a study without results, which does not run.
    pub seconds: f64,
    /// Whether it measures times, which other work on the machine would change.
    pub times: bool,
}

impl Job {
    /// Looks a study up in the committed results.
    pub fn of(study: &'static Study, results: &Results) -> Result<Self> {
        let manifest = results.manifest()?;
        let seconds = manifest.studies.get(study.name).map_or(0.0, |entry| entry.provenance.seconds);
        let claims = results.read_claims(study.name).unwrap_or_default();
        Ok(Job { study, seconds, times: claims.iter().any(|claim| claim.kind == Kind::Timing) })
    }
}

/// The order of the work. A study divides its work over all cores itself, but parts of it run on one. Studies
/// on one thread each, beside each other, leave no core idle. What would keep one core busy after the others
/// have finished, and what measures times, runs alone on all cores.
pub struct Plan {
    pub beside: Vec<Job>,
    pub alone: Vec<Job>,
    /// How many studies run beside each other.
    pub workers: usize,
}

impl Plan {
    /// Plans the work for this number of studies at a time.
    pub fn new(jobs: Vec<Job>, workers: usize) -> Self {
        let total: f64 = jobs.iter().map(|job| job.seconds).sum();
        let fits = |job: &Job| workers > 1 && !job.times && job.seconds * workers as f64 <= total;
        let (mut beside, mut alone): (Vec<Job>, Vec<Job>) = jobs.into_iter().partition(fits);
        if beside.len() < 2 {
            alone.append(&mut beside);
        }
        // The longest first, so that the end is not one study alone.
        beside.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
        Plan { workers: workers.min(beside.len()).max(1), beside, alone }
    }

    /// Estimates the seconds: those of the committed runs. Studies beside each other do not take longer
    /// together than one after the other, if as many cores are free as studies run.
    pub fn seconds(&self) -> f64 {
        self.beside.iter().chain(&self.alone).map(|job| job.seconds).sum()
    }

    /// Says what will run and for how long: "verifying 3 of 18 studies, 2 at a time: about 1 min 5 s".
    pub fn words(&self, of: usize) -> String {
        let count = self.beside.len() + self.alone.len();
        let studies = match count == of {
            true => counted(count, "study").replace("studys", "studies"),
            false => format!("{count} of {of} studies"),
        };
        let at_a_time = match self.workers {
            1 => String::new(),
            workers => format!(", up to {workers} at a time"),
        };
        let names: Vec<&str> = self.beside.iter().chain(&self.alone).map(|job| job.study.name).collect();
        let names = if count < of { format!(" ({})", names.join(", ")) } else { String::new() };
        format!(
            "verifying {studies}{names}{at_a_time}: about {} on the machine of the committed results",
            duration(self.seconds())
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study;

    fn job(at: usize, seconds: f64, times: bool) -> Job {
        Job { study: &study::ALL[at], seconds, times }
    }

    #[test]
    fn long_studies_and_those_that_measure_times_run_alone() {
        let jobs = vec![job(0, 5.0, false), job(1, 100.0, false), job(2, 9.0, true), job(3, 30.0, false)];
        let plan = Plan::new(jobs, 2);
        let seconds = |jobs: &[Job]| jobs.iter().map(|job| job.seconds).collect::<Vec<_>>();
        assert_eq!((seconds(&plan.beside), seconds(&plan.alone)), (vec![30.0, 5.0], vec![100.0, 9.0]));
        assert_eq!((plan.workers, plan.seconds()), (2, 144.0));
        let words = plan.words(18);
        assert!(
            words.starts_with("verifying 4 of 18 studies (") && words.contains("about 2 min 24 s"),
            "{words}"
        );
        let one = Plan::new(vec![job(0, 5.0, false), job(1, 1.0, false)], 1);
        assert!(one.beside.is_empty() && one.alone.len() == 2 && one.workers == 1);
        assert!(one.words(2).starts_with("verifying 2 studies: about 6.0 s"), "{}", one.words(2));
    }
}
