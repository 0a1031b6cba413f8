//! First-order optimizers: update rules, and the adapter that makes one an [`Optimizer`](super::Optimizer).

mod adadelta;
mod adafactor;
mod adagrad;
mod adam;
mod adamax;
mod adamw;
mod amsgrad;
mod any_rule;
mod averaged;
mod buffers;
mod clip;
mod clipped;
mod convention;
mod descent;
mod grouped;
mod hyperparameters;
mod lamb;
mod lars;
mod lerp;
mod lion;
mod matrices;
mod momentum;
mod muon;
mod nadam;
mod nesterov;
mod newton_schulz;
mod rmsprop;
mod room;
mod rule_info;
mod settings;
mod sgd;
#[cfg(feature = "lapack")]
mod shampoo;
#[cfg(feature = "lapack")]
mod soap;
mod state;
mod sweep;
mod update_rule;

pub use adadelta::Adadelta;
pub use adafactor::Adafactor;
pub use adagrad::AdaGrad;
pub use adam::{Adam, EpsilonOn};
pub use adamax::Adamax;
pub use adamw::AdamW;
pub use amsgrad::AmsGrad;
pub use any_rule::AnyRule;
pub(crate) use averaged::Average;
pub use averaged::{Averaged, Averaging};
pub use buffers::Buffers;
pub use clip::Clip;
pub use clipped::Clipped;
pub use convention::{Convention, Epsilon};
pub use descent::FirstOrder;
pub use grouped::Grouped;
pub use lamb::Lamb;
pub use lars::Lars;
pub use lion::Lion;
pub use matrices::Matrices;
pub use momentum::{Momentum, MomentumForm};
pub use muon::{Adjustment, Muon};
pub use nadam::NAdam;
pub use nesterov::{Nesterov, NesterovForm};
pub use rmsprop::RmsProp;
pub use room::Room;
pub use rule_info::RuleInfo;
pub use settings::{NamedChoice, NamedSetting, SettingMut};
pub use sgd::Sgd;
#[cfg(feature = "lapack")]
pub use shampoo::{Graft, Shampoo};
#[cfg(feature = "lapack")]
pub use soap::Soap;
pub use state::{PartState, State};
pub use update_rule::UpdateRule;
