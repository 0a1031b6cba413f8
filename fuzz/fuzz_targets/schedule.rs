//! Schedules: what is accepted gives a finite factor that is not negative at every step.
#![no_main]
use gradus::schedule::Schedule;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for (unit, total) in [(1, 100), (750, 15_000), (usize::MAX, usize::MAX), (1, 0)] {
        match Schedule::parse(text, unit, total) {
            Ok(schedule) => {
                for step in [0, 1, 2, 99, 100, 101, 14_999, usize::MAX] {
                    let factor = schedule.at(step);
                    assert!(factor >= 0.0, "{text}: {factor} at {step}");
                }
            }
            Err(error) => assert!(error.to_string().contains("schedule")),
        }
    }
});
