//! Which matrices of a model a rule takes.

use super::settings::NamedChoice;
use crate::error::{Error, Result};
use crate::objective::{Depth, ParamLayout, Part, PartKind};

/// The weight matrices that a rule for matrices takes. Another rule moves all other parameters: the other
/// matrices, and the biases.
///
/// ```
/// use gradus::model::{Mlp, Model};
/// use gradus::optimizer::first_order::Matrices;
/// let layout = Model::<f64>::layout(&Mlp::new(784, &[100, 50], 10)?);
/// let taken = |matrices: Matrices| {
///     let parts = layout.parts().iter().filter(|part| matrices.takes(part));
///     parts.map(|part| part.name.as_ref()).collect::<Vec<_>>().join(" ")
/// };
/// assert_eq!(taken(Matrices::Hidden), "W1 W2");
/// assert_eq!(taken(Matrices::Inner), "W2");
/// assert_eq!(taken(Matrices::All), "W1 W2 W3");
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Matrices {
    /// Those of the hidden layers: all but the last one, which gives the scores (the default). A linear
    /// classifier has only one, which is taken.
    #[default]
    Hidden,
    /// Those between two hidden layers: neither the first one, which may be an embedding, nor the last one.
    Inner,
    /// All of them.
    All,
}

impl Matrices {
    /// Returns whether a part of the parameters is one of these matrices.
    pub fn takes(self, part: &Part) -> bool {
        match (self, part.kind) {
            (_, PartKind::Bias | PartKind::Whole) => false,
            (Matrices::All, PartKind::Weights(_)) => true,
            (Matrices::Hidden, PartKind::Weights(depth)) => depth != Depth::Last,
            (Matrices::Inner, PartKind::Weights(depth)) => depth == Depth::Between,
        }
    }

    /// Checks that a layout has at least one of these matrices, for the rule `name`.
    ///
    /// # Errors
    /// If there is no layout, or it has none.
    pub fn check(self, name: &str, layout: Option<&ParamLayout>) -> Result<()> {
        let Some(layout) = layout else {
            return Err(Error::Unsupported {
                what: format!(
                    "{name} goes by the weight matrices of layers, and this objective has no layers"
                ),
                remedy: "train a net with it, as 'gradus train --model mlp:32' does, or choose adamw",
            });
        };
        if layout.parts().iter().any(|part| self.takes(part)) {
            return Ok(());
        }
        let names: Vec<&str> = layout.parts().iter().map(|part| part.name.as_ref()).collect();
        Err(Error::Unsupported {
            what: format!("{name} finds no weight matrix of {self} among {}", names.join(", ")),
            remedy: "choose a model with more layers, such as mlp:32,32, or take all matrices",
        })
    }
}

impl std::fmt::Display for Matrices {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(match self {
            Matrices::Hidden => "a hidden layer",
            Matrices::Inner => "a layer between two hidden ones",
            Matrices::All => "any layer",
        })
    }
}

impl NamedChoice for Matrices {
    fn names(&self) -> &'static [&'static str] {
        &["hidden", "inner", "all"]
    }

    fn place(&self) -> usize {
        *self as usize
    }

    fn choose(&mut self, place: usize) {
        *self = [Matrices::Hidden, Matrices::Inner, Matrices::All][place];
    }
}
