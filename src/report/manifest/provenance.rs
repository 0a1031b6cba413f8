//! Where numbers come from.

use super::machine::{self, Machine};
use serde::{Deserialize, Serialize};

/// A hash of the code that computes results, and of the versions of its dependencies.
///
/// The key of a study begins with it: `format!("{CODE_HASH}-{settings}")`.
pub const CODE_HASH: &str = concat!(env!("GRADUS_CODE_HASH"), "-", env!("GRADUS_LOCK_HASH"));

/// Where numbers come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// The seed.
    pub seed: u64,
    /// A hash of the code, the settings and the data: equal keys give equal numbers.
    pub key: String,
    /// The time at which the run ended, in UTC: "2026-11-24T03:36:00Z".
    pub finished: String,
    /// The duration of the run in seconds.
    pub seconds: f64,
    /// The commit of the sources, if it is known, with "+" if they had uncommitted changes.
    #[serde(flatten, with = "commit")]
    pub commit: String,
    /// The machine on which the run took place.
    pub machine: Machine,
}

impl Provenance {
    /// Describes a run that ends now, on this machine, in the repository of the current folder.
    pub fn now(seed: u64, key: impl Into<String>, seconds: f64) -> Self {
        let seconds = (seconds * 1000.0).round() / 1000.0;
        Provenance {
            seed,
            key: key.into(),
            finished: machine::now(),
            seconds,
            commit: machine::commit(),
            machine: Machine::here(),
        }
    }

    /// Returns whether the numbers were computed by the code of this program.
    pub fn is_of_this_code(&self) -> bool {
        self.key.strip_prefix(CODE_HASH).is_some_and(|settings| settings.starts_with('-'))
    }

    /// Returns whether the sources had uncommitted changes.
    pub fn dirty(&self) -> bool {
        is_dirty(&self.commit)
    }
}

fn is_dirty(commit: &str) -> bool {
    commit.ends_with('+')
}

/// The commit in JSON: with a field of its own that says whether there were uncommitted changes.
mod commit {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize)]
    struct Written<'a> {
        commit: &'a str,
        dirty: bool,
    }

    #[derive(Deserialize)]
    struct Read {
        commit: String,
    }

    pub fn serialize<S: Serializer>(commit: &str, serializer: S) -> Result<S::Ok, S::Error> {
        Written { commit, dirty: super::is_dirty(commit) }.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
        Read::deserialize(deserializer).map(|read| read.commit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_other_code_are_told_from_those_of_this() {
        let of = |key: String| Provenance::now(0, key, 1.0).is_of_this_code();
        assert!(of(format!("{CODE_HASH}-0")) && of(format!("{CODE_HASH}-0-quick")));
        assert!(!of(format!("0{CODE_HASH}-0")) && !of(format!("{CODE_HASH}0-0")) && !of("key".into()));
    }
}
