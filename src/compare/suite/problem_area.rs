//! The areas into which the problems of a comparison fall.

use super::ProblemFacts;
use std::fmt;

/// An area of problems that are alike, so that a mean rank over them says more than one over all problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemArea {
    /// Quadratics, with and without noise.
    Quadratics,
    /// Other functions.
    Functions,
    /// Linear models: softmax regression and SVMs.
    ConvexLearning,
    /// Networks.
    Nets,
}

impl ProblemArea {
    /// All areas, in their order.
    pub const ALL: [ProblemArea; 4] =
        [ProblemArea::Quadratics, ProblemArea::Functions, ProblemArea::ConvexLearning, ProblemArea::Nets];

    /// Returns the area of a problem by its [group](ProblemFacts::group). A group of your own is one of
    /// functions.
    pub fn of(facts: &ProblemFacts) -> Self {
        match facts.group.as_str() {
            "quadratic" | "noisy" => ProblemArea::Quadratics,
            "linear" => ProblemArea::ConvexLearning,
            "net" => ProblemArea::Nets,
            _ => ProblemArea::Functions,
        }
    }

    /// Returns the words in tables.
    pub fn words(self) -> &'static str {
        match self {
            ProblemArea::Quadratics => "quadratics",
            ProblemArea::Functions => "functions",
            ProblemArea::ConvexLearning => "convex learning",
            ProblemArea::Nets => "nets",
        }
    }
}

impl fmt::Display for ProblemArea {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(self.words())
    }
}
