//! gradus
#[cfg(feature = "fetch")]
pub mod cli;
pub mod claim;
pub mod compare;
pub mod data;
pub mod error;
pub mod figure;
pub mod findings;
pub mod linalg;
pub mod line_search;
pub mod loss;
pub mod minimize;
pub mod model;
pub mod objective;
pub mod optimizer;
pub mod problems;
pub mod real;
pub mod risk;
pub mod rng;
pub mod schedule;
pub mod stop;
pub mod study;
pub mod table;
pub mod trace;
pub mod train;

pub use ndarray;

/// What a notebook cell or a program usually needs, in one line.
pub mod prelude {
    pub use crate::claim::{Bound, Claim, Kind, Verdict};
    pub use crate::data;
    pub use crate::error::{Error, Result};
    pub use crate::figure::{Axis, Figure, Layer, Palette, Panel, Role};
    pub use crate::findings::Findings;
    pub use crate::loss::{self, Loss, MulticlassSvm, Softmax};
    pub use crate::minimize::{Minimum, minimize, minimize_observed};
    pub use crate::model::{Linear, Model, ParamLayout};
    pub use crate::objective::*;
    pub use crate::optimizer::first_order::{
        AdaGrad, Adam, FirstOrder, Momentum, MomentumForm, Nesterov, NesterovForm, RmsProp, Rule, Sgd, State, UpdateRule,
    };
    #[cfg(feature = "lapack")]
    pub use crate::optimizer::second_order::Newton;
    pub use crate::optimizer::zeroth_order::RandomSearch;
    pub use crate::optimizer::{Iterate, Optimizer, Properties};
    pub use crate::problems::{self, Problem};
    pub use crate::real::Real;
    pub use crate::risk::{EmpiricalRisk, Regularizer, accuracy};
    pub use crate::rng;
    pub use crate::schedule::Schedule;
    pub use crate::stop::{Stop, Termination};
    pub use crate::table::Table;
    pub use crate::train::{Batch, Checkpoint, Trained, Training, train};
    pub use ndarray::{Array1, Array2, ArrayRef1, ArrayRef2, array, s};
}
