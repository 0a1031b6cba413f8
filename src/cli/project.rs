//! The project's folder, which contains `results/`, `notebooks/` and `scripts/`.

use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

/// The project's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The absolute path.
    pub root: PathBuf,
}

impl Project {
    /// Finds the project's folder: the one that was named, or else the nearest folder at or above `start`
    /// with the Cargo.toml of gradus.
    pub fn find(named: Option<&Path>, start: &Path) -> Result<Self> {
        if let Some(named) = named {
            let root = named.canonicalize().map_err(|e| Error::io("use as --root the folder", named, e))?;
            return if root.is_dir() { Ok(Project { root }) } else { Err(not_a_folder(named)) };
        }
        let root = start.ancestors().find(|folder| is_ours(&folder.join("Cargo.toml")));
        root.map(|root| Project { root: root.into() }).ok_or_else(|| Error::Unsupported {
            what: format!("no project of gradus at or above {}", start.display()),
            remedy: "change into a clone of it, or name one with --root",
        })
    }

    /// Returns the folder of results.
    pub fn results(&self) -> PathBuf {
        self.root.join("results")
    }

    /// Formats a path for people: relative to the current folder if it lies below it.
    pub fn shown(path: &Path) -> String {
        let here = std::env::current_dir().unwrap_or_default();
        let inside = path.strip_prefix(&here).ok().filter(|rest| !rest.as_os_str().is_empty());
        inside.unwrap_or(path).display().to_string()
    }
}

fn not_a_folder(path: &Path) -> Error {
    Error::io("use as --root the folder", path, std::io::Error::from(std::io::ErrorKind::NotADirectory))
}

/// Returns whether this is the Cargo.toml of the package gradus.
fn is_ours(manifest: &Path) -> bool {
    let text = std::fs::read_to_string(manifest).unwrap_or_default();
    let package = text
        .lines()
        .skip_while(|line| line.trim() != "[package]")
        .skip(1)
        .take_while(|line| !line.starts_with('['));
    let mut names = package.filter_map(|line| line.split_once('=')).filter(|(key, _)| key.trim() == "name");
    names.any(|(_, value)| value.trim().trim_matches('"') == "gradus")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_project_is_found_from_below_and_other_packages_are_passed_by() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let inner = root.join("notebooks/kernel/src");
        fs::create_dir_all(&inner).unwrap();
        fs::write(
            root.join("notebooks/kernel/Cargo.toml"),
            "[package]\nname = \"gradus-kernel\"\n[lib]\nname = \"gradus\"\n",
        )
        .unwrap();
        assert!(Project::find(None, &inner).unwrap_err().to_string().contains("--root"));
        fs::write(
            root.join("Cargo.toml"),
            "[workspace]\n\n[package]\nname = \"gradus\"\nversion = \"0.1.0\"\n",
        )
        .unwrap();
        assert_eq!(Project::find(None, &inner).unwrap().root, root);
        assert_eq!(Project::find(Some(&inner), Path::new("/")).unwrap().root, inner);
        assert!(Project::find(Some(&root.join("none")), &inner).is_err());
        assert!(Project::find(Some(&root.join("Cargo.toml")), &inner).is_err());
    }
}
