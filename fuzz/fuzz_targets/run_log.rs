//! The line of a run in a comparison's log: what is accepted comes back to the last bit.
#![no_main]
use gradus::compare::suite::run_line;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(line) = run_line(text) {
        assert_eq!(run_line(&line).as_deref(), Some(&line[..]));
    }
});
