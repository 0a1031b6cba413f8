//! What is known of a rule whatever the float type.

use super::buffers::Buffers;
use super::clip::Clip;
use super::room::Room;
use super::settings::{NamedSetting, SettingMut};
use crate::error::Result;
use crate::linalg::check_room;
use crate::objective::{ParamLayout, Part};
use crate::optimizer::Properties;
use crate::real::{Real, check_fits};
use std::fmt::Debug;

/// What is known of a first-order rule whatever the float type: its name, its hyperparameters, and the
/// buffers it keeps. A rule holds its hyperparameters; the buffers are kept apart, in a
/// [`State`](super::State).
///
/// Only the name is required. See [`UpdateRule`](super::UpdateRule) for an example.
pub trait RuleInfo: Clone + Debug + Send + Sync + 'static {
    /// Returns the name on the command line and in tables.
    fn name(&self) -> &'static str;

    /// Returns the rule's row in the lecture's comparison table; by default all flags are false.
    fn properties(&self) -> Properties {
        Properties::default()
    }

    /// Returns the buffers that the rule keeps in its [`State`](super::State); by default zeros for each
    /// moment that the properties name.
    fn buffers(&self) -> Buffers {
        Buffers::of(self.properties())
    }

    /// Returns whether the rule goes by the layers of a model: its [`State`](super::State) then has the part
    /// of each matrix and vector of the parameters. By default no: the rule sees one flat vector, and nothing
    /// is asked of the objective.
    fn by_layers(&self) -> bool {
        false
    }

    /// Returns what a rule that goes by layers keeps of one part of the parameters; by default the
    /// [`buffers`](RuleInfo::buffers).
    fn room(&self, _part: &Part) -> Room {
        Room::of(self.buffers())
    }

    /// Checks that the parameters have the layers that the rule needs; `None` if the objective names none. By
    /// default all will do.
    ///
    /// # Errors
    /// If they have not.
    fn check_layout(&self, _layout: Option<&ParamLayout>) -> Result<()> {
        Ok(())
    }

    /// Checks the layout as [`check_layout`](RuleInfo::check_layout) does, and that what the rule keeps of
    /// the layers in the type `F` fits into memory.
    ///
    /// # Errors
    /// If it does not.
    fn check_layers<F: Real>(&self, layout: Option<&ParamLayout>) -> Result<()> {
        self.check_layout(layout)?;
        let parts = layout.filter(|_| self.by_layers()).map_or(&[][..], ParamLayout::parts);
        let bytes = parts.iter().map(|part| self.room(part).bytes::<F>(part.range.len()));
        let what = format!("{} on these layers", self.name());
        check_room(&what, bytes.sum(), "make the layers smaller, or choose adamw")
    }

    /// Checks the hyperparameters.
    ///
    /// # Errors
    /// If one is out of its range, with a sentence that names the range.
    fn validate(&self) -> Result<()> {
        Ok(())
    }

    /// Returns how a long gradient is clipped before it reaches
    /// [`UpdateRule::step`](super::UpdateRule::step); by default it is not clipped.
    fn clip(&self) -> Clip {
        Clip::Off
    }

    /// Returns the radius ρ of the ball in which a rule climbs before it descends, as [`Sam`](super::Sam)
    /// does; by default `None`. The loops then give [`UpdateRule::step`](super::UpdateRule::step) the
    /// gradient at ρ·g/‖g‖₂ from the point of the first one, on the same examples: two gradients a step.
    fn climbs(&self) -> Option<f64> {
        None
    }

    /// Whether the rule asks for products with the Hessian; by default it does not. See
    /// [`UpdateRule::direction`](super::UpdateRule::direction).
    fn needs_products(&self) -> bool {
        false
    }

    /// Takes the seed of a run, for rules that draw random numbers; by default there are none.
    fn set_seed(&mut self, _seed: u64) {}

    /// Describes what is wrapped around the rule, for the name of a run: "lookahead every 5 steps, α 0.5";
    /// empty by default.
    fn wrapping(&self) -> String {
        String::new()
    }

    /// Returns the settings that can be changed by name, on the command line or through
    /// [`AnyRule::set`](super::AnyRule::set); by default none.
    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        Vec::new()
    }

    /// Returns the names and values of the numbers among the settings.
    fn named_numbers(&self) -> Vec<(&'static str, f64)> {
        let mut copy = self.clone();
        let settings = copy.settings_mut().into_iter();
        let number = |(name, setting)| match setting {
            SettingMut::Number(value) => Some((name, *value)),
            _ => None,
        };
        settings.filter_map(number).collect()
    }

    /// Returns whether the rule divides by a root of squared gradients to which nothing is added, so that a
    /// coordinate whose gradients are all 0 becomes 0/0.
    fn may_divide_by_zero(&self) -> bool {
        self.named_numbers().contains(&("eps", 0.0))
    }

    /// Checks that a learning rate, the hyperparameters and the bound of clipping are numbers in the type
    /// `F`, and not 0 there: 1e-50 is 0 in `f32`.
    ///
    /// # Errors
    /// If one is not.
    fn check_fits<F: Real>(&self, lr: f64) -> Result<()> {
        check_fits::<F>("lr", lr)?;
        match self.clip() {
            Clip::Norm(bound) => check_fits::<F>("clip-norm", bound).map(drop)?,
            Clip::Value(bound) => check_fits::<F>("clip-value", bound).map(drop)?,
            Clip::Off => {}
        }
        self.named_numbers().into_iter().try_for_each(|(name, value)| check_fits::<F>(name, value).map(drop))
    }
}
