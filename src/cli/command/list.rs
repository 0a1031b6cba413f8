//! `gradus list`: all names that other commands accept.

use super::claims::Claims;
use super::run;
use super::session::{Outcome, Session};
use crate::cli::output::{Format, list};
use crate::data::{self, Description, Origin, Places};
use crate::error::{Error, Result};
use crate::loss;
use crate::model;
use crate::optimizer::catalogue::Catalogue;
use crate::problems;
use crate::report::manifest::Manifest;
use crate::report::results::Results;
use crate::study::{self, Budget};
use crate::table::Table;
use clap::Args;

/// Lists data sets, problems, losses, models, optimizers, studies or claims
///
/// Without an argument, lists all of them with kind, name and description. The list of studies says whether
/// the results of each are current: computed by the present code, and unchanged since. csv and json show
/// all columns of the optimizers: settings, defaults, buffers and sources too.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus list optimizers
  gradus list data --format json")]
pub struct List {
    /// data, problems, losses, models, optimizers, studies or claims
    what: Option<String>,
    /// table (for people), csv or json
    #[arg(long, default_value = "table", value_parser = Format::parse)]
    format: Format,
}

pub(super) const KINDS: [&str; 7] =
    ["data", "problems", "losses", "models", "optimizers", "studies", "claims"];

impl List {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let table = match self.what.as_deref() {
            None => everything(session.catalogue),
            Some("data") => data_sets(),
            Some("problems") => all_problems(),
            Some("losses") => losses(),
            Some("models") => models(),
            Some("optimizers") => optimizers(session.catalogue, self.format)?,
            Some("studies") => studies(session),
            Some("claims") => return Claims::all(self.format).run(session),
            Some(other) => return Err(Error::unknown("list", other, &KINDS).into()),
        };
        self.format.print(&table, session.out)?;
        Ok(Outcome::Done)
    }
}

/// Returns kind, name and description of everything with a name, except claims, which have their own list
/// because they belong to a project.
fn everything(catalogue: &Catalogue) -> Table {
    let data = data::ALL.iter().map(|d| ["data".into(), d.name.into(), d.title.into()]);
    let problems = problems::examples()
        .into_iter()
        .map(|p| p.facts())
        .map(|f| ["problem".into(), f.name, f.formula.into()]);
    let losses = loss::ALL.iter().map(|l| ["loss".into(), l.name.into(), l.title.into()]);
    let models = model::ALL.iter().map(|m| ["model".into(), m.form.into(), m.title.into()]);
    let optimizers =
        catalogue.iter().map(|entry| ["optimizer".into(), entry.name().into(), entry.summary().into()]);
    let studies = study::ALL.iter().map(|s| ["study".into(), s.name.into(), s.title.into()]);
    let rows: Vec<[String; 3]> =
        data.chain(problems).chain(losses).chain(models).chain(optimizers).chain(studies).collect();
    let column = |i: usize| rows.iter().map(move |row| row[i].clone());
    Table::new("list", "").text("kind", column(0)).text("name", column(1)).text("what", column(2))
}

/// Returns the catalogue: all of it for a program, and the columns that fit a screen for people.
fn optimizers(catalogue: &Catalogue, format: Format) -> Result<Table> {
    match format {
        Format::Table => catalogue.table().only(&["name", "order", "lr", "needs", "what"]),
        _ => Ok(catalogue.table()),
    }
}

fn data_sets() -> Table {
    let count = |of: fn(&Description) -> usize| data::ALL.iter().map(move |d| of(d) as i64);
    let places = Places::from_env();
    Table::new("data", "")
        .text("name", data::ALL.iter().map(|d| d.name))
        .integer("train", count(|d| d.train))
        .integer("test", count(|d| d.test))
        .integer("features", count(|d| d.features))
        .integer("classes", count(|d| d.classes))
        .text("here", data::ALL.iter().map(|d| whereabouts(d, &places)))
        .text("what", data::ALL.iter().map(|d| d.title))
        .text("source", data::ALL.iter().map(|d| d.source))
        .text("licence", data::ALL.iter().map(|d| d.licence))
}

/// Returns where a data set comes from on this machine.
pub(super) fn whereabouts(described: &Description, places: &Places) -> String {
    match (described.origin, data::locate(described.name, places)) {
        (Origin::Embedded, _) => "embedded".into(),
        (Origin::Generated, _) => "generated".into(),
        (Origin::Files, Ok(folder)) => folder.unwrap_or_default().display().to_string(),
        (Origin::Files, Err(_)) => "no".into(),
    }
}

fn all_problems() -> Table {
    let facts: Vec<_> = problems::examples().iter().map(|problem| problem.facts()).collect();
    let lowest = |minima: &[(ndarray::Array1<f64>, f64)]| {
        minima.iter().map(|(_, value)| *value).fold(f64::NAN, f64::min)
    };
    Table::new("problems", "")
        .text("name", problems::forms())
        .text("formula", facts.iter().map(|f| f.formula))
        .text("example", facts.iter().map(|f| f.name.clone()))
        .text("start", facts.iter().map(|f| list(&f.start, "")))
        .float("minimum", facts.iter().map(|f| lowest(&f.minima)).collect::<Vec<_>>())
        .text("source", facts.iter().map(|f| f.source))
}

fn losses() -> Table {
    Table::new("losses", "")
        .text("name", loss::ALL.iter().map(|l| l.name))
        .text("title", loss::ALL.iter().map(|l| l.title))
        .text("formula", loss::ALL.iter().map(|l| l.formula))
        .text("targets", loss::ALL.iter().map(targets))
        .text("source", loss::ALL.iter().map(|l| l.source))
}

/// Returns the targets that a loss takes: classes, or the inputs of an autoencoder too.
fn targets(described: &loss::Description) -> &'static str {
    if (described.build)().of_targets().is_some() { "classes or inputs" } else { "classes" }
}

fn models() -> Table {
    Table::new("models", "")
        .text("form", model::ALL.iter().map(|m| m.form))
        .text("what", model::ALL.iter().map(|m| m.title))
        .text("initial_weights", model::ALL.iter().map(|m| m.initial_weights))
}

fn studies(session: &Session) -> Table {
    let results = session.project().ok().map(|project| Results::at(project.results()));
    let manifest = results.as_ref().and_then(|results| results.manifest().ok());
    let standings = study::ALL.iter().map(|s| match (&results, &manifest) {
        (Some(results), Some(manifest)) => standing(s.name, results, manifest),
        _ => "unknown",
    });
    Table::new("studies", "")
        .text("name", study::ALL.iter().map(|s| s.name))
        .text("notebook", study::ALL.iter().map(|s| s.notebook))
        .text("title", study::ALL.iter().map(|s| s.title))
        .text("question", study::ALL.iter().map(|s| s.question))
        .text("results", standings)
}

/// Returns the state of a study's results: "current", "quick" (of a quick run), "stale" (computed by other
/// code), "changed" (a file was edited) or "missing".
fn standing(study: &str, results: &Results, manifest: &Manifest) -> &'static str {
    let Some(entry) = manifest.studies.get(study) else { return "missing" };
    let (provenance, budget) = (&entry.provenance, run::budget_of(&entry.provenance.key));
    match (provenance.key == run::key(provenance.seed, budget), budget) {
        (false, _) => "stale",
        _ if !manifest.is_current(&results.root, study, &provenance.key) => "changed",
        (true, Budget::Quick) => "quick",
        (true, Budget::Full) => "current",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Findings;
    use crate::report::manifest::Provenance;
    use std::fs;

    #[test]
    fn a_study_says_how_its_results_stand() {
        let folder = tempfile::tempdir().unwrap();
        let results = Results::at(folder.path());
        let study = study::by_name("momentum").unwrap();
        let stands = |results: &Results| standing("momentum", results, &results.manifest().unwrap());
        assert_eq!(stands(&results), "missing");
        let findings =
            Findings { tables: vec![Table::new("rates", "").float("rate", [0.5])], ..Findings::default() };
        let keys = [run::key(3, Budget::Full), run::key(3, Budget::Quick), "0-0-3".into()];
        let words = keys.map(|key| {
            results.write_study(study, &findings, &Provenance::now(3, key, 1.0)).unwrap();
            stands(&results)
        });
        assert_eq!(words, ["current", "quick", "stale"]);
        results.write_study(study, &findings, &Provenance::now(3, run::key(3, Budget::Full), 1.0)).unwrap();
        fs::write(folder.path().join("momentum/rates.csv"), "rate\n.6\n").unwrap();
        assert_eq!(stands(&results), "changed");
    }
}
