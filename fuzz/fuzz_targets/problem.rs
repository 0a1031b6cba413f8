//! Names of problems and models: what is accepted can be evaluated at its start.
#![no_main]
use gradus::model::{Initialization, ModelKind};
use gradus::problems;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // Large dimensions are allowed, and take long.
    if text.bytes().filter(u8::is_ascii_digit).count() < 5 {
        match problems::by_name(text) {
            Ok(mut problem) => {
                let start = problem.facts().start;
                assert_eq!(start.len(), problem.dim());
                assert!(!problem.value(&start).is_nan(), "{text}");
            }
            Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
        }
    }
    for error in [ModelKind::parse(text).err(), Initialization::parse(text).err()].into_iter().flatten() {
        assert!(!error.to_string().contains('\n'), "{error}");
    }
});
