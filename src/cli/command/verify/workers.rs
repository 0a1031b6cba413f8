//! Studies beside each other, each on one thread of its own.

use super::plan::Job;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::thread;

/// Runs `work` for each job on `workers` threads, and gives what it returns to `each` on the calling thread,
/// as soon as it is there. Stops at the first error of `each`. If the system starts no further thread, the
/// calling thread does all.
pub fn side_by_side<T: Send, E>(
    jobs: &[Job],
    workers: usize,
    work: impl Fn(&Job) -> T + Sync,
    mut each: impl FnMut(&Job, T) -> Result<(), E>,
) -> Result<(), E> {
    let pool = || ThreadPoolBuilder::new().num_threads(1).build().ok();
    let pools: Vec<ThreadPool> = (0..workers).map_while(|_| pool()).collect();
    let queue = Mutex::new(jobs.iter());
    let next = || queue.lock().ok()?.next();
    let (sender, receiver) = channel();
    thread::scope(|scope| {
        for pool in &pools {
            let (sender, work, next) = (sender.clone(), &work, &next);
            // The study runs on the thread of the pool. This one waits for it.
            let take_turns = move || {
                while let Some(job) = next()
                    && sender.send((job, pool.install(|| work(job)))).is_ok()
                {}
            };
            let _ = thread::Builder::new().spawn_scoped(scope, take_turns);
        }
        drop(sender);
        receiver.into_iter().try_for_each(|(job, found)| each(job, found))?;
        std::iter::from_fn(next).try_for_each(|job| each(job, work(job)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study;

    #[test]
    fn every_job_is_done_once_on_one_thread_and_an_error_ends_it() {
        let jobs: Vec<Job> =
            study::ALL.iter().map(|study| Job { study, seconds: 0.0, times: false }).collect();
        let mut done = Vec::new();
        let work = |job: &Job| (job.study.name, rayon::current_num_threads());
        side_by_side(&jobs, 3, work, |job, (name, threads)| {
            assert!(job.study.name == name && threads == 1);
            done.push(name);
            Ok::<_, ()>(())
        })
        .unwrap();
        done.sort_unstable();
        let mut names: Vec<&str> = study::ALL.iter().map(|study| study.name).collect();
        names.sort_unstable();
        assert_eq!(done, names);
        assert_eq!(side_by_side(&jobs, 2, |_| (), |_, ()| Err("stop")), Err("stop"));
    }
}
