//! A store in a file: a line for each run, with a checksum, appended when the run finishes.
//!
//! It is our own code and not a database, since the file must survive a killed process and be readable as
//! text, and no dependency should be added for it.

use super::key::Key;
use super::line::{sealed, unsealed};
use super::run_store::Store;
use super::writer::Writer;
use crate::error::{Error, Result};
use crate::files;
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The file of the runs.
const RUNS: &str = "runs.log";
/// The file of damaged lines.
const SET_ASIDE: &str = "set-aside.log";
/// The file that is locked while a comparison writes here.
const LOCK: &str = "lock";

/// A store in a folder. The file `runs.log` has a line for each run, which begins with a checksum of the
/// line, the version of the code, and the key.
///
/// A process that is killed while it writes leaves a damaged line. When the folder is opened next, damaged
/// lines move to `set-aside.log`, and their runs are executed again. Lines of another version stay in the
/// file and are not used. The folder is locked while it is open; the system releases the lock of a process
/// that has died.
#[derive(Debug)]
pub struct FileStore {
    version: String,
    kept: HashMap<Key, String>,
    writer: Mutex<Writer>,
    /// The open file that holds the lock.
    _lock: File,
    notices: Vec<String>,
    reused: AtomicUsize,
}

/// The kind of a line in the file.
enum Line<'a> {
    Kept(Key, &'a str),
    OtherVersion,
    Damaged,
}

impl FileStore {
    /// Opens the folder, and creates it if it does not exist. `version` is the version of the code.
    ///
    /// # Errors
    /// If another comparison is writing to the folder, or the system refuses access.
    pub fn open(folder: &Path, version: &str) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|e| Error::io("create the folder", folder, e))?;
        let lock = locked(&folder.join(LOCK))?;
        let path = folder.join(RUNS);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read.map_err(|e| Error::io("read", &path, e))?,
        };
        let (mut kept, mut others, mut good, mut damaged) = (HashMap::new(), 0, Vec::new(), Vec::new());
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            match read_line(line, version) {
                Line::Kept(key, payload) => _ = kept.insert(key, payload.to_owned()),
                Line::OtherVersion => others += 1,
                Line::Damaged => {
                    damaged.push(line);
                    continue;
                }
            }
            good.push(line);
        }
        let mut notices = Vec::new();
        if !damaged.is_empty() {
            set_aside(folder, &path, &good, &damaged)?;
            let (count, plural) = (damaged.len(), if damaged.len() == 1 { "" } else { "s" });
            notices.push(format!(
                "{count} damaged line{plural} of {RUNS} set aside into {SET_ASIDE}; what \
                                  stood there is run again"
            ));
        }
        if others > 0 {
            notices.push(format!("{others} runs of another version of the code are left unused in {RUNS}"));
        }
        let writer = Mutex::new(Writer::append(&path)?);
        Ok(FileStore {
            version: version.into(),
            kept,
            writer,
            _lock: lock,
            notices,
            reused: AtomicUsize::new(0),
        })
    }

    /// Returns sentences about damaged and unused lines that were found when the folder was opened.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Returns the number of runs that were requested and found.
    pub fn reused(&self) -> usize {
        self.reused.load(Ordering::Relaxed)
    }
}

impl Store for FileStore {
    fn get(&self, key: Key) -> Option<String> {
        let found = self.kept.get(&key).cloned();
        self.reused.fetch_add(usize::from(found.is_some()), Ordering::Relaxed);
        found
    }

    fn put(&self, key: Key, line: &str) -> Result<()> {
        let mut writer = self.writer.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        writer.add(&sealed(&self.version, key, line))
    }

    fn finish(&self) -> Result<()> {
        self.writer.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).sync()
    }
}

fn read_line<'a>(line: &'a [u8], version: &str) -> Line<'a> {
    match unsealed(line) {
        Some((of, key, payload)) if of == version => Line::Kept(key, payload),
        Some(_) => Line::OtherVersion,
        None => Line::Damaged,
    }
}

/// Appends the damaged lines to their own file, and then atomically replaces the file of the runs by one
/// without them.
fn set_aside(folder: &Path, path: &Path, good: &[&[u8]], damaged: &[&[u8]]) -> Result<()> {
    let aside = folder.join(SET_ASIDE);
    let add = || -> io::Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).open(&aside)?;
        for line in damaged {
            file.write_all(line.strip_suffix(b"\n").unwrap_or(line))?;
            file.write_all(b"\n")?;
        }
        file.sync_all()
    };
    add().map_err(|e| Error::io("write", &aside, e))?;
    files::write_with(path, |file| good.iter().try_for_each(|line| file.write_all(line)))
}

/// Locks a folder. The file remains after the process has ended, but the lock of the system on it does not.
fn locked(path: &Path) -> Result<File> {
    let open = || OpenOptions::new().create(true).truncate(false).write(true).open(path);
    let file = open().map_err(|e| Error::io("write", path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Unsupported {
            what: format!("another comparison is writing to {}", path.parent().unwrap_or(path).display()),
            remedy: "wait for it, or choose another folder",
        }),
        Err(TryLockError::Error(error)) => Err(Error::io("lock", path, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// A folder of its own that is removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("gradus-store-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            Folder(path)
        }

        fn lines(&self, file: &str) -> Vec<String> {
            fs::read_to_string(self.0.join(file)).unwrap().lines().map(String::from).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn what_is_kept_is_there_next_time_and_other_versions_are_not_used() {
        let folder = Folder::new("kept");
        let store = FileStore::open(&folder.0, "one").unwrap();
        store.put(Key(7), "a line").unwrap();
        drop(store);
        let again = FileStore::open(&folder.0, "one").unwrap();
        assert_eq!((again.get(Key(7)).as_deref(), again.get(Key(8))), (Some("a line"), None));
        assert!(again.notices().is_empty());
        drop(again);
        let other = FileStore::open(&folder.0, "two").unwrap();
        assert_eq!(other.get(Key(7)), None);
        assert!(other.notices()[0].contains("1 runs of another version"), "{:?}", other.notices());
        other.put(Key(7), "another line").unwrap();
        drop(other);
        assert_eq!(FileStore::open(&folder.0, "one").unwrap().get(Key(7)).as_deref(), Some("a line"));
    }

    #[test]
    fn a_damaged_line_is_set_aside_wherever_it_stands() {
        let folder = Folder::new("damaged");
        let store = FileStore::open(&folder.0, "one").unwrap();
        (0..3).for_each(|key| store.put(Key(key), &format!("line {key}")).unwrap());
        drop(store);
        let path = folder.0.join(RUNS);
        let text = fs::read_to_string(&path).unwrap().replace("line 1", "line 9");
        // The last line was being written when the process was killed.
        fs::write(&path, &text[..text.len() - 3]).unwrap();
        let store = FileStore::open(&folder.0, "one").unwrap();
        assert_eq!([0, 1, 2].map(|key| store.get(Key(key)).is_some()), [true, false, false]);
        assert!(store.notices()[0].contains("2 damaged lines"), "{:?}", store.notices());
        store.put(Key(1), "line 1").unwrap();
        drop(store);
        assert_eq!((folder.lines(SET_ASIDE).len(), folder.lines(RUNS).len()), (2, 2));
        assert!(FileStore::open(&folder.0, "one").unwrap().notices().is_empty());
    }

    #[test]
    fn a_folder_takes_one_at_a_time() {
        let folder = Folder::new("locked");
        let first = FileStore::open(&folder.0, "one").unwrap();
        let refused = FileStore::open(&folder.0, "one").unwrap_err().to_string();
        assert!(
            refused.starts_with("another comparison is writing to")
                && refused.contains("choose another folder"),
            "{refused}"
        );
        drop(first);
        assert!(FileStore::open(&folder.0, "one").is_ok());
    }
}
