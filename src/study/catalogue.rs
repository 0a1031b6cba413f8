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
