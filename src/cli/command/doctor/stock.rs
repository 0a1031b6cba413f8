//! Checks of data sets and results.

use super::check::Check;
use crate::cli::command::list::whereabouts;
use crate::cli::command::run::{budget_of, key};
use crate::cli::project::Project;
use crate::data::{self, Places};
use crate::report::results::Results;
use crate::study::{self, Study};

/// The data set that studies need in addition to the embedded one.
const NEEDED: &str = "fashion-mnist";

pub(super) fn data_sets() -> Vec<Check> {
    let places = Places::from_env();
    let check = |described: &data::Description| {
        let what = format!("data: {}", described.name);
        match data::locate(described.name, &places) {
            Ok(_) => Check::ready(what, whereabouts(described, &places)),
            Err(_) if described.name == NEEDED => Check::missing(
                what,
                "studies need it",
                "gradus fetch fashion-mnist, or apt-get install dataset-fashion-mnist",
            ),
            Err(_) => Check::missing(what, "not here", format!("gradus fetch {}", described.name)).optional(),
        }
    };
    data::ALL.iter().map(check).collect()
}

/// Checks whether each study's results are those of the present code.
pub(super) fn results(project: &Project) -> Vec<Check> {
    let results = Results::at(project.results());
    study::ALL.iter().map(|study| result(&results, study)).collect()
}

fn result(results: &Results, study: &Study) -> Check {
    let what = format!("results: {}", study.name);
    let mend = format!("gradus run {}", study.name);
    let manifest = match results.manifest() {
        Ok(manifest) => manifest,
        Err(error) => return Check::missing(what, error.to_string(), mend),
    };
    let Some(entry) = manifest.studies.get(study.name) else {
        return Check::missing(what, "never run", mend);
    };
    let provenance = &entry.provenance;
    if results.is_current(study.name, &key(provenance.seed, budget_of(&provenance.key))) {
        return Check::ready(what, format!("up to date, of {}", provenance.finished));
    }
    let why = format!("of {}, changed by hand or by older code", provenance.finished);
    Check::missing(what, why, mend)
}
