//! Criterion's JSON, which `gradus bench` reads: two files with a zero byte between them.
#![no_main]
use gradus::{error, files, table};
use libfuzzer_sys::fuzz_target;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

// The feature `report` would compile polars with the fuzzer's instrumentation; this file of it needs none.
#[path = "../../src/report/criterion/estimates.rs"]
mod estimates;
mod memory;

/// The folder of a benchmark. There are two, with names that the reader must order.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = memory::folder("criterion");
    for name in ["a/new", "b/new"] {
        fs::create_dir_all(folder.join(name)).unwrap();
    }
    folder
});

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(3, |&byte| byte == 0);
    let [names, times, other] = [(); 3].map(|()| parts.next().unwrap_or_default());
    for (name, text) in [("a/new/benchmark.json", names), ("b/new/benchmark.json", other)] {
        fs::write(FOLDER.join(name), text).unwrap();
    }
    for name in ["a/new/estimates.json", "b/new/estimates.json"] {
        fs::write(FOLDER.join(name), times).unwrap();
    }
    match estimates::read(&FOLDER) {
        Ok(table) => {
            assert_eq!((table.rows(), table.name.as_str()), (2, estimates::NAME));
            assert!(table.floats("median_ns").unwrap().iter().all(|time| !time.is_nan()));
        }
        Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
    }
});
