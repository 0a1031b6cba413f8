//! One process of a run that several share by MPI: `mpirun -n 4 gradus-mpi train --optimizer lbfgs …`.

use gradus::cli;
use gradus_cluster::{OverMpi, share_processors, start};
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    let Some(universe) = start() else {
        eprintln!("error: MPI is initialized already");
        return ExitCode::from(2);
    };
    share_processors();
    let code = cli::train_among(Arc::new(OverMpi::of_world()));
    // MPI ends with it, after all processes have come here.
    drop(universe);
    code
}
