//! The files of an archive.

use super::manifest::{FILES, MANIFEST, Manifest};
use super::rows::{Columns, Curves, curves_table, runs_of, runs_table};
use crate::compare::suite::{Archive, Plan, ProblemFacts};
use crate::error::{Error, Result};
use crate::files;
use crate::report::tables::{compact_parquet, read_parquet};
use std::path::{Path, PathBuf};

/// The columns whose numbers are kept in seven digits: each is a measurement of time, or drawn.
const TIMES: [&str; 2] = ["seconds", "seconds_to_target"];
const DRAWN: [&str; 2] = ["loss", "test_accuracy"];

/// Writes an archive as the folder `NAME` in `parent`, completely or not at all, and returns its path. An
/// archive of that name is replaced.
///
/// # Errors
/// If the system refuses.
pub fn write(archive: &Archive, parent: &Path) -> Result<PathBuf> {
    files::create_folder(parent)?;
    let (aside, place) = (parent.join(format!(".{}.tmp", archive.name)), parent.join(&archive.name));
    files::remove_folder(&aside)?;
    files::create_folder(&aside)?;
    let written = write_into(archive, &aside).and_then(|()| files::put_folder_in_place(&aside, &place));
    if written.is_err() {
        let _ = files::remove_folder(&aside);
    }
    written.map(|()| place)
}

fn write_into(archive: &Archive, folder: &Path) -> Result<()> {
    let [_, runs, curves] = FILES;
    archive.plan.write(folder)?;
    files::write_atomically(&folder.join(runs), compact_parquet(&runs_table(archive)?, &TIMES)?)?;
    files::write_atomically(&folder.join(curves), compact_parquet(&curves_table(archive), &DRAWN)?)?;
    files::write_atomically(&folder.join(MANIFEST), Manifest::of(archive, folder)?.text()?)
}

/// Reads an archive from its folder.
///
/// # Errors
/// If a file is missing, was cut or changed, or is of another format.
pub fn read(folder: &Path) -> Result<Archive> {
    let manifest = Manifest::read(folder)?;
    manifest.check_files(folder)?;
    let plan = Plan::read(folder)?;
    let [runs, curves] = [FILES[1], FILES[2]].map(|file| folder.join(file));
    let (table, of_curves) = (read_parquet(&runs)?, read_parquet(&curves)?);
    let columns = Columns { table: &table, file: &runs };
    let problems: Vec<ProblemFacts> = plan.problems.iter().map(|problem| problem.facts.clone()).collect();
    let machines = manifest.machines();
    let places = columns.float("machine")?;
    if places.iter().any(|place| !(0.0..machines.len() as f64).contains(place)) {
        return Err(Error::Unsupported {
            what: format!("{} names a machine that the manifest lacks", runs.display()),
            remedy: "make the archive again with `gradus archive add`",
        });
    }
    let curves = Curves::of(&Columns { table: &of_curves, file: &curves })?;
    let runs = runs_of(&columns, &columns, |row| places[row] as usize, &problems, &curves)?;
    Ok(Archive { name: manifest.name.clone(), rules: manifest.rules(), plan, machines, runs })
}
