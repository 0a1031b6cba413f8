//! The comparison on every processor on which it was made: `results/peers/` keeps one table for each.

use super::block::{Case, group_number, hardest};
use super::chart::group;
use super::measured::{read, rows};
use crate::error::Result;
use crate::files;
use crate::report::manifest::Machine;
use crate::report::tables::pages::bare;
use crate::table::Table;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The folder in `results/`.
pub const FOLDER: &str = "peers";

/// Words of a processor's name that tell nothing.
const EMPTY_WORDS: [&str; 5] = ["r", "tm", "cpu", "processor", "unknown"];

/// Returns a short name of the processor of a machine, for files and headings: its model, its vector
/// instructions, and the kernels that OpenBLAS chose for it. Cloud machines of several generations often have
/// the same model name.
///
/// ```
/// use gradus::report::{manifest::Machine, peers};
/// let machine = Machine {
///     cpu: "Intel(R) Xeon(R) Processor".into(),
///     arithmetic: "AVX-512; OpenBLAS 0.3.26 SkylakeX; glibc 2.39".into(),
///     ..Machine::here()
/// };
/// assert_eq!(peers::processor(&machine), "intel-xeon-avx-512-skylakex");
/// ```
pub fn processor(machine: &Machine) -> String {
    let mut parts = machine.arithmetic.split("; ");
    let vectors = parts.next().unwrap_or_default();
    let kernels = parts.next().and_then(|blas| blas.split(' ').nth(2)).unwrap_or_default();
    let text = format!("{} {vectors} {kernels}", machine.cpu).to_lowercase();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty() && !EMPTY_WORDS.contains(word)).collect::<Vec<_>>().join("-")
}

/// Reads the tables of a folder of results, with the names of their processors, in the order of the names.
///
/// # Errors
///
/// As [`read`].
pub fn on_processors(results: &Path) -> Result<Vec<(String, Table)>> {
    let folder = results.join(FOLDER);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths: Vec<PathBuf> = files::below(&folder)?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "csv"));
    paths.sort();
    let name = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    paths.iter().map(|path| Ok((name(path), read(path)?))).collect()
}

/// Returns the closest peer of each workload on each processor, side by side, below a sentence that says so.
/// With fewer than two processors there is nothing to compare, and the text is empty.
///
/// # Errors
///
/// [`Error::UnknownName`](crate::error::Error::UnknownName) if a column is missing.
pub fn side_by_side(tables: &[(String, Table)]) -> Result<String> {
    if tables.len() < 2 {
        return Ok(String::new());
    }
    let found = tables.iter().map(|(_, table)| rows(table)).collect::<Result<Vec<_>>>()?;
    let found: Vec<Vec<Case>> = found.iter().map(|rows| hardest(rows)).collect();
    let mut groups: Vec<&str> = found.iter().flatten().map(|case| group(case.workload())).collect();
    groups.sort_by_key(|name| (group_number(name), *name));
    groups.dedup();
    let mut text = String::from(
        "\nThe same on every processor that was measured, with the share of its sgemm, dgemm, dpotrf or \
         copy. The tables were measured at different times, each by the code of its day.\n\n| |",
    );
    tables.iter().for_each(|(name, _)| _ = write!(text, " {name} |"));
    let _ = write!(text, "\n|:--|{}\n", ":--|".repeat(tables.len()));
    for name in groups {
        let _ = write!(text, "| {name} |");
        for cases in &found {
            let cell = cases.iter().find(|case| group(case.workload()) == name).map(Case::in_short);
            let _ = write!(text, " {} |", bare(&cell.unwrap_or_else(|| "–".into())));
        }
        text.push('\n');
    }
    Ok(text)
}
