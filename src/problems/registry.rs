//! The table of problems, which the command line, the lists and the tests use.

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

/// A problem in the table: its name and how to build it.
struct Entry {
    name: &'static str,
    parameter: Parameter,
}

/// The parameter that may follow the name after a colon.
enum Parameter {
    /// No parameter.
    None(fn() -> Box<dyn Problem>),
    /// The dimension.
    Dimension { default: usize, range: &'static Range, build: fn(usize) -> Box<dyn Problem> },
    /// A list of numbers. `build` returns `None` for invalid numbers.
    Numbers {
        letters: &'static str,
        default: &'static str,
        form: &'static str,
        build: fn(&[f64]) -> Option<Box<dyn Problem>>,
    },
}

/// The dimensions that a problem can have.
struct Range {
    least: usize,
    most: usize,
    multiple_of: usize,
    /// The range in words, for error messages.
    form: &'static str,
}

/// The largest dimension of a problem whose evaluation costs O(n).
const MANY: usize = 100_000_000;
/// The largest dimension of a problem whose evaluation costs O(n²).
const FEW: usize = 10_000;

const ANY: Range = Range {
    least: 1,
    most: MANY,
    multiple_of: 1,
    form: "NAME:N with a whole number N from 1 to 100000000, such as rastrigin:10",
};
const FROM_2: Range = Range {
    least: 2,
    most: MANY,
    multiple_of: 1,
    form: "NAME:N with a whole number N from 2 to 100000000, such as rosenbrock:100",
};
const EVEN: Range = Range {
    least: 2,
    most: MANY,
    multiple_of: 2,
    form: "NAME:N with an even number N from 2 to 100000000, such as extended-rosenbrock:100",
};
const EVEN_FROM_4: Range = Range {
    least: 4,
    most: MANY,
    multiple_of: 2,
    form: "NAME:N with an even number N from 4 to 100000000, such as chained-wood:100",
};
const FOURFOLD: Range = Range {
    least: 4,
    most: MANY,
    multiple_of: 4,
    form: "NAME:N with N a multiple of 4, at most 100000000, such as extended-powell-singular:100",
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

/// An entry without a parameter.
macro_rules! alone {
    ($name:literal, $problem:expr) => {
        Entry { name: $name, parameter: Parameter::None(|| Box::new($problem)) }
    };
}

/// An entry with a dimension as its parameter.
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

/// An entry of a sum of squares with a dimension as its parameter.
macro_rules! squares {
    ($name:literal, $default:literal, $range:ident, $terms:ident) => {
        sized!($name, $default, $range, |n| SumOfSquares::new($terms::new(n)))
    };
}

/// All problems: first those of the lecture, then the 35 of Moré, Garbow & Hillstrom in the order of their
/// paper (except `rosenbrock`, which is among the first), then the chained ones.
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
    /// Returns the form of the name on the command line.
    fn form(&self) -> String {
        match self.parameter {
            Parameter::None(_) => self.name.into(),
            Parameter::Dimension { .. } => format!("{}[:N]", self.name),
            Parameter::Numbers { letters, .. } => format!("{}[:{letters}]", self.name),
        }
    }

    /// Builds the problem with the given parameter, or `None` if the parameter is not valid.
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

    /// Returns the required form of the name, for the error message.
    fn required_form(&self) -> &'static str {
        match self.parameter {
            Parameter::None(_) => "the name alone, without a parameter",
            Parameter::Dimension { range, .. } => range.form,
            Parameter::Numbers { form, .. } => form,
        }
    }
}

/// Returns the form of each problem's name on the command line, in the order of [`examples`].
pub fn forms() -> Vec<String> {
    ENTRIES.iter().map(Entry::form).collect()
}

/// Returns one problem of each kind, with its default parameter.
pub fn examples() -> Vec<Box<dyn Problem>> {
    ENTRIES.iter().map(|entry| entry.build(None).expect("every problem has a default")).collect()
}

/// Builds a problem from its name on the command line, such as `rosenbrock:100` or `quadratic:.01,.1,1`.
///
/// ```
/// use gradus::problems;
/// assert_eq!(problems::by_name("rosenbrock:10")?.facts().start.len(), 10);
/// assert!(problems::by_name("rosenbrok").err().unwrap().to_string().contains("did you mean 'rosenbrock'"));
/// # Ok::<(), gradus::error::Error>(())
/// ```
///
/// # Errors
/// If there is no problem of that name, or the parameter is not valid.
pub fn by_name(text: &str) -> Result<Box<dyn Problem>> {
    let (name, parameter) =
        text.split_once(':').map_or((text, None), |(name, parameter)| (name, Some(parameter)));
    let Some(entry) = ENTRIES.iter().find(|entry| entry.name == name) else {
        let known: Vec<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
        return Err(Error::unknown("problem", name, &known));
    };
    let form = entry.required_form();
    entry.build(parameter).ok_or(Error::Syntax { what: "problem", text: text.into(), form })
}
