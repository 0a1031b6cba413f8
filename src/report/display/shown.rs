//! The trait of everything that a notebook shows.

use super::block::{Block, show};
use std::fmt::Display;

/// A value that a notebook shows when it is the last expression of a cell.
///
/// ```
/// use gradus::prelude::*;
/// use gradus::report::display::Shown;
/// let blocks = array![1.0, 2.5].to_mime();
/// assert_eq!(blocks[0].content, "[1.0 2.5]");
/// ```
pub trait Shown {
    /// Returns the content for each MIME type. Nothing is shown if there is none.
    fn to_mime(&self) -> Vec<Block>;

    /// Shows the value in a notebook.
    fn evcxr_display(&self) {
        show(&self.to_mime());
    }
}

/// Nothing: a loop at the end of a cell shows no `()`.
impl Shown for () {
    fn to_mime(&self) -> Vec<Block> {
        Vec::new()
    }
}

/// Shows the value, or what went wrong.
impl<T: Shown, E: Display> Shown for Result<T, E> {
    fn to_mime(&self) -> Vec<Block> {
        match self {
            Ok(value) => value.to_mime(),
            Err(error) => vec![Block::new("text/plain", format!("error: {error}"))],
        }
    }
}

/// Shows the value, or the word `None`.
impl<T: Shown> Shown for Option<T> {
    fn to_mime(&self) -> Vec<Block> {
        match self {
            Some(value) => value.to_mime(),
            None => vec![Block::new("text/plain", "None")],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_shown_of_nothing_and_an_error_is_a_sentence() {
        assert!(().to_mime().is_empty());
        assert!(Ok::<(), String>(()).to_mime().is_empty());
        assert_eq!(Err::<(), &str>("too small").to_mime()[0].content, "error: too small");
        assert_eq!(None::<()>.to_mime()[0].content, "None");
    }
}
