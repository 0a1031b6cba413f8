//! `gradus archive list`: the archives that can be named.

use super::places::archives;
use crate::cli::command::session::{Outcome, Session};
use crate::cli::output::Format;
use crate::cli::project::Project;
use crate::report::archive::Manifest;
use crate::table::Table;
use clap::Args;

/// Lists the archives, with what they hold and where they are
#[derive(Debug, Args)]
pub struct List {
    /// table (for people), csv or json
    #[arg(long, default_value = "table", value_parser = Format::parse)]
    format: Format,
}

impl List {
    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let mut known: Vec<(String, Manifest, String)> = Vec::new();
        let mut unusable = Vec::new();
        for (name, folder) in archives(session).all() {
            match Manifest::read(&folder) {
                Ok(manifest) => known.push((name, manifest, Project::shown(&folder))),
                Err(error) => unusable.push(format!("{name} is unusable: {error}")),
            }
        }
        let count =
            |of: fn(&Manifest) -> usize| known.iter().map(move |(_, m, _)| of(m) as i64).collect::<Vec<_>>();
        let machine = |manifest: &Manifest| {
            manifest.machines.iter().map(|machine| machine[0].as_str()).collect::<Vec<_>>().join(" and ")
        };
        let table = Table::new("archives", "")
            .text("name", known.iter().map(|(name, _, _)| name.clone()))
            .integer("problems", count(|m| m.counts[0]))
            .integer("optimizers", count(|m| m.counts[1]))
            .integer("runs", count(|m| m.counts[2]))
            .integer("trials", count(|m| m.trials))
            .integer("seeds", count(|m| m.seeds))
            .text("machine", known.iter().map(|(_, manifest, _)| machine(manifest)))
            .text("where", known.iter().map(|(_, _, place)| place.clone()));
        self.format.print(&table, session.out)?;
        for sentence in &unusable {
            eprintln!("{sentence}");
        }
        Ok(Outcome::Done)
    }
}
