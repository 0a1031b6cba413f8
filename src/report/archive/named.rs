//! An archive by its name, for a program or a cell of a notebook.

use super::folder::read;
use super::place::Archives;
use crate::compare::suite::Archive;
use crate::error::Result;

/// Reads the archive that [`Archives::known`] finds under a name, a part of a name, or a path.
///
/// [`Suite::compare_against`](crate::compare::suite::Suite::compare_against) then runs only the optimizers
/// that the archive lacks. This example runs one new rule on one problem, and compares it with all optimizers
/// of the archive `standard`, which comes with the sources:
///
/// ```
/// use gradus::compare::suite::{Memory, Suite, views};
/// use gradus::optimizer::first_order::Momentum;
/// use gradus::progress::Silent;
/// use gradus::report::archive;
///
/// let standard = archive::named("standard")?;
/// let own = Suite::standard()
///     .problems(&["himmelblau"])?
///     .with_rule("mine", |trial| Momentum::new(trial.kept(0.9)));
/// let found = own.compare_against(&standard, &Silent, &Memory::default())?;
/// assert_eq!(found.comparison.optimizers.len(), standard.optimizers().len() + 1);
/// let ranks = views::table(&found.comparison, "ranks")?;
/// assert!(ranks.get("origin").is_ok(), "the table says which rows were made here");
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// If there is no such archive, several have that part in their names, or a file of it is missing, was cut or
/// changed, or is of another format.
pub fn named(name: &str) -> Result<Archive> {
    read(&Archives::known(None).find(name)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_of_the_sources_is_read_by_its_name_and_an_unknown_name_is_told() {
        let archive = named("standard").unwrap();
        assert_eq!((archive.name.as_str(), archive.problems().len()), ("standard", 24));
        let refused = named("standrad").unwrap_err().to_string();
        assert!(refused.contains("no archive named 'standrad' (did you mean 'standard'?)"), "{refused}");
    }
}
