//! The log of a shard: whatever follows the runs that were written, those are found again.
#![no_main]
use gradus::compare::suite::{read_shard_log, shard_log};
use libfuzzer_sys::fuzz_target;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

mod memory;

static FILE: LazyLock<PathBuf> = LazyLock::new(|| memory::folder("shard-log"));

// Before a byte 0 stand the runs, one a line; after it what a process that was killed, or a bad disk, left.
fuzz_target!(|bytes: &[u8]| {
    let Some(at) = bytes.iter().position(|&byte| byte == 0) else {
        fs::write(&*FILE, bytes).unwrap();
        assert!(read_shard_log(&FILE).is_none(), "fuzzers find no checksums");
        return;
    };
    let runs = String::from_utf8_lossy(&bytes[..at]);
    let mut log = shard_log(runs.split('\n')).into_bytes();
    log.extend(&bytes[at + 1..]);
    fs::write(&*FILE, log).unwrap();
    let (found, damaged) = read_shard_log(&FILE).expect("the first line is whole");
    assert_eq!(found, runs.split('\n').collect::<Vec<_>>());
    assert_eq!(damaged, bytes[at + 1..].split_inclusive(|&byte| byte == b'\n').count());
});
