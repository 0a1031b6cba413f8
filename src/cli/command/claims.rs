//! `gradus claims`: the claims and their measurements.

use super::session::{Outcome, Session};
use crate::cli::output::Format;
use crate::cli::project::Project;
use crate::error::{Error, Result};
use crate::report::tables;
use crate::study;
use crate::table::{Column, Table, Values};
use clap::Args;

/// Shows the claims of results/ with their measurements and verdicts
///
/// A verdict is `holds`, `refuted`, or `undecided` if the bound lies inside the interval. `gradus run`
/// measures again; `gradus verify` checks that the present code still gives these results.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gradus claims
  gradus claims momentum --format json")]
pub struct Claims {
    /// Studies whose claims are shown [default: all]
    #[arg(value_name = "STUDY")]
    studies: Vec<String>,
    /// table (for people), csv or json
    #[arg(long, default_value = "table", value_parser = Format::parse)]
    format: Format,
}

impl Claims {
    /// Returns the command for the claims of all studies.
    pub(super) fn all(format: Format) -> Self {
        Claims { studies: Vec::new(), format }
    }

    pub(super) fn run(self, session: &mut Session) -> anyhow::Result<Outcome> {
        let claims = committed(&session.project()?, &self.studies)?;
        match self.format {
            Format::Table => {
                let short = select(
                    &claims,
                    &["verdict", "origin", "notebook", "id", "measured", "bound", "sentence"],
                    |_| true,
                )?;
                Format::Table.print(&short, session.out)?;
            }
            format => format.print(&claims, session.out)?,
        }
        Ok(Outcome::Done)
    }
}

/// Returns the claims of `results/claims.csv`: those of the named studies, or all if no study is named.
fn committed(project: &Project, studies: &[String]) -> Result<Table> {
    let notebooks =
        studies.iter().map(|name| study::by_name(name).map(|s| s.notebook)).collect::<Result<Vec<_>>>()?;
    let path = project.results().join("claims.csv");
    if !path.is_file() {
        let what = format!("there are no claims yet, since {} is missing", Project::shown(&path));
        return Err(Error::Unsupported { what, remedy: "measure them with 'gradus run all'" });
    }
    let all = tables::read_csv(&path)?;
    let notebook = all.get("notebook")?.values.clone();
    select(&all, &all.names(), |row| notebooks.is_empty() || notebooks.contains(&notebook.cell(row).as_str()))
}

/// Returns some columns of a table, for the rows that are kept.
fn select(table: &Table, names: &[&str], keep: impl Fn(usize) -> bool) -> Result<Table> {
    let rows: Vec<usize> = (0..table.rows()).filter(|&row| keep(row)).collect();
    let chosen = |column: &Column| match &column.values {
        Values::Float(v) => Values::Float(rows.iter().map(|&row| v[row]).collect()),
        Values::Integer(v) => Values::Integer(rows.iter().map(|&row| v[row]).collect()),
        Values::Text(v) => Values::Text(rows.iter().map(|&row| v[row].clone()).collect()),
    };
    let start = Table::new(table.name.clone(), table.caption.clone());
    names.iter().try_fold(start, |out, name| {
        let column = table.get(name)?;
        Ok(out.column(*name, chosen(column), column.rule))
    })
}
