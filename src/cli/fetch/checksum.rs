//! Comparison of a file with the published one.

use super::published::{Published, Unpacked};
use crate::data::Gunzip;
use crate::error::{DataProblem, Error, Result};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Compares a file's SHA-256 with the published one or, where it is known, the SHA-256 of the unpacked
/// content. `origin` is where the file came from, for the message.
pub(super) fn verify(path: &Path, published: &Published, origin: &Path) -> Result<()> {
    let open = || File::open(path).map_err(|e| Error::io("read", path, e));
    let got = sha256(open()?).map_err(|e| Error::io("read", path, e))?;
    let same_content = |content: Unpacked| -> Result<bool> {
        // Content that is longer than the published one, or is no gzip stream, counts as different.
        let unpacked = Gunzip::new(open()?).take(content.length + 1);
        Ok(got == content.sha256 || sha256(unpacked).is_ok_and(|sum| sum == content.sha256))
    };
    if got == published.sha256 || published.unpacked.map_or(Ok(false), same_content)? {
        return Ok(());
    }
    let problem = DataProblem::Checksum { expected: published.sha256.into(), got };
    Err(Error::Data { path: origin.into(), format: "the published file", problem })
}

/// Returns the SHA-256 of all bytes, in lower-case hexadecimal.
fn sha256(mut source: impl Read) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 16];
    loop {
        match source.read(&mut block) {
            Ok(0) => return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            Ok(read) => hash.update(&block[..read]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_a_known_text() {
        // The test vector "abc" of FIPS 180-4.
        assert_eq!(
            sha256(&b"abc"[..]).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
