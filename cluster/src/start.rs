//! The start of a process: MPI, what a panic does, and the number of threads.

use mpi::Threading;
use mpi::environment::Universe;
use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;
use std::env;
use std::panic;
use std::thread;

/// The code with which all processes end if one of them panics, as for a panic of a single process.
pub const PANICKED: i32 = 101;

/// Initializes MPI, and lets a panic end the processes of the whole run: the others would wait for ever for
/// one that is gone. Returns `None` if MPI is initialized already.
pub fn start() -> Option<Universe> {
    let (universe, _) = mpi::initialize_with_threading(Threading::Funneled)?;
    let tell = panic::take_hook();
    panic::set_hook(Box::new(move |about| {
        tell(about);
        SimpleCommunicator::world().abort(PANICKED);
    }));
    Some(universe)
}

/// Gives each process its part of the machine's processors, unless the user chose a number of threads.
pub fn share_processors() {
    if env::var_os("RAYON_NUM_THREADS").is_some() {
        return;
    }
    let world = SimpleCommunicator::world();
    let here = world.split_shared(world.rank()).size().max(1) as usize;
    let processors = thread::available_parallelism().map_or(1, usize::from);
    // It is built already if another library of this process uses it; then its threads stay as they are.
    let _ = rayon::ThreadPoolBuilder::new().num_threads((processors / here).max(1)).build_global();
}
