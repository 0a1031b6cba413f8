//! The catalogue of optimizers: one entry for each, from which the command line, `gradus list`, the
//! comparison, the studies and the demo take names, settings, defaults and factories.
//!
//! To add an optimizer, write its file and one [`Entry`] in `catalogue/first_order.rs`,
//! `catalogue/layers.rs` or `catalogue/second_order.rs`. An optimizer of your own is added to a [`Catalogue`]
//! by [`Catalogue::with`].
//!
//! ```
//! use gradus::optimizer::catalogue::{Catalogue, Order};
//! let catalogue = Catalogue::built_in();
//! let adam = catalogue.get("adam")?;
//! assert_eq!((adam.order(), adam.learning_rate()), (Order::First, Some(1e-3)));
//! assert_eq!(catalogue.get("gd")?.name(), "sgd");
//! let error = catalogue.get("adamm").unwrap_err().to_string();
//! assert!(error.contains("did you mean 'adam'?"), "{error}");
//! # Ok::<(), gradus::error::Error>(())
//! ```

mod any_optimizer;
mod configuration;
mod entry;
mod first_order;
mod layers;
mod list;
mod modern;
mod needs;
mod rule_names;
mod second_order;
mod setting;
mod table;
#[cfg(test)]
mod tests;
mod values;
mod zeroth_order;

pub use any_optimizer::AnyOptimizer;
pub use configuration::Configuration;
pub use entry::{Entry, Order, Tuned, Walk};
pub use list::Catalogue;
pub use needs::Needs;
pub use setting::{Range, SettingKind, SettingSpec, Value};
pub use values::Values;

/// Single entries of the built-in catalogue, for programs that must stay small.
pub mod entries {
    pub use super::second_order::{bfgs, cg, lbfgs};
}
