//! Where archives are, and how one is found by its name.

use super::manifest::MANIFEST;
use crate::data::Places;
use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// The folders in which archives are searched, in order. Each holds a subfolder for every archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Archives {
    folders: Vec<PathBuf>,
}

/// The name of a folder of archives.
pub const ARCHIVE: &str = "archive";

impl Archives {
    /// Returns the archives that can be named: those in the folder `archive` of the current folder, of a
    /// project if one is given, of the sources from which this program was built, of `$GRADUS_DATA`, and of
    /// the user's data folder, to which `gradus fetch archive` downloads.
    pub fn known(project: Option<PathBuf>) -> Self {
        let sources = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let Places { chosen, user, .. } = Places::from_env();
        let roots = [Some(PathBuf::from(".")), project, Some(sources)].into_iter().flatten();
        Archives::in_folders(roots.chain(chosen).chain(user).map(|root| root.join(ARCHIVE)))
    }

    /// Returns the archives in some folders, which need not exist.
    pub fn in_folders(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        let mut known: Vec<PathBuf> = Vec::new();
        for folder in folders {
            let real = folder.canonicalize().unwrap_or_else(|_| folder.clone());
            if !known.iter().any(|known| known.canonicalize().is_ok_and(|known| known == real)) {
                known.push(folder);
            }
        }
        Archives { folders: known }
    }

    /// Returns all archives: their names with their folders, sorted. Of two with one name, the first counts.
    pub fn all(&self) -> Vec<(String, PathBuf)> {
        let mut found: Vec<(String, PathBuf)> = Vec::new();
        for entry in self.folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_new = !found.iter().any(|(known, _)| *known == name);
            if is_new && !name.starts_with('.') && entry.path().join(MANIFEST).is_file() {
                found.push((name, entry.path()));
            }
        }
        found.sort();
        found
    }

    /// Finds the folder of an archive by its name, by a part of its name that no other has, or by its path.
    ///
    /// # Errors
    /// If there is none, or several archives have that part in their names.
    pub fn find(&self, given: &str) -> Result<PathBuf> {
        if given.contains("://") {
            let what = format!("{given} is an address, and an archive is read from a folder");
            return Err(Error::Unsupported {
                what,
                remedy: "fetch it first: gradus fetch archive NAME --from ADDRESS",
            });
        }
        let path = Path::new(given);
        if path.join(MANIFEST).is_file() {
            return Ok(path.into());
        }
        let all = self.all();
        let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        if let Some(at) = names.iter().position(|name| *name == given) {
            return Ok(all[at].1.clone());
        }
        let parts: Vec<usize> = (0..names.len()).filter(|&at| names[at].contains(given)).collect();
        match parts[..] {
            [at] if !given.is_empty() => Ok(all[at].1.clone()),
            [] if names.is_empty() => Err(Error::Unsupported {
                what: format!("there is no archive named '{given}', and no other either"),
                remedy: "make one with `gradus archive add`, or fetch one with `gradus fetch archive`",
            }),
            [] => Err(Error::unknown("archive", given, &names)),
            _ => Err(Error::Unsupported {
                what: format!(
                    "'{given}' is a part of the names of several archives: {}",
                    parts.iter().map(|&at| names[at]).collect::<Vec<_>>().join(", ")
                ),
                remedy: "write more of the name",
            }),
        }
    }
}

/// The longest name of an archive.
const LONGEST: usize = 64;

/// Checks the name of a new archive.
///
/// # Errors
/// If it is no name of a folder on every system.
pub fn check_name(name: &str) -> Result<()> {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let good = name.starts_with(letter)
        && name.chars().all(|c| letter(c) || "-._".contains(c))
        && !name.ends_with('.')
        && name.len() <= LONGEST;
    match good {
        true => Ok(()),
        false => Err(Error::Syntax {
            what: "name of an archive",
            text: name.into(),
            form: "small letters, digits, hyphens, dots and underscores, a letter or digit first, at most \
                   64 in all, such as standard",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_found_by_name_part_and_path() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let at = |folder: &Path, name: &str| {
            fs::create_dir_all(folder.join(name)).unwrap();
            fs::write(folder.join(name).join(MANIFEST), "{}").unwrap();
            folder.join(name)
        };
        let none = Archives::in_folders([a.path().join("none")]);
        assert!(none.find("x").unwrap_err().to_string().contains("gradus archive add"));
        let all = Archives::in_folders([a.path(), b.path(), a.path()].map(PathBuf::from));
        assert_eq!(all.folders.len(), 2);
        let (standard, nets, other) =
            (at(a.path(), "standard"), at(a.path(), "standard-nets"), at(b.path(), "mine"));
        at(b.path(), "standard");
        fs::create_dir(a.path().join("no-archive")).unwrap();
        let names: Vec<String> = all.all().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["mine", "standard", "standard-nets"]);
        assert_eq!(
            all.find("standard").unwrap(),
            standard,
            "a whole name before a part, the first folder first"
        );
        assert_eq!((all.find("nets").unwrap(), all.find("in").unwrap()), (nets, other.clone()));
        assert_eq!(all.find(other.to_str().unwrap()).unwrap(), other);
        let refused = |given: &str| all.find(given).unwrap_err().to_string();
        assert!(refused("stan").contains("several archives: standard, standard-nets"), "{}", refused("stan"));
        assert!(refused("standrad").contains("did you mean 'standard'?"), "{}", refused("standrad"));
        assert!(refused("https://x.org/standard").contains("gradus fetch archive"));
        assert!(refused("").contains("several"));
    }

    #[test]
    fn names_are_names_of_folders_everywhere() {
        assert!(["standard", "v0.1-quick", "2026_a"].iter().all(|name| check_name(name).is_ok()));
        let long = "x".repeat(65);
        let wrong = ["", ".hidden", "a/b", "..", "Standard", "a b", "a.", "a:b", &long];
        assert!(wrong.iter().all(|name| check_name(name).is_err()));
    }
}
