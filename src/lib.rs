//! *Gradus*: a literate benchmark suite for optimization. It turns a lecture on optimization for machine
//! learning into Rust notebooks in which every claim is bound to a measurement.
//!
//! The library is useful by itself. Minimize a function:
//!
//! ```
//! use gradus::prelude::*;
//! let mut valley = problems::Rosenbrock::new(2);
//! let rule = FirstOrder::new(Momentum::new(0.99), 1e-4)?;
//! let found = minimize(&mut valley, &array![-1.2, 1.0], rule, Stop::grad(1e-6))?;
//! assert!(found.termination.converged());
//! # Ok::<(), gradus::error::Error>(())
//! ```
//!
//! Train a classifier on images that are part of the package:
//!
//! ```
//! use gradus::prelude::*;
//! let digits = Preprocessing::default().prepare::<f32>(&data::digits());
//! let classifier = Classifier::new(digits, ModelKind::Linear, Regularizer::l2(1e-4));
//! let settings = Training { epochs: 30, lr: 0.1, ..Training::default() };
//! let fit = classifier.fit(Softmax, Momentum::default(), &settings)?;
//! assert!(fit.curve.test_accuracy.last() > Some(&0.95));
//! # Ok::<(), gradus::error::Error>(())
//! ```
//!
//! # Guides
//!
//! - [How to choose an optimizer](guide::choose_an_optimizer): a decision table with the evidence behind it.
//! - [Bring your own problem](guide::bring_your_own_problem): closures, numeric and exact derivatives, and
//!   how to check them.
//! - [Write your own optimizer](guide::write_your_own_optimizer): an update rule, its test, and its place in
//!   a comparison.
//! - [Read a result](guide::read_a_result): what a run reports, and why it ended.
//!
//! # The floors
//!
//! The modules stand on floors. A module may use only modules on lower floors; `tests/architecture.rs`
//! enforces this.
//!
//! | floor | modules | |
//! |---|---|---|
//! | 0 | [`error`], [`files`], `hash`, [`real`], [`linalg`], [`rng`], [`ranks`], [`progress`] | the basis |
//! | 1 | [`objective`], [`gradcheck`] | traits of objectives; checks of derivatives |
//! | 2 | [`problems`], [`loss`], [`model`], [`data`] | test functions, losses of scores, models, data sets |
//! | 3 | [`schedule`], [`line_search`], [`risk`] | learning rates, step lengths, the mean loss over data |
//! | 4 | [`stop`], [`trace`], [`table`] | limits and terminations, histories, columns |
//! | 5 | [`optimizer`], [`minimize`](mod@minimize), [`train`](mod@train) | the algorithms and the two loops |
//! | 6 | [`claim`], [`figure`], [`findings`] | measurements as data |
//! | 7 | [`compare`] | optimizers compared on a suite of problems |
//! | 8 | [`study`] | the studies of the lecture |
//! | 9 | `report` | tables in polars, charts in plotters, pages; the only place that knows either |
//! | 10 | `cli`, [`guide`] | the command `gradus`; guides to the library |
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `lapack` | optimizers that factor matrices; needs a system LAPACK (OpenBLAS) |
//! | `report` | tables, charts and pages, and the display of results in a notebook |
//! | `cli` | the command `gradus`, the lecture's studies (`studies`), and downloads of data (`fetch`) |
//!
//! All of them are on by default. With `default-features = false` the library builds without any C library.
//!
//! # Speed
//!
//! Compile with optimization, and do not set Cargo's `lto = "off"`: the inner loops would not be inlined, and
//! would run two to sixty times slower.

#![warn(missing_docs)]

pub mod claim;
#[cfg(feature = "fetch")]
pub mod cli;
pub mod compare;
pub mod data;
pub mod error;
pub mod figure;
pub mod files;
pub mod findings;
pub mod gradcheck;
pub mod guide;
mod hash;
pub mod linalg;
pub mod line_search;
pub mod loss;
pub mod minimize;
pub mod model;
pub mod objective;
pub mod optimizer;
pub mod problems;
pub mod progress;
pub mod ranks;
pub mod real;
#[cfg(feature = "report")]
pub mod report;
pub mod risk;
pub mod rng;
pub mod schedule;
pub mod stop;
pub mod study;
pub mod table;
pub mod trace;
pub mod train;

pub use ndarray;
/// The library of data frames of [`Table::dataframe`](table::Table::dataframe).
#[cfg(feature = "report")]
pub use polars;

/// The names that most programs need, in one line: `use gradus::prelude::*;`.
///
/// All other names are in the modules. [`notebook`] has many more of them.
pub mod prelude {
    pub use crate::data::{self, Dataset, Preprocessing};
    pub use crate::error::Result;
    pub use crate::gradcheck::check_gradient;
    pub use crate::loss::{Logistic, MulticlassSvm, Softmax};
    pub use crate::minimize::{Minimum, minimize};
    pub use crate::model::ModelKind;
    pub use crate::objective::{Differentiable, FiniteDifference, Function, Objective};
    pub use crate::optimizer::first_order::{Adam, AdamW, FirstOrder, Momentum, RmsProp, Sgd};
    #[cfg(feature = "lapack")]
    pub use crate::optimizer::second_order::Newton;
    pub use crate::optimizer::second_order::{Bfgs, Lbfgs, NewtonCg};
    pub use crate::problems::{self, Problem};
    pub use crate::risk::Regularizer;
    pub use crate::schedule::Schedule;
    pub use crate::stop::{Stop, Termination};
    pub use crate::train::{Classifier, Training, train};
    pub use ndarray::{Array1, ArrayRef1, array};
}

/// The names that cells of the notebooks use: those of the [`prelude`], and everything that
/// takes part in an experiment. The notebook kernel imports them before the first cell.
pub mod notebook {
    pub use crate::prelude::*;

    pub use crate::claim::{Bound, Claim, Claims, Kind, Verdict};
    pub use crate::compare::suite::{self, Comparison, Memory, Suite};
    pub use crate::data::{self, Batches, Dataset, Prepared, Preprocessing};
    pub use crate::error::{Error, Result};
    pub use crate::figure::{Axis, Figure, Layer, Palette, Panel, Role, paths_on, values_over_steps};
    pub use crate::findings::Findings;
    pub use crate::gradcheck::{
        self, Entries, Finding, GradCheck, Report, Sweep, check_function, check_gradient,
        check_gradient_sparse, check_hess_vec, check_second_derivatives,
    };
    pub use crate::line_search::{Backtracking, Exact, HagerZhang, LineSearch, MoreThuente};
    pub use crate::loss::{
        self, Huber, Logistic, Loss, MulticlassSvm, OneVsAllSvm, Softmax, Squared, StructuredSvm,
    };
    pub use crate::minimize::{Minimization, Minimum, Moment, SavedRun, minimize, minimize_observed};
    pub use crate::model::{
        Activation, ConvNet, Initialization, Linear, Mlp, Model, ModelKind, Ngram, ParamLayout,
    };
    pub use crate::objective::*;
    pub use crate::optimizer::first_order::{
        AdEmaMix, Adan, Lookahead, Prodigy, RAdam, Rprop, Sam, ScheduleFreeAdamW, ScheduleFreeSgd, Sophia,
        WithProducts, Wrap,
    };
    pub use crate::optimizer::first_order::{
        AdaGrad, Adadelta, Adam, AdamW, Adamax, AmsGrad, AnyRule, Averaged, Averaging, Buffers, Clip,
        Clipped, Convention, Epsilon, EpsilonOn, FirstOrder, Lion, Momentum, MomentumForm, NAdam, Nesterov,
        NesterovForm, RmsProp, RuleInfo, Sgd, State, UpdateRule,
    };
    pub use crate::optimizer::first_order::{
        Adafactor, Adjustment, Grouped, Lamb, Lars, Matrices, Muon, PartState, Room,
    };
    #[cfg(feature = "lapack")]
    pub use crate::optimizer::first_order::{Graft, Shampoo, Soap};
    pub use crate::optimizer::second_order::{
        Bfgs, CholeskyBfgs, Conjugacy, ConjugateGradient, FirstTrial, Lbfgs, NewtonCg, Scaling, Sr1,
    };
    #[cfg(feature = "lapack")]
    pub use crate::optimizer::second_order::{
        BlockDiagonal, GaussNewton, Kfac, KfacBlocks, KfacStep, LevenbergMarquardt, Newton, TrustRegion,
    };
    pub use crate::optimizer::zeroth_order::RandomSearch;
    pub use crate::optimizer::{Iterate, Optimizer, Properties, Saved};
    pub use crate::problems::{self, Problem};
    pub use crate::progress::Silent;
    pub use crate::real::Real;
    #[cfg(feature = "report")]
    pub use crate::report::{display::Shown, results};
    pub use crate::risk::{EmpiricalRisk, Regularizer, accuracy};
    pub use crate::rng;
    pub use crate::schedule::Schedule;
    pub use crate::stop::{Norm, Stop, Termination};
    pub use crate::table::Table;
    pub use crate::train::{
        Batch, Checkpoint, Classifier, Curve, Fit, RateSweep, Trained, Training, train, train_observed,
    };
    pub use ndarray::{Array1, Array2, ArrayRef1, ArrayRef2, array, s};
    pub use num_complex::Complex64;
}
