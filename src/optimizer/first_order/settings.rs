//! The settings of a rule by name: how the command line and the catalogue read and change them.

/// A setting of a rule under its name on the command line, such as `("beta1", Number(&mut self.beta1))`.
pub type NamedSetting<'a> = (&'static str, SettingMut<'a>);

/// A setting of a rule, to be read or changed.
///
/// ```
/// use gradus::optimizer::first_order::{RmsProp, RuleInfo, SettingMut};
/// let mut rule = RmsProp::default();
/// for (name, setting) in rule.settings_mut() {
///     if let (SettingMut::Number(decay), "decay") = (setting, name) {
///         *decay = 0.9;
///     }
/// }
/// assert_eq!(rule.decay, 0.9);
/// ```
#[derive(Debug)]
pub enum SettingMut<'a> {
    /// A number.
    Number(&'a mut f64),
    /// A switch that is off unless it is given, as on the command line.
    Flag {
        /// The field of the rule.
        field: &'a mut bool,
        /// The value that the field takes when the switch is given.
        when_given: bool,
    },
    /// One of several named forms.
    Choice(&'a mut dyn NamedChoice),
}

/// One of several forms, each with a name.
pub trait NamedChoice: std::fmt::Debug {
    /// The names of all forms.
    fn names(&self) -> &'static [&'static str];

    /// The place of the present form in [`names`](NamedChoice::names).
    fn place(&self) -> usize;

    /// Takes the form at `place` in [`names`](NamedChoice::names).
    ///
    /// # Panics
    /// If there are fewer forms.
    fn choose(&mut self, place: usize);
}
