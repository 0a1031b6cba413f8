//! Tables of results and lists of claims as CSV: what is accepted, written and read again is the same table.
#![no_main]
#![allow(dead_code)]
use gradus::{claim, error, table};
use libfuzzer_sys::fuzz_target;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

// The feature `report` would compile polars with the fuzzer's instrumentation; these files of it need none.
#[path = "../../src/report/claims.rs"]
mod claims;
#[path = "../../src/report/tables/csv.rs"]
mod csv_reader;
mod memory;
#[path = "../../src/report/numbers.rs"]
mod numbers;
mod report {
    pub(crate) use crate::numbers;
    pub(crate) mod tables {
        pub(crate) use crate::csv_reader as csv;
    }
}

static FILE: LazyLock<PathBuf> = LazyLock::new(|| memory::folder("tables"));

fuzz_target!(|bytes: &[u8]| {
    fs::write(&*FILE, bytes).unwrap();
    if let Err(error) = claims::read(&FILE) {
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    let cells = match csv_reader::read_cells(&FILE) {
        Ok(cells) => cells,
        Err(error) => return assert!(!error.to_string().contains('\n'), "{error}"),
    };
    let table = csv_reader::read_csv(&FILE).expect("cells are a table");
    assert_eq!((table.rows(), table.columns().len()), (cells.rows.len(), cells.header.len()));

    // After a mark of UTF-8, since the first name may begin with one itself (a find).
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    for row in std::iter::once(&cells.header).chain(&cells.rows).filter(|row| !row.is_empty()) {
        writer.write_record(row).unwrap();
    }
    fs::write(&*FILE, writer.into_inner().unwrap()).unwrap();
    assert_eq!(csv_reader::read_cells(&FILE).expect("what was written can be read"), cells);
});
