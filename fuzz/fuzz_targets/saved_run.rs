//! Saved runs: what is accepted, written and read again is the same run, and an optimizer can go on with it or refuse it.
#![no_main]
use gradus::files::write_atomically;
use gradus::notebook::*;
use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::LazyLock;

/// A file in memory for each process.
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = std::path::Path::new("/dev/shm");
    let folder = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    folder.join(format!("gradus-fuzz-{}", std::process::id()))
});

fuzz_target!(|bytes: &[u8]| {
    std::fs::write(&*FILE, bytes).unwrap();
    let run = match SavedRun::read(&FILE) {
        Ok(run) => run,
        Err(error) => return assert!(!error.to_string().contains('\n'), "{error}"),
    };
    write_atomically(&FILE, b"").unwrap();
    run.write(&FILE).unwrap();
    let again = SavedRun::read(&FILE).expect("what was written can be read");
    assert_eq!(format!("{run:?}"), format!("{again:?}"));

    let start = Array1::from_vec(run.x.to_vec());
    if start.len() != 2 {
        return;
    }
    // The right answer is a result or a sentence, never a panic.
    let stop = Stop::iterations(run.iteration.saturating_add(3));
    let _ = Minimization::resume(problems::Rosenbrock, run.clone(), Lbfgs::new(5), stop.clone());
    let _ = Minimization::resume(problems::Rosenbrock, run, ConjugateGradient::default(), stop);
});
