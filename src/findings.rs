//! What a study hands over: tables, figures and claims. Plain data; `report` turns it into files.

use crate::claim::Claim;
use crate::error::{Error, Result};
use crate::figure::Figure;
use crate::table::Table;

/// The outcome of a study.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findings {
    /// Tables, in the order in which they are read.
    pub tables: Vec<Table>,
    /// Figures, in the order in which they are read.
    pub figures: Vec<Figure>,
    /// Claims with their measurements.
    pub claims: Vec<Claim>,
}

impl Findings {
    /// A table by name.
    pub fn table(&self, name: &str) -> Result<&Table> {
        let names: Vec<&str> = self.tables.iter().map(|t| t.name.as_str()).collect();
        self.tables.iter().find(|t| t.name == name).ok_or_else(|| Error::unknown("table", name, &names))
    }

    /// A figure by name.
    pub fn figure(&self, name: &str) -> Result<&Figure> {
        let names: Vec<&str> = self.figures.iter().map(|f| f.name.as_str()).collect();
        self.figures.iter().find(|f| f.name == name).ok_or_else(|| Error::unknown("figure", name, &names))
    }

    /// A claim by id.
    pub fn claim(&self, id: &str) -> Result<&Claim> {
        let ids: Vec<&str> = self.claims.iter().map(|c| c.id.as_str()).collect();
        self.claims.iter().find(|c| c.id == id).ok_or_else(|| Error::unknown("claim", id, &ids))
    }
}
