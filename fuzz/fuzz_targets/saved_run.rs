//! Saved runs: what is accepted, written and read again is the same run; its optimizer goes on with it, or refuses it.
#![no_main]
use gradus::files::write_atomically;
use gradus::minimize::{Minimization, SavedRun};
use gradus::objective::AnyObjective;
use gradus::optimizer::catalogue::Catalogue;
use gradus::problems;
use gradus::stop::Stop;
use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::LazyLock;

mod memory;

static FILE: LazyLock<PathBuf> = LazyLock::new(|| memory::folder("saved-run"));

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
    resumed(run);
});

/// Resumes a run as `gradus minimize --resume` does. The right answer is a result or a sentence, never a panic.
fn resumed(run: SavedRun) {
    // Large dimensions are allowed, and take long.
    if run.label.bytes().filter(u8::is_ascii_digit).count() > 3 {
        return;
    }
    let catalogue = Catalogue::built_in();
    let (Ok(mut problem), Ok(entry)) = (problems::by_name(&run.label), catalogue.get(&run.optimizer)) else { return };
    let (objective, chosen) = (AnyObjective::new(&mut *problem), entry.configure());
    let Ok(optimizer) = chosen.optimizer() else { return };
    if !chosen.needs().are_met_by(objective.capabilities()) {
        return;
    }
    let stop = Stop::iterations(run.iteration.saturating_add(3));
    match Minimization::resume(objective, run, optimizer, stop).map(|run| run.run()) {
        Ok(Ok(found)) => assert!(!found.termination.to_string().contains('\n')),
        Ok(Err(error)) | Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
    }
}
