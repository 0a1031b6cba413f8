//! Tables, charts and claims of studies, read from the folder of results.

use super::folder::Results;
use super::order::in_order;
use crate::claim::{Claim, Claims};
use crate::error::{Error, Result};
use crate::files;
use crate::report::claims as claim_files;
use crate::report::manifest::{Caption, Entry, Manifest};
use crate::report::tables;
use crate::table::Table;

/// A chart from the folder of results.
#[derive(Debug, Clone, PartialEq)]
pub struct Svg {
    /// The title.
    pub title: String,
    /// The caption, which says what there is to see.
    pub caption: String,
    /// The SVG document.
    pub document: String,
}

impl Results {
    /// Reads a study's table, with its caption.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`] if there is no such study or table, [`Error::Data`] with the line if the file
    /// is damaged.
    pub fn read_table(&self, study: &str, table: &str) -> Result<Table> {
        let manifest = self.manifest()?;
        let caption = find(&self.entry(&manifest, study)?.tables, "table", table)?.caption.clone();
        let mut read = tables::read_csv(&self.folder(study).join(format!("{table}.csv")))?;
        read.caption = caption;
        Ok(read)
    }

    /// Reads a study's chart.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`] if there is no such study or figure, [`Error::Io`] if it cannot be read.
    pub fn read_svg(&self, study: &str, figure: &str) -> Result<Svg> {
        let manifest = self.manifest()?;
        let known = find(&self.entry(&manifest, study)?.figures, "figure", figure)?;
        let document = files::read_text(&self.folder(study).join(format!("{figure}.svg")))?;
        Ok(Svg { title: known.title.clone(), caption: known.caption.clone(), document })
    }

    /// Reads a study's claims.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`] if there is no such study, [`Error::Data`] with the line if the file is
    /// damaged.
    pub fn read_claims(&self, study: &str) -> Result<Vec<Claim>> {
        let manifest = self.manifest()?;
        self.entry(&manifest, study)?;
        let read = claim_files::read(&self.folder(study).join("claims.csv"))?;
        Ok(read.into_iter().map(|(claim, _)| claim).collect())
    }

    /// Reads the claims of all studies, in the order of their notebooks.
    ///
    /// # Errors
    ///
    /// As [`Results::read_claims`].
    pub fn all_claims(&self) -> Result<Vec<Claim>> {
        let manifest = self.manifest()?;
        let claims: Result<Vec<Vec<Claim>>> =
            in_order(&manifest).into_iter().map(|(name, _)| self.read_claims(name)).collect();
        Ok(claims?.concat())
    }

    fn entry<'a>(&self, manifest: &'a Manifest, study: &str) -> Result<&'a Entry> {
        let names: Vec<&str> = manifest.studies.keys().map(String::as_str).collect();
        manifest.studies.get(study).ok_or_else(|| Error::unknown("study with results", study, &names))
    }
}

/// Reads a study's table from the folder `results` in or above the current folder.
///
/// # Errors
///
/// As [`Results::find`] and [`Results::read_table`].
pub fn table(study: &str, table: &str) -> Result<Table> {
    Results::find()?.read_table(study, table)
}

/// Reads a study's chart from the folder `results` in or above the current folder.
///
/// # Errors
///
/// As [`Results::find`] and [`Results::read_svg`].
pub fn figure_svg(study: &str, figure: &str) -> Result<Svg> {
    Results::find()?.read_svg(study, figure)
}

/// Reads a study's claims from the folder `results` in or above the current folder.
///
/// # Errors
///
/// As [`Results::find`] and [`Results::read_claims`].
pub fn claims(study: &str) -> Result<Claims> {
    Ok(Claims(Results::find()?.read_claims(study)?))
}

fn find<'a>(list: &'a [Caption], kind: &'static str, name: &str) -> Result<&'a Caption> {
    let names: Vec<&str> = list.iter().map(|c| c.name.as_str()).collect();
    list.iter().find(|c| c.name == name).ok_or_else(|| Error::unknown(kind, name, &names))
}
