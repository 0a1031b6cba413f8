//! Times in the folder of results, which `gradus bench` and `make peers` write and notebooks show.

use super::folder::Results;
use super::read::Svg;
use crate::error::{Error, Result};
use crate::files;
use crate::report::criterion::{self, to_target};
use crate::report::manifest::Provenance;
use crate::report::{charts, peers, tables};
use crate::table::Table;
use std::path::PathBuf;

impl Results {
    /// Writes how ours compares with others: `peers.csv`, `.parquet` and `.svg`, and the table of this
    /// processor in `peers/`; see [`crate::report::peers`].
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the system refuses.
    pub fn write_peers(&self, measured: &Table, provenance: &Provenance) -> Result<()> {
        let mut manifest = self.manifest()?;
        let svg = charts::svg(&peers::figure(measured)?)?;
        self.write_times(measured, &svg)?;
        let mut of_processor = measured.clone();
        of_processor.name = peers::processor(&provenance.machine);
        files::create_folder(&self.root.join(peers::FOLDER))?;
        tables::write(&of_processor, &self.root.join(peers::FOLDER))?;
        manifest.peers = Some(provenance.clone());
        manifest.note_files(&self.root, "")?;
        manifest.note_files(&self.root, peers::FOLDER)?;
        manifest.write(&self.root)
    }

    /// Writes the wall-clock times as `wall_clock.csv`, `.parquet` and `.svg`; see
    /// [`crate::report::criterion`]. If optimizers of the comparison were timed and its results exist, their
    /// times to the target are written as well, as [`to_target::TABLES`] and a chart. Returns whether they
    /// were.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the system refuses, [`Error::Data`] if the comparison's outcomes are damaged.
    pub fn write_wall_clock(&self, times: &Table, provenance: &Provenance) -> Result<bool> {
        let mut manifest = self.manifest()?;
        let svg = charts::svg(&criterion::figure(times)?)?;
        let to_target = self.to_target(times)?;
        self.write_times(times, &svg)?;
        for name in to_target::TABLES
            .iter()
            .flat_map(|(name, _)| ["csv", "parquet", "svg"].map(|ending| format!("{name}.{ending}")))
        {
            files::remove(&self.root.join(name))?;
        }
        if let Some((tables, svg)) = &to_target {
            self.write_times(&tables[0], svg)?;
            tables[1..].iter().try_for_each(|table| tables::write(table, &self.root))?;
        }
        manifest.wall_clock = Some(provenance.clone());
        manifest.note_files(&self.root, "")?;
        manifest.write(&self.root)?;
        Ok(to_target.is_some())
    }

    /// Writes a table of times and its chart.
    fn write_times(&self, times: &Table, svg: &str) -> Result<()> {
        files::create_folder(&self.root)?;
        tables::write(times, &self.root)?;
        files::write_atomically(&self.root.join(format!("{}.svg", times.name)), svg.as_bytes())
    }

    /// Returns the times to the target as tables and a chart; `None` if there are none.
    fn to_target(&self, times: &Table) -> Result<Option<([Table; 3], String)>> {
        let outcomes = self.folder("comparison").join("outcomes.csv");
        if !outcomes.is_file() {
            return Ok(None);
        }
        let Some(tables) = to_target::tables(times, &tables::read_csv(&outcomes)?)? else { return Ok(None) };
        let svg = charts::svg(&to_target::figure(times, &tables[2])?)?;
        Ok(Some((tables, svg)))
    }

    /// Reads one of the tables of times to the target, [`to_target::TABLES`], with its caption.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`] if there is no such table, [`Error::Unsupported`] if nothing was timed yet,
    /// [`Error::Data`] with the line if the file is damaged.
    pub fn read_times(&self, name: &str) -> Result<Table> {
        let known = to_target::TABLES.map(|(name, _)| name);
        if !known.contains(&name) {
            return Err(Error::unknown("table of times", name, &known));
        }
        let mut read = tables::read_csv(&self.timed(&format!("{name}.csv"))?)?;
        read.caption = to_target::caption(name).into();
        Ok(read)
    }

    /// Reads the chart of times to the target.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if nothing was timed yet, [`Error::Io`] if it cannot be read.
    pub fn read_times_svg(&self) -> Result<Svg> {
        let document = files::read_text(&self.timed(&format!("{}.svg", to_target::NAME))?)?;
        Ok(Svg { title: to_target::TITLE.into(), caption: to_target::CAPTION.into(), document })
    }

    /// Returns the path of a file that `gradus bench` writes.
    fn timed(&self, file: &str) -> Result<PathBuf> {
        let path = self.root.join(file);
        let missing = || Error::Unsupported {
            what: format!("there is no {}", path.display()),
            remedy: "run `make bench` first",
        };
        if path.is_file() { Ok(path) } else { Err(missing()) }
    }
}

/// Reads one of the tables of times to the target from the folder `results` in or above the current folder.
///
/// # Errors
///
/// As [`Results::find`] and [`Results::read_times`].
pub fn times(table: &str) -> Result<Table> {
    Results::find()?.read_times(table)
}

/// Reads the chart of times to the target from the folder `results` in or above the current folder.
///
/// # Errors
///
/// As [`Results::find`] and [`Results::read_times_svg`].
pub fn times_svg() -> Result<Svg> {
    Results::find()?.read_times_svg()
}
