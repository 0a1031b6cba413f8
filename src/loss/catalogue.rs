//! The table of losses, from which names, lists and the factory are derived.

use super::huber::Huber;
use super::logistic::Logistic;
use super::one_vs_all_svm::OneVsAllSvm;
use super::softmax::Softmax;
use super::squared::Squared;
use super::structured_svm::StructuredSvm;
use super::svm::MulticlassSvm;
use super::traits::Loss;
use crate::error::{Error, Result};
use crate::real::Real;

/// A loss behind a pointer.
type BoxedLoss<F> = Box<dyn Loss<F>>;

/// Builds a loss from the text of its parameter.
type Parse<F> = fn(&str) -> Result<BoxedLoss<F>>;

/// A loss in the table: its name, its description, and functions that build it for scores of type `F`.
pub struct Description<F: Real = f64> {
    /// The name on the command line.
    pub name: &'static str,
    /// The name in a text.
    pub title: &'static str,
    /// The loss of one example with scores s and true class y.
    pub formula: &'static str,
    /// Its author and year, or the lecture.
    pub source: &'static str,
    /// Builds the loss with its default parameter, if it has one.
    pub build: fn() -> BoxedLoss<F>,
    /// Builds the loss from the text that follows `name:`, for a loss that has a parameter.
    pub parse: Option<Parse<F>>,
}

impl<F: Real> Description<F> {
    /// All losses. To add a loss, write its file and its entry here.
    pub const ALL: &'static [Description<F>] = &[
        Description {
            name: "softmax",
            title: "softmax cross-entropy",
            formula: "-ln(exp s_y / Σ exp s_j)",
            source: "lecture 3",
            build: || Box::new(Softmax),
            parse: None,
        },
        Description {
            name: "svm",
            title: "multiclass SVM",
            formula: "Σ_{j≠y} max(0, s_j - s_y + 1)",
            source: "Weston & Watkins 1999",
            build: || Box::new(MulticlassSvm),
            parse: None,
        },
        Description {
            name: "one-vs-all",
            title: "one-vs-all SVM",
            formula: "Σ_j max(0, 1 - t_j s_j), t = ±1",
            source: "Rifkin & Klautau 2004",
            build: || Box::new(OneVsAllSvm),
            parse: None,
        },
        Description {
            name: "structured",
            title: "structured SVM (highest runner-up)",
            formula: "max(0, 1 + max_{j≠y} s_j - s_y)",
            source: "Crammer & Singer 2001",
            build: || Box::new(StructuredSvm),
            parse: None,
        },
        Description {
            name: "squared",
            title: "squared error",
            formula: "½ Σ_j (s_j - t_j)², t one-hot",
            source: "Legendre 1805",
            build: || Box::new(Squared),
            parse: None,
        },
        Description {
            name: "logistic",
            title: "one-vs-all logistic",
            formula: "Σ_j ln(1 + exp(-t_j s_j)), t = ±1",
            source: "Berkson 1944",
            build: || Box::new(Logistic),
            parse: None,
        },
        Description {
            name: "huber",
            title: "Huber's loss (huber:DELTA, default 1)",
            formula: "Σ_j h(s_j - t_j), h = ½r² or δ|r| - ½δ²",
            source: "Huber 1964",
            build: || Box::new(Huber::default()),
            parse: Some(|delta| Ok(Box::new(Huber::parse::<F>(delta)?))),
        },
    ];
}

/// All losses.
pub const ALL: &[Description] = Description::<f64>::ALL;

/// The names of all losses. `huber` also takes its δ, as in `huber:0.5`.
pub const NAMES: &[&str] = &{
    let mut names = [""; ALL.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = ALL[i].name;
        i += 1;
    }
    names
};

/// Builds a loss from its name on the command line: one of [`NAMES`], or `huber:DELTA`.
///
/// ```
/// use gradus::loss;
/// use gradus::prelude::*;
/// let loss = loss::by_name::<f64>("huber:0.5")?;
/// assert_eq!(loss::of_scores(&loss, &[3.0, 0.25], 0), 0.5 * (2.0 - 0.25) + 0.03125);
/// assert!(loss::by_name::<f64>("sotfmax").err().unwrap().to_string().contains("did you mean 'softmax'?"));
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// If there is no loss of that name, or δ is not a finite number > 0.
pub fn by_name<F: Real>(name: &str) -> Result<Box<dyn Loss<F>>> {
    let (plain, parameter) = name.split_once(':').map_or((name, None), |(name, text)| (name, Some(text)));
    let described = Description::<F>::ALL.iter().find(|described| described.name == plain);
    match (described, parameter) {
        (Some(described), None) => Ok((described.build)()),
        (Some(Description { parse: Some(parse), .. }), Some(text)) => parse(text),
        _ => Err(Error::unknown("loss", name, NAMES)),
    }
}
