//! Gzip around comma-separated examples. A fuzzer does not find checksums, so the bytes are also packed rightly, and that
//! stream is read whole, with zeros behind it, with itself behind it, and cut.
#![no_main]
use flate2::{Compression, write::GzEncoder};
use gradus::data::csv::{self, Form};
use libfuzzer_sys::fuzz_target;
use std::io::Write;

const FORM: Form = Form { features: 3, largest: 16, classes: 10, rows: 50 };

fn rows(bytes: &[u8]) -> Option<usize> {
    csv::read(bytes, "fuzzed".as_ref(), FORM).ok().map(|(_, labels)| labels.len())
}

fuzz_target!(|bytes: &[u8]| {
    rows(&[&[0x1f, 0x8b], bytes].concat());
    if bytes.starts_with(&[0x1f, 0x8b]) {
        // Packed twice: the inner stream is no text.
        return;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    let packed = encoder.finish().unwrap();
    let plain = rows(bytes);
    assert_eq!(rows(&packed), plain);
    assert_eq!(rows(&[&packed[..], &[0; 512]].concat()), plain);
    assert_eq!(rows(&[&packed[..], &packed].concat()), rows(&[bytes, bytes].concat()));
    assert_eq!(rows(&packed[..packed.len() - 1]), None);
});
