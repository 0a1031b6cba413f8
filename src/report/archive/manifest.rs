//! The manifest of an archive.

use crate::compare::suite::{Archive, Machine, Rules, Settings};
use crate::error::{DataProblem, Error, Result};
use crate::report::manifest::sha256;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The name of the manifest.
pub const MANIFEST: &str = "manifest.json";
/// The other files of an archive.
pub const FILES: [&str; 3] = ["plan.txt", "runs.parquet", "curves.parquet"];
/// The format of archives that this version writes and reads.
const FORMAT: u32 = 1;

/// What the manifest of an archive says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format of the archive.
    pub format: u32,
    /// The name.
    pub name: String,
    /// The version of gradus, and of the code that runs execute.
    pub version: [String; 2],
    /// The arithmetic in words, and the hashes of its probes.
    pub arithmetic: String,
    /// The probes of the arithmetic by name.
    pub probes: BTreeMap<String, String>,
    /// The machines: processor and arithmetic of each.
    pub machines: Vec<[String; 2]>,
    /// The number of trials of a tuning.
    pub trials: usize,
    /// The number of seeds.
    pub seeds: usize,
    /// The seed of all random numbers.
    pub seed: u64,
    /// The factor on the budget of every problem.
    pub scale: f64,
    /// The numbers of problems, optimizers and runs.
    pub counts: [usize; 3],
    /// How evaluations were counted.
    pub counting: String,
    /// How optimizers were tuned.
    pub tuning: String,
    /// The length and the SHA-256 of each other file.
    pub files: BTreeMap<String, FileNote>,
}

/// What the manifest says of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileNote {
    /// The length in bytes.
    pub bytes: u64,
    /// The SHA-256, in hexadecimal.
    pub sha256: String,
}

/// The field that every format has.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl Manifest {
    /// Describes an archive whose other files are in a folder.
    pub(super) fn of(archive: &Archive, folder: &Path) -> Result<Self> {
        let Archive { name, rules, plan, machines, runs } = archive;
        let Settings { trials, seeds, seed, scale } = plan.settings;
        let note = |file: &str| -> Result<(String, FileNote)> {
            let path = folder.join(file);
            let bytes = fs::metadata(&path).map_err(|e| Error::io("read", &path, e))?.len();
            Ok((file.to_owned(), FileNote { bytes, sha256: sha256(&path)? }))
        };
        let machine = |machine: &Machine| [machine.processor.clone(), machine.arithmetic.clone()];
        let probe = |(name, hash): &(String, u64)| (name.clone(), format!("{hash:016x}"));
        Ok(Manifest {
            format: FORMAT,
            name: name.clone(),
            version: [env!("CARGO_PKG_VERSION").into(), plan.version.clone()],
            arithmetic: plan.arithmetic.words.clone(),
            probes: plan.arithmetic.probes.iter().map(probe).collect(),
            machines: machines.iter().map(machine).collect(),
            trials,
            seeds,
            seed,
            scale,
            counts: [plan.problems.len(), plan.optimizers.len(), runs.len()],
            counting: rules.counting.clone(),
            tuning: rules.tuning.clone(),
            files: FILES.into_iter().map(note).collect::<Result<_>>()?,
        })
    }

    /// Reads the manifest of an archive.
    ///
    /// # Errors
    /// If it cannot be read, is not one, or is of another format.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(MANIFEST);
        let text = crate::files::read_text(&path)?;
        Manifest::of_text(&text, &path)
    }

    /// Reads a manifest from its text; `path` is where it came from.
    ///
    /// # Errors
    /// If it is not one, or is of another format.
    pub fn of_text(text: &str, path: &Path) -> Result<Self> {
        let garbled = |error: serde_json::Error| Error::Data {
            path: path.into(),
            format: "the manifest of an archive",
            problem: DataProblem::Line { line: error.line().max(1), reason: error.to_string() },
        };
        let Format { format } = serde_json::from_str(text).map_err(garbled)?;
        if format != FORMAT {
            return Err(Error::Unsupported {
                what: format!(
                    "{} is an archive of format {format}, and this version of gradus reads format {FORMAT}",
                    path.display()
                ),
                remedy: "use the version that made it, or make it again with `gradus archive add`",
            });
        }
        serde_json::from_str(text).map_err(garbled)
    }

    /// Returns the manifest as text.
    pub(super) fn text(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self);
        text.map(|text| text + "\n").map_err(|error| Error::io("write", MANIFEST, error.into()))
    }

    /// Checks that the other files are those that the manifest describes.
    ///
    /// # Errors
    /// If a file is missing, was cut, or has other content.
    pub fn check_files(&self, folder: &Path) -> Result<()> {
        FILES.iter().try_for_each(|file| self.check_file(file, &folder.join(file)))
    }

    fn check_file(&self, file: &str, path: &Path) -> Result<()> {
        let wrong = |problem| Error::Data { path: path.into(), format: "a file of an archive", problem };
        let Some(note) = self.files.get(file) else {
            let reason = "the manifest does not name it".to_owned();
            return Err(wrong(DataProblem::Line { line: 1, reason }));
        };
        let got = fs::metadata(path).map_err(|e| Error::io("read", path, e))?.len();
        if got < note.bytes {
            return Err(wrong(DataProblem::Truncated { expected: note.bytes, got }));
        }
        let got = sha256(path)?;
        if got != note.sha256 {
            return Err(wrong(DataProblem::Checksum { expected: note.sha256.clone(), got }));
        }
        Ok(())
    }

    /// Returns the rules of counting and tuning.
    pub(super) fn rules(&self) -> Rules {
        Rules { counting: self.counting.clone(), tuning: self.tuning.clone() }
    }

    /// Returns the machines. The names of their nodes are not kept.
    pub(super) fn machines(&self) -> Vec<Machine> {
        let machine = |[processor, arithmetic]: &[String; 2]| Machine {
            processor: processor.clone(),
            arithmetic: arithmetic.clone(),
            hosts: Vec::new(),
        };
        self.machines.iter().map(machine).collect()
    }
}
