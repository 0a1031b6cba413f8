//! The results of a study: tables, figures and claims. They are plain data, which `report` turns into files.

use crate::claim::Claim;
use crate::error::{Error, Result};
use crate::figure::Figure;
use crate::table::Table;

/// The results of a study.
///
/// ```
/// use gradus::findings::Findings;
/// use gradus::table::Table;
/// let table = Table::new("rates", "Learning rates").float("lr", [0.1, 0.01]);
/// let findings = Findings { tables: vec![table], ..Findings::default() };
/// assert_eq!(findings.table("rates")?.rows(), 2);
/// assert!(findings.claim("missing").is_err());
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findings {
    /// The tables, in reading order.
    pub tables: Vec<Table>,
    /// The figures, in reading order.
    pub figures: Vec<Figure>,
    /// The claims with their measurements.
    pub claims: Vec<Claim>,
}

impl Findings {
    /// Returns the table called `name`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`], with the most similar name, if there is none.
    pub fn table(&self, name: &str) -> Result<&Table> {
        let names: Vec<&str> = self.tables.iter().map(|t| t.name.as_str()).collect();
        self.tables.iter().find(|t| t.name == name).ok_or_else(|| Error::unknown("table", name, &names))
    }

    /// Returns the figure called `name`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`], with the most similar name, if there is none.
    pub fn figure(&self, name: &str) -> Result<&Figure> {
        let names: Vec<&str> = self.figures.iter().map(|f| f.name.as_str()).collect();
        self.figures.iter().find(|f| f.name == name).ok_or_else(|| Error::unknown("figure", name, &names))
    }

    /// Returns the claim with the given id.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`], with the most similar id, if there is none.
    pub fn claim(&self, id: &str) -> Result<&Claim> {
        let ids: Vec<&str> = self.claims.iter().map(|c| c.id.as_str()).collect();
        self.claims.iter().find(|c| c.id == id).ok_or_else(|| Error::unknown("claim", id, &ids))
    }
}
