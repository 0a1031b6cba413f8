//! Files that are written completely or not at all, and the few other things that gradus does with files.
//!
//! Every result, saved run and table is written by [`write_with`]: the bytes go to a temporary file in the
//! same folder, which then takes the name of the destination. A reader, a crash or a full disk never meets
//! half a file.

use crate::error::{Error, Result};
use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Writes a file completely or not at all; see [`write_with`].
///
/// # Errors
///
/// As [`write_with`].
///
/// ```
/// let path = std::env::temp_dir().join("gradus-atomic.txt");
/// gradus::files::write_atomically(&path, b"whole")?;
/// assert_eq!(std::fs::read(&path).unwrap(), b"whole");
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub fn write_atomically(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    write_with(path, |file| file.write_all(bytes.as_ref()))
}

/// Writes a file completely or not at all, with the bytes that `write` puts into it.
///
/// The bytes go to a temporary file in the same folder, are flushed to the disk, and the temporary file is
/// then renamed. A symbolic link stays, and the file that it points to is replaced. An existing file keeps
/// its permissions.
///
/// # Errors
///
/// [`Error::Io`] if `path` names something other than a regular file (a folder, a device), or if the system
/// or `write` fails. The old file is then unchanged, and no temporary file is left.
///
/// ```
/// use std::io::Write;
/// let path = std::env::temp_dir().join("gradus-lines.txt");
/// gradus::files::write_with(&path, |file| (0..3).try_for_each(|i| writeln!(file, "{i}")))?;
/// assert_eq!(std::fs::read_to_string(&path).unwrap(), "0\n1\n2\n");
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub fn write_with(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<()> {
    let replaced = destination(path).and_then(|destination| {
        let temporary = beside(&destination);
        let written =
            create(&temporary, &destination, write).and_then(|()| rename_over(&temporary, &destination));
        // The temporary file may not exist: creating it may be what failed.
        written.inspect_err(|_| drop(fs::remove_file(&temporary)))
    });
    replaced.map_err(|source| Error::io("write", path, source))
}

/// Checks that [`write_with`] could write to `path` now, and changes nothing. A command calls it before a
/// long run, so that the run is not lost to a name that is too long or a folder that is not there.
///
/// # Errors
///
/// As [`write_with`].
///
/// ```
/// let folder = std::env::temp_dir();
/// assert!(gradus::files::check_writable(&folder.join("gradus-not-yet.txt")).is_ok());
/// assert!(gradus::files::check_writable(&folder).is_err());
/// ```
pub fn check_writable(path: &Path) -> Result<()> {
    let checked = destination(path).and_then(|destination| {
        let probe = beside(&destination);
        File::create(&probe)?;
        fs::remove_file(probe)
    });
    checked.map_err(|source| Error::io("write", path, source))
}

/// Whether writing to `a` and to `b` would replace the same file, by the same name or through links.
pub fn same_destination(a: &Path, b: &Path) -> bool {
    let resolved = |path: &Path| {
        let file = destination(path).ok()?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(folder.canonicalize().ok()?.join(file.file_name()?))
    };
    resolved(a).is_some_and(|a| resolved(b) == Some(a))
}

/// Gives a finished file its final name, under the rules of [`write_with`]: the destination's symbolic links
/// and permissions stay. Both names must be on the same file system. The caller has flushed the file to the
/// disk.
///
/// # Errors
///
/// As [`write_with`]. The finished file keeps its old name then.
pub fn put_in_place(finished: &Path, path: &Path) -> Result<()> {
    let renamed = destination(path).and_then(|destination| rename_over(finished, &destination));
    renamed.map_err(|source| Error::io("write", path, source))
}

/// Renames a finished folder to `place`. A folder that is there already is kept until the new one has its
/// name, and gets its own name back if that fails.
///
/// # Errors
///
/// [`Error::Io`] if the system refuses. The old folder is then in its place.
pub fn put_folder_in_place(finished: &Path, place: &Path) -> Result<()> {
    let rename =
        |from: &Path, to: &Path| fs::rename(from, to).map_err(|source| Error::io("replace", to, source));
    if !place.exists() {
        return rename(finished, place);
    }
    let old = finished.with_extension("old");
    remove_folder(&old)?;
    rename(place, &old)?;
    if let Err(error) = rename(finished, place) {
        let _ = fs::rename(&old, place);
        return Err(error);
    }
    remove_folder(&old)
}

/// Symbolic links that are followed before they count as a circle, as in Linux.
const LINKS: usize = 40;

/// Returns the path of the regular file that writing to `path` replaces or creates, with symbolic links
/// followed.
fn destination(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..LINKS {
        if path.file_name().is_none() || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(ErrorKind::IsADirectory.into());
        }
        match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(path),
            about => {
                let about = about?;
                if about.is_file() {
                    return Ok(path);
                }
                if !about.is_symlink() {
                    return Err(not_a_regular_file(&about));
                }
            }
        }
        let target = fs::read_link(&path)?;
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    Err(io::Error::new(ErrorKind::InvalidInput, "its symbolic links form a circle"))
}

fn not_a_regular_file(about: &Metadata) -> io::Error {
    if about.is_dir() {
        ErrorKind::IsADirectory.into()
    } else {
        io::Error::new(ErrorKind::InvalidInput, "it is not a regular file")
    }
}

/// The characters of a file's name that the name of its temporary file repeats.
const NAME_KEPT: usize = 40;

/// Returns a name in the same folder that no other call, in this process or another, uses at the same time.
fn beside(path: &Path) -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // A name may be as long as the file system allows; the temporary one must not be longer.
    let name: String = name.chars().take(NAME_KEPT).collect();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    path.with_file_name(format!(".{name}.{}-{count}.tmp", process::id()))
}

/// Creates a file, with the permissions of the one that it will replace, and flushes it to the disk.
fn create(
    path: &Path,
    replaced: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    if let Ok(about) = fs::metadata(replaced) {
        file.get_ref().set_permissions(about.permissions())?;
    }
    write(&mut file)?;
    file.flush()?;
    file.get_ref().sync_all()
}

/// Renames a file to the name of another, whose permissions it takes over if that one exists.
fn rename_over(finished: &Path, destination: &Path) -> io::Result<()> {
    if let Ok(about) = fs::metadata(destination) {
        fs::set_permissions(finished, about.permissions())?;
    }
    fs::rename(finished, destination)
}

/// Reads a text file.
///
/// # Errors
///
/// [`Error::Io`] if it cannot be read or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|source| {
        let garbled = source.kind() == ErrorKind::InvalidData;
        let source = if garbled { io::Error::new(source.kind(), "it is not UTF-8 text") } else { source };
        Error::io("read", path, source)
    })
}

/// Creates a folder and the folders above it, if they do not exist.
///
/// # Errors
///
/// [`Error::Io`] if the system refuses.
pub fn create_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|source| Error::io("create the folder", path, source))
}

/// Removes a folder and its content, if it exists.
///
/// # Errors
///
/// [`Error::Io`] if the system refuses.
pub fn remove_folder(path: &Path) -> Result<()> {
    unless_missing(fs::remove_dir_all(path)).map_err(|source| Error::io("remove the folder", path, source))
}

/// Removes a file, if it exists.
///
/// # Errors
///
/// [`Error::Io`] if the system refuses.
pub fn remove(path: &Path) -> Result<()> {
    unless_missing(fs::remove_file(path)).map_err(|source| Error::io("remove", path, source))
}

fn unless_missing(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Lists all files below a folder in order of their paths, without hidden files and hidden folders.
///
/// # Errors
///
/// [`Error::Io`] if a folder cannot be read.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let unreadable = |source| Error::io("read the folder", &folder, source);
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
            match (hidden, path.is_dir()) {
                (true, _) => {}
                (false, true) => folders.push(path),
                (false, false) => found.push(path),
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        write_atomically(&path, b"old").unwrap();
        let refused = write_with(&path, |file| {
            file.write_all(b"half of the n")?;
            Err(io::Error::new(io::ErrorKind::StorageFull, "no space left on device"))
        });
        let sentence = refused.unwrap_err().to_string();
        assert!(sentence.contains("table.csv") && sentence.contains("no space"), "{sentence}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let refused = write_atomically(&folder.path().join("missing/table.csv"), b"x");
        assert!(matches!(refused, Err(Error::Io { action: "write", .. })));
        fs::create_dir(folder.path().join("taken")).unwrap();
        assert!(write_atomically(&folder.path().join("taken"), b"x").is_err());
        assert_eq!(below(folder.path()).unwrap().len(), 0);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_finished_file_takes_its_name_and_a_folder_takes_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("data.part"), "new").unwrap();
        fs::write(at("data"), "old").unwrap();
        put_in_place(&at("data.part"), &at("data")).unwrap();
        assert_eq!(read_text(&at("data")).unwrap(), "new");
        for content in ["first", "second"] {
            create_folder(&at("aside")).unwrap();
            fs::write(at("aside/file"), content).unwrap();
            put_folder_in_place(&at("aside"), &at("place")).unwrap();
            assert_eq!(read_text(&at("place/file")).unwrap(), content);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_place_is_checked_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let longest = "n".repeat(255);
        for good in ["new", &longest] {
            check_writable(&at(good)).unwrap();
            assert!(!at(good).exists());
            write_atomically(&at(good), good).unwrap();
            check_writable(&at(good)).unwrap();
            assert_eq!(read_text(&at(good)).unwrap(), good);
        }
        for bad in ["none/new", "", "folder/", "..", &"n".repeat(256)] {
            assert!(check_writable(&at(bad)).is_err() && write_atomically(&at(bad), "x").is_err(), "{bad}");
        }
        assert!(check_writable(Path::new("")).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn the_same_file_is_known_under_other_names() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        symlink("b", at("link")).unwrap();
        fs::create_dir(at("sub")).unwrap();
        for name in ["b", "link", "./b", "sub/../b"] {
            assert!(same_destination(&at("b"), &at(name)), "{name}");
        }
        assert!(!same_destination(&at("b"), &at("c")) && !same_destination(&at("b"), &at("none/b")));
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "old").unwrap();
        fs::set_permissions(at("file"), fs::Permissions::from_mode(0o640)).unwrap();
        symlink("file", at("link")).unwrap();
        symlink("not yet there", at("dangling")).unwrap();
        write_atomically(&at("link"), "new").unwrap();
        write_atomically(&at("dangling"), "new").unwrap();
        assert!(at("link").is_symlink() && at("dangling").is_symlink());
        for name in ["file", "not yet there"] {
            assert_eq!(read_text(&at(name)).unwrap(), "new", "{name}");
        }
        assert_eq!(fs::metadata(at("file")).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_not_a_regular_file_is_refused() {
        use std::os::unix::fs::symlink;
        let refused = write_atomically(Path::new("/dev/null"), "x").unwrap_err().to_string();
        assert_eq!(refused, "cannot write /dev/null: it is not a regular file");
        let folder = tempfile::tempdir().unwrap();
        let (here, there) = (folder.path().join("here"), folder.path().join("there"));
        symlink(&here, &there).unwrap();
        symlink(&there, &here).unwrap();
        let refused = write_atomically(&here, "x").unwrap_err().to_string();
        assert!(refused.ends_with("its symbolic links form a circle"), "{refused}");
    }
}
