//! Studies: one file a lecture idea; configuration and seed in, tables, figures and claims out.

#[cfg(feature = "studies")]
mod adagrad_rmsprop;
#[cfg(feature = "studies")]
mod adam;
#[cfg(feature = "studies")]
mod comparison;
#[cfg(feature = "studies")]
mod errata;
#[cfg(feature = "studies")]
mod follow_the_slope;
#[cfg(feature = "studies")]
mod gradient_descent;
#[cfg(feature = "studies")]
mod half_lambda;
#[cfg(feature = "studies")]
mod in_practice;
#[cfg(feature = "studies")]
mod linear_classifiers;
#[cfg(all(feature = "studies", feature = "lapack"))]
mod mgh;
#[cfg(feature = "studies")]
mod momentum;
#[cfg(feature = "studies")]
mod nesterov;
#[cfg(feature = "studies")]
mod neural_network;
#[cfg(all(feature = "studies", feature = "lapack"))]
mod newton;
#[cfg(feature = "studies")]
mod problems_with_sgd;
#[cfg(all(feature = "studies", feature = "lapack"))]
mod quasi_newton;
#[cfg(feature = "studies")]
mod random_search;
#[cfg(all(feature = "studies", feature = "lapack"))]
mod second_order;
#[cfg(feature = "studies")]
mod stochastic_gradient_descent;
#[cfg(feature = "studies")]
mod your_own_optimizer;

use crate::error::{Error, Result};
use crate::findings::Findings;

/// How much work a study may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Budget {
    /// What stands in `results/`.
    #[default]
    Full,
    /// A minute at most: fewer seeds and epochs, for tests and a first look.
    Quick,
}

/// Hears how far a long computation is. Called from several threads.
pub trait Progress: Sync {
    /// A part begins that has `total` steps.
    fn start(&self, part: &str, total: u64);
    /// Some steps of it are done.
    fn advance(&self, steps: u64);
}

/// Hears nothing.
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
}

/// What a study is given.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The seed from which every random number of the study comes.
    pub seed: u64,
    /// Full or quick.
    pub budget: Budget,
    /// Who hears how far it is.
    pub progress: &'a dyn Progress,
}

impl Context<'_> {
    /// One of two numbers of seeds, epochs, draws, …
    pub fn choose<T>(&self, full: T, quick: T) -> T {
        match self.budget {
            Budget::Full => full,
            Budget::Quick => quick,
        }
    }
}

/// A study as the command and the pages know it.
pub struct Study {
    /// Its name on the command line and its folder in `results/`.
    pub name: &'static str,
    /// The notebook that shows it, such as "07".
    pub notebook: &'static str,
    /// A title for people.
    pub title: &'static str,
    /// One sentence: the question that it answers.
    pub question: &'static str,
    /// Runs it.
    pub run: fn(&Context) -> Result<Findings>,
}

/// No studies: they are in the feature `studies`.
#[cfg(not(feature = "studies"))]
pub const ALL: &[Study] = &[];

/// All studies, in the order of the notebooks.
#[cfg(feature = "studies")]
pub const ALL: &[Study] = &[
    linear_classifiers::STUDY,
    random_search::STUDY,
    follow_the_slope::STUDY,
    gradient_descent::STUDY,
    stochastic_gradient_descent::STUDY,
    problems_with_sgd::STUDY,
    momentum::STUDY,
    nesterov::STUDY,
    adagrad_rmsprop::STUDY,
    adam::STUDY,
    comparison::STUDY,
    your_own_optimizer::STUDY,
    #[cfg(feature = "lapack")]
    newton::STUDY,
    #[cfg(feature = "lapack")]
    quasi_newton::STUDY,
    #[cfg(feature = "lapack")]
    mgh::STUDY,
    neural_network::STUDY,
    in_practice::STUDY,
    errata::STUDY,
];

/// A study by name.
pub fn by_name(name: &str) -> Result<&'static Study> {
    let names: Vec<&str> = ALL.iter().map(|s| s.name).collect();
    ALL.iter().find(|s| s.name == name).ok_or_else(|| Error::unknown("study", name, &names))
}

#[cfg(all(test, feature = "studies"))]
mod tests {
    use super::*;
    use crate::claim::Verdict;
    use std::collections::BTreeSet;

    /// Studies that need no files and take seconds.
    const LIGHT: &[&str] = &[
        "problems-with-sgd",
        "nesterov",
        "adagrad-rmsprop",
        "comparison",
        "errata",
        "your-own-optimizer",
        #[cfg(feature = "lapack")]
        "newton",
        #[cfg(feature = "lapack")]
        "quasi-newton",
    ];

    #[test]
    fn findings_name_everything_once_and_give_a_reason_for_what_is_refuted() {
        let mut ids = BTreeSet::new();
        for study in LIGHT.iter().map(|name| by_name(name).unwrap()) {
            let findings =
                (study.run)(&Context { seed: 3, budget: Budget::Quick, progress: &Silent }).unwrap();
            let mut names = BTreeSet::new();
            let tables = findings.tables.iter().map(|t| format!("{}.csv", t.name));
            for name in tables.chain(findings.figures.iter().map(|f| format!("{}.svg", f.name))) {
                assert!(names.insert(name.clone()), "{}: two results are called {name}", study.name);
            }
            for claim in findings.claims {
                assert_eq!(claim.notebook, study.notebook, "{}", claim.id);
                assert!(
                    claim.verdict() != Verdict::Refuted || !claim.note.is_empty(),
                    "{} is refuted without a reason: {claim:?}",
                    claim.id
                );
                assert!(ids.insert(claim.id.clone()), "two claims are called {}", claim.id);
            }
        }
    }
}
