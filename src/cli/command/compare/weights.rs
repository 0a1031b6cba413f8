//! The seconds of an earlier comparison.

use crate::compare::suite::Weights;
use crate::error::{Error, Result};
use crate::report::archive::{self, Archives, MANIFEST};
use csv::StringRecord;
use std::fs::File;
use std::path::Path;

/// The table of the seconds in the folder of a comparison.
const SECONDS: &str = "seconds.csv";

/// Reads the seconds of the runs of an earlier comparison: from its folder, or else from an archive, given by
/// its path, its name, or a part of it.
pub(super) fn read(given: &Path, archives: &Archives) -> Result<Weights> {
    if given.is_dir() && !given.join(MANIFEST).is_file() {
        return of_folder(given);
    }
    let name = given.to_string_lossy();
    let place = archives.find(&name).map_err(|error| match error {
        Error::UnknownName { known, .. } => {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            Error::unknown("folder or archive", &name, &known)
        }
        error => error,
    })?;
    Ok(archive::weights(&archive::read(&place)?))
}

fn of_folder(folder: &Path) -> Result<Weights> {
    let path = folder.join(SECONDS);
    let file = File::open(&path).map_err(|e| Error::io("read", &path, e))?;
    let mut reader = csv::Reader::from_reader(file);
    let unusable = || Error::Unsupported {
        what: format!("{} is not the table of the seconds of a comparison", path.display()),
        remedy: "name the folder that was given to --out of `gradus compare`",
    };
    let header = reader.headers().map_err(|_| unusable())?.clone();
    let place = |name: &str| header.iter().position(|column| column == name).ok_or_else(unusable);
    let (problem, optimizer, seconds) = (place("problem")?, place("optimizer")?, place("seconds")?);
    let mut weights = Weights::default();
    for record in reader.records() {
        let record: StringRecord = record.map_err(|_| unusable())?;
        // A run that failed has no seconds.
        if let Ok(measured) = record[seconds].parse() {
            weights.add(&record[problem], &record[optimizer], measured);
        }
    }
    if weights.is_empty() { Err(unusable()) } else { Ok(weights) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_table_of_the_seconds_is_found_and_another_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let with = |text: &str| {
            fs::write(folder.path().join(SECONDS), text).unwrap();
            read(folder.path(), &Archives::default())
        };
        let weights =
            with("problem,optimizer,seed,seconds\n\"a,b\",sgd,0,0.5\n\"a,b\",sgd,1,1.5\nc,sgd,0,\n");
        let mut expected = Weights::default();
        expected.add("a,b", "sgd", 0.5);
        expected.add("a,b", "sgd", 1.5);
        assert_eq!(weights.unwrap(), expected);
        for wrong in ["", "problem,seconds\na,1\n", "problem,optimizer,seconds\na,sgd,\n"] {
            let refused = with(wrong).unwrap_err().to_string();
            assert!(refused.contains("seconds.csv") && refused.contains("--out"), "{refused}");
        }
        fs::remove_file(folder.path().join(SECONDS)).unwrap();
        assert!(
            read(folder.path(), &Archives::default()).unwrap_err().to_string().starts_with("cannot read")
        );
    }
}
