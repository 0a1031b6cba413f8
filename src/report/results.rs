//! The folder `results/`: written by `gradus run`, shown by notebooks and pages, checked by `gradus verify`.

mod pages;
mod times;

use crate::claim::{Claim, Claims};
use crate::error::{Error, Result};
use crate::files;
use crate::findings::Findings;
use crate::report::manifest::{Entry, Manifest, Provenance};
use crate::report::{charts, claims as claim_files, tables};
use crate::study::Study;
use crate::table::Table;
use std::path::{Path, PathBuf};

pub use times::{times, times_svg};

/// A folder of results.
///
/// ```
/// use gradus::report::results::Results;
/// let results = Results::at("results");
/// assert_eq!(results.folder("momentum"), std::path::Path::new("results/momentum"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// The folder.
    pub root: PathBuf,
}

/// A chart that was drawn before, from the folder of results.
#[derive(Debug, Clone, PartialEq)]
pub struct Svg {
    /// Title.
    pub title: String,
    /// What there is to see.
    pub caption: String,
    /// The SVG document.
    pub document: String,
}

impl Results {
    /// The results in a folder, which need not be there yet.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Results { root: root.into() }
    }

    /// The folder `results` with a manifest in the current folder or above it; a notebook finds it from its
    /// own folder.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] with what to do if there is none.
    pub fn find() -> Result<Self> {
        let here = std::env::current_dir().map_err(|source| Error::io("read", ".", source))?;
        Self::find_from(&here)
    }

    fn find_from(here: &Path) -> Result<Self> {
        let candidates = here.ancestors().map(|folder| folder.join("results"));
        candidates
            .into_iter()
            .find(|root| root.join(super::manifest::FILE).is_file())
            .map(Results::at)
            .ok_or_else(|| Error::Unsupported {
                what: format!("there is no folder results with a manifest in {} or above it", here.display()),
                remedy: "run `make results` first, or go to a folder inside the project",
            })
    }

    /// The folder of a study.
    pub fn folder(&self, study: &str) -> PathBuf {
        self.root.join(study)
    }

    /// What is known about the results.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::Data`] if it cannot be read.
    pub fn manifest(&self) -> Result<Manifest> {
        Manifest::read(&self.root)
    }

    /// Whether a study's results were computed under this key and nobody changed them since: then it need not
    /// run.
    pub fn is_current(&self, study: &str, key: &str) -> bool {
        self.manifest().is_ok_and(|manifest| manifest.is_current(&self.root, study, key))
    }

    /// Writes `results/NAME/`: tables as CSV and Parquet, figures as SVG, `claims.csv`; and takes note of it
    /// in the manifest. The folder is written aside and then takes its place, so that what is there is always
    /// of one run.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] where the system refuses; the old folder stays then. [`Error::Shape`],
    /// [`Error::Unsupported`] if a figure or table cannot be written, or if two of them have the same name.
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
    /// [`Error::Io`], [`Error::Data`] if a study's files cannot be read or a page not written.
    pub fn write_index(&self) -> Result<()> {
        let mut manifest = self.manifest()?;
        manifest.studies.retain(|name, _| self.folder(name).is_dir());
        manifest.files.retain(|name, _| self.root.join(name).is_file());
        pages::write(self, &manifest)?;
        manifest.note_files(&self.root, "")?;
        manifest.write(&self.root)
    }

    /// Writes how ours compares with others: `peers.csv`, `.parquet` and `.svg`; see
    /// [`crate::report::peers`].
    ///
    /// # Errors
    ///
    /// [`Error::Io`] where the system refuses.
    pub fn write_peers(&self, measured: &Table, provenance: &Provenance) -> Result<()> {
        let mut manifest = self.manifest()?;
        let svg = charts::svg(&super::peers::figure(measured)?)?;
        self.write_times(measured, &svg)?;
        manifest.peers = Some(provenance.clone());
        manifest.note_files(&self.root, "")?;
        manifest.write(&self.root)
    }

    /// A table of times with its chart.
    fn write_times(&self, times: &Table, svg: &str) -> Result<()> {
        files::create_folder(&self.root)?;
        tables::write(times, &self.root)?;
        files::write_atomically(&self.root.join(format!("{}.svg", times.name)), svg.as_bytes())
    }

    /// A study's table, with its caption.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`] if there is no such study or table, [`Error::Data`] with the line if it is
    /// garbled.
    pub fn read_table(&self, study: &str, table: &str) -> Result<Table> {
        let manifest = self.manifest()?;
        let caption = find(&self.entry(&manifest, study)?.tables, "table", table)?.caption.clone();
        let mut read = tables::read_csv(&self.folder(study).join(format!("{table}.csv")))?;
        read.caption = caption;
        Ok(read)
    }

    /// A study's chart.
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

    /// A study's claims.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`] if there is no such study, [`Error::Data`] with the line if they are garbled.
    pub fn read_claims(&self, study: &str) -> Result<Vec<Claim>> {
        let manifest = self.manifest()?;
        self.entry(&manifest, study)?;
        let read = claim_files::read(&self.folder(study).join("claims.csv"))?;
        Ok(read.into_iter().map(|(claim, _)| claim).collect())
    }

    /// The claims of all studies, in the order of their notebooks.
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

/// A study's table from the folder of results above the current folder.
///
/// # Errors
///
/// As [`Results::find`] and [`Results::read_table`].
pub fn table(study: &str, table: &str) -> Result<Table> {
    Results::find()?.read_table(study, table)
}

/// A study's chart from the folder of results above the current folder.
///
/// # Errors
///
/// As [`Results::find`] and [`Results::read_svg`].
pub fn figure_svg(study: &str, figure: &str) -> Result<Svg> {
    Results::find()?.read_svg(study, figure)
}

/// A study's claims from the folder of results above the current folder.
///
/// # Errors
///
/// As [`Results::find`] and [`Results::read_claims`].
pub fn claims(study: &str) -> Result<Claims> {
    Ok(Claims(Results::find()?.read_claims(study)?))
}

/// Studies in the order of their notebooks.
fn in_order(manifest: &Manifest) -> Vec<(&String, &Entry)> {
    let mut studies: Vec<(&String, &Entry)> = manifest.studies.iter().collect();
    studies.sort_by(|a, b| (&a.1.notebook, a.0).cmp(&(&b.1.notebook, b.0)));
    studies
}

fn find<'a>(
    list: &'a [super::manifest::Caption],
    kind: &'static str,
    name: &str,
) -> Result<&'a super::manifest::Caption> {
    let names: Vec<&str> = list.iter().map(|c| c.name.as_str()).collect();
    list.iter().find(|c| c.name == name).ok_or_else(|| Error::unknown(kind, name, &names))
}

/// Tables and figures become files: their names must differ.
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

#[cfg(test)]
pub(crate) mod tests;
