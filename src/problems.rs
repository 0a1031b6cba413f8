//! Test functions: each with its formula, source, standard start and known minima.

mod beale;
mod himmelblau;
mod plateau;
mod quadratic;
mod rastrigin;
mod rosenbrock;
mod saddle;
mod two_basins;

pub use beale::Beale;
pub use himmelblau::Himmelblau;
pub use plateau::Plateau;
pub use quadratic::Quadratic;
pub use rastrigin::Rastrigin;
pub use rosenbrock::Rosenbrock;
pub use saddle::Saddle;
pub use two_basins::TwoBasins;

use crate::error::{Error, Result};
use crate::objective::{Residuals, TwiceDifferentiable};
use ndarray::Array1;

/// A test function as the command and the tables know it.
pub trait Problem: TwiceDifferentiable<f64> + Send {
    /// What is known about it.
    fn facts(&self) -> Facts;

    /// Its residuals, if it is a sum of squares that says so.
    fn as_residuals(&mut self) -> Option<&mut dyn Residuals> {
        None
    }
}

/// What is known about a test function.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Name on the command line, with its parameters.
    pub name: String,
    /// The formula.
    pub formula: &'static str,
    /// Who published it.
    pub source: &'static str,
    /// The standard start.
    pub start: Array1<f64>,
    /// Known minimizers (global ones first) with their values; may be incomplete where there are many.
    pub minima: Vec<(Array1<f64>, f64)>,
}

/// How each problem is written on the command line.
pub const FORMS: &[&str] =
    &["quadratic:EIGENVALUES", "rosenbrock[:N]", "beale", "himmelblau", "rastrigin[:N]", "saddle", "two-basins", "plateau"];

/// One problem of each kind, for lists.
pub fn examples() -> Vec<Box<dyn Problem>> {
    let names = ["quadratic:0.01,0.1,1", "rosenbrock", "beale", "himmelblau", "rastrigin", "saddle", "two-basins", "plateau"];
    names.iter().map(|name| by_name(name).expect("each of these is a problem")).collect()
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
    let (name, parameter) = text.split_once(':').map_or((text, None), |(name, parameter)| (name, Some(parameter)));
    let dim = |default, least| dimension(text, parameter, default, least);
    let alone = |problem: Box<dyn Problem>| match parameter {
        None => Ok(problem),
        Some(_) => Err(Error::Syntax { what: "problem", text: text.into(), form: "its name alone: it has no parameter" }),
    };
    match name {
        "quadratic" => Ok(Box::new(Quadratic::new(&eigenvalues(text, parameter)?))),
        "rosenbrock" => Ok(Box::new(Rosenbrock::new(dim(2, 2)?))),
        "rastrigin" => Ok(Box::new(Rastrigin::new(dim(2, 1)?))),
        "beale" => alone(Box::new(Beale)),
        "himmelblau" => alone(Box::new(Himmelblau)),
        "saddle" => alone(Box::new(Saddle)),
        "two-basins" => alone(Box::new(TwoBasins)),
        "plateau" => alone(Box::new(Plateau)),
        _ => {
            let known = ["quadratic", "rosenbrock", "beale", "himmelblau", "rastrigin", "saddle", "two-basins", "plateau"];
            Err(Error::unknown("problem", name, &known))
        }
    }
}

/// The dimension after the colon.
fn dimension(text: &str, parameter: Option<&str>, default: usize, least: usize) -> Result<usize> {
    let Some(parameter) = parameter else { return Ok(default) };
    let dim = parameter.parse().ok().filter(|dim| (least..=100_000_000).contains(dim));
    dim.ok_or(Error::Syntax { what: "problem", text: text.into(), form: "NAME:N with a whole number N ≥ 2, such as rosenbrock:100" })
}

/// The eigenvalues after the colon of `quadratic`.
fn eigenvalues(text: &str, parameter: Option<&str>) -> Result<Vec<f64>> {
    let form = "quadratic:A,B,… with its eigenvalues, finite numbers, such as quadratic:.01,.1,1";
    let wrong = || Error::Syntax { what: "problem", text: text.into(), form };
    let numbers = parameter.unwrap_or("1,10").split(',').map(|number| number.trim().parse::<f64>());
    let numbers: Vec<f64> = numbers.collect::<Result<_, _>>().map_err(|_| wrong())?;
    if numbers.iter().all(|v| v.is_finite()) { Ok(numbers) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::max_norm;
    use crate::objective::{Differentiable, FiniteDifference, Objective};
    use crate::rng;
    use ndarray::Array2;

    /// Gradients against differences of values, Hessians against differences of gradients, at random points.
    #[test]
    fn derivatives_agree_with_differences() {
        for mut problem in examples().into_iter().chain([by_name("rosenbrock:5").unwrap()]) {
            let (name, dim) = (problem.facts().name, problem.dim());
            for replicate in 0..5 {
                let x = rng::normal(&mut rng::stream(11, "problems", replicate), dim, 1.0);
                let (mut analytic, mut numeric) = (Array1::zeros(dim), Array1::zeros(dim));
                let value = problem.value_grad(&x, &mut analytic);
                assert_eq!(value, problem.value(&x), "{name}");
                FiniteDifference::new(&mut *problem).value_grad(&x, &mut numeric);
                let scale = max_norm(&analytic).max(1.0);
                assert!(max_norm(&(&analytic - &numeric)) < 1e-6 * scale, "{name}: {analytic} is not {numeric}");

                let mut hessian = Array2::from_elem((dim, dim), f64::NAN);
                problem.hessian(&x, &mut hessian);
                for j in 0..dim {
                    let at = |problem: &mut Box<dyn Problem>, h: f64| {
                        let mut moved = x.clone();
                        moved[j] += h;
                        let mut grad = Array1::zeros(dim);
                        problem.value_grad(&moved, &mut grad);
                        grad
                    };
                    let column = (at(&mut problem, 1e-5) - at(&mut problem, -1e-5)) / 2e-5;
                    let error = max_norm(&(&hessian.column(j) - &column));
                    assert!(error < 1e-5 * max_norm(&column).max(1.0), "{name}, column {j}: {error}");
                }
            }
        }
    }

    #[test]
    fn known_minima_are_stationary_and_have_the_value_stated() {
        for mut problem in examples() {
            let facts = problem.facts();
            assert_eq!(facts.start.len(), problem.dim());
            for (x, value) in &facts.minima {
                let mut grad = Array1::zeros(x.len());
                let found = problem.value_grad(x, &mut grad);
                assert!((found - value).abs() < 1e-9, "{}: {found} at {x}", facts.name);
                assert!(max_norm(&grad) < 1e-5, "{}: gradient {grad} at {x}", facts.name);
            }
        }
    }

    #[test]
    fn texts_give_problems_or_a_sentence() {
        assert_eq!(by_name("quadratic:.01,.1,1").unwrap().facts().name, "quadratic:0.01,0.1,1");
        for wrong in ["rosenbrock:1", "rosenbrock:x", "rosenbrock:", "quadratic:", "quadratic:1,x", "quadratic:inf", "beale:3", "", ":"] {
            assert!(by_name(wrong).is_err(), "{wrong}");
        }
    }
}
