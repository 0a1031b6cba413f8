//! CIFAR-10: an archive, and a file of records. What is refused adds nothing.
#![no_main]
use gradus::data::cifar::{self, Records};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Err(error) = cifar::read_archive(bytes, "fuzzed".as_ref()) {
        assert!(!error.to_string().contains('\n'));
    }
    let mut records = Records::default();
    match cifar::read_batch(bytes, "fuzzed".as_ref(), &mut records) {
        Ok(()) => assert_eq!(records.pixels.len(), 3072 * records.labels.len()),
        Err(_) => assert_eq!(records, Records::default()),
    }
});
