//! Optimizers: random search, first-order rules and second-order methods, all with one interface.

pub mod catalogue;
mod count;
pub mod first_order;
mod interface;
mod iterate;
mod properties;
mod saved;
pub mod second_order;
mod spectrum;
pub mod zeroth_order;

pub use interface::Optimizer;
pub use iterate::Iterate;
pub use properties::Properties;
pub use saved::Saved;
pub use spectrum::{Spectrum, Stationary};
