//! `gradus-mpi`: looks for an MPI library, and becomes `gradus-mpi-rank`, which is linked to it.
//!
//! Without the library, the system would refuse to start a linked program with a message about shared
//! objects. This program says what to install.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// The names of the library: that of Open MPI 4, of MPICH, and the one that developers' packages add.
const LIBRARIES: [&str; 3] = ["libmpi.so.40", "libmpich.so.12", "libmpi.so"];

fn main() -> ExitCode {
    if !LIBRARIES.iter().any(|name| has(name)) {
        return refused("there is no MPI library: install one, on Debian 'apt-get install openmpi-bin'");
    }
    let rank = match env::current_exe() {
        Ok(this) => this.with_file_name("gradus-mpi-rank"),
        Err(error) => return refused(&format!("the place of this program is unknown: {error}")),
    };
    // Returns only if the program cannot be started.
    let error = Command::new(&rank).args(env::args_os().skip(1)).exec();
    refused(&format!("cannot start {}: {error}; build it with 'make cluster'", rank.display()))
}

/// Returns whether the system can load a library.
fn has(name: &str) -> bool {
    // SAFETY: an MPI library does nothing before it is initialized, and this process ends or becomes another
    // one.
    unsafe { libloading::Library::new(name) }.is_ok()
}

fn refused(sentence: &str) -> ExitCode {
    eprintln!("error: {sentence}");
    ExitCode::from(2)
}
