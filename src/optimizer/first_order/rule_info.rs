//! What is known of a rule whatever the float type.

use super::buffers::Buffers;
use super::clip::Clip;
use super::settings::NamedSetting;
use crate::error::Result;
use crate::optimizer::Properties;
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

    /// Returns the settings that can be changed by name, on the command line or through
    /// [`AnyRule::set`](super::AnyRule::set); by default none.
    fn settings_mut(&mut self) -> Vec<NamedSetting<'_>> {
        Vec::new()
    }
}
