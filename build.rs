//! Puts into the program what its results depend on: a hash of the code that computes them, a hash of the locked
//! dependencies, and the compiler.
//!
//! The code is everything under `src/` but `report`, `cli` and `bin`, which show results and do not change them.

use std::path::{Path, PathBuf};
use std::{env, fs, process::Command};

/// What shows results, and so does not change them.
const SHOWING: [&str; 3] = ["report", "cli", "bin"];

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut sources = Vec::new();
    collect(&root.join("src"), &mut sources);
    sources.retain(|path| computes(path.strip_prefix(root.join("src")).unwrap_or(path)));
    sources.sort();
    let lock = root.join("Cargo.lock");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src");
    if lock.exists() {
        println!("cargo:rerun-if-changed=Cargo.lock");
    }
    println!("cargo:rustc-env=GRADUS_CODE_HASH={:016x}", sources.iter().fold(START, |hash, path| file(hash, &root, path)));
    println!("cargo:rustc-env=GRADUS_LOCK_HASH={:016x}", file(START, &root, &lock));
    println!("cargo:rustc-env=GRADUS_RUSTC={}", compiler());
}

/// All Rust files below a folder.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Whether a file of `src/` belongs to the floors that compute.
fn computes(inside: &Path) -> bool {
    let first = inside.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned()).unwrap_or_default();
    !SHOWING.contains(&first.trim_end_matches(".rs"))
}

const START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a.
fn hashed(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// A file's name and content, the same on every system; nothing for a file that is not there.
fn file(hash: u64, root: &Path, path: &Path) -> u64 {
    let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let content: Vec<u8> = fs::read(path).unwrap_or_default().into_iter().filter(|byte| *byte != b'\r').collect();
    hashed(hashed(hashed(hash, name.as_bytes()), &[0]), &content)
}

/// What `rustc --version` says.
fn compiler() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(rustc).arg("--version").output();
    said.ok().and_then(|out| String::from_utf8(out.stdout).ok()).map_or("unknown".into(), |text| text.trim().to_string())
}
