//! Writing findings and pages into the folder of results.

use super::folder::Results;
use super::pages;
use crate::error::{Error, Result};
use crate::files;
use crate::findings::Findings;
use crate::report::manifest::{Entry, Provenance};
use crate::report::{charts, claims as claim_files, tables};
use crate::study::Study;
use std::path::Path;

impl Results {
    /// Writes `results/NAME/` (tables as CSV and Parquet, figures as SVG, `claims.csv`) and records it in the
    /// manifest. The files go to a temporary folder, which then replaces the old one, so that all files are
    /// always of the same run.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the system refuses, [`Error::Shape`] or [`Error::Unsupported`] if a figure or table
    /// cannot be written, or if two of them have the same name. The old folder is then unchanged.
    pub fn write_study(&self, study: &Study, findings: &Findings, provenance: &Provenance) -> Result<()> {
        unique_names(findings)?;
        let mut manifest = self.manifest()?;
        let aside = self.root.join(format!(".{}.tmp", study.name));
        files::remove_folder(&aside)?;
        files::create_folder(&aside)?;
        let written = write_findings(&aside, findings)
            .and_then(|()| files::put_folder_in_place(&aside, &self.folder(study.name)));
        if written.is_err() {
            let _ = files::remove_folder(&aside);
        }
        written?;
        manifest.studies.insert(study.name.into(), Entry::new(study, findings, provenance));
        manifest.note_files(&self.root, study.name)?;
        manifest.write(&self.root)
    }

    /// Writes the pages over all studies (`README.md`, `CLAIMS.md`, `claims.csv`) from what is in the folder,
    /// and takes note of them in the manifest.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] or [`Error::Data`] if a study's files cannot be read, or a page cannot be written.
    pub fn write_index(&self) -> Result<()> {
        let mut manifest = self.manifest()?;
        manifest.studies.retain(|name, _| self.folder(name).is_dir());
        manifest.files.retain(|name, _| self.root.join(name).is_file());
        pages::write(self, &manifest)?;
        manifest.note_files(&self.root, "")?;
        manifest.write(&self.root)
    }
}

/// Refuses two tables, or two figures, of the same name, since they would be the same file.
fn unique_names(findings: &Findings) -> Result<()> {
    let tables = findings.tables.iter().map(|t| &t.name);
    let figures = findings.figures.iter().map(|f| &f.name);
    let (mut tables, mut figures): (Vec<_>, Vec<_>) = (tables.collect(), figures.collect());
    tables.sort();
    figures.sort();
    let twice = tables
        .windows(2)
        .chain(figures.windows(2))
        .find(|pair| pair[0] == pair[1])
        .map(|pair| pair[0].clone());
    let taken = twice.or_else(|| tables.iter().find(|name| **name == "claims").map(|name| name.to_string()));
    match taken {
        Some(name) => Err(Error::Unsupported {
            what: format!("two tables or figures of a study are named '{name}'"),
            remedy: "give them different names",
        }),
        None => Ok(()),
    }
}

fn write_findings(folder: &Path, findings: &Findings) -> Result<()> {
    for table in &findings.tables {
        tables::write(table, folder)?;
    }
    for figure in &findings.figures {
        files::write_atomically(
            &folder.join(format!("{}.svg", figure.name)),
            charts::svg(figure)?.as_bytes(),
        )?;
    }
    let claims = tables::csv_bytes(&claim_files::table(&findings.claims))?;
    files::write_atomically(&folder.join("claims.csv"), &claims)
}
