//! The list of all studies.

use super::plan::Study;
use crate::error::{Error, Result};

/// All studies, in the order of the notebooks.
#[cfg(feature = "studies")]
pub const ALL: &[Study] = super::lecture::STUDIES;

/// No studies: they need the feature `studies`.
#[cfg(not(feature = "studies"))]
pub const ALL: &[Study] = &[];

/// Returns the study called `name`.
///
/// # Errors
/// [`Error::UnknownName`], with the most similar name, if there is none.
pub fn by_name(name: &str) -> Result<&'static Study> {
    let names: Vec<&str> = ALL.iter().map(|s| s.name).collect();
    ALL.iter().find(|s| s.name == name).ok_or_else(|| Error::unknown("study", name, &names))
}

/// The long forms of studies, which `gradus run NAME --budget long` runs. Each is called after its study,
/// with `-long` at the end, and has a folder of results of its own. They take an hour, so that
/// `gradus run all` and `gradus verify` do not run them.
#[cfg(feature = "studies")]
pub const LONG: &[Study] = super::lecture::LONG;

/// No long forms: they need the feature `studies`.
#[cfg(not(feature = "studies"))]
pub const LONG: &[Study] = &[];

/// The end of the name of a long form.
const LONG_END: &str = "-long";

/// Returns the long form of the study called `name`.
///
/// # Errors
/// [`Error::Unsupported`] if the study has none.
pub fn long_form(name: &str) -> Result<&'static Study> {
    let long = LONG.iter().find(|long| long.name.strip_suffix(LONG_END) == Some(name));
    long.ok_or_else(|| Error::Unsupported {
        what: format!("the study {name} has no long form"),
        remedy: "leave out --budget long (papers has a long form)",
    })
}

/// Returns whether results of this name are those of a long form.
pub fn is_long(name: &str) -> bool {
    LONG.iter().any(|long| long.name == name)
}

/// Returns the command that computes the results of this name.
///
/// ```
/// use gradus::study;
/// assert_eq!(study::command("momentum"), "gradus run momentum");
/// ```
pub fn command(name: &str) -> String {
    match name.strip_suffix(LONG_END) {
        Some(study) if is_long(name) => format!("gradus run {study} --budget long"),
        _ => format!("gradus run {name}"),
    }
}

#[cfg(all(test, feature = "studies", feature = "lapack"))]
mod tests {
    use super::*;

    #[test]
    fn long_forms_are_called_after_studies_and_not_among_them() {
        for long in LONG {
            let study = by_name(long.name.strip_suffix(LONG_END).unwrap()).unwrap();
            assert!(long_form(study.name).unwrap().name == long.name && study.notebook == long.notebook);
            assert!(is_long(long.name) && !is_long(study.name) && by_name(long.name).is_err());
        }
        assert_eq!(command("papers-long"), "gradus run papers --budget long");
        let refused = long_form("momentum").err().unwrap().to_string();
        assert!(refused.contains("momentum has no long form") && refused.contains("papers"), "{refused}");
    }
}
