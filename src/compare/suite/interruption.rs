//! What an interrupt does to a comparison.

use crate::error::{Error, Result};
use crate::stop::interrupt;

/// Returns an error if the user interrupted the process. That cuts runs short, and then neither a run nor a
/// lowest value may be used: call it after each of them.
pub(super) fn go_on() -> Result<()> {
    if interrupt::requested() { Err(Error::Interrupted { what: "the comparison" }) } else { Ok(()) }
}
