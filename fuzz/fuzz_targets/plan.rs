//! Plans of a comparison in shards: what is accepted comes back to the last bit.
#![no_main]
use gradus::compare::suite::plan_body;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(written) = plan_body(text) {
        assert_eq!(plan_body(&written).as_deref(), Some(&written[..]));
    }
});
