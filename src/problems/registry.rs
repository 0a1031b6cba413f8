//! The names of the problems: one table from which the command, the lists and the tests take them.

use super::beale::Beale;
use super::chained_singular::ChainedSingular;
use super::chained_wood::ChainedWood;
use super::himmelblau::Himmelblau;
use super::more_garbow_hillstrom::*;
use super::plateau::Plateau;
use super::quadratic::Quadratic;
use super::rastrigin::Rastrigin;
use super::ravine::Ravine;
use super::rosenbrock::Rosenbrock;
use super::saddle::Saddle;
use super::six_hump_camel::SixHumpCamel;
use super::sum_of_squares::SumOfSquares;
use super::traits::Problem;
use super::two_basins::TwoBasins;
use crate::error::{Error, Result};

/// How a problem is written and built.
struct Entry {
    name: &'static str,
    parameter: Parameter,
}

/// What may stand behind the colon of its name.
enum Parameter {
    /// Nothing.
    None(fn() -> Box<dyn Problem>),
    /// The number of dimensions.
    Dimension { default: usize, range: &'static Range, build: fn(usize) -> Box<dyn Problem> },
    /// Numbers; `build` refuses those that make no such problem.
    Numbers {
        letters: &'static str,
        default: &'static str,
        form: &'static str,
        build: fn(&[f64]) -> Option<Box<dyn Problem>>,
    },
}

/// Which dimensions a problem has.
struct Range {
    least: usize,
    most: usize,
    multiple_of: usize,
    /// The same in words.
    form: &'static str,
}

/// Where an evaluation costs O(n).
const MANY: usize = 100_000_000;
/// Where it costs O(n²).
const FEW: usize = 10_000;

const ANY: Range = Range {
    least: 1,
    most: MANY,
    multiple_of: 1,
    form: "NAME:N with a whole number N ≥ 1, such as rastrigin:10",
};
const FROM_2: Range = Range {
    least: 2,
    most: MANY,
    multiple_of: 1,
    form: "NAME:N with a whole number N ≥ 2, such as rosenbrock:100",
};
const EVEN: Range = Range {
    least: 2,
    most: MANY,
    multiple_of: 2,
    form: "NAME:N with an even number N, such as extended-rosenbrock:100",
};
const EVEN_FROM_4: Range = Range {
    least: 4,
    most: MANY,
    multiple_of: 2,
    form: "NAME:N with an even number N ≥ 4, such as chained-wood:100",
};
const FOURFOLD: Range = Range {
    least: 4,
    most: MANY,
    multiple_of: 4,
    form: "NAME:N with N a multiple of 4, such as extended-powell-singular:100",
};
const DENSE: Range = Range {
    least: 1,
    most: FEW,
    multiple_of: 1,
    form: "NAME:N with N from 1 to 10000, such as trigonometric:100",
};
const DENSE_FROM_2: Range = Range {
    least: 2,
    most: FEW,
    multiple_of: 1,
    form: "NAME:N with N from 2 to 10000, such as brown-almost-linear:20",
};
const DENSE_FROM_3: Range = Range {
    least: 3,
    most: FEW,
    multiple_of: 1,
    form: "NAME:N with N from 3 to 10000, such as linear-rank-1-zero:20",
};
const OF_WATSON: Range = Range { least: 2, most: 31, multiple_of: 1, form: "watson:N with N from 2 to 31" };

/// An entry whose name stands alone.
macro_rules! alone {
    ($name:literal, $problem:expr) => {
        Entry { name: $name, parameter: Parameter::None(|| Box::new($problem)) }
    };
}

/// An entry with a dimension.
macro_rules! sized {
    ($name:literal, $default:literal, $range:ident, $build:expr) => {
        Entry {
            name: $name,
            parameter: Parameter::Dimension {
                default: $default,
                range: &$range,
                build: |n| Box::new($build(n)),
            },
        }
    };
}

/// The entry of a sum of squares with a dimension.
macro_rules! squares {
    ($name:literal, $default:literal, $range:ident, $terms:ident) => {
        sized!($name, $default, $range, |n| SumOfSquares::new($terms::new(n)))
    };
}

/// All problems: the lecture's first, then the 35 in the paper's order (of which `rosenbrock` stands further
/// up), then the chained ones.
const ENTRIES: &[Entry] = &[
    Entry {
        name: "quadratic",
        parameter: Parameter::Numbers {
            letters: "EIGENVALUES",
            default: "0.01,0.1,1",
            form: QUADRATIC,
            build: quadratic,
        },
    },
    Entry {
        name: "ravine",
        parameter: Parameter::Numbers { letters: "KAPPA", default: "100", form: RAVINE, build: ravine },
    },
    sized!("rosenbrock", 2, FROM_2, Rosenbrock::new),
    alone!("himmelblau", Himmelblau),
    sized!("rastrigin", 2, ANY, Rastrigin::new),
    alone!("six-hump-camel", SixHumpCamel),
    alone!("saddle", Saddle),
    alone!("two-basins", TwoBasins),
    alone!("plateau", Plateau),
    alone!("freudenstein-roth", SumOfSquares::new(FreudensteinRoth)),
    alone!("powell-badly-scaled", SumOfSquares::new(PowellBadlyScaled)),
    alone!("brown-badly-scaled", SumOfSquares::new(BrownBadlyScaled)),
    alone!("beale", Beale),
    alone!("jennrich-sampson", SumOfSquares::new(JennrichSampson)),
    alone!("helical-valley", SumOfSquares::new(HelicalValley)),
    alone!("bard", SumOfSquares::new(Bard)),
    alone!("gaussian", SumOfSquares::new(Gaussian)),
    alone!("meyer", SumOfSquares::new(Meyer)),
    alone!("gulf", SumOfSquares::new(Gulf)),
    alone!("box", SumOfSquares::new(Box3d)),
    alone!("powell-singular", SumOfSquares::new(ExtendedPowellSingular::new(4))),
    alone!("wood", SumOfSquares::new(Wood)),
    alone!("kowalik-osborne", SumOfSquares::new(KowalikOsborne)),
    alone!("brown-dennis", SumOfSquares::new(BrownDennis)),
    alone!("osborne-1", SumOfSquares::new(Osborne1)),
    alone!("biggs-exp6", SumOfSquares::new(BiggsExp6)),
    alone!("osborne-2", SumOfSquares::new(Osborne2)),
    squares!("watson", 9, OF_WATSON, Watson),
    squares!("extended-rosenbrock", 10, EVEN, ExtendedRosenbrock),
    squares!("extended-powell-singular", 12, FOURFOLD, ExtendedPowellSingular),
    squares!("penalty-1", 10, ANY, Penalty1),
    squares!("penalty-2", 10, FROM_2, Penalty2),
    squares!("variably-dimensioned", 10, DENSE, VariablyDimensioned),
    squares!("trigonometric", 10, DENSE, Trigonometric),
    squares!("brown-almost-linear", 10, DENSE_FROM_2, BrownAlmostLinear),
    squares!("discrete-boundary-value", 10, ANY, DiscreteBoundaryValue),
    squares!("discrete-integral-equation", 10, DENSE, DiscreteIntegralEquation),
    squares!("broyden-tridiagonal", 10, ANY, BroydenTridiagonal),
    squares!("broyden-banded", 10, ANY, BroydenBanded),
    squares!("linear-full-rank", 10, DENSE, LinearFullRank),
    squares!("linear-rank-1", 10, DENSE, LinearRank1),
    squares!("linear-rank-1-zero", 10, DENSE_FROM_3, LinearRank1Zero),
    squares!("chebyquad", 8, DENSE, Chebyquad),
    squares!("chained-wood", 10, EVEN_FROM_4, ChainedWood),
    squares!("chained-singular", 10, EVEN_FROM_4, ChainedSingular),
];

const QUADRATIC: &str = "quadratic:A,B,… with its eigenvalues, finite numbers, such as quadratic:.01,.1,1";
const RAVINE: &str = "ravine:KAPPA with the condition number, finite and ≥ 1, such as ravine:100";

fn quadratic(eigenvalues: &[f64]) -> Option<Box<dyn Problem>> {
    Some(Box::new(Quadratic::new(eigenvalues)))
}

fn ravine(numbers: &[f64]) -> Option<Box<dyn Problem>> {
    match numbers {
        &[kappa] if kappa >= 1.0 => Some(Box::new(Ravine::new(kappa))),
        _ => None,
    }
}

impl Entry {
    /// How it is written on the command line.
    fn form(&self) -> String {
        match self.parameter {
            Parameter::None(_) => self.name.into(),
            Parameter::Dimension { .. } => format!("{}[:N]", self.name),
            Parameter::Numbers { letters, .. } => format!("{}[:{letters}]", self.name),
        }
    }

    /// The problem, with what stands behind the colon.
    fn build(&self, given: Option<&str>) -> Option<Box<dyn Problem>> {
        match (&self.parameter, given) {
            (Parameter::None(build), None) => Some(build()),
            (Parameter::None(_), Some(_)) => None,
            (Parameter::Dimension { default, build, .. }, None) => Some(build(*default)),
            (Parameter::Dimension { range, build, .. }, Some(text)) => {
                let fits =
                    |n: &usize| (range.least..=range.most).contains(n) && n.is_multiple_of(range.multiple_of);
                text.parse().ok().filter(fits).map(build)
            }
            (Parameter::Numbers { default, build, .. }, given) => {
                let numbers: Result<Vec<f64>, _> =
                    given.unwrap_or(default).split(',').map(|number| number.trim().parse::<f64>()).collect();
                build(&numbers.ok().filter(|numbers| numbers.iter().all(|x| x.is_finite()))?)
            }
        }
    }

    /// The right form of its name, for the sentence that refuses a wrong one.
    fn right(&self) -> &'static str {
        match self.parameter {
            Parameter::None(_) => "its name alone: it has no parameter",
            Parameter::Dimension { range, .. } => range.form,
            Parameter::Numbers { form, .. } => form,
        }
    }
}

/// How each problem is written on the command line, in the order of [`examples`].
pub fn forms() -> Vec<String> {
    ENTRIES.iter().map(Entry::form).collect()
}

/// One problem of each kind, for lists.
pub fn examples() -> Vec<Box<dyn Problem>> {
    ENTRIES.iter().map(|entry| entry.build(None).expect("every problem has a default")).collect()
}

/// A problem from its name on the command line, such as `rosenbrock:100` or `quadratic:.01,.1,1`.
///
/// ```
/// use gradus::problems;
/// assert_eq!(problems::by_name("rosenbrock:10")?.facts().start.len(), 10);
/// assert!(problems::by_name("rosenbrok").err().unwrap().to_string().contains("did you mean 'rosenbrock'"));
/// # Ok::<(), gradus::error::Error>(())
/// ```
pub fn by_name(text: &str) -> Result<Box<dyn Problem>> {
    let (name, parameter) =
        text.split_once(':').map_or((text, None), |(name, parameter)| (name, Some(parameter)));
    let Some(entry) = ENTRIES.iter().find(|entry| entry.name == name) else {
        let known: Vec<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
        return Err(Error::unknown("problem", name, &known));
    };
    entry.build(parameter).ok_or(Error::Syntax { what: "problem", text: text.into(), form: entry.right() })
}
