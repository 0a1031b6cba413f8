//! The files of the report.

use super::latex::latex;
use super::page::page;
use crate::compare::suite::{Comparison, views};
use crate::error::Result;
use crate::files;
use crate::report::charts;
use crate::report::tables::{self, markdown};
use crate::table::Table;
use std::ffi::OsStr;
use std::path::Path;

/// The tables that are short enough for a paper or a page, and are also written as LaTeX and Markdown.
const SHORT: [&str; 6] = ["ranks", "ranks_by_area", "winners", "verdicts", "pairwise", "tuning"];

/// Writes the report of a comparison into a folder, which is created if it does not exist:
///
/// - the tables of all runs, [`Comparison::tables`], as CSV and Parquet: all but `seconds` are the same to
///   the last byte whatever the number of threads, and whether the comparison was interrupted or not,
/// - `tables/`: every table of [`views::tables`] as CSV and Parquet, the short ones as LaTeX (booktabs) and
///   Markdown too,
/// - `figures/`: every figure of [`views::figures`] as SVG, and as PDF for papers,
/// - `machines` as CSV and Parquet, if it is known which machines ran the comparison,
/// - `index.html`: one page without any other file, to sort, filter, and read the values of curves.
///
/// Each file is written completely or not at all, and the page is written last. `tables/` and `figures/`
/// belong to the report: tables and figures of an earlier comparison, of other problems for instance, are
/// removed there. Other files in the folder are not touched.
///
/// # Errors
///
/// [`Error::Io`](crate::error::Error::Io) if the system refuses.
pub fn write(comparison: &Comparison, folder: &Path) -> Result<()> {
    let (tables, figures) = (views::tables(comparison), views::figures(comparison));
    files::create_folder(folder)?;
    comparison.tables().iter().try_for_each(|table| tables::write(table, folder))?;
    write_machines(comparison, folder)?;
    let (of_tables, of_figures) = (folder.join("tables"), folder.join("figures"));
    files::create_folder(&of_tables)?;
    files::create_folder(&of_figures)?;
    for table in &tables {
        write_table(table, &of_tables)?;
    }
    for figure in &figures {
        files::write_atomically(
            &of_figures.join(format!("{}.svg", figure.name)),
            charts::svg(figure)?.as_bytes(),
        )?;
        files::write_atomically(&of_figures.join(format!("{}.pdf", figure.name)), &charts::pdf(figure)?)?;
    }
    files::write_atomically(&folder.join("index.html"), page(comparison, &tables).as_bytes())?;
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    remove_others(&of_tables, &["csv", "parquet", "md", "tex"], &names)?;
    let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
    remove_others(&of_figures, &["svg", "pdf"], &names)
}

/// Writes the table of the machines if they are known, and else removes that of an earlier comparison.
fn write_machines(comparison: &Comparison, folder: &Path) -> Result<()> {
    match comparison.origins.machines.is_empty() {
        false => tables::write(&comparison.machines_table(), folder),
        true => ["csv", "parquet"]
            .iter()
            .try_for_each(|end| files::remove(&folder.join(format!("machines.{end}")))),
    }
}

/// Removes the files with one of these extensions whose name is none of `names`.
fn remove_others(folder: &Path, extensions: &[&str], names: &[&str]) -> Result<()> {
    for path in files::below(folder)? {
        let text = |part: Option<&OsStr>| part.and_then(OsStr::to_str).unwrap_or_default().to_owned();
        let (name, extension) = (text(path.file_stem()), text(path.extension()));
        let directly = path.parent() == Some(folder);
        if directly && extensions.contains(&extension.as_str()) && !names.contains(&name.as_str()) {
            files::remove(&path)?;
        }
    }
    Ok(())
}

fn write_table(table: &Table, folder: &Path) -> Result<()> {
    tables::write(table, folder)?;
    if SHORT.contains(&table.name.as_str()) {
        let text = format!("{}\n\n{}", tables::pages::bare(&table.caption), markdown(table, usize::MAX));
        files::write_atomically(&folder.join(format!("{}.md", table.name)), text.as_bytes())?;
        files::write_atomically(&folder.join(format!("{}.tex", table.name)), latex(table).as_bytes())?;
    }
    Ok(())
}
