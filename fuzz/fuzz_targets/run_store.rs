//! The file of a comparison's runs: whatever stands there, it opens; damaged lines go aside once; a run that is added is found.
#![no_main]
use gradus::compare::suite::{FileStore, Key, Store};
use libfuzzer_sys::fuzz_target;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

mod memory;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| memory::folder("run-store"));

fuzz_target!(|bytes: &[u8]| {
    let _ = fs::remove_file(FOLDER.join("set-aside.log"));
    let (key, line) = (Key(7), String::from_utf8_lossy(bytes).replace('\n', " "));
    if bytes.first() == Some(&b'+') {
        // Fuzzers find no checksums, so this input is added as a run.
        let _ = fs::remove_file(FOLDER.join("runs.log"));
        FileStore::open(&FOLDER, "v").unwrap().put(key, &line).unwrap();
        let store = FileStore::open(&FOLDER, "v").unwrap();
        assert!(store.notices().is_empty());
        assert_eq!(store.get(key).as_deref(), Some(&line[..]));
        return;
    }
    fs::create_dir_all(&*FOLDER).unwrap();
    fs::write(FOLDER.join("runs.log"), bytes).unwrap();
    let damaged = |store: &FileStore| store.notices().iter().any(|notice| notice.contains("damaged"));
    let first = damaged(&FileStore::open(&FOLDER, "v").unwrap());
    assert_eq!(first, FOLDER.join("set-aside.log").exists());
    let store = FileStore::open(&FOLDER, "v").unwrap();
    assert!(!damaged(&store), "damaged lines go aside once");
    store.put(key, "again").unwrap();
    drop(store);
    assert_eq!(FileStore::open(&FOLDER, "v").unwrap().get(key).as_deref(), Some("again"));
});
