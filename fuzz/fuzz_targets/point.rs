//! The text after `--x0`: what is accepted is a point of the announced length, of finite numbers.
#![no_main]
#![allow(dead_code)]
use gradus::error;
use libfuzzer_sys::fuzz_target;

// The command is not compiled with the fuzzer's instrumentation (it contains polars), but this file of it is.
#[path = "../../src/cli/numbers.rs"]
mod numbers;

fuzz_target!(|text: &str| {
    for dim in [1, 2, 5] {
        match numbers::point(text, dim) {
            Ok(point) => {
                assert!(point.len() == dim && point.iter().all(|x| x.is_finite()));
                let written: Vec<String> = point.iter().map(|x| format!("{x:?}")).collect();
                assert_eq!(numbers::point(&written.join(","), dim).unwrap(), point);
            }
            Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
        }
    }
    let _ = (numbers::number(text), numbers::whole::<usize>(text));
});
