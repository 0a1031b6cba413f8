//! The folders in which the files of a data set are searched.

use crate::error::{Error, Result};
use std::env;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The folders in which data sets are searched. Each contains a subfolder for every data set, with the name
/// of the data set.
///
/// [`Places::from_env`] returns, in this order: `$GRADUS_DATA`; the user's data folders
/// (`$XDG_DATA_HOME/gradus`, `~/.local/share/gradus`; on macOS also `~/Library/Application Support/gradus`;
/// on Windows `%LOCALAPPDATA%\gradus`); and `/usr/share/datasets`, which Debian's packages use.
///
/// `$GRADUS_DATA` may also be the folder of one data set, if it has the name of the data set. The name is
/// required because the files of MNIST and Fashion-MNIST have the same names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// The folder of `$GRADUS_DATA`, to which downloads go if it is set.
    pub chosen: Option<PathBuf>,
    /// The user's data folders, the preferred one first.
    pub user: Vec<PathBuf>,
    /// The system's data folders.
    pub system: Vec<PathBuf>,
}

impl Places {
    /// Returns the folders according to the environment variables.
    pub fn from_env() -> Self {
        Places::with_variables(|name| env::var_os(name))
    }

    /// Returns the folders according to the given variables. An empty variable counts as unset.
    fn with_variables(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let folder = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = folder("HOME");
        let mut user: Vec<PathBuf> = Vec::new();
        if cfg!(windows) {
            user.extend(folder("LOCALAPPDATA").or_else(|| folder("APPDATA")));
        }
        user.extend(folder("XDG_DATA_HOME"));
        if cfg!(target_os = "macos") {
            user.extend(home.as_ref().map(|home| home.join("Library/Application Support")));
        }
        user.extend(home.map(|home| home.join(".local/share")));
        let user = user.into_iter().map(|folder| folder.join("gradus")).collect();
        Places { chosen: folder("GRADUS_DATA"), user, system: vec!["/usr/share/datasets".into()] }
    }

    /// Returns the folder to which downloads go: that of `$GRADUS_DATA`, or else the user's.
    pub fn writable(&self) -> Option<&Path> {
        self.chosen.iter().chain(&self.user).next().map(PathBuf::as_path)
    }

    /// Returns the folders in which the data set `name` is searched, in order.
    pub fn candidates(&self, name: &str) -> Vec<PathBuf> {
        let itself =
            self.chosen.iter().filter(|folder| folder.file_name().is_some_and(|own| own == name)).cloned();
        itself
            .chain(self.chosen.iter().chain(&self.user).chain(&self.system).map(|folder| folder.join(name)))
            .collect()
    }

    /// Returns the path of each file, in the first folder that has all of them. `files` contains, for each
    /// file, the names that it may have.
    ///
    /// # Errors
    /// If no folder has all files. If a folder has some of them, the error names the first missing file.
    pub(super) fn find<const N: usize>(
        &self,
        name: &'static str,
        files: [&[&str]; N],
        remedy: &str,
    ) -> Result<[PathBuf; N]> {
        let candidates = self.candidates(name);
        let mut incomplete = None;
        for folder in &candidates {
            let found = files.map(|names| names.iter().map(|n| folder.join(n)).find(|path| path.is_file()));
            if found.iter().all(Option::is_some) {
                return Ok(found.map(|path| path.expect("all are there")));
            }
            if found.iter().any(Option::is_some) && incomplete.is_none() {
                incomplete =
                    found.iter().position(Option::is_none).map(|missing| folder.join(files[missing][0]));
            }
        }
        match incomplete {
            Some(path) => Err(Error::io(
                "read",
                path,
                io::Error::new(ErrorKind::NotFound, "this file of the data set is missing from its folder"),
            )),
            None => Err(Error::DataMissing { name, places: candidates, remedy: remedy.into() }),
        }
    }
}

/// Returns the folder of a file.
pub(super) fn folder_of(file: &Path) -> PathBuf {
    file.parent().unwrap_or(Path::new("/")).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn variables<'a>(set: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<OsString> + 'a {
        move |name| set.iter().find(|(n, _)| *n == name).map(|(_, value)| value.into())
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_environment_gives_the_places_in_order() {
        let all = [("GRADUS_DATA", "/d"), ("XDG_DATA_HOME", "/x"), ("HOME", "/h")];
        let expected =
            ["/d/mnist", "/x/gradus/mnist", "/h/.local/share/gradus/mnist", "/usr/share/datasets/mnist"];
        assert_eq!(Places::with_variables(variables(&all)).candidates("mnist"), expected.map(PathBuf::from));
        let empty = Places::with_variables(variables(&[("GRADUS_DATA", ""), ("HOME", "/h")]));
        assert_eq!(empty.writable(), Some("/h/.local/share/gradus".as_ref()));
    }

    #[test]
    fn the_chosen_folder_itself_counts_only_under_the_data_sets_own_name() {
        let places = Places { chosen: Some("/somewhere/mnist".into()), ..Places::default() };
        assert!(places.candidates("mnist").contains(&"/somewhere/mnist".into()));
        assert!(!places.candidates("fashion-mnist").contains(&"/somewhere/mnist".into()));
    }

    #[test]
    fn the_first_complete_folder_wins() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let places = Places { chosen: Some(a.path().into()), user: vec![b.path().into()], system: vec![] };
        let find = || places.find("set", [&["x", "x.gz"], &["y"]], "do this");
        assert!(matches!(find().unwrap_err(), Error::DataMissing { name: "set", .. }));
        for folder in [a.path(), b.path()] {
            fs::create_dir(folder.join("set")).unwrap();
            fs::write(folder.join("set/x.gz"), "").unwrap();
        }
        let message = find().unwrap_err().to_string();
        assert!(message.contains(&a.path().join("set/y").display().to_string()), "{message}");
        fs::write(b.path().join("set/y"), "").unwrap();
        assert_eq!(find().unwrap(), [b.path().join("set/x.gz"), b.path().join("set/y")]);
    }
}
