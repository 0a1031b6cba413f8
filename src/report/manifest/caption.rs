//! The name and the text of a table or figure.

use crate::figure::Figure;
use crate::table::Table;
use serde::{Deserialize, Serialize};

/// A table or figure of a study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Caption {
    /// The file's name without its ending.
    pub name: String,
    /// The title; empty for tables.
    pub title: String,
    /// The caption, which says what there is to see.
    pub caption: String,
}

impl From<&Table> for Caption {
    fn from(table: &Table) -> Self {
        Caption { name: table.name.clone(), title: String::new(), caption: table.caption.clone() }
    }
}

impl From<&Figure> for Caption {
    fn from(figure: &Figure) -> Self {
        Caption { name: figure.name.clone(), title: figure.title.clone(), caption: figure.caption.clone() }
    }
}
