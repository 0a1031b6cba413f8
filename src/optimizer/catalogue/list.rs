//! The catalogue itself: an ordered list of entries.

use super::entry::Entry;
use super::{first_order, layers, modern, second_order, zeroth_order};
use crate::error::{Error, Result};

/// An ordered list of optimizers, each with its [`Entry`].
///
/// See the [module](crate::optimizer::catalogue) for an example.
#[derive(Debug, Clone)]
pub struct Catalogue {
    entries: Vec<Entry>,
}

impl Catalogue {
    /// Returns the optimizers of this library: random search, the update rules (those of the lecture first,
    /// those of after it last), and those that use curvature.
    pub fn built_in() -> Self {
        let rules = [first_order::entries(), modern::entries(), layers::entries()].concat();
        Catalogue { entries: [zeroth_order::entries(), rules, second_order::entries()].concat() }
    }

    /// Returns the update rules of this library that are of the lecture and its time. Those of after it are
    /// in [`Catalogue::modern`], those that go by the layers of a model in [`Catalogue::built_in`] alone.
    ///
    /// A program that needs no other optimizer, and starts from this list instead of [`Catalogue::built_in`],
    /// is linked without the code of the others; [`entries`](super::entries) has single ones to add.
    pub fn first_order() -> Self {
        Catalogue { entries: first_order::entries() }
    }

    /// Returns the update rules of after the lecture.
    ///
    /// ```
    /// use gradus::optimizer::catalogue::Catalogue;
    /// let names: Vec<&str> = Catalogue::modern().iter().map(|entry| entry.name()).collect();
    /// assert!(names.contains(&"radam") && names.contains(&"prodigy") && !names.contains(&"adam"));
    /// ```
    pub fn modern() -> Self {
        Catalogue { entries: modern::entries() }
    }

    /// Adds an entry, in place of one of the same name.
    #[must_use]
    pub fn with(mut self, entry: Entry) -> Self {
        self.entries.retain(|known| known.name() != entry.name());
        self.entries.push(entry);
        self
    }

    /// Returns the entry of that name or alias.
    ///
    /// # Errors
    /// If there is none, with the nearest name, or the feature that an optimizer needs.
    pub fn get(&self, name: &str) -> Result<&Entry> {
        let named = |entry: &&Entry| entry.name() == name || entry.aliases().contains(&name);
        self.entries.iter().find(named).ok_or_else(|| {
            #[cfg(not(feature = "lapack"))]
            if second_order::ON_LAPACK.contains(&name) || layers::ON_LAPACK.contains(&name) {
                let what = format!("the optimizer '{name}' uses LAPACK, which is not in this build");
                return Error::Unsupported { what, remedy: "build gradus with its feature `lapack`" };
            }
            let known: Vec<&str> = self.entries.iter().map(Entry::name).collect();
            Error::unknown("optimizer", name, &known)
        })
    }

    /// Returns all entries in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Returns the update rules in their order.
    pub fn rules(&self) -> impl Iterator<Item = &Entry> {
        self.iter().filter(|entry| entry.is_rule())
    }
}

impl Default for Catalogue {
    /// The optimizers of this library.
    fn default() -> Self {
        Catalogue::built_in()
    }
}
