//! Comma-separated examples: what is accepted has the announced form.
#![no_main]
use gradus::data::csv::{self, Form};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let form = Form { features: 3, largest: 16, classes: 10, rows: 50 };
    match csv::read(bytes, "fuzzed".as_ref(), form) {
        Ok((features, labels)) => {
            assert_eq!(features.dim(), (labels.len(), 3));
            assert!(features.iter().all(|&x| x <= 16) && labels.iter().all(|&y| y < 10));
            assert!(labels.len() <= 50);
        }
        Err(error) => assert!(!error.to_string().contains('\n')),
    }
});
