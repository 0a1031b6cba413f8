//! The report of a comparison: a folder with tables, figures, and a page to browse them.

mod data;
mod folder;
mod latex;
mod page;

pub use folder::write;
pub use latex::latex;
pub use page::page;

#[cfg(test)]
mod tests;
