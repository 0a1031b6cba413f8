//! The settings of an optimizer: names, meanings, ranges and defaults.

use super::needs::Needs;
use crate::error::{Error, Result, check_hyperparameter, few_digits};
use crate::optimizer::count::{COUNT, is_count};
use std::fmt;

/// The value of a setting.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A whole number.
    Whole(usize),
    /// The name of one of several forms.
    Choice(&'static str),
    /// Whether a switch is on.
    Flag(bool),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match *self {
            Value::Number(number) if number != 0.0 && number.abs() < 1e-3 => write!(f, "{number:e}"),
            Value::Number(number) => f.write_str(&few_digits(number)),
            Value::Whole(number) => write!(f, "{number}"),
            Value::Choice(name) => f.write_str(name),
            Value::Flag(on) => f.write_str(if on { "on" } else { "off" }),
        }
    }
}

/// The numbers that a setting may take.
#[derive(Clone, Copy)]
pub struct Range {
    /// The range in words, such as "at least 0 and below 1".
    pub words: &'static str,
    /// Whether a number is in the range.
    pub contains: fn(f64) -> bool,
}

impl Range {
    /// At least 0 and below 1: the share of something that is kept from step to step.
    pub const SHARE: Range =
        Range { words: "at least 0 and below 1", contains: |value| (0.0..1.0).contains(&value) };
    /// From 0 to 1.
    pub const ZERO_TO_ONE: Range =
        Range { words: "from 0 to 1", contains: |value| (0.0..=1.0).contains(&value) };
    /// Finite and not negative.
    pub const NOT_NEGATIVE: Range =
        Range { words: "finite and ≥ 0", contains: |value| value.is_finite() && value >= 0.0 };
    /// Finite and positive.
    pub const POSITIVE: Range =
        Range { words: "finite and > 0", contains: |value| value.is_finite() && value > 0.0 };
    /// A whole number from 1 to 10¹⁵: a number of steps.
    pub const COUNT: Range = Range { words: COUNT, contains: is_count };
    /// Above 0 and below 1.
    pub const INSIDE_ONE: Range =
        Range { words: "above 0 and below 1", contains: |value| value > 0.0 && value < 1.0 };
}

impl fmt::Debug for Range {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.words)
    }
}

/// What kind of value a setting takes.
#[derive(Debug, Clone, Copy)]
pub enum SettingKind {
    /// A number in a range.
    Number(Range),
    /// A whole number, at least this.
    Whole(usize),
    /// One of these names. The optimizer refuses others, and says what the names are of.
    Choice(&'static [&'static str]),
    /// A switch that is off unless it is given.
    Flag,
}

/// A setting of an optimizer, as the command line and tables show it.
///
/// ```
/// use gradus::optimizer::catalogue::{Range, SettingSpec, Value};
/// let momentum = SettingSpec::number("momentum", "the share of velocity that is kept", Range::SHARE, 0.9);
/// assert_eq!(momentum.parse(".5")?, Value::Number(0.5));
/// let refused = momentum.parse("1").unwrap_err().to_string();
/// assert_eq!(refused, "momentum = 1 is out of range: momentum must be at least 0 and below 1");
/// # Ok::<(), gradus::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct SettingSpec {
    /// The name, which on the command line follows `--`.
    pub name: &'static str,
    /// Another name on the command line; empty if there is none.
    pub alias: &'static str,
    /// What the setting means, in a few words that begin with a small letter.
    pub meaning: &'static str,
    /// The kind of value, with its range.
    pub kind: SettingKind,
    /// The default. Of update rules it is read from the rule, since it depends on the convention.
    pub default: Value,
    /// What the optimizer needs of an objective when the switch is on; `None` if it needs nothing more.
    pub needs: Option<Needs>,
}

impl SettingSpec {
    const fn new(name: &'static str, meaning: &'static str, kind: SettingKind, default: Value) -> Self {
        SettingSpec { name, alias: "", meaning, kind, default, needs: None }
    }

    /// A number in a range.
    pub const fn number(name: &'static str, meaning: &'static str, range: Range, default: f64) -> Self {
        SettingSpec::new(name, meaning, SettingKind::Number(range), Value::Number(default))
    }

    /// A whole number, at least `least`.
    pub const fn whole(name: &'static str, meaning: &'static str, least: usize, default: usize) -> Self {
        SettingSpec::new(name, meaning, SettingKind::Whole(least), Value::Whole(default))
    }

    /// One of several names, of which the first is the default.
    ///
    /// # Panics
    /// If there are no names.
    pub const fn choice(name: &'static str, meaning: &'static str, names: &'static [&'static str]) -> Self {
        SettingSpec::new(name, meaning, SettingKind::Choice(names), Value::Choice(names[0]))
    }

    /// A switch that is off unless it is given.
    pub const fn flag(name: &'static str, meaning: &'static str) -> Self {
        SettingSpec::new(name, meaning, SettingKind::Flag, Value::Flag(false))
    }

    /// Gives the setting another name on the command line.
    #[must_use]
    pub const fn alias(self, alias: &'static str) -> Self {
        SettingSpec { alias, ..self }
    }

    /// Says what the optimizer needs of an objective when the switch is on.
    #[must_use]
    pub const fn needing(self, needs: Needs) -> Self {
        SettingSpec { needs: Some(needs), ..self }
    }

    /// Whether the setting has this name.
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name || !self.alias.is_empty() && self.alias == name
    }

    /// Reads a value from its text.
    ///
    /// # Errors
    /// If the text is not of the setting's kind, or the value is out of its range.
    pub fn parse(&self, text: &str) -> Result<Value> {
        self.parse_as(self.name, text)
    }

    /// Reads a value that was given under one of the setting's names.
    pub(super) fn parse_as(&self, name: &str, text: &str) -> Result<Value> {
        let what = if name == self.name { self.name } else { self.alias };
        let form = |form| Error::Syntax { what, text: text.into(), form };
        let value = match self.kind {
            SettingKind::Number(_) => {
                Value::Number(text.trim().parse().map_err(|_| form("a number, such as 0.02 or 1e-4"))?)
            }
            SettingKind::Whole(_) => {
                Value::Whole(text.trim().parse().map_err(|_| form("a whole number from 0 to 2⁶⁴ − 1"))?)
            }
            SettingKind::Choice(names) => {
                let known = names.iter().find(|known| **known == text);
                Value::Choice(known.ok_or_else(|| Error::unknown(self.choice_of(), text, names))?)
            }
            SettingKind::Flag => Value::Flag(true),
        };
        self.check_as(what, value)
    }

    /// "line search" for "line-search", for the sentence that refuses an unknown name.
    fn choice_of(&self) -> &'static str {
        match self.name {
            "line-search" => "line search",
            "blocks" => "choice of blocks",
            name => name,
        }
    }

    /// Checks that a value is of the setting's kind and in its range.
    ///
    /// # Errors
    /// If it is not, with the range.
    pub fn check(&self, value: Value) -> Result<Value> {
        self.check_as(self.name, value)
    }

    fn check_as(&self, name: &'static str, value: Value) -> Result<Value> {
        match (self.kind, value) {
            (SettingKind::Number(range), Value::Number(number)) => {
                check_hyperparameter(name, number, range.words, range.contains)?;
            }
            (SettingKind::Whole(least), Value::Whole(number)) => {
                let range = match least {
                    0 => "at least 0",
                    1 => "at least 1",
                    _ => "large enough",
                };
                check_hyperparameter(name, number as f64, range, |_| number >= least)?;
            }
            (SettingKind::Choice(names), Value::Choice(chosen)) => {
                if !names.contains(&chosen) {
                    return Err(Error::unknown(self.choice_of(), chosen, names));
                }
            }
            (SettingKind::Flag, Value::Flag(_)) => {}
            (kind, value) => {
                let what = format!("{name} = {value} is not of the kind {kind:?}");
                return Err(Error::Unsupported { what, remedy: "give a value of that kind" });
            }
        }
        Ok(value)
    }
}
