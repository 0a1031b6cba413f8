//! IDX images and labels: any bytes are read, or refused with one sentence.
#![no_main]
use gradus::data::idx;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = idx::Limits { examples: 1000, side: 28 };
    match idx::read_images(bytes, "fuzzed".as_ref(), limits) {
        Ok(images) => assert_eq!(images.pixels.ncols(), images.height * images.width),
        Err(error) => assert!(!error.to_string().contains('\n')),
    }
    match idx::read_labels(bytes, "fuzzed".as_ref(), 10, limits) {
        Ok(labels) => assert!(labels.iter().all(|&label| label < 10)),
        Err(error) => assert!(!error.to_string().contains('\n')),
    }
});
