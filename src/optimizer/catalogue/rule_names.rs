//! Update rules by name.

use super::list::Catalogue;
use crate::error::{Error, Result};
use crate::optimizer::first_order::{AnyRule, Convention};

impl AnyRule {
    /// How many of [`AnyRule::names`], from the first, are in the lecture's comparison table.
    pub const OF_THE_LECTURE: usize = 6;

    /// Returns the names of the built-in rules of the lecture in its order, then of the others of its time.
    /// Those of after the lecture are in [`Catalogue::modern`].
    pub fn names() -> Vec<&'static str> {
        Catalogue::first_order().rules().map(|entry| entry.name()).collect()
    }

    /// Returns one of these rules by name, with its default hyperparameters, which are torch.optim's. (A rule
    /// of after the lecture is made by [`Entry::make_rule`](super::Entry::make_rule).)
    ///
    /// # Errors
    /// If there is no rule of that name.
    pub fn by_name(name: &str) -> Result<Self> {
        AnyRule::following(Convention::Torch, name)
    }

    /// Returns one of these rules by name with the defaults of a library.
    ///
    /// # Errors
    /// If there is no rule of that name.
    pub fn following(convention: Convention, name: &str) -> Result<Self> {
        let catalogue = Catalogue::first_order();
        let rule = catalogue.get(name).ok().and_then(|entry| entry.make_rule(convention));
        rule.ok_or_else(|| Error::unknown("optimizer", name, &AnyRule::names()))
    }
}
