//! `gradus compare --against NAME`: the optimizers that an archive lacks.

use super::kept::KEPT;
use super::selection::Selection;
use super::summary::of_runs;
use super::threads::pool;
use crate::cli::command::archive::archives;
use crate::cli::command::session::{Outcome, Session};
use crate::cli::interrupt;
use crate::cli::output::{counted, duration, grouped};
use crate::cli::progress::Bar;
use crate::cli::project::Project;
use crate::compare::suite::{self, FileStore, VERSION};
use crate::files;
use crate::report::{archive, comparison, tables};
use std::path::Path;
use std::time::Instant;

/// Compares the chosen optimizers with those of an archive.
pub(super) fn against(
    name: &str,
    selection: &Selection,
    threads: Option<usize>,
    out: &Path,
    session: &mut Session,
) -> anyhow::Result<Outcome> {
    let suite = selection.suite(session.catalogue)?;
    let archive = archive::read(&archives(session).find(name)?)?;
    archive.check_rules()?;
    let pool = pool(threads)?;
    tables::check_threads()?;
    let store = FileStore::open(&out.join(KEPT), VERSION)?;
    for notice in store.notices() {
        writeln!(session.out, "{notice}")?;
    }
    let (started, bar) = (Instant::now(), Bar::new("compare:"));
    let found = pool.install(|| suite.compare_against(&archive, &bar, &store))?;
    drop(bar);
    interrupt::not_while(|| {
        // The plan of an earlier comparison there is not that of these runs.
        files::remove(&out.join(KEPT).join("plan.txt"))?;
        comparison::write(&found.comparison, out)
    })?;
    for sentence in found.left_out.iter().chain(&found.comparison.origins.notes) {
        writeln!(session.out, "{sentence}")?;
    }
    let summary = summary(&found, store.reused());
    writeln!(session.out, "{summary}, in {}", duration(started.elapsed().as_secs_f64()))?;
    writeln!(session.out, "{}", Project::shown(out))?;
    Ok(Outcome::Done)
}

/// Summarizes the comparison: "6 problems, 5 optimizers: 1,624 runs from the archive; here 120 runs; 3
/// diverged".
fn summary(found: &suite::Against, reused: usize) -> String {
    let own = |run: &&suite::Run| run.known_area.is_none();
    let count =
        |outcome| found.comparison.runs.iter().filter(own).filter(|run| run.outcome == outcome).count();
    let archived = found.comparison.runs.len() - found.own_runs;
    let here = match found.own_runs {
        0 => "no optimizer was missing, so nothing was run".to_owned(),
        runs => {
            let (diverged, failed) = (count(suite::Outcome::Diverged), count(suite::Outcome::Failed));
            format!("here {}", of_runs(runs, reused, diverged, failed))
        }
    };
    format!(
        "{}, {}: {} runs from the archive; {here}",
        counted(found.comparison.problems.len(), "problem"),
        counted(found.comparison.optimizers.len(), "optimizer"),
        grouped(archived)
    )
}
