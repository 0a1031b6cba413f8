//! SHA-256 of files, and their names in the manifest.

use crate::error::{Error, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

/// Returns a path relative to the folder of results, with forward slashes.
pub(crate) fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Returns the SHA-256 of a file, in hexadecimal.
///
/// # Errors
///
/// [`Error::Io`] if it cannot be read.
pub fn sha256(path: &Path) -> Result<String> {
    let bytes = fs::read(path).map_err(|source| Error::io("read", path, source))?;
    Ok(Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_of_abc_is_the_published_one() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("abc"), "abc").unwrap();
        assert_eq!(
            sha256(&folder.path().join("abc")).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
