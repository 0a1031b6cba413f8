//! Stores in the program the version of everything that its results depend on: a hash of the code that
//! computes them, a hash of the code that single runs of a comparison execute, a hash of the locked
//! dependencies, and the compiler.
//!
//! The code that computes is everything under `src/` except `report`, `cli` and `bin`, which only show
//! results. Runs of a comparison execute less: studies, and the views that turn runs into tables and figures,
//! do not change a run. Lines that contain only a comment do not count, so a better sentence does not make
//! results stale.
//!
//! `tests/architecture.rs` uses this file as a module.

#[path = "src/hash.rs"]
#[allow(dead_code, reason = "the library uses the rest")]
mod hash;

use hash::{FNV_START, fnv1a_from};
use std::path::{Path, PathBuf};
use std::{env, fs, process::Command};

/// The modules that only show results.
const SHOWING: [&str; 3] = ["report", "cli", "bin"];
/// The modules that turn finished runs of a comparison into tables, figures and claims.
const MADE_OF_RUNS: [&str; 5] = ["claim", "figure", "findings", "study", "compare/suite/views"];

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let lock = root.join("Cargo.lock");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src");
    if lock.exists() {
        println!("cargo:rerun-if-changed=Cargo.lock");
    }
    println!("cargo:rustc-env=GRADUS_CODE_HASH={:016x}", version(&root, computes));
    println!("cargo:rustc-env=GRADUS_RUNS_HASH={:016x}", version(&root, of_runs));
    println!("cargo:rustc-env=GRADUS_LOCK_HASH={:016x}", file(FNV_START, &root, &lock));
    println!("cargo:rustc-env=GRADUS_RUSTC={}", compiler());
}

/// Collects all Rust files below a folder, and the tables that are compiled in.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "csv") {
            found.push(path);
        }
    }
}

/// Returns a hash of the files of `src/` for which `which` is true.
pub fn version(root: &Path, which: fn(&Path) -> bool) -> u64 {
    let mut sources = Vec::new();
    collect(&root.join("src"), &mut sources);
    sources.retain(|path| which(path.strip_prefix(root.join("src")).unwrap_or(path)));
    sources.sort();
    sources.iter().fold(FNV_START, |hash, path| file(hash, root, path))
}

/// Whether a file of `src/` can change results.
pub fn computes(inside: &Path) -> bool {
    !SHOWING.iter().any(|room| inside.with_extension("").starts_with(room))
}

/// Whether runs of a comparison execute a file of `src/`.
pub fn of_runs(inside: &Path) -> bool {
    computes(inside) && !MADE_OF_RUNS.iter().any(|room| inside.with_extension("").starts_with(room))
}

/// Hashes a file's name and its lines, in the same way on every system. A file that does not exist has no
/// lines.
fn file(hash: u64, root: &Path, path: &Path) -> u64 {
    let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let content = fs::read_to_string(path).unwrap_or_default();
    let lines = content.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.fold(fnv1a_from(fnv1a_from(hash, name.as_bytes()), &[0]), |hash, line| {
        fnv1a_from(fnv1a_from(hash, line.as_bytes()), b"\n")
    })
}

/// Returns the output of `rustc --version`.
fn compiler() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(rustc).arg("--version").output();
    said.ok()
        .and_then(|out| String::from_utf8(out.stdout).ok())
        .map_or("unknown".into(), |text| text.trim().to_string())
}
