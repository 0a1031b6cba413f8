//! The states of the helper thread (`src/linalg/handover.rs`) in every order that two threads allow.
//!
//! Loom reports a race on the work, a half that is done twice or never, and a thread that sleeps for ever.

#[cfg(test)]
#[path = "../../../src/linalg/handover.rs"]
mod handover;

#[cfg(test)]
mod tests {
    use crate::handover::Handover;
    use loom::cell::UnsafeCell;
    use loom::sync::Arc;
    use loom::thread::{self, JoinHandle, Thread};

    /// The work is a number: the owner writes the number of the step, whoever does the half adds 100.
    struct Shared {
        state: Handover,
        work: UnsafeCell<u32>,
    }

    /// The helper thread, which sleeps after `looks` looks in vain, and how often it has worked.
    fn helper(shared: Arc<Shared>, looks: u32) -> JoinHandle<u32> {
        thread::spawn(move || {
            let mut worked = 0;
            loop {
                let mut left = looks;
                let tired = || {
                    left = left.saturating_sub(1);
                    loom::thread::yield_now();
                    left == 0
                };
                if !shared.state.wait(tired) {
                    return worked;
                }
                shared.work.with_mut(|work| unsafe { *work += 100 });
                worked += 1;
                shared.state.done();
            }
        })
    }

    /// One step of the owner, as `HelperThread::join` does it. Returns whether it took its half back.
    fn step(shared: &Shared, helper: &Thread, number: u32) -> bool {
        shared.work.with_mut(|work| unsafe { *work = number });
        if shared.state.post() {
            helper.unpark();
        }
        shared.state.finish();
        let mine = shared.work.with(|work| unsafe { *work }) == number;
        if mine {
            shared.work.with_mut(|work| unsafe { *work += 100 });
        }
        assert_eq!(shared.work.with(|work| unsafe { *work }), number + 100, "done once");
        mine
    }

    fn steps(count: u32, looks: u32, preemptions: usize) {
        let mut model = loom::model::Builder::new();
        model.preemption_bound = Some(preemptions);
        model.check(move || {
            let shared = Arc::new(Shared { state: Handover::new(), work: UnsafeCell::new(0) });
            let helper = helper(shared.clone(), looks);
            let taken_back = (0..count).filter(|&number| step(&shared, helper.thread(), number)).count();
            shared.state.close();
            helper.thread().unpark();
            assert_eq!(taken_back + helper.join().unwrap() as usize, count as usize);
        });
    }

    #[test]
    fn every_half_is_done_once_with_a_helper_that_sleeps_at_once() {
        steps(2, 1, 3);
    }

    #[test]
    fn every_half_is_done_once_with_a_helper_that_looks_twice() {
        steps(2, 2, 2);
    }

    #[test]
    fn a_helper_without_work_ends() {
        steps(0, 1, 4);
    }
}
