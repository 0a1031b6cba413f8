//! What may be wrapped around an update rule, by name.

use super::{AnyRule, Lookahead, RuleInfo, Sam};
use crate::error::{Error, Result};

/// What is wrapped around an update rule: a choice at run time between [`Lookahead`], [`Sam`] and nothing.
///
/// ```
/// use gradus::optimizer::first_order::{AnyRule, RuleInfo, Wrap};
/// assert_eq!(Wrap::parse("lookahead")?, Wrap::Lookahead { every: 5, alpha: 0.5 });
/// assert_eq!(Wrap::parse("sam:.1")?, Wrap::Sam { rho: 0.1 });
/// let rule = Wrap::parse("lookahead:10,.8")?.around(AnyRule::by_name("adam")?);
/// assert_eq!((rule.name(), rule.wrapping().as_str()), ("adam", "lookahead every 10 steps by 0.8"));
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Wrap {
    /// Nothing.
    #[default]
    Off,
    /// Slow weights that follow.
    Lookahead {
        /// *k*, the number of steps between two moves of the slow weights (≥ 1).
        every: u64,
        /// α, the share of the way that they go, from 0 to 1.
        alpha: f64,
    },
    /// The gradient at the worst point near by.
    Sam {
        /// ρ, how near: finite and ≥ 0.
        rho: f64,
    },
}

impl Wrap {
    /// Reads it from its text: `off`, `lookahead[:K[,ALPHA]]` or `sam[:RHO]`.
    ///
    /// # Errors
    /// If the text is none of these, or a number is out of its range.
    pub fn parse(text: &str) -> Result<Self> {
        const FORM: &str = "off, lookahead[:K[,ALPHA]] with K ≥ 1 and 0 ≤ ALPHA ≤ 1, or sam[:RHO] with RHO \
                            ≥ 0, such as lookahead:5,0.5";
        let wrong = || Error::Syntax { what: "wrapping", text: text.into(), form: FORM };
        let number = |text: &str| text.trim().parse::<f64>().map_err(|_| wrong());
        let (name, numbers) = text.split_once(':').map_or((text, None), |(name, rest)| (name, Some(rest)));
        let wrap = match (name, numbers) {
            ("off", None) => Wrap::Off,
            ("lookahead", numbers) => {
                let (every, alpha) =
                    match numbers.map(|numbers| numbers.split_once(',').unwrap_or((numbers, ""))) {
                        None => (Lookahead::<AnyRule>::EVERY, Lookahead::<AnyRule>::ALPHA),
                        Some((every, alpha)) => (
                            every.trim().parse().map_err(|_| wrong())?,
                            if alpha.is_empty() { Lookahead::<AnyRule>::ALPHA } else { number(alpha)? },
                        ),
                    };
                Wrap::Lookahead { every, alpha }
            }
            ("sam", numbers) => Wrap::Sam { rho: numbers.map_or(Ok(Sam::<AnyRule>::RHO), number)? },
            _ => return Err(wrong()),
        };
        wrap.validate().map(|()| wrap)
    }

    /// Checks that the numbers are in their ranges.
    ///
    /// # Errors
    /// If one is not, with its range.
    pub fn validate(&self) -> Result<()> {
        self.around(AnyRule::new(super::Sgd)).validate()
    }

    /// Returns the rule with this around it.
    #[must_use]
    pub fn around(&self, rule: AnyRule) -> AnyRule {
        match *self {
            Wrap::Off => rule,
            Wrap::Lookahead { every, alpha } => AnyRule::new(Lookahead { rule, every, alpha }),
            Wrap::Sam { rho } => AnyRule::new(Sam { rule, rho }),
        }
    }

    /// Describes it for a summary: "lookahead every 5 steps by 0.5"; empty if there is nothing.
    pub fn words(&self) -> String {
        self.around(AnyRule::new(super::Sgd)).wrapping()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_give_wrappings_or_a_sentence() {
        assert_eq!(Wrap::parse("off").unwrap(), Wrap::Off);
        assert_eq!(Wrap::parse("lookahead:7").unwrap(), Wrap::Lookahead { every: 7, alpha: 0.5 });
        assert_eq!(Wrap::parse("sam").unwrap(), Wrap::Sam { rho: 0.05 });
        assert_eq!(Wrap::parse("sam:0").unwrap().words(), "sharpness-aware within 0");
        for wrong in ["", "look", "lookahead:", "lookahead:1.5", "lookahead:x,.5", "sam:", "sam:x", "off:1"] {
            let refused = Wrap::parse(wrong).unwrap_err().to_string();
            assert!(refused.contains("lookahead[:K[,ALPHA]]"), "{wrong}: {refused}");
        }
        for (wrong, range) in [
            ("lookahead:0", "k must be at least 1"),
            ("lookahead:5,1.5", "alpha must be from 0 to 1"),
            ("sam:-1", "rho must be finite and ≥ 0"),
            ("sam:nan", "rho must be finite and ≥ 0"),
        ] {
            assert!(Wrap::parse(wrong).unwrap_err().to_string().contains(range), "{wrong}");
        }
    }
}
